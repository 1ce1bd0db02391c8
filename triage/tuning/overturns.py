"""How often decisions are overturned on appeal: shares with Wilson's intervals.

Whoever appeals is no random sample, so a share tells of decisions appealed against, not of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.tuning.bounds import wilson

__all__ = ["FEW", "Overturned", "overturn_rates"]

FEW = 30
"""Fewer appeals than this say little: at 15 of 30 the interval spans 33 to 67 %."""


@dataclass(frozen=True, slots=True)
class Overturned:
    """Of `answered` appeals, how many were overturned, with the 95 % interval of that share."""

    answered: int
    overturned: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The part that was overturned, in [0, 1]."""
        return self.overturned / self.answered

    @property
    def few(self) -> bool:
        """Whether there are too few to say much."""
        return self.answered < FEW


def overturn_rates(
    answered: Mapping[str, int], overturned: Mapping[str, int]
) -> dict[str, Overturned]:
    """Return the rate for each group that has an answered appeal, in the order given."""
    found = {}
    for name, count in answered.items():
        if count > 0:
            hits = overturned.get(name, 0)
            low, high = wilson(hits / count, count)
            found[name] = Overturned(count, hits, float(low), float(high))
    return found
