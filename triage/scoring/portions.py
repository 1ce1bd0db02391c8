"""Portions of texts that take a scorer a few seconds each: the most that a kill costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

__all__ = ["Even", "Portioning", "Portions"]

_Item = TypeVar("_Item")

_SECONDS = 3.0
_FIRST = 32
_FEWEST, _MOST = 8, 2_000
_GROWTH = 4


class Portioning(Protocol):
    """Cuts what is to be scored into what is scored and kept at once."""

    def of(self, items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
        """Yield the items in portions, in order."""
        ...


class Even:
    """Portions of one size, whatever the machine's speed.

    A score's last digit hangs on what is scored beside it. So where parts of one output may be
    made anywhere, at any speed and after any interruption, what comes together must be fixed.
    """

    def __init__(self, size: int) -> None:
        self._size = size

    def of(self, items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
        """Yield the items in portions, in order."""
        for at in range(0, len(items), self._size):
            yield items[at : at + self._size]


class Portions:
    """How much to score before it is kept: by how long the portions before took.

    Too few texts at once would be slow: they are rated in batches of like length. The first
    portion is small, because nothing is known yet; it is also the one that loads the scorer, so a
    portion is at most four times as large as the one before, and at least half as large.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._size = _FIRST

    def of(self, items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
        """Yield the items in portions; the time until the next one is asked for is its cost."""
        at = 0
        while at < len(items):
            portion = items[at : at + self._size]
            began = self._clock()
            yield portion
            self._learn(len(portion), self._clock() - began)
            at += len(portion)

    def _learn(self, count: int, seconds: float) -> None:
        fitting = count * _SECONDS / max(seconds, 1e-6)
        fitting = min(max(fitting, self._size / 2), self._size * _GROWTH)
        self._size = int(min(max(fitting, _FEWEST), _MOST))
