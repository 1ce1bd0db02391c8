"""What the endpoints share: the workbench behind scoring threads, limits, and counters."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from triage.api.batcher import Batcher, Bounds, OverloadedError
from triage.api.callers import Authority, Tokens
from triage.api.errors import ApiError
from triage.api.keeping import Keeping
from triage.api.limits import Limits
from triage.api.metrics import Metrics
from triage.domain.policy import Policy
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import TriageError
from triage.logs import LogLevel, note
from triage.settings import Settings
from triage.workbench import Workbench

__all__ = ["Service"]

SECONDS = 30.0
"""How long a request waits for its scores at most."""
_LOG = logging.getLogger("triage.api")
_Found = TypeVar("_Found")


class Service:
    """The workbench as endpoints use it: nothing of it blocks the event loop.

    `authority` says who may do what: without it the site's tokens, and anybody until one is made.
    """

    def __init__(
        self,
        bench: Workbench,
        *,
        authority: Authority | None = None,
        bounds: Bounds = Bounds(),  # noqa: B008 - frozen
    ) -> None:
        self.bench = bench
        self.authority = authority or Tokens(bench)
        self.keeping = Keeping(bench, self.scores)
        self.limits = Limits(self.settings.api_rate)
        self._batcher = Batcher(self._rated, bounds, self._batch_done, lambda one: len(one[0]))
        self.metrics = Metrics(lambda: self._batcher.waiting)
        self._seats: Mapping[Label, ScorerInfo] | None = None
        self._warming: asyncio.Task[None] | None = None

    @property
    def settings(self) -> Settings:
        """What the installation chose."""
        return self.bench.settings

    @property
    def ready(self) -> bool:
        """Whether the scorers are loaded and have scored something."""
        return self._seats is not None

    @staticmethod
    def deadline() -> float:
        """Return until when a request that comes now waits for its scores, by the loop's clock."""
        return asyncio.get_running_loop().time() + SECONDS

    async def scores(
        self, texts: Sequence[str], beside: str | None = None, *, until: float | None = None
    ) -> list[Scores]:
        """Return one Scores per text, in order.

        What is too short to tell its language is taken to be in that of what stands `beside` it.
        `until` is the deadline of a request that was let in before, and goes on with these: it is
        not turned away any more.
        Raises ApiError: 429 where too much waits, 503 where the scorers cannot answer, 504 where
        they take too long.
        """
        try:
            async with asyncio.timeout_at(self.deadline() if until is None else until):
                return await self._batcher.scores(
                    [(text, beside) for text in texts], admitted=until is not None
                )
        except OverloadedError as error:
            self.metrics.rejected.labels("overload").inc()
            raise ApiError(429, str(error), headers={"Retry-After": str(error.seconds)}) from None
        except TimeoutError:
            raise ApiError(504, f"the scorers took longer than {SECONDS:g} s") from None
        except TriageError as error:
            # Its message may name folders of this machine, so it is for the log.
            _LOG.error("texts could not be scored: %s", error)
            raise ApiError(503, "the scorers cannot answer for now; the log says why") from None

    async def seats(self) -> Mapping[Label, ScorerInfo]:
        """Return which scorer answers for each label, as the newest batch had it."""
        if self._seats is None:
            await self.scores(["ready"])
        assert self._seats is not None  # noqa: S101 - every batch sets it
        return self._seats

    async def policy(self) -> Policy:
        """Return the policy in force."""
        return await self.off_loop(self.bench.policy)

    async def off_loop(
        self,
        verb: Callable[..., _Found],
        *given: object,
        but: type[TriageError] | tuple[type[TriageError], ...] = (),
    ) -> _Found:
        """Call a verb of the workbench in a thread.

        Raises ApiError 503 for what it raises, `but` for kinds which are the caller's to tell.
        """
        try:
            return await asyncio.to_thread(verb, *given)
        except TriageError as error:
            if isinstance(error, but):
                raise
            _LOG.error("a request could not be served: %s", error)
            raise ApiError(503, "this cannot be done for now; the log says why") from None

    def warm(self) -> None:
        """Begin to load the scorers, so that the first request need not wait for them."""
        if self._seats is None and (self._warming is None or self._warming.done()):
            self._warming = asyncio.get_running_loop().create_task(self._warm())

    async def _warm(self) -> None:
        try:
            await self.seats()
        except ApiError as error:
            note(_LOG, "the scorers are not ready", level=LogLevel.WARNING, why=error.message)

    async def close(self) -> None:
        """Keep what waits to be kept, and end the scoring threads."""
        await self.keeping.finish()
        self._batcher.close()

    def _rated(self, batch: Sequence[tuple[str, str | None]]) -> list[Scores]:
        """Score texts, each with the language beside it; runs in a scoring thread."""
        texts, beside = zip(*batch, strict=True)
        found, self._seats = self.bench.score_texts(texts, beside)
        return found

    def _batch_done(self, texts: int, seconds: float) -> None:
        self.metrics.batch(texts, seconds)
