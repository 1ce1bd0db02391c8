"""What is done when the dashboard ends: files that were dropped and not imported are deleted.

Python's own way of saying so (`atexit`) is not heard where a signal ends the server.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

__all__ = ["until_end"]

Lifespan = Callable[[object], AbstractAsyncContextManager[None]]


def until_end(inner: Lifespan) -> Lifespan:
    """Return a lifespan that does what `inner` does, and deletes what was dropped at its end."""

    @asynccontextmanager
    async def lifespan(app: object) -> AsyncIterator[None]:
        try:
            async with inner(app):
                yield
        finally:
            from triage.ui.importing.tray import forget_all

            forget_all()

    return lifespan
