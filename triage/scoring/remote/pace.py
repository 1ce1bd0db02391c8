"""When the next request may go: so many a second, later where the far side asks, so many in all."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

__all__ = ["Pace"]


class Pace:
    """The turns of all threads that ask one far side.

    `clock` tells seconds, `sleep` waits for some; both are handed in, so that tests need not wait.
    """

    def __init__(
        self,
        per_second: float,
        budget: int,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
    ) -> None:
        self._between = 1.0 / per_second
        self._left = budget
        self._clock = clock
        self._sleep = sleep
        self._next = clock()
        self._lock = Lock()

    def take(self) -> bool:
        """Wait for the next turn and take it; False, at once, where the budget is spent."""
        with self._lock:
            if not self._left:
                return False
            self._left -= 1
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._between
        if turn > now:
            self._sleep(turn - now)
        return True

    def hold(self, seconds: float) -> None:
        """Give nobody another turn for so long."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)
