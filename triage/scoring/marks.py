"""From a weight per token to spans of the original text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.domain.scores import ToxicSpan
from triage.scoring.prepare import Prepared

__all__ = ["MARKED", "toxic_spans"]

MARKED = 0.5
"""The weight from which a token is marked."""


def toxic_spans(
    original: str,
    prepared: Prepared,
    offsets: Sequence[tuple[int, int]],
    weights: Sequence[float],
    marked: float = MARKED,
) -> tuple[ToxicSpan, ...]:
    """Return the spans of the original that the tokens of weight `marked` or more stand for.

    `offsets` are each token's [start, end) characters in the prepared text, in order. A word is
    marked whole; marked words with nothing but blanks between them are one span, which has the
    greatest of their weights.
    """
    found: list[ToxicSpan] = []
    for start, end, weight in _words(prepared.text, offsets, weights):
        if weight < marked:
            continue
        first, last = prepared.original_span(start, end)
        if found and not original[found[-1].end : first].strip():
            weight = max(weight, found[-1].weight)
            first, last = found[-1].start, max(last, found[-1].end)
            found.pop()
        found.append(ToxicSpan(first, last, weight))
    return tuple(found)


def _words(
    text: str, offsets: Sequence[tuple[int, int]], weights: Sequence[float]
) -> Iterator[tuple[int, int, float]]:
    """Yield (start, end, greatest weight) of each word.

    A word is what pieces without a gap make up; punctuation stands alone.
    """
    at = 0
    while at < len(offsets):
        start, end = offsets[at]
        weight = weights[at]
        at += 1
        while at < len(offsets) and offsets[at][0] == end and _one_word(text, end):
            end = offsets[at][1]
            weight = max(weight, weights[at])
            at += 1
        if start < end:
            yield start, end, weight


def _one_word(text: str, at: int) -> bool:
    """Whether the characters before and at a place belong to one word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()
