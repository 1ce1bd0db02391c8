"""A connection that does not say what it wants in time is closed: uvicorn alone waits without end.

Its limit on connections would otherwise be used up by whoever opens many and says little.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["HeadInTime"]


class HeadInTime(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with `SECONDS` for a request's line and headers to arrive.

    They count from the connection, and for a later request on it from its first byte. How large
    they may be h11 says (16 KB as long as they are not complete), how long a body may take
    `bodies.SECONDS`, and how long a connection may be idle between requests `timeout_keep_alive`.
    """

    SECONDS: ClassVar[float] = 10.0
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came; wait on while a request has begun whose headers are not all there."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._done()
        elif self._waiting is None and self.conn.trailing_data[0]:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the wait with the connection."""
        self._done()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.SECONDS, self.transport.close)

    def _done(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
