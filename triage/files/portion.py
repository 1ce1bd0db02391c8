"""The first portion of a file: enough to see what it is, without reading all of it.

Readers know nothing of it. What gives them bytes and rows looks here whether only a portion is
wanted, and ends at the last whole line, row or element in it, as if the file did.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["Portion", "PortionEndedError", "in_portion", "only", "wanted"]

_Row = TypeVar("_Row")


@dataclass(slots=True)
class Portion:
    """How many characters of each text, and rows of each table; `cut` where there was more."""

    characters: int
    rows: int
    cut: bool = False


class PortionEndedError(Exception):
    """The portion is read. It ends a parser from within, and is caught in this package."""


_WANTED: ContextVar[Portion | None] = ContextVar("portion", default=None)


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


def in_portion(rows: Iterable[_Row]) -> Iterator[_Row]:
    """Yield the rows that lie whole in the portion."""
    portion = wanted()
    if portion is None:
        yield from rows
        return
    try:
        for count, row in enumerate(rows):
            if count >= portion.rows:
                portion.cut = True
                return
            yield row
    except PortionEndedError:
        return
