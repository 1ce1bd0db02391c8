"""How well scores keep their word: what share of the comments at a score carry the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from triage.tuning.bounds import wilson

__all__ = ["EDGES", "Band", "calibration_error", "reliability"]

Vector = NDArray[np.float64]

EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Band:
    """The comments with `low` <= score < `high`, or <= 1 in the last band."""

    low: float
    high: float
    mean_score: float
    labels: int
    share: float
    share_low: float
    share_high: float
    """Wilson's 95 % interval of the share that carries the label."""


def reliability(
    truth: Vector,
    scores: Vector,
    edges: Sequence[float] = EDGES,
    weights: Vector | None = None,
) -> list[Band]:
    """Return the bands between rising edges that have labels; the last takes its upper edge in.

    With `weights`, for labels of which each stands for so many comments, mean and share are
    weighted, and the interval is for the effective number of labels (Kish 1965).
    """
    w = np.ones(len(scores)) if weights is None else weights
    inner = np.asarray(edges[1:-1])
    band = np.searchsorted(inner, scores, side="right")
    found = []
    for at, (low, high) in enumerate(pairwise(edges)):
        rows = (band == at) & (scores >= edges[0]) & (scores <= edges[-1])
        if rows.any():
            own = w[rows]
            share, mean = (float(np.average(one[rows], weights=own)) for one in (truth, scores))
            mean = min(max(mean, low), high)  # rounding must not carry it out of its band
            least, most = wilson(share, own.sum() ** 2 / (own * own).sum())
            found.append(Band(low, high, mean, int(rows.sum()), share, float(least), float(most)))
    return found


def calibration_error(truth: Vector, scores: Vector, bins: int = 15) -> float:
    """Return the expected calibration error over `bins` groups of equally many rows.

    0 where the mean score of each group is the share of positives in it.
    """
    groups = np.array_split(np.argsort(scores, kind="stable"), bins)
    gaps = [
        len(rows) * abs(scores[rows].mean() - truth[rows].mean()) for rows in groups if len(rows)
    ]
    return float(sum(gaps) / len(truth))
