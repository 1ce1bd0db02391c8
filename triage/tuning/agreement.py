"""How far reviewers agree on comments that several of them decided, unseen by each other.

Three figures, because each alone misleads where most comments are harmless: how often two agree,
how often they do where one of them says a category, and how far beyond chance, by two notions of
chance. A category that is rare makes alpha low although hardly anybody ever disagrees (Feinstein
and Cicchetti 1990); AC1 does not fall for that.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Agreement", "Interval", "agreement", "counted"]

Vector = NDArray[np.float64]

_DRAWS = 2_000
_SEED = 20_240_229
_LEAST_UNITS = 2  # of one comment nothing can be drawn again


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the percentile interval of a bootstrap over comments; NaN where unknown."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on comments with at least two verdicts each.

    `raw` is the share of pairs of verdicts that agree, each comment counting alike. `specific`
    has for each category the share of its verdicts that another verdict on the same comment
    agrees with: positive agreement, where there are two categories (Cicchetti and Feinstein 1990).
    NaN for what nothing is known of.
    """

    comments: int
    verdicts: int
    raw: Interval
    alpha: Interval
    """Krippendorff's, for categories without an order (2011, "Computing alpha-reliability")."""
    ac1: Interval
    """Gwet's (2008, British Journal of Mathematical and Statistical Psychology 61)."""
    specific: tuple[Interval, ...]


def counted(
    verdicts: Iterable[tuple[Hashable, Hashable]], categories: Sequence[Hashable]
) -> NDArray[np.int64]:
    """Return how many verdicts of each category each comment got, of shape (comments, categories).

    `verdicts` are (comment, category), one per reviewer. Raises ValueError for a category that is
    not among those given.
    """
    column = {category: at for at, category in enumerate(categories)}
    rows: dict[Hashable, list[int]] = {}
    for comment, category in verdicts:
        if category not in column:
            raise ValueError(f"{category!r} is none of the categories {list(categories)}")
        rows.setdefault(comment, [0] * len(column))[column[category]] += 1
    return np.array(list(rows.values()), np.int64).reshape(len(rows), len(column))


def agreement(counts: NDArray[np.int64], confidence: float = 0.95) -> Agreement:
    """Return how far verdicts agree, given their counts of shape (comments, categories).

    Comments with one verdict tell of no agreement and are left out. The bootstrap draws comments
    with a fixed seed. Raises ValueError for counts below 0, fewer than two categories,
    or a confidence outside (0, 1).
    """
    if counts.ndim != 2 or counts.shape[1] < 2 or (counts < 0).any():
        raise ValueError("counts are a table of comments by at least two categories, none below 0")
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, not {confidence!r}")
    doubled = counts[counts.sum(axis=1) >= 2]
    units = len(doubled)
    # Every figure is made of sums over comments, and few kinds of comments differ: a draw is how
    # often each kind came.
    kinds, often = np.unique(doubled, axis=0, return_counts=True)
    rows = _Rows.of(kinds.astype(np.float64))
    weights = often[None, :].astype(np.float64)
    if units >= _LEAST_UNITS:
        draws = np.random.default_rng(_SEED).multinomial(units, often / units, size=_DRAWS)
        weights = np.concatenate([weights, draws.astype(np.float64)])

    def interval(figure: Callable[[Vector], Vector]) -> Interval:
        values = figure(weights)
        drawn = values[1:][np.isfinite(values[1:])]
        if not np.isfinite(values[0]) or not len(drawn):
            return Interval(float(values[0]), np.nan, np.nan)
        tail = (1 - confidence) / 2
        low, high = np.quantile(drawn, [tail, 1 - tail])
        return Interval(float(values[0]), float(low), float(high))

    return Agreement(
        comments=units,
        verdicts=int(doubled.sum()),
        raw=interval(rows.raw),
        alpha=interval(rows.alpha),
        ac1=interval(rows.ac1),
        specific=tuple(
            interval(lambda drawn, at=at: rows.specific(drawn)[:, at])  # type: ignore[misc]
            for at in range(counts.shape[1])
        ),
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """What a comment of each kind adds to the sums; weights are of shape (draws, kinds)."""

    agree: Vector
    """The share of its pairs of verdicts that agree."""
    share: Vector
    """The share of its verdicts per category: (kinds, categories)."""
    count: Vector
    """Its verdicts per category."""
    alike: Vector
    """Per category, its verdicts, each times the share of the others that say the same."""

    @staticmethod
    def of(counts: Vector) -> _Rows:
        given = counts.sum(axis=1, keepdims=True)
        alike = counts * (counts - 1) / np.maximum(given - 1, 1)
        total = np.maximum(given, 1)
        return _Rows((alike / total).sum(axis=1), counts / total, counts, alike)

    def raw(self, weights: Vector) -> Vector:
        return _ratio(weights @ self.agree, weights.sum(axis=1))

    def alpha(self, weights: Vector) -> Vector:
        """1 - observed disagreement / expected, of the coincidences of values."""
        per_category = weights @ self.count
        n = per_category.sum(axis=1)
        observed = n - (weights @ self.alike).sum(axis=1)
        expected = _ratio(n**2 - (per_category**2).sum(axis=1), n - 1)
        return 1 - _ratio(observed, expected)

    def ac1(self, weights: Vector) -> Vector:
        raw = self.raw(weights)
        common = _ratio(weights @ self.share, weights.sum(axis=1)[:, None])
        chance = (common * (1 - common)).sum(axis=1) / (common.shape[1] - 1)
        return _ratio(raw - chance, 1 - chance)

    def specific(self, weights: Vector) -> Vector:
        return _ratio(weights @ self.alike, weights @ self.count)


def _ratio(part: Vector, whole: Vector) -> Vector:
    """Return shares; NaN where the whole is 0, for a share of nothing is unknown."""
    there = whole > 0
    return np.where(there, part / np.where(there, whole, 1.0), np.nan)
