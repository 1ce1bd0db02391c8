"""Overlapping windows over a long text, so that one bad paragraph is not diluted by good ones."""

from __future__ import annotations

__all__ = ["windows"]


def windows(text: str, size: int, step: int) -> list[tuple[int, int]]:
    """Return the [start, end) spans, in characters, of windows that together cover `text`.

    A text of up to `size` characters is one window. Otherwise a window starts about every
    `step` characters and holds at most `size`; starts and ends are moved to the next blank where
    there is one within `step // 2`, so that words stay whole. Raises ValueError unless
    0 < step <= size.
    """
    if not 0 < step <= size:
        raise ValueError(f"windows of {size} characters cannot start every {step}")
    spans: list[tuple[int, int]] = []
    start = 0
    while len(text) - start > size:
        end = _blank_before(text, start + size, step // 2)
        spans.append((start, end))
        start = min(_blank_before(text, start + step, step // 2), end)
    spans.append((start, len(text)))
    return spans


def _blank_before(text: str, at: int, reach: int) -> int:
    """Return the last word boundary at most `reach` characters before `at`, or else `at`."""
    for place in range(at, at - reach, -1):
        if text[place].isspace() or text[place - 1].isspace():
            return place
    return at
