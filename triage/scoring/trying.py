"""How fast a model is in each of its modes on this machine, and how far apart their scores are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter

from triage.domain.scores import Mode, Scorer, Scores
from triage.scoring.calibration_texts import calibration_texts
from triage.scoring.models.trials import Trial, Tried

__all__ = ["tried"]

_FIRST, _MOST = 4, 40  # texts
_SECONDS = 0.8  # for which the exact mode is timed


def tried(exact: Scorer, near: Mapping[Mode, Scorer]) -> Trial:
    """Rate some of our own texts in every mode; about two seconds once all are loaded.

    The texts are others than those that ranges are measured on. They are as many as the exact mode
    rates in most of a second, but 4 at least: a very slow machine needs longer.
    """
    texts = calibration_texts(2 * _FIRST + _MOST + 1, seed=2)[1:]  # the first is as long as any
    exact.score(texts[:_FIRST])  # loads it, and warms it up
    seconds, _ = _timed(exact, texts[:_FIRST])
    count = int(_FIRST * _SECONDS / seconds)
    some = texts[_FIRST:][: max(_FIRST, min(_MOST, count))]
    for scorer in near.values():
        scorer.score(some)  # the same, and what torch compiles for each new shape is no speed
    exact_seconds, wanted = _timed(exact, some)
    found = {}
    for mode, scorer in near.items():
        took, scores = _timed(scorer, some)
        found[mode] = Tried(len(some) / took, _apart(wanted, scores))
    return Trial(len(some) / exact_seconds, found)


def _apart(wanted: Sequence[Scores], found: Sequence[Scores]) -> float:
    """Return the greatest difference between two scores of one text and label."""
    return max(
        abs(score - near.values[label])
        for right, near in zip(wanted, found, strict=True)
        for label, score in right.values.items()
    )


def _timed(scorer: Scorer, texts: Sequence[str]) -> tuple[float, list[Scores]]:
    started = perf_counter()
    found = scorer.score(texts)
    return max(perf_counter() - started, 1e-6), found
