"""How often a caller may ask: a token bucket each."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Limits"]

_KEPT = (
    10_000  # callers; the one that was silent longest is forgotten, and starts with a full bucket
)
_BURST_SECONDS = 10.0


class Limits:
    """Lets each caller ask `rate` times a second on average, 0 for without limit.

    What was not used for up to ten seconds may be used at once.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = max(rate * _BURST_SECONDS, 1.0)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, name: str) -> int:
        """Take one request of a caller; return 0, or in how many seconds there is one again."""
        if not self._rate:
            return 0
        now = self._clock()
        left, since = self._buckets.pop(name, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        allowed = left >= 1.0
        self._buckets[name] = (left - 1.0 if allowed else left, now)
        if len(self._buckets) > _KEPT:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1.0 - left) / self._rate))

    def give_back(self, name: str) -> None:
        """Take back what `wait` took: the request turned out to be another caller's."""
        if name in self._buckets:
            left, since = self._buckets[name]
            self._buckets[name] = (min(self._burst, left + 1.0), since)
