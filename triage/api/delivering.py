"""Webhooks are delivered as long as a server runs, in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event, Thread

from triage.errors import TriageError
from triage.workbench import POLL_SECONDS, Courier, Workbench

__all__ = ["delivering"]

_SELDOM = 10.0
"""Seconds between two looks where nobody is to be told, or something failed."""
_PATIENCE = 5.0  # seconds for what is under way, when the server ends
_LOG = logging.getLogger("triage.webhooks")


@asynccontextmanager
async def delivering(bench: Workbench) -> AsyncIterator[None]:
    """Deliver while the block runs. What is under way at its end is sent again by whoever is next.

    Any number of servers on one database may do so.
    """
    background = _Background(bench)
    background.start()
    try:
        yield
    finally:
        await asyncio.to_thread(background.end)


class _Background(Thread):
    def __init__(self, bench: Workbench) -> None:
        super().__init__(name="webhooks", daemon=True)
        self._bench = bench
        self._courier: Courier | None = None
        self._over = Event()

    def run(self) -> None:
        pause = 0.0
        while not self._over.wait(pause):
            try:
                pause = self._look()
            except TriageError as error:
                _LOG.error("webhooks are not delivered for now: %s", error)
                pause = _SELDOM
            except Exception:  # noqa: BLE001 - the next look may fare better than this one
                _LOG.exception("webhooks are not delivered for now")
                pause = _SELDOM

    def end(self) -> None:
        self._over.set()
        if self._courier is not None:
            self._courier.stop()
        self.join(_PATIENCE)

    def _look(self) -> float:
        """Deliver what is due; return after how many seconds to look again."""
        if not self._bench.tells_anybody():
            return _SELDOM
        if self._courier is None:
            self._courier = self._bench.courier()
        return 0.0 if self._courier.round().full else POLL_SECONDS
