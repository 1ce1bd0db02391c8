"""From the scorer's raw outputs to probabilities that mean what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from training.data import Rows
from training.figures import score_table, span_f1
from training.graph import Calibration
from triage.scoring.compact import LABELS, CompactScorer

__all__ = ["bent", "calibrate", "fit_calibration"]

Vector = NDArray[np.float64]

_MARKED_FROM = np.arange(0.2, 0.75, 0.05)


def calibrate(rows: Rows, folder: Path) -> Calibration:
    """Return the calibration of the scorer in `folder`, whose graph has none yet.

    Incivility is fitted to Reddit's calibration rows, all others to Wikipedia's, which were drawn
    at the natural rate; the weight from which a token is marked to the spans of civil's.
    """
    scorer = CompactScorer(folder)
    found = np.empty((len(LABELS), 3))
    for source, labels in (("wikipedia", LABELS[:6]), ("reddit", LABELS[6:])):
        own = np.flatnonzero((rows.source == source) & (rows.part == "calibration"))
        logits = _logits(score_table(scorer, [rows.texts[at] for at in own]))
        for at in map(LABELS.index, labels):
            found[at] = fit_calibration(logits[:, at], rows.targets[own, at].astype(float))
    return Calibration(found, marks=-float(_logits(np.array(_best_mark(rows, folder)))))


def fit_calibration(logits: Vector, truth: Vector) -> Vector:
    """Return the (a, b, c) of one label's beta calibration: see `training.graph.Calibration`.

    Maximum likelihood with a, b >= 0, so that the order of scores stays; where a label has few
    positives, a slight pull towards the identity (1, 1, 0) keeps the map tame.
    """

    def loss(parameters: Vector) -> float:
        p = np.clip(bent(logits, parameters), 1e-12, 1 - 1e-12)
        likelihood = truth * np.log(p) + (1 - truth) * np.log1p(-p)
        return float(-likelihood.sum() + 0.5 * ((parameters[:2] - 1) ** 2).sum())

    found = minimize(
        loss,
        np.array([1.0, 1.0, 0.0]),
        method="L-BFGS-B",
        bounds=[(0.01, None), (0.01, None), (None, None)],
    )
    return np.asarray(found.x)


def bent(logits: Vector, parameters: Vector) -> Vector:
    """Return the probabilities that a beta calibration (a, b, c) makes of logits."""
    a, b, c = parameters
    bent_logits = -a * np.logaddexp(0.0, -logits) + b * np.logaddexp(0.0, logits) + c
    return np.asarray(np.exp(-np.logaddexp(0.0, -bent_logits)))


def _logits(p: Vector) -> Vector:
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return np.asarray(np.log(p) - np.log1p(-p))


def _best_mark(rows: Rows, folder: Path) -> float:
    """Return the weight from which marked tokens agree best with people's spans."""
    own = np.flatnonzero((rows.source == "civil") & (rows.part == "calibration"))
    texts = [rows.texts[at] for at in own]
    marks = [rows.marks[at] for at in own]

    def agreement(marked: float) -> float:
        scored = CompactScorer(folder, marked=marked).score(texts)
        return span_f1(marks, [scores.spans for scores in scored])

    tried: list[float] = _MARKED_FROM.tolist()
    return max(tried, key=agreement)
