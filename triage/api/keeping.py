"""What becomes of what clients send besides a score, where the site stores it.

An answer does not wait for it: comments are kept behind the answers, several in one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from triage.api.errors import ApiError
from triage.domain.arrivals import Arrival
from triage.domain.scores import Label, Scores
from triage.errors import TriageError
from triage.workbench import Workbench

__all__ = ["Context", "Keeping", "Sent", "Suggested"]

_LOG = logging.getLogger("triage.api")
_MOST_WAITING, _MOST_UNRATED = 2_000, 5_000
_AT_ONCE = 200
_RATED_AT_ONCE = 32
_PATIENCE, _LONGEST_PAUSE = 2.0, 60.0  # seconds before what failed is tried again


@dataclass(frozen=True, slots=True)
class Context:
    """What a client says a comment stands under, as plain text; Coral sends the story's URL."""

    entries: tuple[str, ...] = ()
    article: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A comment as a client of Perspective sends it; `text` is plain, whatever it was written in.

    `client_token`, `session_id` and `community_id` are the client's own; empty where it sent none.
    """

    text: str
    languages: tuple[str, ...] = ()
    context: Context = field(default_factory=Context)
    client_token: str = ""
    session_id: str = ""
    community_id: str = ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a client says the scores should be: label -> value in [0, 1], of the whole text.

    `attributes` has the same by the names that the client used; some may have no label here.
    """

    sent: Sent
    labels: Mapping[Label, float]
    attributes: Mapping[str, float]


class Keeping:
    """Keeps comments behind the answers, in the order in which they came, and has them rated.

    An instance serves one event loop at a time. What waits in memory is lost where the process is
    killed; where it ends in order, `finish` keeps it first.
    """

    def __init__(
        self, bench: Workbench, scores: Callable[[Sequence[str]], Awaitable[list[Scores]]]
    ) -> None:
        self._bench = bench
        self._scores = scores
        self._waiting: deque[Arrival] = deque()
        # What falls out at the far end is in the database, and left for `triage score`.
        self._unrated: deque[str] = deque(maxlen=_MOST_UNRATED)
        self._worker: asyncio.Task[None] | None = None

    def admit(self) -> None:
        """Raise ApiError 429 where more waits to be kept than the database takes."""
        if len(self._waiting) >= _MOST_WAITING:
            raise ApiError(
                429,
                "comments come faster than they can be kept; ask again in 2 s",
                headers={"Retry-After": "2"},
            )

    def keep(self, arrival: Arrival) -> None:
        """Keep a comment that the client allowed to be stored, soon; not where storing is off."""
        if self._bench.settings.api_store:
            self._waiting.append(arrival)
            self._start()

    def rate_soon(self, texts: Sequence[str]) -> None:
        """Give texts that are kept their scores behind the answers."""
        self._unrated.extend(texts)
        self._start()

    async def rate(self, texts: Sequence[str]) -> None:
        """Give texts that are kept their scores; what cannot be rated now is rated soon.

        They are rated whether or not somebody still waits for it.
        """
        await asyncio.shield(asyncio.ensure_future(self._rate(texts)))

    async def finish(self) -> None:
        """Keep what waits; give up where the database cannot be written."""
        if self._worker is not None:
            worker, self._worker = self._worker, None
            await asyncio.wait([worker], timeout=_PATIENCE)
            worker.cancel()
        if self._waiting:
            _LOG.error("%d comments could not be kept before the end", len(self._waiting))

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._worker is None or self._worker.done() or self._worker.get_loop() is not loop:
            self._worker = loop.create_task(self._work())

    async def _work(self) -> None:
        pause = _PATIENCE
        while self._waiting or self._unrated:
            texts = list(self._unrated)
            self._unrated.clear()
            kept = await self._keep()
            await self._rate([*kept, *texts])
            if self._waiting or self._unrated:
                await asyncio.sleep(pause if self._unrated else 0)
                pause = min(2 * pause, _LONGEST_PAUSE) if self._unrated else _PATIENCE

    async def _keep(self) -> tuple[str, ...]:
        """Keep what waits, as much as one transaction takes; return the texts to be rated."""
        batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
        if not batch:
            return ()
        try:
            received = await asyncio.to_thread(self._bench.keep, batch)
        except TriageError as error:
            _LOG.error("comments could not be kept, which is tried again: %s", error)
            self._waiting.extendleft(reversed(batch))
            await asyncio.sleep(_PATIENCE)
            return ()
        for problem in received.problems:
            _LOG.warning("a comment was not kept: %s", problem)
        return received.unrated

    async def _rate(self, texts: Sequence[str]) -> None:
        for start in range(0, len(texts), _RATED_AT_ONCE):
            some: Sequence[str] = texts[start : start + _RATED_AT_ONCE]
            try:
                some = await asyncio.to_thread(self._bench.save_answers, some)
                if some:
                    await self._scores(some)
                    some = await asyncio.to_thread(self._bench.save_answers, some)
            except (ApiError, TriageError) as error:
                _LOG.warning("%d texts are to be rated later: %s", len(some), error)
            if some:
                self.rate_soon(some)
