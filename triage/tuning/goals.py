"""The threshold that meets a goal, or an honest answer that none is known to.

Every threshold found here was chosen on the labels at hand. A bound on recall stays true for it
(see `recall_at_least`); an interval around its precision does not: confirm it on labels that come
later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.tuning.bounds import Method
from triage.tuning.calibration import Beta
from triage.tuning.curves import Curves, Figures
from triage.tuning.sizes import audits_needed, elusion_size

__all__ = [
    "Costs",
    "Found",
    "NotProven",
    "Ranges",
    "at_most_per_day",
    "least_cost",
    "precision_at_least",
    "recall_at_least",
]

_LEAST_REVIEWED = 30
_CANDIDATES = 2_000
_PLANNED = 40
_FLAGGED_AT_MOST = 0.5
_OF_HALF = ", of those that flag half of the comments at most"

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Found:
    """A threshold that meets the goal, with the figures of one threshold.

    `confirm` is set where the goal was met on the very labels that chose the threshold, so that it
    is likely to look better than it is: it needs labels that come later.
    """

    threshold: float
    figures: Figures
    confirm: bool


@dataclass(frozen=True, slots=True)
class NotProven:
    """No threshold is proven to meet the goal; a normal answer.

    `audits` is about how many more audit labels would prove it if things are as they look; None
    where labels are not what is missing, or no number of them is expected to do.
    """

    why: str
    audits: int | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """What things cost, in one currency: reviewing a comment, a miss, removing what is harmless."""

    review: float
    miss: float
    wrong_removal: float

    def __post_init__(self) -> None:
        costs = (self.review, self.miss, self.wrong_removal)
        if not all(0 < cost < np.inf for cost in costs):
            raise ValueError(f"costs are positive numbers, not {costs}")


@dataclass(frozen=True, slots=True)
class Ranges:
    """Scores from which to review, and from which removing without a look costs less than one.

    A threshold of None: never.
    """

    review_from: float | None
    remove_from: float | None


def recall_at_least(
    curves: Curves,
    recall: float,
    confidence: float = 0.95,
    method: Method = Method.USUAL,
    lowest: float | None = None,
) -> Found | NotProven:
    """Return the highest threshold whose recall is proven, and so are those of all lower ones.

    Walking up from the lowest threshold and stopping at the first failure keeps the confidence of
    one statement, because recall only falls as the threshold rises (Bates et al. 2021). The walk
    begins at `lowest`, which must be fixed before looking: the threshold in force, to see whether a
    higher one would do; by default the lowest that flags half of the comments at most, for nearly
    everything finds nearly everything. Raises ValueError for a recall or confidence outside (0, 1).
    """
    _check_shares(recall, confidence)
    of_half = lowest is None
    if lowest is None:
        lowest = curves.lowest_flagging(_FLAGGED_AT_MOST * curves.comments)
    thresholds = curves.thresholds
    thresholds = thresholds[np.searchsorted(thresholds, np.inf if lowest is None else lowest) :]
    if not len(thresholds):
        return NotProven("no score is left to put a threshold at")
    # Coarsely, then among those up to the next: a million scores need not all be looked at.
    coarse = _spaced(len(thresholds), _CANDIDATES)
    passing = _passing(curves, thresholds[coarse], recall, confidence, method)
    if not passing:
        return _unproven(curves, thresholds, recall, confidence, method, of_half=of_half)
    next_failing = coarse[passing] if passing < len(coarse) else len(thresholds)
    fine = thresholds[coarse[passing - 1] : next_failing]
    at = float(fine[_passing(curves, fine, recall, confidence, method) - 1])
    return Found(at, curves.at(at, confidence, method), confirm=False)


def _passing(
    curves: Curves, rising: Vector, recall: float, confidence: float, method: Method
) -> int:
    """Return how many thresholds are proven before the first that is not."""
    fails = ~(curves.at(rising, confidence, method).recall_low >= recall)
    return int(np.argmax(fails)) if fails.any() else len(rising)


def _unproven(
    curves: Curves,
    rising: Vector,
    recall: float,
    confidence: float,
    method: Method,
    *,
    of_half: bool,
) -> NotProven:
    """Say what is missing: an audit, or more of it; by the threshold that needs least."""
    figures = curves.at(_spread(rising, _PLANNED), confidence)
    blind = np.isnan(figures.missed_most)
    sizes: list[int | None] = []
    for at, t in enumerate(figures.threshold.tolist()):
        found = curves.seen(t)
        if blind[at]:
            below = int(figures.unreviewed[at])
            sizes.append(elusion_size(found, below, recall, confidence))
        else:
            known, below = curves.known_misses(t), curves.drawable(t)
            audit = curves.audit(t)
            sizes.append(audits_needed(audit, found, known, below, recall, confidence, method))
    audits = min((size for size in sizes if size), default=None)
    if blind.all():
        return NotProven("recall cannot be known from flagged comments alone", audits)
    # A lower threshold may be proven; whoever reads the curve should know why it is not named.
    return NotProven(f"no threshold is proven at this level{_OF_HALF if of_half else ''}", audits)


def _spread(values: Vector, most: int) -> Vector:
    """Return at most so many of some values, the first and the last among them."""
    return values[_spaced(len(values), most)]


def _spaced(count: int, most: int) -> NDArray[np.int64]:
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def precision_at_least(
    curves: Curves, precision: float, confidence: float = 0.95
) -> Found | NotProven:
    """Return the lowest threshold whose interval of precision lies above the one wanted.

    30 labels at least, and `confirm` is set: of many thresholds, the first that passes is a lucky
    one now and then. Raises ValueError for a precision or confidence outside (0, 1).
    """
    _check_shares(precision, confidence)
    thresholds = curves.thresholds
    candidates = _spread(thresholds, _CANDIDATES)
    figures = curves.at(candidates, confidence)
    passed = (figures.precision_low >= precision) & (figures.reviewed >= _LEAST_REVIEWED)
    if not passed.any():
        return NotProven("no threshold is shown to be that precise: more reviews may show it")
    at = int(np.argmax(passed))
    return Found(float(candidates[at]), figures.row(at), confirm=True)


def at_most_per_day(curves: Curves, reviews: float, days: float) -> Found | NotProven:
    """Return the lowest threshold that flags at most so many comments a day.

    `days` is the time that the comments came in. Needs no labels, and is exact for that time.
    Raises ValueError unless both are positive.
    """
    if not (reviews > 0 and days > 0):
        raise ValueError(f"reviews a day and days are positive, not {reviews!r} and {days!r}")
    at = curves.lowest_flagging(reviews * days)
    if at is None:
        return NotProven("even the highest score is shared by more comments than that")
    return Found(at, curves.at(at), confirm=False)


def least_cost(calibration: Beta | None, costs: Costs) -> Ranges | NotProven:
    """Return the scores from which a review, and a removal without one, cost least.

    A comment with probability p of carrying the label costs p * miss if left alone, the review if
    reviewed, (1 - p) * wrong_removal if removed unseen: the least of them is taken (Elkan 2001).
    """
    if calibration is None:
        return NotProven("not calibrated: what a score means is not known yet")
    remove = max(
        1 - costs.review / costs.wrong_removal,
        costs.wrong_removal / (costs.miss + costs.wrong_removal),
    )
    review = costs.review / costs.miss
    remove_from = calibration.score_at(remove)
    # Where removing is cheaper than reviewing from where leaving alone stops, nothing is reviewed.
    return Ranges(calibration.score_at(review) if review < remove else None, remove_from)


def _check_shares(share: float, confidence: float) -> None:
    if not (0 < share < 1 and 0 < confidence < 1):
        raise ValueError(
            f"a goal and its confidence lie between 0 and 1, not {share!r} and {confidence!r}"
        )
