"""What changed: between two periods, between two versions of a scorer, and between slices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.tuning.bounds import wilson
from triage.tuning.curves import Evidence

__all__ = ["Change", "Drift", "Slice", "Switch", "drift", "slices", "switch"]

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Change:
    """A share then and now, each of so many, and the 95 % interval of the difference."""

    before: float
    before_of: int
    after: float
    after_of: int
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Drift:
    """How two periods differ, for one label, scorer version and threshold.

    `distance` is the largest difference between the two distributions of scores, 0 to 1, and
    `chance` how likely one as large is if nothing changed (Kolmogorov and Smirnov).
    """

    flagged: Change
    precision: Change | None
    distance: float
    chance: float


@dataclass(frozen=True, slots=True)
class Switch:
    """What another version of a scorer would do with the same comments.

    `rises` and `falls` hold the positions of those it flags and the old one did not, and the other
    way round, those whose score moved most first.
    """

    flagged_before: int
    flagged_after: int
    rises: NDArray[np.int64]
    falls: NDArray[np.int64]
    rank_correlation: float


@dataclass(frozen=True, slots=True)
class Slice:
    """The flagged comments of one slice: counts first, for a share of few says little.

    `share` is of the comments that were reviewed, each for 1 / its chance of that; with its 95 %
    interval, Wilson's for the effective number of these; NaN and (0, 1) where there are none.
    """

    name: str
    comments: int
    flagged: int
    reviewed: int
    rejected: int
    share: float
    low: float
    high: float


def drift(before: Evidence, after: Evidence, threshold: float) -> Drift:
    """Return how a later period differs from an earlier one; scores are of one scorer version.

    Precision is compared on comments that were reviewed, each of which stands for 1 / its chance of
    that: what a policy rejects by itself is reviewed by chance, and is surer than the rest. None
    where a period has no reviewed one. Raises ValueError for a period without comments.
    """
    from scipy.stats import ks_2samp

    if not (len(before.score) and len(after.score)):
        raise ValueError("drift compares two periods that both have comments")
    flags = [one.score >= threshold for one in (before, after)]
    rows = [_reviewed(one) & at for one, at in zip((before, after), flags, strict=True)]
    hits = [one.label[at] == 1 for one, at in zip((before, after), rows, strict=True)]
    weights = [1 / one.probability[at] for one, at in zip((before, after), rows, strict=True)]
    test = ks_2samp(before.score, after.score, method="asymp")
    return Drift(
        flagged=_change(flags[0], flags[1], *(np.ones(len(one)) for one in flags)),
        precision=_change(hits[0], hits[1], *weights) if all(len(one) for one in hits) else None,
        distance=float(test.statistic),
        chance=float(test.pvalue),
    )


def _reviewed(evidence: Evidence) -> NDArray[np.bool_]:
    return np.asarray(evidence.settled & (evidence.probability > 0))


def _change(
    before: NDArray[np.bool_], after: NDArray[np.bool_], weigh: Vector, weigh_after: Vector
) -> Change:
    """Return the change of a share, with Newcombe's (1998) interval from Wilson's two.

    Those are for the effective sample sizes (Kish 1965), the numbers themselves where all weigh
    the same.
    """
    p, q = float(np.average(before, weights=weigh)), float(np.average(after, weights=weigh_after))
    (p_low, p_high) = wilson(p, _effective(weigh))
    (q_low, q_high) = wilson(q, _effective(weigh_after))
    low = q - p - np.hypot(q - q_low, p_high - p)
    high = q - p + np.hypot(q_high - q, p - p_low)
    return Change(p, len(before), q, len(after), float(low), float(high))


def _effective(weights: Vector) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum())


def switch(
    before: Vector, after: Vector, threshold_before: float, threshold_after: float
) -> Switch:
    """Return what changes for some comments with a scorer's version, each with its threshold.

    `before` and `after` are the scores of the same comments. The correlation is Spearman's; NaN
    where one version gives them all one score. Raises ValueError for unequal lengths.
    """
    from scipy.stats import rankdata

    if len(before) != len(after):
        raise ValueError("a switch compares the scores of the same comments")
    old, new = before >= threshold_before, after >= threshold_after
    order = np.argsort(-np.abs(after - before), kind="stable")
    ranks = [rankdata(one) for one in (before, after)]
    level = any(len(one) == 0 or one.min() == one.max() for one in ranks)
    return Switch(
        flagged_before=int(old.sum()),
        flagged_after=int(new.sum()),
        rises=order[(new & ~old)[order]],
        falls=order[(old & ~new)[order]],
        rank_correlation=float("nan") if level else float(np.corrcoef(*ranks)[0, 1]),
    )


def slices(
    evidence: Evidence,
    names: Sequence[str],
    comment: NDArray[np.int64],
    group: NDArray[np.int64],
    threshold: float,
) -> list[Slice]:
    """Return the slices that comments fall into, those with most flagged first.

    The comment at the position `comment[i]` of the evidence is in the slice `names[group[i]]`; one
    may be in several, or in none. Slices without a comment are left out.
    """
    flagged = evidence.score >= threshold
    reviewed = flagged & _reviewed(evidence)

    def count(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(group[rows[comment]], minlength=len(names))

    weight = np.divide(1.0, evidence.probability, where=reviewed, out=np.zeros(len(flagged)))

    def total(weights: Vector) -> Vector:
        return np.bincount(group, weights[comment], minlength=len(names)).astype(np.float64)

    all_of, flags, labels = count(np.ones(len(flagged), bool)), count(flagged), count(reviewed)
    hits = count(reviewed & (evidence.label == 1))
    whole, right = total(weight), total(weight * (evidence.label == 1))
    share = np.divide(right, whole, where=labels > 0, out=np.full(len(names), np.nan))
    effective = np.divide(whole**2, total(weight**2), where=labels > 0, out=np.zeros(len(names)))
    low, high = wilson(share, effective)
    table = zip(names, all_of, flags, labels, hits, share, low, high, strict=True)
    found = [
        Slice(name, *(int(one) for one in row[:4]), *(float(one) for one in row[4:]))
        for name, *row in table
        if row[0]
    ]
    return sorted(found, key=lambda one: (-one.flagged, one.name))
