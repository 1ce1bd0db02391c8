"""Reviewers who decide for hours through one workbench, as a dashboard has it; and what is left."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise, product
from pathlib import Path
from threading import Lock

from tests.trust.flatness import Recorder, Sample, Turns
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Decision, Verdict
from triage.domain.policy import Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.settings import Settings
from triage.workbench import Workbench

__all__ = ["LostError", "check", "decided", "fill", "long_deciding"]

REVIEWERS = ("ada", "ben", "cleo", "dana")
_THREAD = 200
_UNDONE = 0.02  # of the decisions, right after they were made
_WORDS = ["".join(parts) for parts in product("bdfgklmnprst", ("arn", "ilt", "ossu"), "aeiou")]
_SCORER = ScorerInfo("compact", "1", (Label.TOXICITY,))


class LostError(Exception):
    """What the database holds is not what was acknowledged."""


def long_deciding(
    url: str, folder: Path, many: int, minutes: float, size: int, told: Callable[[Sample], object]
) -> list[Sample]:
    """Fill an empty database, decide so often in it or so long, and check what it holds afterwards.

    Returns samples of this process, one for every `size` decisions. Raises LostError.
    """
    # In a process of its own: memory that it freed would hide what leaks here.
    filling = multiprocessing.get_context("spawn").Process(target=fill, args=(url, many))
    filling.start()
    filling.join()
    if filling.exitcode:
        raise LostError(f"the database could not be filled (exit code {filling.exitcode})")
    recorder = Recorder(os.getpid(), size, told)
    made, undone = folder / "made", folder / "undone"
    with closing(_bench(url)) as bench:
        decided(bench, recorder, Turns(many, minutes), made, undone)
        check(bench, made, undone)
    return recorder.samples


def decided(bench: Workbench, recorder: Recorder, turns: Turns, made: Path, undone: Path) -> None:
    """Let all reviewers decide at once; write the ids that were acknowledged into two files."""
    lock = Lock()

    def noted(path: Path, facts: list[Decision]) -> None:
        with lock, path.open("a", encoding="ascii") as lines:
            lines.writelines(f"{fact.id}\n" for fact in facts)

    def one(reviewer: str) -> None:
        draw = random.Random(reviewer)
        with turns.failing_together():
            while turns.take():
                began = time.perf_counter()
                facts = _decide(bench, reviewer, draw)
                recorder.add(time.perf_counter() - began)
                noted(made, facts)
                if draw.random() < _UNDONE:
                    noted(undone, bench.undo(reviewer))

    made.touch()
    undone.touch()
    with ThreadPoolExecutor(len(REVIEWERS)) as people:
        list(people.map(one, REVIEWERS))


def _decide(bench: Workbench, reviewer: str, draw: random.Random) -> list[Decision]:
    """Do what the page does of one comment: count what is left, claim one, read it, decide."""
    bench.progress(reviewer)
    comment = bench.next_comment(reviewer)
    if comment is None:
        raise LostError("the queue ran empty")
    item = bench.item(comment, reviewer=reviewer)
    verdict = draw.choice((Verdict.APPROVE, Verdict.REJECT))
    reasons = ("toxicity",) if verdict is Verdict.REJECT else ()
    return bench.decide([item.entry.seen], verdict, reviewer=reviewer, reasons=reasons)


def check(bench: Workbench, made: Path, undone: Path) -> None:
    """Raise LostError unless the log holds every acknowledged fact once, no other, and verifies."""
    logged: Counter[str] = Counter()
    taken_back: Counter[str] = Counter()
    for row in bench.store.decisions.log():
        of = row.decision.undoes
        (logged if of is None else taken_back)[of or row.decision.id] += 1
    for what, held, path in (("decisions", logged, made), ("undos", taken_back, undone)):
        said = Counter(path.read_text(encoding="ascii").split())
        if held != said:
            lost, others = (said - held).total(), (held - said).total()
            raise LostError(f"{what}: {lost} acknowledged ones are lost, {others} are too many")
    outcome = bench.verify()
    if not outcome.whole:
        raise LostError(f"the chain does not verify: {outcome.faults[0]}")
    if outcome.counts["decision"] != logged.total() + taken_back.total():
        raise LostError(f"the chain counts otherwise: {outcome.counts}")


def fill(url: str, decisions: int) -> None:
    """Make a site with more flagged comments than will be decided, no two of them near copies."""
    with closing(_bench(url)) as bench:
        if bench.count():
            raise LostError("the database is not empty")
        store = bench.store
        bench.save_policy([Threshold(Label.TOXICITY, 0.5)], by="ada", why="the one to begin with")
        store.panel.set({Label.TOXICITY: (_SCORER.key, _SCORER.version)})
        draw = random.Random(3)
        for thread in _threads(round(1.1 * decisions) + 20):
            store.threads.save([thread])
            store.scores.save(
                _SCORER,
                [
                    (text_digest(one.text), Scores({Label.TOXICITY: draw.uniform(0.5, 1)}))
                    for one in thread.comments
                ],
            )


def _threads(many: int) -> Iterator[Thread]:
    draw = random.Random(5)
    for first, behind in pairwise(range(0, many + _THREAD, _THREAD)):
        name = f"t{first}"
        yield Thread(
            name,
            comments=tuple(
                Comment(f"c{at}", name, f"{at} {' '.join(draw.choices(_WORDS, k=20))}", at - first)
                for at in range(first, behind)
            ),
        )


def _bench(url: str) -> Workbench:
    bench = Workbench(Settings(database_url=url, scorers=("compact",)))
    bench.count()
    return bench
