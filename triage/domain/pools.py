"""How many connections to its database a process keeps."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Pool"]


@dataclass(frozen=True, slots=True)
class Pool:
    """Limits of one process.

    `size` connections are kept, and `overflow` more opened while they are needed; who needs one
    beyond that waits for `seconds` at most. One that was opened `recycle_minutes` ago is opened
    anew before it is used again, for a firewall that forgets old connections; 0 for never.
    """

    size: int = 5
    overflow: int = 10
    seconds: float = 30.0
    recycle_minutes: float = 0.0

    @property
    def most(self) -> int:
        """The most connections that there are at once."""
        return self.size + self.overflow
