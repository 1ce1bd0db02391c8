"""What every threshold would flag, find and miss, with intervals: from scores, labels and an audit.

Sorted once, then a threshold is a look-up: a million scored comments answer in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from triage.tuning.bounds import Method, Misses, missed_at_most, wilson

__all__ = ["UNKNOWN", "UNSETTLED", "Curves", "Evidence", "Figures"]

Vector = NDArray[np.float64]

UNKNOWN = -1
"""In `Evidence.label`: nobody has decided."""
UNSETTLED = 2
"""In `Evidence.label`: asked about, and no answer: missed wherever it is not flagged, and found
nowhere."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a site's comments for one label and scorer version; arrays of one length.

    `score` has every comment's score, in [0, 1]. `label` is 1 where a person found the label to
    apply, 0 where not, `UNKNOWN` where nobody decided, `UNSETTLED` where whoever did gave no
    answer, so that the careful side must be taken. `probability` is the chance, fixed before
    anybody looked, that a comment is asked about: 1 where all are (everything flagged), the stored
    inclusion probability where an audit draws, 0 where nothing was set up to ask. A label on a
    comment of probability 0 came about by somebody's choice, and counts for nothing. The same holds
    for labels that are not part of the sample: give those as `UNKNOWN`.

    Raises ValueError where the arrays do not fit that.
    """

    score: Vector
    label: NDArray[np.int8]
    probability: Vector

    def __post_init__(self) -> None:
        if not len(self.score) == len(self.label) == len(self.probability):
            raise ValueError("scores, labels and probabilities must be of one length")
        if not ((self.score >= 0) & (self.score <= 1)).all():
            raise ValueError("scores lie between 0 and 1: leave out comments that have none")
        if not np.isin(self.label, (0, 1, UNKNOWN, UNSETTLED)).all():
            raise ValueError("a label is 1, 0, -1 where nobody decided, or 2 where it is unsettled")
        if not ((self.probability >= 0) & (self.probability <= 1)).all():
            raise ValueError("probabilities lie between 0 and 1")

    @property
    def settled(self) -> NDArray[np.bool_]:
        """Which comments have an answer: the label applies, or it does not."""
        return np.asarray((self.label == 0) | (self.label == 1))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known at each of some thresholds; every field has their shape.

    NaN stands for what cannot be known: precision where nothing above was reviewed, recall and
    misses where some comments below had no chance to be asked about.
    """

    threshold: Vector
    flagged: NDArray[np.int64]
    """Comments with score >= threshold: the queue. Exact."""
    unreviewed: NDArray[np.int64]
    """Comments below the threshold: what goes unreviewed. Exact."""
    reviewed: NDArray[np.int64]
    """Labels that precision rests on."""
    audited: NDArray[np.int64]
    """Labels of drawn comments below the threshold, those drawn for certain aside."""
    waiting: NDArray[np.int64]
    """Comments below that are due for review and undecided: the bound takes all for missed."""
    precision: Vector
    precision_low: Vector
    precision_high: Vector
    """Wilson's two-sided interval: for a threshold that was fixed beforehand."""
    found: Vector
    """About how many comments that carry the label are flagged."""
    missed: Vector
    """About how many that carry the label are not."""
    missed_most: Vector
    """Upper bound on those, one-sided."""
    recall: Vector
    recall_low: Vector
    """Lower bound, one-sided."""

    @property
    def missed_per_1000(self) -> Vector:
        """Missed comments per 1,000 unreviewed; 0 where none is unreviewed."""
        return 1000 * self.missed / np.maximum(self.unreviewed, 1)

    def row(self, at: int) -> Figures:
        """Return the figures at one of the thresholds, as arrays of one."""
        return Figures(*(getattr(self, one.name)[at : at + 1] for one in fields(self)))


class Curves:
    """Evidence, sorted by score; nothing here changes afterwards.

    Takes O(n log n) once and O(log n) per threshold.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._scores = np.sort(evidence.score)
        sampled = evidence.probability > 0
        self._blind = np.sort(evidence.score[~sampled])
        known = sampled & (evidence.label != UNKNOWN)
        self._waiting = np.sort(evidence.score[(evidence.probability == 1) & ~known])
        self._drawable = np.sort(evidence.score[sampled & (evidence.probability < 1)])

        rows = np.flatnonzero(known)
        rows = rows[np.argsort(evidence.score[rows], kind="stable")]
        self._known = evidence.score[rows]
        label = evidence.label[rows]
        hit = (label == 1).astype(np.float64)
        miss = ((label == 1) | (label == UNSETTLED)).astype(np.float64)
        w = 1.0 / evidence.probability[rows]
        drawn = (evidence.probability[rows] < 1).astype(np.float64)
        self._weight, self._squares, self._hits = (_sums(one) for one in (w, w * w, hit))
        self._estimate = _sums(w * hit)
        self._certain_misses = _sums(miss * (1 - drawn))
        self._drawn = Misses(
            audited=_sums(drawn),
            found=_sums(drawn * miss),
            estimate=_sums(drawn * miss * w),
            variance=_sums(drawn * miss * w * (w - 1)),
            squares=_sums(drawn * miss * w * w),
            weight=_sums(drawn * w),
            weight_squares=_sums(drawn * w * w),
            largest=np.concatenate([[0.0], np.maximum.accumulate(drawn * w)]),
        )

    @property
    def comments(self) -> int:
        """How many comments there are."""
        return len(self._scores)

    @property
    def thresholds(self) -> Vector:
        """Every score at which a figure can change, rising."""
        return np.unique(self._scores)

    def lowest_flagging(self, most: float) -> float | None:
        """Return the lowest score that flags `most` comments at most; None where none does."""
        last = len(self._scores) - int(min(most, len(self._scores)))
        if last > 0:
            last = int(np.searchsorted(self._scores, self._scores[last - 1], side="right"))
        return float(self._scores[last]) if last < len(self._scores) else None

    def at(
        self, thresholds: ArrayLike, confidence: float = 0.95, method: Method = Method.USUAL
    ) -> Figures:
        """Return the figures at some thresholds, in their order.

        Estimates are those of Horvitz and Thompson (1952), precision their ratio (Hajek 1971) with
        Wilson's interval for Kish's effective number. The bound on recall takes misses at most as
        `triage.tuning.bounds` has it, and counts as found only what people saw. Among comments that
        are all reviewed it holds for every threshold at once, for they share one audit; further
        down for each by itself, and lower than it might be.
        """
        t = np.atleast_1d(np.asarray(thresholds, np.float64))
        below = np.searchsorted(self._known, t)
        unreviewed = np.searchsorted(self._scores, t)
        waiting = np.searchsorted(self._waiting, t)
        blind = np.searchsorted(self._blind, t) > 0

        reviewed = len(self._known) - below
        weight, squares = (one[-1] - one[below] for one in (self._weight, self._squares))
        found = self._estimate[-1] - self._estimate[below]
        there = reviewed > 0
        # Differences of sums: rounding must not carry a share past 1.
        share = np.clip(found / np.where(there, weight, 1.0), 0.0, 1.0)
        precision = np.where(there, share, np.nan)
        effective = np.where(there, weight**2 / np.where(there, squares, 1.0), 0.0)
        low, high = wilson(precision, effective, confidence)

        audit = self.audit(t)
        certain = self._certain_misses[below]
        missed = certain + audit.estimate
        drawable = np.searchsorted(self._drawable, t)
        unheard = (drawable > 0) & (audit.audited == 0)
        unknown = blind | unheard
        # There cannot be more misses than comments whose label nobody knows.
        bound = np.where(drawable > 0, missed_at_most(audit, confidence, method), 0.0)
        bound = np.minimum(bound, drawable - audit.audited + audit.found)
        most = certain + bound + waiting
        seen = self._hits[-1] - self._hits[below]
        return Figures(
            threshold=t,
            flagged=len(self._scores) - unreviewed,
            unreviewed=unreviewed,
            reviewed=reviewed,
            audited=audit.audited.astype(np.int64),
            waiting=waiting,
            precision=precision,
            precision_low=low,
            precision_high=high,
            found=found,
            missed=np.where(unknown, np.nan, missed),
            missed_most=np.where(blind, np.nan, most),
            recall=np.where(unknown, np.nan, _share(found, found + missed)),
            recall_low=np.where(blind, np.nan, _share(seen, seen + most)),
        )

    def audit(self, thresholds: ArrayLike) -> Misses:
        """Return what the audit found below thresholds, in their shape; drawn comments only."""
        below = np.searchsorted(self._known, np.asarray(thresholds, np.float64))
        return Misses(*(getattr(self._drawn, one.name)[below] for one in fields(Misses)))

    def due(self, threshold: float) -> int:
        """Return how many comments at or above a threshold are due for review and undecided."""
        return len(self._waiting) - int(np.searchsorted(self._waiting, threshold))

    def drawable(self, threshold: float) -> int:
        """Return how many comments below a threshold the audit was drawn from."""
        return int(np.searchsorted(self._drawable, threshold))

    def known_misses(self, threshold: float) -> float:
        """Return how many comments below a threshold are misses for certain."""
        below = int(np.searchsorted(self._known, threshold))
        waiting = int(np.searchsorted(self._waiting, threshold))
        return float(self._certain_misses[below] + waiting)

    def seen(self, threshold: float) -> float:
        """Return how many comments that people found to carry the label are flagged."""
        return float(self._hits[-1] - self._hits[np.searchsorted(self._known, threshold)])


def _sums(values: Vector) -> Vector:
    """Return the sums of the first 0, 1, ... values."""
    return np.concatenate([[0.0], np.cumsum(values)])


def _share(part: Vector, whole: Vector) -> Vector:
    """Return shares; NaN where the whole is 0, for a share of nothing is unknown."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)
