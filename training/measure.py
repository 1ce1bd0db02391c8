"""The held-out figures of the model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.checks import bias, clean_text, dilution, evasion, neighbours, tone
from training.data import Rows
from training.figures import auc, bands, bootstrap, compared, label_figures, score_table, span_f1
from triage.domain.scores import Scorer
from triage.scoring.compact import LABELS

__all__ = ["mean_auc", "measure"]

_SETS = {"wikipedia": LABELS[:6], "reddit": LABELS[6:], "github": LABELS[6:]}


def measure(
    rows: Rows,
    scorer: Scorer,
    words: frozenset[str],
    seed: int,
    baseline: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, Any]:
    """Return the figures of a scorer on what was held out: by set and label, spans, checks.

    `baseline` maps held-out texts to another scorer's scores, in the order of the labels: then
    its AUC stands beside, and the 95 % interval of the difference over the same draws.
    """
    report: dict[str, Any] = {}
    for source, labels in _SETS.items():
        held_out = rows.of((rows.source == source) & (rows.part == "test"))
        found = score_table(scorer, held_out.texts)
        for label in labels:
            at = LABELS.index(label)
            truth, scores = held_out.targets[:, at].astype(float), found[:, at]
            figures = label_figures(truth, scores, seed=seed) | {"bands": bands(truth, scores)}
            if baseline is not None:
                other = np.array([baseline[text][at] for text in held_out.texts])
                figures |= compared(truth, scores, other, seed=seed)
            report[f"{source} {label}"] = figures
        if source == "wikipedia":
            report |= _wikipedia(held_out, found, scorer, words, seed)
    report["spans"] = _spans(rows, scorer, seed)
    report["bias"] = bias(scorer)
    report["tone"] = tone(scorer, seed)
    return report


def mean_auc(truth: NDArray[np.floating], scores: NDArray[np.float64]) -> float:
    """Return the mean AUC of the six labels that Wikipedia's comments carry, the first columns."""
    return float(np.mean([auc(truth[:, at].astype(float), scores[:, at]) for at in range(6)]))


def _wikipedia(
    held_out: Rows,
    found: NDArray[np.float64],
    scorer: Scorer,
    words: frozenset[str],
    seed: int,
) -> dict[str, Any]:
    """Return the mean AUC of the six labels, and the checks."""
    truth = held_out.targets[:, :6].astype(float)
    toxic, openly = truth[:, 0], found[:, 0]
    texts = held_out.texts
    return {
        "mean auc": round(mean_auc(truth, found), 4),
        "mean auc 95": bootstrap(
            lambda chosen: mean_auc(truth[chosen], found[chosen]), len(texts), seed=seed
        ),
        "evasion": evasion(scorer, texts, toxic, openly, words, seed),
        "clean text": clean_text(texts, toxic, openly),
        "dilution": dilution(scorer, texts, openly),
        "neighbours": neighbours(scorer, texts[:1000], seed),
    }


def _spans(rows: Rows, scorer: Scorer, seed: int) -> dict[str, Any]:
    held_out = rows.of((rows.source == "civil") & (rows.part == "test"))
    spans = [scores.spans for scores in scorer.score(held_out.texts)]

    def f1(chosen: NDArray[np.int64]) -> float:
        return span_f1([held_out.marks[at] for at in chosen], [spans[at] for at in chosen])

    everything = np.arange(len(spans))
    return {
        "rows": len(spans),
        "f1": round(f1(everything), 4),
        "f1_95": bootstrap(f1, len(spans), seed=seed, draws=300),
    }
