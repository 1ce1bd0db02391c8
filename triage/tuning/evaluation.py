"""How good scores are on labelled comments that were drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from triage.tuning.bounds import wilson
from triage.tuning.reliability import Band, calibration_error, reliability

__all__ = ["Evaluation", "Interval", "ThresholdRow", "area", "average_precision", "evaluate"]

Vector: TypeAlias = NDArray[np.float64]

_THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ThresholdRow:
    """One threshold: what it flags, and precision and recall with 95 % intervals (Wilson).

    None where nothing is flagged, or no comment carries the label.
    """

    threshold: float
    flagged: int
    flagged_share: float
    true_positives: int
    precision: float | None
    precision_95: Interval
    recall: float | None
    recall_95: Interval


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures over `labels` comments, of which `positives` carry the label.

    `auc` (95 % interval: DeLong, DeLong and Clarke-Pearson 1988) and `average_precision` are None
    where all labels are of one kind, the interval also where every comment with the label scores
    above every other or all alike: the formula takes that for certainty. `calibration_error` is
    over 15 groups of equally many.
    """

    labels: int
    positives: int
    auc: float | None
    auc_95: Interval | None
    average_precision: float | None
    calibration_error: float
    mean_score: float
    bands: tuple[Band, ...]
    thresholds: tuple[ThresholdRow, ...]


def evaluate(
    scores: ArrayLike, positive: ArrayLike, thresholds: Sequence[float] = _THRESHOLDS
) -> Evaluation:
    """Return the figures of scores against the truth. Raises ValueError without any comment.

    The intervals take the comments for a random sample of those that will come, and each threshold
    for one that was not chosen on them.
    """
    s, y = np.asarray(scores, np.float64), np.asarray(positive, bool)
    if s.shape != y.shape or not len(s):
        raise ValueError("an evaluation needs comments, each with a score and a label")
    if not ((s >= 0) & (s <= 1)).all():
        raise ValueError("scores lie between 0 and 1")
    auc, interval = area(s, y) if 0 < y.sum() < len(y) else (None, None)
    return Evaluation(
        labels=len(y),
        positives=int(y.sum()),
        auc=auc,
        auc_95=interval,
        average_precision=None if auc is None else average_precision(s, y),
        calibration_error=calibration_error(y.astype(np.float64), s),
        mean_score=float(s.mean()),
        bands=tuple(reliability(y.astype(np.float64), s)),
        thresholds=tuple(_row(s, y, at) for at in sorted(thresholds)),
    )


def area(scores: Vector, positive: NDArray[np.bool_]) -> tuple[float, Interval | None]:
    """Return the area under the ROC curve with its 95 % interval, cut to [0, 1].

    The area is the mean share of those of the other kind that a comment stands right to; the
    interval follows from the variance of these shares (DeLong, DeLong and Clarke-Pearson 1988).
    There must be comments of both kinds. Where the shares do not vary there is no interval.
    """
    above, below = scores[positive], scores[~positive]
    own, other = _placements(above, below), 1 - _placements(below, above)
    half = 1.959964 * float(np.sqrt(_variance(own) / len(own) + _variance(other) / len(other)))
    middle = float(own.mean())
    if half == 0:
        return middle, None
    return middle, Interval(max(0.0, middle - half), min(1.0, middle + half))


def average_precision(scores: Vector, positive: NDArray[np.bool_]) -> float:
    """Return the mean, over the comments that carry the label, of the precision at their scores.

    Comments of one score are flagged together. At least one must carry the label.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    flagged = np.searchsorted(-ranked, -ranked, side="right")
    precision = np.cumsum(positive[order])[flagged - 1] / flagged
    return float(precision[positive[order]].mean())


def _placements(of: Vector, among: Vector) -> Vector:
    """Return for each score the share of the others that are below it; ties count half."""
    others = np.sort(among)
    low = np.searchsorted(others, of, side="left")
    return np.asarray((low + np.searchsorted(others, of, side="right")) / 2 / len(others))


def _variance(values: Vector) -> float:
    # Of one comment nothing is known but that shares vary by at most a quarter.
    return float(values.var(ddof=1)) if len(values) > 1 else 0.25


def _row(s: Vector, y: NDArray[np.bool_], threshold: float) -> ThresholdRow:
    flagged = s >= threshold
    hits, count, positives = int(y[flagged].sum()), int(flagged.sum()), int(y.sum())
    return ThresholdRow(
        threshold=threshold,
        flagged=count,
        flagged_share=count / len(s),
        true_positives=hits,
        precision=hits / count if count else None,
        precision_95=_interval(hits, count),
        recall=hits / positives if positives else None,
        recall_95=_interval(hits, positives),
    )


def _interval(hits: int, of: int) -> Interval:
    low, high = wilson(hits / of if of else np.nan, of)
    return Interval(float(low), float(high))
