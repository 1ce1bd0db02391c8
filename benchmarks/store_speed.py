"""How fast the store is: import, scores, policy, queue, decisions, browsing.

    python benchmarks/store_speed.py [--comments 100000] [--postgres URL]

Comments come from a small grammar, scores from a random number generator; everything is seeded.
The PostgreSQL database must be empty and is left filled.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from uuid import uuid4

from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Decision, Verdict
from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.store import BrowseFilter, Store

START = datetime(2026, 1, 1, tzinfo=UTC)
SCORER = ScorerInfo("bench", "1", tuple(Label))
PER_THREAD = 200
ME = "bench"

WHO = "The mayor|My neighbour|This newspaper|The bus driver|Every cyclist|Our council|The referee"
DOES = "forgets|ignores|praises|questions|repeats|misses|repairs|explains|paints|counts"
WHAT = "the bridge|the budget|a simple rule|the library|the last vote|the timetable|our river"
HOW = "again|as always|without asking|for once|in the rain|before lunch|at our cost|by mistake"


def text_of(chance: random.Random, number: int) -> str:
    """Return one to eight sentences; the number makes most texts distinct, as in life."""
    parts = [words.split("|") for words in (WHO, DOES, WHAT, HOW)]
    sentences = [
        " ".join(chance.choice(part) for part in parts) + "." for _ in range(chance.randint(1, 8))
    ]
    return " ".join(sentences) + (f" ({number})" if chance.random() < 0.9 else "")


def threads(count: int) -> Iterator[Thread]:
    chance = random.Random(1)
    for first in range(0, count, PER_THREAD):
        name = f"thread-{first}"
        members = tuple(
            Comment(
                id=f"c{number}",
                thread_id=name,
                text=text_of(chance, number),
                position=number - first,
                parent_id=f"c{chance.randint(first, number - 1)}" if number > first else None,
                author=f"reader {chance.randint(1, 5000)}",
                created_at=START + timedelta(seconds=30 * number),
            )
            for number in range(first, min(first + PER_THREAD, count))
        )
        yield Thread(id=name, title=f"Article {first}", source="bench", comments=members)


def policy(version: int, at: float) -> Policy:
    thresholds = [Threshold(label, at) for label in Label]
    thresholds.append(Threshold(Label.THREAT, 0.97, Route.HOLD))
    return Policy("bench", version, tuple(thresholds), START, ME)


def save_scores(store: Store) -> None:
    chance = random.Random(2)
    for batch in store.scores.unscored(SCORER, batch=2_000):
        rows = [
            (digest, Scores({label: chance.random() ** 6 for label in Label}))
            for digest, _ in batch
        ]
        store.scores.save(SCORER, rows)


def walk_queue(store: Store) -> Callable[[], object]:
    after: list[str | None] = [None]

    def step() -> None:
        after[0] = store.queue.next(ME, after=after[0])

    return step


def decide_next(store: Store) -> None:
    waiting = store.queue.next(ME)
    if waiting is None:
        raise SystemExit("the queue ran empty; ask for more comments")
    digest = store.comments.get(waiting).text_sha256
    store.decisions.add(
        Decision(uuid4().hex, waiting, digest, Verdict.APPROVE, ME, datetime.now(UTC))
    )


def once(work: Callable[[], object]) -> str:
    start = time.perf_counter()
    work()
    return f"{time.perf_counter() - start:8.2f} s"


def often(work: Callable[[], object], times: int = 300) -> str:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return f"{median(taken):8.2f} ms   p99 {quantiles(taken, n=100)[-1]:.2f} ms"


def measure(url: str, count: int) -> None:
    wanted = BrowseFilter(scores={Label.INSULT: (0.2, 0.9)}, decided=False)
    with Store.open(url) as store:
        store.policies.save(policy(1, 0.9))
        store.panel.set(dict.fromkeys(Label, (SCORER.key, SCORER.version)))
        generated = list(threads(count))
        print(f"\n{store.url.split('@')[-1].split('?')[0]}: {count:,} comments")
        lines: list[tuple[str, Callable[[], str]]] = [
            ("import", lambda: once(lambda: store.threads.save(generated))),
            ("import again, unchanged", lambda: once(lambda: store.threads.save(generated))),
            ("save scores", lambda: once(lambda: save_scores(store))),
            ("change the policy", lambda: once(lambda: store.policies.save(policy(2, 0.7)))),
            ("queue: first", lambda: often(lambda: store.queue.next(ME))),
            ("queue: next after", lambda: often(walk_queue(store))),
            ("queue: next, decide", lambda: often(lambda: decide_next(store))),
            ("progress", lambda: often(lambda: store.queue.progress(ME, START), 50)),
            (
                "browse: filter, sort by a label",
                lambda: often(lambda: store.comments.page(wanted, sort=Label.THREAT), 30),
            ),
            (
                "browse: part of the text",
                lambda: often(lambda: store.comments.page(BrowseFilter(text="ÜBER")), 10),
            ),
            ("list the threads", lambda: often(store.threads.summaries, 20)),
            ("export every comment", lambda: once(lambda: sum(1 for _ in store.comments.stream()))),
            ("rebuild the read model", lambda: once(store.rebuild)),
        ]
        for name, line in lines:
            print(f"  {name:34}{line()}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the store.")
    parser.add_argument("--comments", type=int, default=100_000)
    parser.add_argument("--postgres", metavar="URL", help="an empty PostgreSQL database")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{Path(folder) / 'bench.db'}", arguments.comments)
    if arguments.postgres:
        measure(arguments.postgres, arguments.comments)


if __name__ == "__main__":
    main()
