"""From the scorer's raw outputs to probabilities that mean what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from training.data import Rows
from training.figures import score_table, span_f1
from training.graph import Calibration
from triage.scoring.compact import LABELS, CompactScorer
from triage.tuning.calibration import fit_beta, logits

__all__ = ["calibrate"]

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
        raw = logits(score_table(scorer, [rows.texts[at] for at in own]))
        for at in map(LABELS.index, labels):
            found[at] = fit_beta(raw[:, at], rows.targets[own, at].astype(float))
    return Calibration(found, marks=-float(logits(np.array(_best_mark(rows, folder)))))


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
