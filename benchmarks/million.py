"""A site of a million comments with eight labels: is every step still usable, and how does it grow?

    python benchmarks/million.py [--comments 1000000 ...] [--postgres URL]

Comments come from a small grammar, scores from a random number generator; everything is seeded, and
nothing is a real person's. Fills a new database for each number of comments, does what people do,
and prints the median of several tries beside the limit that it should keep; for an export, its
process' greatest memory too. With several numbers it prints what a million comments more would
cost, by a line through the smallest and the largest. The PostgreSQL database must be empty, is left
empty, and has to be named in full: its tables are dropped.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import uuid4

from sqlalchemy import make_url, text
from store_speed import ME, SCORER, policy, save_scores, threads

from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.settings import Settings
from triage.store import BrowseFilter
from triage.store.schema import metadata
from triage.workbench import Workbench

SIZE = "bytes on disk"
MEMORY = "export: memory"
DECIDED = 200
LIMITS = {
    "next comment": 0.050,
    "decision": 0.030,
    "browse: a filter, sorted": 0.500,
    "browse: part of the text": 0.500,
    "policy change": 20.0,
    "export of every comment": 60.0,
    MEMORY: 500e6,
}


@dataclass(frozen=True)
class Found:
    """Seconds or bytes by step, and bytes by table."""

    steps: dict[str, float]
    tables: dict[str, float]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def often(work: Callable[[], object], tries: int) -> float:
    return median(seconds(work) for _ in range(tries))


def deciding(bench: Workbench) -> Iterator[tuple[float, float]]:
    """Take comments from the queue and decide them; yield the seconds of each of the two."""
    for _ in range(DECIDED):
        start = time.perf_counter()
        waiting = bench.next_comment(ME)
        shown = time.perf_counter()
        if waiting is None:
            raise SystemExit("the queue ran empty: ask for more comments")
        seen = bench.item(waiting, reviewer=ME).entry.seen
        about_to = time.perf_counter()
        bench.decide([seen], Verdict.APPROVE, reviewer=ME)
        yield shown - start, time.perf_counter() - about_to


def fill_and_measure(url: str, count: int) -> Found:
    with closing(Workbench(Settings(database_url=url, reviewer=ME, doubled=0.0))) as bench:
        store = bench.store
        store.policies.save(policy(1, 0.9))
        store.panel.set(dict.fromkeys(Label, (SCORER.key, SCORER.version)))
        found = {
            "import": seconds(lambda: store.threads.save(threads(count))),
            "scores and flags": seconds(lambda: save_scores(store)),
            "policy change": seconds(lambda: store.policies.save(policy(2, 0.8))),
        }
        pairs = list(deciding(bench))[10:]  # the first fill caches
        found["next comment"] = median(next_one for next_one, _ in pairs)
        found["decision"] = median(decision for _, decision in pairs)
        high = BrowseFilter(scores={Label.INSULT: (0.5, 1.0)}, flagged=True)
        found["browse: a filter, sorted"] = often(
            lambda: store.comments.page(high, sort=Label.THREAT), 10
        )
        found["browse: part of the text"] = often(
            lambda: store.comments.page(BrowseFilter(text="the library")), 5
        )
        found["progress"] = often(lambda: bench.progress(ME), 10)
        found["tuning: read what is known"] = seconds(bench.findings)
        tables = sizes(bench)
    taken, memory = exported(url)
    found["export of every comment"] = taken
    found[MEMORY] = memory
    found[SIZE] = sum(tables.values())
    return Found(found, tables)


def exported(url: str) -> tuple[float, float]:
    """Export every comment in a process of its own; return its seconds, and its most memory."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--export", str(Path(folder) / "all.csv")]
        environment = {**os.environ, "TRIAGE_DATABASE_URL": url}
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        taken, memory = json.loads(done.stdout)
        return taken, memory


def export(path: Path) -> None:
    """Be the process that exports."""
    from triage.workbench import Export

    with closing(Workbench(Settings.from_environment())) as bench:
        taken = seconds(lambda: bench.export(path, Export.COMMENTS, include_text=True))
    print(json.dumps([taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024]))


def sizes(bench: Workbench) -> dict[str, float]:
    """Return table -> bytes on disk, indexes counted in."""
    database = bench.store._database
    if database.is_sqlite:
        told = text(
            "SELECT tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_schema USING (name) GROUP BY 1"
        )
        with database.read() as connection:
            return {row[0]: float(row[1]) for row in connection.execute(told)}
    with database.read() as connection:
        return {
            table.name: float(
                connection.execute(
                    text("SELECT pg_total_relation_size(CAST(:name AS regclass))"),
                    {"name": table.name},
                ).scalar_one()
            )
            for table in metadata.sorted_tables
        }


def emptied(url: str) -> None:
    """Drop what a run left in a PostgreSQL database."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def shown(step: str, value: float) -> str:
    if step in (SIZE, MEMORY):
        return f"{value / 1e6:,.0f} MB"
    return f"{value * 1e3:,.1f} ms" if value < 1 else f"{value:,.1f} s"


def report(engine: str, counts: Sequence[int], found: Sequence[Found]) -> None:
    print(f"\n{engine}")
    heads = "".join(f"{count:>14,}" for count in counts)
    print(f"{'':30}{heads}{'limit':>12}{'a million more' if len(counts) > 1 else '':>16}")
    for step in found[0].steps:
        values = [one.steps[step] for one in found]
        row = "".join(f"{shown(step, value):>14}" for value in values)
        limit = shown(step, LIMITS[step]) if step in LIMITS else ""
        print(f"{step:30}{row}{limit:>12}{slope(step, counts, values):>16}")
    print("bytes a comment, indexes counted in")
    for table in sorted(found[-1].tables, key=found[-1].tables.__getitem__, reverse=True)[:8]:
        row = "".join(
            f"{one.tables.get(table, 0) / count:>14,.0f}"
            for one, count in zip(found, counts, strict=True)
        )
        print(f"  {table:28}{row}")


def slope(step: str, counts: Sequence[int], values: Sequence[float]) -> str:
    if len(counts) < 2:
        return ""
    return shown(step, (values[-1] - values[0]) / (counts[-1] - counts[0]) * 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--postgres", metavar="URL", help="an empty PostgreSQL database")
    parser.add_argument("--export", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.export:
        export(asked.export)
        return
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores")
    counts = sorted(asked.comments)
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{Path(folder) / f'{uuid4().hex}.db'}" for _ in counts]
        report("SQLite", counts, [fill_and_measure(*one) for one in zip(urls, counts, strict=True)])
    if asked.postgres:
        url = make_url(asked.postgres).render_as_string(hide_password=False)
        found = []
        for count in counts:
            found.append(fill_and_measure(url, count))
            emptied(url)
        report("PostgreSQL", counts, found)


if __name__ == "__main__":
    main()
