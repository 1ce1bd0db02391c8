"""The figures of the model card, from scores and truth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from triage.domain.scores import Scorer, ToxicSpan
from triage.scoring.compact import LABELS
from triage.tuning.bounds import wilson
from triage.tuning.reliability import calibration_error, reliability

__all__ = [
    "auc",
    "bands",
    "bootstrap",
    "compared",
    "label_figures",
    "score_table",
    "share",
    "span_f1",
]

Vector = NDArray[np.float64]


def score_table(scorer: Scorer, texts: Sequence[str]) -> Vector:
    """Return a scorer's scores, shape (texts, labels of `compact`); 0 where there is none."""
    return np.array(
        [[one.values.get(label, 0.0) for label in LABELS] for one in scorer.score(list(texts))]
    )


def auc(truth: Vector, scores: Vector) -> float:
    """Return the area under the ROC curve; NaN where the truth is of one kind only."""
    if not 0 < truth.sum() < len(truth):
        return float("nan")
    return float(roc_auc_score(truth, scores))


def label_figures(truth: Vector, scores: Vector, *, seed: int, draws: int = 1000) -> dict[str, Any]:
    """Return AUC with its 95 % bootstrap interval, average precision and calibration error."""
    return {
        "rows": len(truth),
        "positives": int(truth.sum()),
        "auc": round(auc(truth, scores), 4),
        "auc_95": bootstrap(
            lambda rows: auc(truth[rows], scores[rows]), len(truth), seed=seed, draws=draws
        ),
        "average_precision": round(float(average_precision_score(truth, scores)), 4),
        "ece": round(calibration_error(truth, scores), 4),
        "ece_95": bootstrap(
            lambda rows: calibration_error(truth[rows], scores[rows]),
            len(truth),
            seed=seed,
            draws=draws // 5,
        ),
    }


def compared(
    truth: Vector, scores: Vector, other: Vector, *, seed: int, draws: int = 1000
) -> dict[str, Any]:
    """Return the AUC of other scores of the same rows, and how far theirs is passed."""

    def gain(rows: NDArray[np.int64]) -> float:
        return auc(truth[rows], scores[rows]) - auc(truth[rows], other[rows])

    return {
        "baseline_auc": round(auc(truth, other), 4),
        "gain_95": bootstrap(gain, len(truth), seed=seed, draws=draws),
    }


def bootstrap(
    statistic: Callable[[NDArray[np.int64]], float], rows: int, *, seed: int, draws: int = 1000
) -> list[float]:
    """Return the 95 % interval of a statistic of chosen rows, which are drawn again and again.

    A draw for which it is NaN does not count.
    """
    rng = np.random.default_rng(seed)
    found = [statistic(rng.integers(0, rows, rows)) for _ in range(draws)]
    return [round(float(edge), 4) for edge in np.nanquantile(found, [0.025, 0.975])]


def share(hits: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how many of some rows are hit, with the 95 % interval of Wilson (1927)."""
    low, high = wilson(hits.mean(), len(hits))
    return _shared(len(hits), float(hits.mean()), float(low), float(high))


def _shared(of: int, own: float, low: float, high: float) -> dict[str, Any]:
    return {"of": of, "share": round(own, 3), "share_95": [round(low, 3), round(high, 3)]}


def span_f1(
    marks: Sequence[NDArray[np.float32] | None], spans: Sequence[Sequence[ToxicSpan]]
) -> float:
    """Return the mean F1 over texts of the characters marked, as SemEval-2021 Task 5 counts it.

    A character counts as marked by people from a half on. Where neither marked any, F1 is 1; where
    one of them did, 0.
    """
    return float(np.mean([_characters_f1(*pair) for pair in zip(marks, spans, strict=True)]))


def _characters_f1(marked: NDArray[np.float32] | None, spans: Sequence[ToxicSpan]) -> float:
    truth = set() if marked is None else set(np.flatnonzero(marked >= 0.5).tolist())
    found = {at for span in spans for at in range(span.start, span.end)}
    if not truth and not found:
        return 1.0
    return 2 * len(truth & found) / (len(truth) + len(found))


def bands(truth: Vector, scores: Vector) -> list[dict[str, Any]]:
    """Return, per band of scores, how many rows fall in it and what share of them is positive."""
    return [
        {
            "from": band.low,
            "to": band.high,
            "mean_score": round(band.mean_score, 3),
            "positive": _shared(band.labels, band.share, band.share_low, band.share_high),
        }
        for band in reliability(truth, scores)
    ]
