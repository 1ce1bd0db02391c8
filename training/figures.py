"""The figures of the model card, from scores and truth."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

__all__ = ["bands", "calibration_error", "label_figures"]

Vector = NDArray[np.float64]


def label_figures(truth: Vector, scores: Vector, *, seed: int, draws: int = 1000) -> dict[str, Any]:
    """Return AUC with its 95 % bootstrap interval, average precision and calibration error."""
    rng = np.random.default_rng(seed)
    redrawn = []
    for _ in range(draws):
        rows = rng.integers(0, len(truth), len(truth))
        if 0 < truth[rows].sum() < len(rows):
            redrawn.append(roc_auc_score(truth[rows], scores[rows]))
    low, high = np.quantile(redrawn, [0.025, 0.975])
    return {
        "rows": len(truth),
        "positives": int(truth.sum()),
        "auc": round(float(roc_auc_score(truth, scores)), 4),
        "auc_95": [round(float(low), 4), round(float(high), 4)],
        "average_precision": round(float(average_precision_score(truth, scores)), 4),
        "ece": round(calibration_error(truth, scores), 4),
    }


def calibration_error(truth: Vector, scores: Vector, bins: int = 15) -> float:
    """Return the expected calibration error over `bins` groups of equally many rows.

    Groups of equal width would put nearly all rows of a rare label into one.
    """
    groups = np.array_split(np.argsort(scores, kind="stable"), bins)
    gaps = [len(rows) * abs(scores[rows].mean() - truth[rows].mean()) for rows in groups]
    return float(sum(gaps) / len(truth))


def bands(truth: Vector, scores: Vector) -> list[dict[str, float]]:
    """Return, per band of scores, how many rows fall in it and what share of them is positive."""
    edges = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0001]
    table = []
    for low, high in pairwise(edges):
        rows = (scores >= low) & (scores < high)
        if rows.any():
            table.append(
                {
                    "from": low,
                    "to": round(high, 1),
                    "rows": int(rows.sum()),
                    "mean_score": round(float(scores[rows].mean()), 3),
                    "share_positive": round(float(truth[rows].mean()), 3),
                }
            )
    return table
