"""Requests that arrive together are scored together, by a few threads, off the event loop.

While batches are scored, what arrives meanwhile waits and becomes the next one: an idle scorer
answers at once, a busy one gets batches as large as the load. Every request has its share of a
batch, so that a long list holds up nobody.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from triage.domain.scores import Scores
from triage.errors import TriageError

__all__ = ["Batcher", "Bounds", "OverloadedError"]

_SHARE = 8  # texts that a request gets into a batch before the next one has its turn
_MEMORY = 0.8  # how much of what was learned before each batch still counts after it
_EACH = 200  # characters that a text costs beside its own
_Text = TypeVar("_Text", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is scored at once (`batch_`), and how much may wait (`queue_`).

    A batch is what a newcomer waits for: some 100 ms of the bundled scorer. Both count texts and
    characters, whichever is reached first; one text is a batch of its own if it must.
    As many batches as `lanes` are scored at once: with two, a short comment need not wait for a
    long one, and a core computes while another prepares texts or answers.
    `queue_seconds` is how long a newcomer would wait for its first turn, by the pace so far, with
    what is left of the batches under way: who asks for a comment that somebody is writing has no
    use for an answer later than that.
    """

    lanes: int = 2
    batch_texts: int = 32
    batch_characters: int = 16_000
    queue_texts: int = 2_048
    queue_characters: int = 1_000_000
    queue_seconds: float = 2.0


class OverloadedError(Exception):
    """The queue is full; `seconds` is when it may be worth asking again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"more is waiting than can be scored soon; ask again in {seconds} s")
        self.seconds = seconds


@dataclass(eq=False, slots=True)
class _Job(Generic[_Text]):
    texts: Sequence[_Text]
    sizes: Sequence[int]
    done: asyncio.Future[list[Scores]]
    taken: int = 0
    found: list[Scores] = field(default_factory=list)

    def characters(self) -> int:
        """How many characters are yet to be scored."""
        return sum(self.sizes[self.taken :])

    def share(self) -> int:
        """Return what its next turn costs."""
        return _cost(self.sizes[self.taken : self.taken + _SHARE])


class Batcher(Generic[_Text]):
    """Scores the texts of many requests through one blocking `score`, which threads call at once.

    `told` hears of every batch: how many different texts, and the seconds. `size` counts the
    characters of a text, whatever comes along with it. An instance serves one event loop at a time.
    """

    def __init__(
        self,
        score: Callable[[Sequence[_Text]], list[Scores]],
        bounds: Bounds = Bounds(),
        told: Callable[[int, float], None] = lambda _texts, _seconds: None,
        size: Callable[[_Text], int] = len,  # type: ignore[assignment]  # of texts alone
    ) -> None:
        self._score = score
        self._bounds = bounds
        self._told = told
        self._size = size
        self._jobs: deque[_Job[_Text]] = deque()
        self._lanes: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(bounds.lanes, thread_name_prefix="score")
        self._pace = _Pace()

    @property
    def waiting(self) -> int:
        """How many texts wait for their turn."""
        return sum(len(job.texts) - job.taken for job in self._jobs)

    async def scores(self, texts: Sequence[_Text], *, admitted: bool = False) -> list[Scores]:
        """Return one Scores per text, in order.

        Raises OverloadedError where too much waits already, unless they go on with a request that
        was `admitted` before; and what `score` raises. A caller that is cancelled is forgotten:
        what it still waited for is not scored.
        """
        if not texts:
            return []
        sizes = list(map(self._size, texts))
        if not admitted:
            self._admit(sizes)
        loop = asyncio.get_running_loop()
        job = _Job(texts, sizes, loop.create_future())
        self._jobs.append(job)
        self._lanes = {one for one in self._lanes if not one.done() and one.get_loop() is loop}
        if len(self._lanes) < self._bounds.lanes:
            self._lanes.add(loop.create_task(self._work()))
        try:
            return await job.done
        finally:
            # To ask first costs nothing; what `remove` says where it finds none holds all scores.
            if job in self._jobs:
                self._jobs.remove(job)

    def close(self) -> None:
        """Take no more; what is being scored ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _admit(self, sizes: Sequence[int]) -> None:
        """Raise OverloadedError unless texts of these sizes fit; an empty queue takes anything."""
        if not self._jobs and self._pace.under_way < self._bounds.lanes:
            return
        characters = sum(job.characters() for job in self._jobs)
        first_turn = self._pace.seconds(sum(job.share() for job in self._jobs))
        if (
            self.waiting + len(sizes) > self._bounds.queue_texts
            or characters + sum(sizes) > self._bounds.queue_characters
            or first_turn > self._bounds.queue_seconds
        ):
            raise OverloadedError(max(1, math.ceil(first_turn)))

    async def _work(self) -> None:
        await asyncio.sleep(0)  # whoever is ready now is in the first batch, too
        while batch := self._next():
            distinct = list(dict.fromkeys(job.texts[at] for job, at in batch))
            answers = await self._answers(distinct)
            for job, at in batch:
                _deliver(job, answers[job.texts[at]])

    def _next(self) -> list[tuple[_Job[_Text], int]]:
        """Return the next batch, as (job, number of its text): each job in turn has its share."""
        batch: list[tuple[_Job[_Text], int]] = []
        characters = 0
        while self._jobs:
            job = self._jobs.popleft()
            for _ in range(_SHARE):
                if job.done.done() or job.taken == len(job.texts):
                    break
                size = job.sizes[job.taken]
                full = len(batch) == self._bounds.batch_texts
                if batch and (full or characters + size > self._bounds.batch_characters):
                    self._jobs.appendleft(job)
                    return batch
                batch.append((job, job.taken))
                characters += size
                job.taken += 1
            if not job.done.done() and job.taken < len(job.texts):
                self._jobs.append(job)
        return batch

    async def _answers(self, texts: list[_Text]) -> dict[_Text, Scores | Exception]:
        """Return what became of each text; one that breaks the scorer spoils no other."""
        batch = self._pace.begin(_cost(list(map(self._size, texts))))
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, self._score, texts)
            answers: dict[_Text, Scores | Exception] = dict(zip(texts, found, strict=True))
        except TriageError as error:
            self._pace.forget(batch)
            return dict.fromkeys(texts, error)
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            self._pace.forget(batch)
            if len(texts) == 1:
                return {texts[0]: error}
            singles = [await self._answers([text]) for text in texts]
            return {text: answer for one in singles for text, answer in one.items()}
        self._told(len(texts), self._pace.end(batch))
        return answers


@dataclass(eq=False, slots=True)
class _Batch:
    cost: int
    began: float
    tells: bool


class _Pace:
    """How long what waits will take, by the newest batches; large ones say more than small ones.

    Batches that are scored side by side take longer each and less together, so what counts is how
    much was done while any was under way. Those that begin before the first one ended say
    nothing: they load the scorer.
    """

    def __init__(self) -> None:
        self._loaded = False
        self._cost = self._seconds = 0.0
        self._since = 0.0  # until when the time is counted
        self._batches: list[_Batch] = []

    @property
    def under_way(self) -> int:
        """How many batches are being scored."""
        return len(self._batches)

    def begin(self, cost: int) -> _Batch:
        now = time.perf_counter()
        if not self._batches:
            self._since = now
        batch = _Batch(cost, now, tells=self._loaded)
        self._batches.append(batch)
        return batch

    def end(self, batch: _Batch) -> float:
        """Learn from a batch that was scored; return its seconds."""
        now = time.perf_counter()
        if batch.tells:
            self._cost = self._cost * _MEMORY + batch.cost
            self._seconds = self._seconds * _MEMORY + now - self._since
        self._since = now
        self._loaded = True
        self.forget(batch)
        return now - batch.began

    def forget(self, batch: _Batch) -> None:
        """Take a batch for one that was not scored."""
        self._batches.remove(batch)

    def seconds(self, cost: int) -> float:
        """Return how long it takes to be done with what is under way, and then this much."""
        if not self._cost:
            return 0.0
        each = self._seconds / self._cost
        passed = time.perf_counter() - self._since
        under_way = sum(batch.cost for batch in self._batches) * each
        return cost * each + max(0.0, under_way - passed)


def _cost(sizes: Sequence[int]) -> int:
    return sum(sizes) + _EACH * len(sizes)


def _deliver(job: _Job[_Text], answer: Scores | Exception) -> None:
    if job.done.done():
        return
    if isinstance(answer, Exception):
        job.done.set_exception(answer)
        return
    job.found.append(answer)
    if len(job.found) == len(job.texts):
        job.done.set_result(job.found)
