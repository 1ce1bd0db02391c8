"""What becomes of what clients send besides a score, where the site stores it.

An answer does not wait for it: comments are kept behind the answers, several in one transaction.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from triage.api.errors import ApiError
from triage.api.text import too_long
from triage.domain.arrivals import Arrival
from triage.domain.checks import utc_now
from triage.domain.scores import Label, Scores
from triage.errors import TriageError
from triage.workbench import Workbench

__all__ = ["Context", "Keeping", "Sent", "Suggested"]

_LOG = logging.getLogger("triage.api")
_MOST_WAITING, _MOST_UNRATED = 2_000, 5_000
_AT_ONCE = 200
_RATED_AT_ONCE = 32
_PATIENCE, _LONGEST_PAUSE = 2.0, 60.0  # seconds before what failed is tried again
_GRACE = 10.0  # seconds to keep what waits when the process ends
_Made = TypeVar("_Made")


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
        self,
        bench: Workbench,
        scores: Callable[[Sequence[str]], Awaitable[list[Scores]]],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._bench = bench
        self._scores = scores
        self._clock = clock
        self._waiting: deque[Arrival] = deque()
        # What falls out at the far end is in the database, and left for `triage score`.
        self._unrated: deque[str] = deque(maxlen=_MOST_UNRATED)
        self._tasks: dict[Callable[[], Coroutine[None, None, None]], asyncio.Task[None]] = {}
        self._begun: set[asyncio.Task[object]] = set()  # an event loop alone might forget them

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
            self._waiting.append(replace(arrival, asked_at=self._clock()))
            self._run(self._keep_all)

    def rate_soon(self, texts: Sequence[str]) -> None:
        """Give texts that are kept their scores behind the answers."""
        self._unrated.extend(texts)
        self._run(self._rate_all)

    async def rate(self, texts: Sequence[str], seconds: float) -> None:
        """Give texts that are kept their scores; return when that is done, or the time is over.

        What cannot be rated now is rated soon.
        """
        task = self._begin(self._rate_or_later(texts))
        await asyncio.wait([task], timeout=seconds)

    async def to_the_end(self, work: Coroutine[None, None, _Made]) -> _Made:
        """Return what some work gives; it goes on where nobody waits for that any more.

        A thread that writes cannot be stopped: what follows from what it wrote must follow, too.
        """
        return await asyncio.shield(self._begin(work))

    def _begin(self, work: Coroutine[None, None, _Made]) -> asyncio.Task[_Made]:
        task = asyncio.get_running_loop().create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._begun.discard)
        return task

    async def finish(self) -> None:
        """Keep what waits; give up where the database cannot be written."""
        tasks = [task for task in self._tasks.values() if not task.done()]
        if keeping := self._tasks.get(self._keep_all):
            await asyncio.wait([keeping], timeout=_GRACE)
        for task in tasks:
            task.cancel()
        if self._waiting:
            _LOG.error("%d comments could not be kept before the end", len(self._waiting))

    def _run(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Have some work done, unless it is being done already."""
        loop, task = asyncio.get_running_loop(), self._tasks.get(work)
        if task is None or task.done() or task.get_loop() is not loop:
            self._tasks[work] = loop.create_task(work())

    async def _keep_all(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            try:
                received = await asyncio.to_thread(self._bench.keep, batch)
            except TriageError as error:
                _LOG.error("comments could not be kept, which is tried again: %s", error)
                self._waiting.extendleft(reversed(batch))
                await asyncio.sleep(_PATIENCE)
                continue
            except Exception:  # noqa: BLE001 - what comes next is kept all the same
                _LOG.exception("%d comments are not kept through a fault of ours", len(batch))
                continue
            for problem in received.problems:
                _LOG.warning("a comment was not kept: %s", problem)
            self.rate_soon(received.unrated)

    async def _rate_all(self) -> None:
        pause = _PATIENCE
        while self._unrated:
            texts = [
                self._unrated.popleft() for _ in range(min(_RATED_AT_ONCE, len(self._unrated)))
            ]
            if await self._rate_or_later(texts):
                pause = _PATIENCE
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def _rate_or_later(self, texts: Sequence[str]) -> bool:
        """Give texts their scores, and put off those that get none now; return whether all have.

        Long ones are left for `triage score`, which is a process of its own.
        """
        done = True
        if long := sum(map(too_long, texts)):
            _LOG.warning("%d texts are too long to be rated here: see `triage score`", long)
            texts = [text for text in texts if not too_long(text)]
        for start in range(0, len(texts), _RATED_AT_ONCE):
            some: Sequence[str] = texts[start : start + _RATED_AT_ONCE]
            try:
                some = await asyncio.to_thread(self._bench.save_answers, some)
                if some:
                    await self._scores(some)
                    some = await asyncio.to_thread(self._bench.save_answers, some)
            except (ApiError, TriageError) as error:
                _LOG.warning("%d texts are to be rated later: %s", len(some), error)
            except Exception:  # noqa: BLE001 - a fault of ours must not end this for the rest
                _LOG.exception("%d texts are left for `triage score`", len(some))
                continue
            if some:
                done = False
                self.rate_soon(some)
        return done
