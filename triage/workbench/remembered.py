"""What takes long to read, kept as long as nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

__all__ = ["Remembered"]

_Read = TypeVar("_Read")


class Remembered(Generic[_Read]):
    """What was read of one state of the database, kept until it is asked for of another.

    Threads may share it: who comes second waits for what the first one reads. Several that share a
    `lock` read one after the other.
    """

    def __init__(self, lock: Lock | None = None) -> None:
        self._lock = lock or Lock()
        self._kept: tuple[object, _Read] | None = None

    def of(self, state: Callable[[], object], read: Callable[[], _Read]) -> _Read:
        """Return what was read of this state, or what `read` returns where that is another."""
        with self._lock:
            now = state()
            if self._kept is None or self._kept[0] != now:
                self._kept = None  # what is outdated need not lie beside what is read
                self._kept = now, read()
            return self._kept[1]
