"""Requests that arrive together are scored together, in turn, and never more than can wait."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from threading import Event, get_ident
from typing import Any

import pytest

from triage.api.batcher import Batcher, Bounds, OverloadedError
from triage.domain.scores import Label, Scores
from triage.errors import ScorerError

ONE = Bounds(lanes=1)


class Recorder:
    """Scores a text by its length; the first batch waits until `go` is set."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.threads: set[int] = set()
        self.busy, self.go = Event(), Event()

    def __call__(self, texts: Sequence[str]) -> list[Scores]:
        self.batches.append(list(texts))
        self.threads.add(get_ident())
        self.busy.set()
        assert self.go.wait(10)
        if "unknown" in texts:
            raise ScorerError("the weights are gone")
        if "poison" in texts:
            raise IndexError("a bug in a scorer")
        return [score(text) for text in texts]


def score(text: str) -> Scores:
    return Scores({Label.TOXICITY: len(text) / 1_000})


async def busy(batcher: Batcher, recorder: Recorder) -> asyncio.Task[list[Scores]]:
    """Return the first request, whose batch is under way."""
    first = asyncio.ensure_future(batcher.scores(["first"]))
    await asyncio.to_thread(recorder.busy.wait, 10)
    return first


async def arrived() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_what_arrives_while_a_batch_is_scored_is_the_next_one() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, ONE)
        first = await busy(batcher, recorder)
        others = [asyncio.ensure_future(batcher.scores([f"text {n}"])) for n in range(10)]
        await arrived()
        assert batcher.waiting == 10
        recorder.go.set()
        assert await asyncio.gather(*others) == [[score(f"text {n}")] for n in range(10)]
        assert await first == [score("first")]
        assert recorder.batches == [["first"], [f"text {n}" for n in range(10)]]
        assert len(recorder.threads) == 1
        assert get_ident() not in recorder.threads

    run(work())


def test_a_comment_does_not_wait_for_the_batch_under_way_while_a_lane_is_free() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, Bounds(lanes=2))
        first = await busy(batcher, recorder)
        recorder.busy.clear()
        second = asyncio.ensure_future(batcher.scores(["second"]))
        await asyncio.to_thread(recorder.busy.wait, 10)
        others = [asyncio.ensure_future(batcher.scores([f"text {n}"])) for n in range(10)]
        await arrived()
        assert recorder.batches == [["first"], ["second"]]
        assert batcher.waiting == 10
        recorder.go.set()
        assert await asyncio.gather(first, second) == [[score("first")], [score("second")]]
        assert await asyncio.gather(*others) == [[score(f"text {n}")] for n in range(10)]
        assert len(recorder.batches) == 3
        assert len(recorder.threads) == 2

    run(work())


def test_every_answer_is_the_askers_own_however_many_batches_are_under_way() -> None:
    async def work() -> None:
        recorder = Recorder()
        recorder.go.set()
        batcher = Batcher(recorder, Bounds(lanes=3, batch_texts=4))
        asked = [[f"{n} " * (1 + n % 7), f"of {n}"] for n in range(200)]
        found = await asyncio.gather(*(batcher.scores(texts) for texts in asked))
        assert found == [[score(text) for text in texts] for texts in asked]
        assert max(map(len, recorder.batches)) == 4
        assert len(recorder.threads) > 1

    run(work())


def test_one_text_asked_about_twice_is_scored_once() -> None:
    async def work() -> None:
        recorder = Recorder()
        recorder.go.set()
        batcher = Batcher(recorder, ONE)
        found = await asyncio.gather(batcher.scores(["a", "bb", "a"]), batcher.scores(["bb"]))
        assert found == [[score("a"), score("bb"), score("a")], [score("bb")]]
        assert recorder.batches == [["a", "bb"]]

    run(work())


def test_a_long_list_does_not_hold_up_a_single_comment() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, Bounds(lanes=1, batch_texts=16))
        first = await busy(batcher, recorder)
        many = asyncio.ensure_future(batcher.scores([f"row {n}" for n in range(100)]))
        single = asyncio.ensure_future(batcher.scores(["single"]))
        await arrived()
        recorder.go.set()
        assert await single == [score("single")]
        assert not many.done()
        assert await many == [score(f"row {n}") for n in range(100)]
        assert "single" in recorder.batches[1]
        assert max(map(len, recorder.batches)) == 16
        await first

    run(work())


def test_a_batch_ends_before_it_has_too_many_characters() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, Bounds(lanes=1, batch_characters=100))
        first = await busy(batcher, recorder)
        sizes = (60, 50, 300, 40)
        others = [asyncio.ensure_future(batcher.scores(["x" * size])) for size in sizes]
        await arrived()
        recorder.go.set()
        await asyncio.gather(first, *others)
        assert [[len(text) for text in batch] for batch in recorder.batches] == [
            [5], [60], [50], [300], [40],
        ]  # fmt: skip

    run(work())


def test_when_too_much_waits_newcomers_are_told_when_to_come_back() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, Bounds(lanes=1, queue_texts=3))
        first = await busy(batcher, recorder)
        waiting = asyncio.ensure_future(batcher.scores(["a", "b"]))
        await arrived()
        with pytest.raises(OverloadedError) as refused:
            await batcher.scores(["c", "d"])
        assert refused.value.seconds >= 1
        last = asyncio.ensure_future(batcher.scores(["c"]))
        await arrived()
        recorder.go.set()
        assert await last == [score("c")]
        await asyncio.gather(first, waiting)

    run(work())


def test_who_was_let_in_once_may_go_on_however_much_waits() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, Bounds(lanes=1, queue_texts=1))
        first = await busy(batcher, recorder)
        waiting = asyncio.ensure_future(batcher.scores(["a"]))
        await arrived()
        goes_on = asyncio.ensure_future(batcher.scores(["b", "cc"], admitted=True))
        await arrived()
        recorder.go.set()
        assert await goes_on == [score("b"), score("cc")]
        await asyncio.gather(first, waiting)

    run(work())


def test_nobody_is_let_in_to_wait_longer_than_an_answer_is_of_use() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, Bounds(lanes=1, queue_seconds=10.0))
        for pause in (0.0, 0.5):  # the first batch loads the scorer, the second tells its pace
            one = await busy(batcher, recorder)
            await asyncio.sleep(pause)
            recorder.go.set()
            await one
            recorder.go.clear()
            recorder.busy.clear()
        last = await busy(batcher, recorder)
        many = asyncio.ensure_future(batcher.scores(["x"] * 1_000))
        await arrived()  # eight minutes of work, of which only its first turn counts
        singles = [
            asyncio.ensure_future(batcher.scores([f"a comment, the {n}."])) for n in range(50)
        ]
        await arrived()
        refused = [one.exception() for one in singles if one.done()]
        assert 1 < len(refused) < 49
        assert all(isinstance(one, OverloadedError) and 10 <= one.seconds <= 60 for one in refused)
        waiting = [one for one in singles if not one.done()]
        recorder.go.set()
        await asyncio.gather(last, many, *waiting)

    run(work())


def test_whoever_would_wait_too_long_for_the_batch_under_way_is_told_so() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, Bounds(lanes=1, queue_seconds=10.0))
        for pause in (0.0, 0.5):  # the first batch loads the scorer, the second tells its pace
            one = await busy(batcher, recorder)
            await asyncio.sleep(pause)
            recorder.go.set()
            await one
            recorder.go.clear()
            recorder.busy.clear()
        texts = ["x" * (900 + n) for n in range(16)]  # one batch, of forty seconds of work
        long = asyncio.ensure_future(batcher.scores(texts))
        await asyncio.to_thread(recorder.busy.wait, 10)
        assert batcher.waiting == 0
        with pytest.raises(OverloadedError) as refused:
            await batcher.scores(["a comment"])
        assert 10 < refused.value.seconds < 100
        recorder.go.set()
        await long
        assert await batcher.scores(["a comment"]) == [score("a comment")]

    run(work())


def test_what_nobody_waits_for_any_more_is_not_scored() -> None:
    async def work() -> None:
        recorder = Recorder()
        batcher = Batcher(recorder, ONE)
        first = await busy(batcher, recorder)
        gone = asyncio.ensure_future(batcher.scores(["gone"]))
        stays = asyncio.ensure_future(batcher.scores(["stays"]))
        await arrived()
        gone.cancel()
        await arrived()
        assert batcher.waiting == 1
        recorder.go.set()
        assert await stays == [score("stays")]
        await first
        assert ["gone"] not in recorder.batches
        assert not any("gone" in batch for batch in recorder.batches)

    run(work())


def test_a_text_that_breaks_the_scorer_spoils_no_other() -> None:
    async def work() -> None:
        recorder = Recorder()
        recorder.go.set()
        batcher = Batcher(recorder, ONE)
        bad, good = await asyncio.gather(
            batcher.scores(["poison"]), batcher.scores(["good"]), return_exceptions=True
        )
        assert isinstance(bad, IndexError)
        assert good == [score("good")]

    run(work())


def test_a_scorer_that_cannot_be_asked_is_asked_once_and_everybody_told() -> None:
    async def work() -> None:
        recorder = Recorder()
        recorder.go.set()
        batcher = Batcher(recorder, ONE)
        found = await asyncio.gather(
            batcher.scores(["unknown"]), batcher.scores(["good"]), return_exceptions=True
        )
        assert [type(one) for one in found] == [ScorerError, ScorerError]
        assert len(recorder.batches) == 1
        assert await batcher.scores(["later"]) == [score("later")]

    run(work())


def test_it_serves_one_event_loop_after_another() -> None:
    recorder = Recorder()
    recorder.go.set()
    batcher = Batcher(recorder, ONE)
    for text in ("one", "two"):
        assert asyncio.run(batcher.scores([text])) == [score(text)]
