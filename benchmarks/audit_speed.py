"""How fast an audit is drawn and reviewed, and how much memory the draw takes.

    python benchmarks/audit_speed.py [--comments 1000000] [--audit 3000] [--postgres URL]

The comments and scores of store_speed.py: made up and seeded. The PostgreSQL database must be empty
and is left filled. "Memory" is how much more the process held at the peak of the first draw than
before it.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

from store_speed import ME, SCORER, START, often, once, policy, save_scores, threads, walk_queue

from triage.domain.decisions import Decision, Verdict
from triage.domain.scores import Label
from triage.settings import Settings
from triage.store import Store
from triage.workbench import Workbench


def decide_next(bench: Workbench) -> None:
    waiting = bench.next_comment(ME)
    if waiting is None:
        raise SystemExit("the queue ran empty; ask for more comments")
    item = bench.item(waiting)
    bench.decide([item.entry.seen], Verdict.APPROVE, reviewer=ME, score_visible=not item.blind)


def decide_at_once(store: Store, count: int) -> None:
    """Decide many, so that a later draw meets decided comments of an earlier one."""
    names = [one.comment_id for one in store.audits.chances() if one.drawn][:count]
    for name in names:
        digest = store.comments.get(name).text_sha256
        made = Decision(uuid4().hex, name, digest, Verdict.APPROVE, ME, datetime.now(UTC))
        store.decisions.add(made)


def peak() -> float:
    """Return the most memory that this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(url: str, count: int) -> None:
    with Store.open(url) as store:
        store.policies.save(policy(1, 0.9))
        store.panel.set(dict.fromkeys(Label, (SCORER.key, SCORER.version)))
        store.threads.save(threads(count))
        save_scores(store)
        store.settle(count)
        print(f"\n{store.url.split('@')[-1].split('?')[0]}: {count:,} comments", flush=True)


def measure(url: str, count: int, audit: int) -> None:
    # Another process, whose own memory is not counted.
    filling = get_context("spawn").Process(target=fill, args=(url, count))
    filling.start()
    filling.join()
    bench = Workbench(Settings(database_url=url))
    store, before = bench.store, peak()
    lines: list[tuple[str, Callable[[], str]]] = [
        (f"draw {audit:,}", lambda: once(lambda: bench.draw_audit(audit, ME))),
        ("memory of the draw", lambda: f"{peak() - before:8.0f} MB"),
        ("give the audit its places anew", lambda: once(lambda: store.settle(1))),
        ("queue: next after", lambda: often(walk_queue(store))),
        ("look, decide, next", lambda: often(lambda: decide_next(bench))),
        ("progress", lambda: often(lambda: store.queue.progress(ME, START), 50)),
        ("status", lambda: often(bench.audits, 20)),
        ("decide a third of it", lambda: once(lambda: decide_at_once(store, audit // 3))),
        ("draw twice as many", lambda: once(lambda: bench.draw_audit(2 * audit, ME))),
        (
            "preview a policy",
            lambda: once(lambda: bench.preview_policy(policy(2, 0.8).thresholds, ME)),
        ),
        ("change the policy", lambda: once(lambda: store.policies.save(policy(2, 0.8)))),
        ("rebuild the read model", lambda: once(store.rebuild)),
    ]
    for name, line in lines:
        print(f"  {name:34}{line()}", flush=True)
    for one in bench.audits():
        print(f"  drawn: {one.draw.drawn:,} of {one.draw.population:,}, {one.decided:,} decided")
    bench.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--audit", type=int, default=3_000)
    parser.add_argument("--postgres", metavar="URL", help="an empty PostgreSQL database")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(f"sqlite:///{Path(folder) / 'bench.db'}", asked.comments, asked.audit)
    if asked.postgres:
        measure(asked.postgres, asked.comments, asked.audit)


if __name__ == "__main__":
    main()
