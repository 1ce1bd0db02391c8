"""Many reviewers at once, while comments arrive: what a decision takes, and whether any is lost.

    python benchmarks/reviewers_load.py URL [--reviewers 20] [--decisions 10000] [--arriving 50]
                                            [--pause 1]

The PostgreSQL database at URL must be empty and is left filled. Each reviewer is a process with a
workbench of its own, as one dashboard each would have: it pauses, some seconds on average,
exponentially distributed, claims the next comment, reads it, and decides. (People take several
seconds; without a pause, what is measured is how long twenty processes wait for the cores.)
Another process takes in comments all the while, rated by a random number generator. Prints the
times of both verbs, and compares what was acknowledged to the reviewers with the log: each decision
once, no comment decided twice.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from multiprocessing.sharedctypes import Synchronized
from statistics import quantiles

from store_speed import SCORER, policy, save_scores, text_of, threads

from triage.domain.comments import text_digest
from triage.domain.decisions import Verdict
from triage.domain.scores import Label, Scores
from triage.errors import ConflictError
from triage.settings import Settings
from triage.workbench import Workbench

Found = tuple[list[str], list[float], list[float], int]
"""What one reviewer was told: ids of decisions, seconds of both verbs, and refusals."""


def bench_on(url: str) -> Workbench:
    return Workbench(Settings(database_url=url, doubled=0.0))


def prepare(url: str, comments: int) -> None:
    bench = bench_on(url)
    bench.store.threads.save(threads(comments))
    bench.store.panel.set(dict.fromkeys(Label, (SCORER.key, SCORER.version)))
    bench.store.policies.save(policy(1, 0.3))
    save_scores(bench.store)
    bench.close()


def reviewing(
    url: str, name: str, pause: float, left: Synchronized[int], found: Callable[[Found], None]
) -> None:
    """Decide until nothing of the common number is left."""
    bench, chance = bench_on(url), random.Random(name)
    made: list[str] = []
    claiming: list[float] = []
    deciding: list[float] = []
    refused = 0
    while True:
        with left.get_lock():
            if left.value <= 0:
                break
            left.value -= 1
        time.sleep(chance.expovariate(1 / pause) if pause else 0)
        began = time.perf_counter()
        comment = bench.next_comment(name)
        if comment is None:
            raise SystemExit("the queue is empty: begin with more comments")
        entry = bench.item(comment, reviewer=name).entry
        claiming.append(time.perf_counter() - began)
        began = time.perf_counter()
        try:
            (decision,) = bench.decide([entry.seen], Verdict.APPROVE, reviewer=name)
        except ConflictError:
            refused += 1
            continue
        deciding.append(time.perf_counter() - began)
        made.append(decision.id)
    bench.close()
    found((made, claiming, deciding, refused))


def arriving(url: str, rate: int, done: Callable[[], bool], told: Synchronized[int]) -> None:
    """Take in so many comments a second, ten times a second, and rate them."""
    bench, chance = bench_on(url), random.Random(3)
    began, taken = time.perf_counter(), 0
    while not done():
        due = round((time.perf_counter() - began) * rate) - taken
        if due > 0:
            rows = [
                {
                    "id": f"new-{taken + at}",
                    "thread_id": "live",
                    "text": text_of(chance, taken + at),
                }
                for at in range(due)
            ]
            received = bench.receive(json.dumps(rows).encode(), "site")
            rated = [
                (text_digest(text), Scores({label: chance.random() ** 6 for label in Label}))
                for text in received.unrated
            ]
            bench.store.scores.save(SCORER, rated)
            taken += due
        told.value = taken
        time.sleep(0.1)
    bench.close()


def shown(times: Sequence[float]) -> str:
    cuts = quantiles(times, n=100)
    middle, late = cuts[49] * 1e3, cuts[98] * 1e3
    return f"median {middle:6.1f} ms, p95 {cuts[94] * 1e3:6.1f} ms, p99 {late:6.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="an empty PostgreSQL database")
    parser.add_argument("--reviewers", type=int, default=20)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--arriving", type=int, default=50, help="comments a second")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between decisions")
    given = parser.parse_args()
    prepare(given.url, 4 * given.decisions)
    context = multiprocessing.get_context("fork")
    left = context.Value("i", given.decisions)
    told = context.Value("i", 0)
    over = context.Event()
    queue: multiprocessing.Queue[Found] = context.Queue()
    people = [
        context.Process(
            target=reviewing, args=(given.url, f"reviewer {at}", given.pause, left, queue.put)
        )
        for at in range(given.reviewers)
    ]
    site = context.Process(target=arriving, args=(given.url, given.arriving, over.is_set, told))
    began = time.perf_counter()
    for one in [site, *people]:
        one.start()
    all_found = [queue.get() for _ in people]
    seconds = time.perf_counter() - began
    over.set()
    for one in [site, *people]:
        one.join()
    made = Counter(id_ for ids, *_ in all_found for id_ in ids)
    bench = bench_on(given.url)
    log = [one.decision for one in bench.store.decisions.log()]
    comments = Counter(decision.comment_id for decision in log)
    logged = Counter(decision.id for decision in log)
    bench.close()
    print(f"{given.reviewers} reviewers, {len(log):,} decisions in {seconds:.0f} s", end="; ")
    print(f"{told.value:,} comments arrived meanwhile ({told.value / seconds:.0f}/s)")
    print(f"next comment  {shown([one for _, times, _, _ in all_found for one in times])}")
    print(f"decide        {shown([one for _, _, times, _ in all_found for one in times])}")
    print(
        f"acknowledged and in the log {sum((made & logged).values()):,}, lost "
        f"{sum((made - logged).values())}, not asked for {sum((logged - made).values())}, comments "
        f"decided twice {sum(many > 1 for many in comments.values())}, refused "
        f"{sum(refused for *_, refused in all_found)}"
    )
    print(f"on {len(os.sched_getaffinity(0))} cores, PostgreSQL on the same")


if __name__ == "__main__":
    main()
