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
from triage.domain.arrivals import Arrival, Suggestion
from triage.domain.scores import Label, Scores
from triage.errors import ConflictError, TriageError
from triage.workbench import Workbench

__all__ = ["Context", "Keeping", "Sent", "Suggested"]

_LOG = logging.getLogger("triage.api")
_MOST_WAITING = 2_000
_AT_ONCE = 200
_RATED_AT_ONCE = 32
_PATIENCE = 2.0  # seconds before a database that could not be written is tried again


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
    """Keeps comments behind the answers, in the order in which they came.

    An instance serves one event loop at a time. What waits in memory is lost where the process is
    killed; where it ends in order, `finish` keeps it first.
    """

    def __init__(
        self, bench: Workbench, scores: Callable[[Sequence[str]], Awaitable[list[Scores]]]
    ) -> None:
        self._bench = bench
        self._scores = scores
        self._waiting: deque[Arrival] = deque()
        self._unrated: deque[str] = deque()
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

    async def suggest(self, said: Suggestion, client: str) -> None:
        """Keep what a client says of a comment. Raises ApiError 409 for another comment's id."""
        try:
            await asyncio.to_thread(self._bench.suggest, said, client)
        except ConflictError as error:
            raise ApiError(409, str(error)) from None
        if self._bench.settings.api_store:
            self._unrated.append(said.arrival.text)
            self._start()

    async def rate(self, texts: Sequence[str]) -> int:
        """Give texts that are kept their scores; return how many are left for `triage score`."""
        left = 0
        for start in range(0, len(texts), _RATED_AT_ONCE):
            some = texts[start : start + _RATED_AT_ONCE]
            missing = await asyncio.to_thread(self._bench.save_answers, some)
            if missing:
                try:
                    await self._scores(missing)
                except ApiError as error:
                    _LOG.warning("%d texts are left to be scored: %s", len(missing), error.message)
                else:
                    missing = await asyncio.to_thread(self._bench.save_answers, missing)
                left += len(missing)
        return left

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
        while self._waiting or self._unrated:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            texts = list(self._unrated)
            self._unrated.clear()
            try:
                received = await asyncio.to_thread(self._bench.keep, batch)
                await self.rate([*received.unrated, *texts])
            except TriageError as error:
                _LOG.error("comments could not be kept, which is tried again: %s", error)
                self._waiting.extendleft(reversed(batch))
                await asyncio.sleep(_PATIENCE)
                continue
            for problem in received.problems:
                _LOG.warning("a comment was not kept: %s", problem)
