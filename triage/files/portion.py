"""The first portion of a file: enough to see what it is, without reading all of it.

Readers know nothing of it. What gives them bytes and rows looks here whether only a portion is
wanted, and ends at the last whole line, row or element in it, as if the file did. It also tells
whoever watches that the reading goes on: a long one can be stopped where it yields nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import TypeVar

__all__ = ["Portion", "PortionEndedError", "in_portion", "only", "wanted", "watched", "watching"]

_Row = TypeVar("_Row")
_LEAST_CHARACTERS = 64 * 1024
_LEAST_ROWS = 100


@dataclass(slots=True)
class Portion:
    """How many characters of each text, and rows of each table; `cut` where there was more.

    At `until`, as `monotonic` has it, it is over, however little was read beyond the first 64 Ki
    characters and 100 rows, which show what the file is.
    """

    characters: int
    rows: int
    cut: bool = False
    until: float = inf

    @property
    def late(self) -> bool:
        """Whether its time is over."""
        return monotonic() > self.until

    def ends_at_character(self, read: int) -> bool:
        """Whether it ends after so many characters of a text, of which more are there."""
        enough = read >= self.characters or (read >= _LEAST_CHARACTERS and self.late)
        self.cut = self.cut or enough
        return enough

    def ends_at_row(self, read: int) -> bool:
        """Whether it ends after so many rows of a table, of which more are there."""
        enough = read >= self.rows or (read >= _LEAST_ROWS and self.late)
        self.cut = self.cut or enough
        return enough


class PortionEndedError(Exception):
    """The portion is read. It ends a parser from within, and is caught in this package."""


_WANTED: ContextVar[Portion | None] = ContextVar("portion", default=None)
_WATCHER: ContextVar[Callable[[], object] | None] = ContextVar("watcher", default=None)


@contextmanager
def only(portion: Portion) -> Iterator[Portion]:
    """Read no more than this of any file in the block."""
    before = _WANTED.set(portion)
    try:
        yield portion
    finally:
        _WANTED.reset(before)


def wanted() -> Portion | None:
    """Return the portion that is wanted; None for all there is."""
    return _WANTED.get()


@contextmanager
def watched(call: Callable[[], object]) -> Iterator[None]:
    """Call this for every piece and row that is read in the block: it may raise, to end that."""
    before = _WATCHER.set(call)
    try:
        yield
    finally:
        _WATCHER.reset(before)


def watching() -> Callable[[], object] | None:
    """Return what is to be called for every piece; None where nobody watches."""
    return _WATCHER.get()


def in_portion(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Yield the rows that lie whole in the portion; whoever watches is called before each."""
    portion, watcher = wanted(), watching()
    try:
        for count, row in enumerate(rows):
            if watcher is not None:
                watcher()
            if portion is not None and portion.ends_at_row(count):
                return
            yield row
    except PortionEndedError:
        return
