"""What every scorer does around its model: distinct texts only, batches of one size, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from triage.domain.scores import Scores
from triage.scoring.prepare import strip_invisible

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["batches", "check_windows", "padded", "score_distinct"]

EMPTY = Scores(not_scored="empty text")

_BEGINNING = 12
"""What it costs to begin a batch, in tokens: a millisecond of the bundled scorer."""


def score_distinct(
    texts: Sequence[str], rate: Callable[[list[str]], Sequence[Scores]]
) -> list[Scores]:
    """Return one Scores per text, in order, where `rate` sees each text once and none empty.

    A text without a visible character is not scored. Raises TypeError for a single string
    (its letters would be rated) and for anything in the list that is no string.
    """
    if isinstance(texts, str):
        raise TypeError("a scorer takes a list of texts, not one text")
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {row} is no string but {type(text).__name__}")
    distinct = list(dict.fromkeys(texts))
    visible = [text for text in distinct if strip_invisible(text).strip()]
    found = dict(zip(visible, rate(visible) if visible else [], strict=True))
    return [found.get(text, EMPTY) for text in texts]


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield the indices of `lengths` in batches, shortest first.

    Padded to its longest member, a batch costs at most `budget`; one item longer than that is
    a batch of its own. Padding, not arithmetic, is what unsorted batches spend their time on, so
    of all ways to cut the sorted items that one is taken which costs least: the padded size of
    each batch, and `_BEGINNING` for each (dynamic programming, from the longest down).
    """
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    least = [0] * (len(order) + 1)  # what the items from here on cost
    ends = [0] * len(order)  # where the batch that begins here ends
    for start in range(len(order) - 1, -1, -1):
        best = None
        for end in range(start + 1, len(order) + 1):
            padded_size = lengths[order[end - 1]] * (end - start)
            if end > start + 1 and padded_size > budget:
                break
            cost = padded_size + _BEGINNING + least[end]
            if best is None or cost < best:
                best, ends[start] = cost, end
        least[start] = best or 0
    start = 0
    while start < len(order):
        yield order[start : ends[start]]
        start = ends[start]


def check_windows(windows: Sequence[Sequence[int]], longest: int, words: int) -> None:
    """Raise ValueError for a window that is empty, too long, or has an id that is no word's."""
    if any(not 0 < len(window) <= longest for window in windows):
        raise ValueError(f"a window has between 1 and {longest} tokens")
    if any(not 0 <= id_ < words for window in windows for id_ in (min(window), max(window))):
        raise ValueError(f"a token's id lies between 0 and {words - 1}")


def padded(windows: Sequence[Sequence[int]], width: int = 0) -> dict[str, NDArray[np.int32]]:
    """Return a model's inputs for some windows: their ids side by side, and which are real.

    They are as wide as the longest window, and at least `width`. What is not real is not read, so
    that any id may stand there.
    """
    import numpy as np

    ids = np.zeros((len(windows), max(width, *map(len, windows))), np.int32)
    real = np.zeros_like(ids)
    for row, window in enumerate(windows):
        ids[row, : len(window)] = window
        real[row, : len(window)] = 1
    return {"ids": ids, "real": real}
