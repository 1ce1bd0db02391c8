"""How urgent a flagged comment is: the harm to expect, how far it reaches, how long it waits.

`docs/policy.md` says why these numbers; the store reckons the same in SQL, so that the order of the
queue stands in an index.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import log10

__all__ = [
    "AMPLIFIED_UP_TO",
    "APPEALED",
    "ASKED_BY_READER",
    "ASKED_BY_REVIEWER",
    "A_DAY",
    "DECADES",
    "UNREADABLE",
    "amplified",
    "waited",
]

UNREADABLE = 0.5
"""Harm to expect of what no scorer could read: evidence neither for harm nor against it."""
ASKED_BY_READER = 0.5
"""Least harm to expect where a reader asks: readers flag many things, some flag everything."""
ASKED_BY_REVIEWER = 1.0
"""Least harm to expect where a colleague asks: level with the worst that a score can say."""

DECADES = 6
"""How many powers of ten of reach count: up to a million."""
AMPLIFIED_UP_TO = 1.5
"""By how much reach multiplies harm at most, so that nobody waits behind one viral item."""
APPEALED = AMPLIFIED_UP_TO
"""An appeal's, from the day on which it came: level with the worst that can come on that day."""
A_DAY = 0.05
"""How much each day of waiting adds, where the worst label for certain is 1."""


def amplified(reach: int | None) -> float:
    """Return by how much a reach multiplies harm: 1 for none or an unknown one, up to 1.5.

    1 + log10(1 + reach) / 12, and no more from a million on: each tenfold counts the same.
    """
    decades = min(log10(1 + (reach or 0)), DECADES)
    return 1.0 + (AMPLIFIED_UP_TO - 1.0) * decades / DECADES


def waited(since: datetime, now: datetime) -> float:
    """Return what waiting since a moment adds by another one."""
    return A_DAY * ((now - since) / timedelta(days=1))
