"""Overlapping windows over a long text, so that one bad paragraph is not diluted by good ones."""

from __future__ import annotations

__all__ = ["windows"]


def windows(length: int, size: int, overlap: int) -> list[tuple[int, int]]:
    """Return the [start, end) spans of windows that together cover `length` tokens.

    Up to `size` tokens are one window. A longer text is cut into as few as will do, all of like
    width, each of which begins `overlap` tokens before the one before it ends. Raises ValueError
    unless 0 <= overlap < size.
    """
    if not 0 <= overlap < size:
        raise ValueError(f"windows of {size} tokens cannot overlap by {overlap}")
    if length <= size:
        return [(0, length)]
    count = -(-(length - overlap) // (size - overlap))
    width = -(-(length + (count - 1) * overlap) // count)
    starts = range(0, count * (width - overlap), width - overlap)
    return [(start, min(start + width, length)) for start in starts]
