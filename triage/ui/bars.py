"""Scores drawn as bars against their thresholds: numbers and our own words, never a comment."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.ui.words import likelihood

__all__ = ["score_bars"]


def score_bars(scores: Mapping[Label, float], policy: Policy) -> str:
    """Return HTML: a bar per label with its figure and word, those over their threshold first."""

    def rank(label: Label) -> tuple[bool, float]:
        threshold = policy.threshold(label)
        return threshold is not None and scores[label] >= threshold.at, scores[label]

    rows = [_bar(label, scores[label], policy) for label in sorted(scores, key=rank, reverse=True)]
    return f'<div class="bars" role="list">{"".join(rows)}</div>'


def _bar(label: Label, score: float, policy: Policy) -> str:
    threshold = policy.threshold(label)
    over = " over" if threshold is not None and score >= threshold.at else ""
    tick = says = ""
    if threshold is not None:
        tick = f'<div class="tick" style="left:{threshold.at:.1%}"></div>'
        says = f", threshold {threshold.at:.2f}"
    words = escape(label.words)
    word = likelihood(score)
    return (
        f'<div class="row" role="listitem" aria-label="{words} {score:.2f}, {word}{says}">'
        f'<div class="name{over}">{words}</div>'
        f'<div class="track{over}"><div class="fill" style="width:{score:.1%}"></div>{tick}</div>'
        f'<div class="value">{score:.2f}</div><div class="word">{word}</div></div>'
    )
