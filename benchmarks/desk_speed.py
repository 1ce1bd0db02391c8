"""From a CSV to the next comment: the workbench against a notebook with pandas.

    python benchmarks/desk_speed.py [--comments 100000]

The notebook is what people use where they have no desk: read the CSV, put it into SQLite, keep
the frame sorted by score, take the first undecided row, update the verdict where the id is. It
keeps no revisions, no log and no policy. Both write to SQLite with the same journal, and both wait
for the disk. Comments and scores are made up and seeded. Prints seconds, milliseconds and ratios
of one run.
"""

from __future__ import annotations

import argparse
import csv
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pandas as pd
from store_speed import SCORER, save_scores, threads

from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.settings import Settings
from triage.workbench import Workbench

ME = "bench"
DECISIONS = 200


def write_comments(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(["id", "parent_id", "thread", "author", "created_at", "text"])
        for thread in threads(count):
            for one in thread.comments:
                made_at = one.created_at.isoformat() if one.created_at else ""
                cells = [one.id, one.parent_id, one.thread_id, one.author, made_at, one.text]
                rows.writerow(cells)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def desk(path: Path, folder: Path) -> tuple[float, float, float]:
    bench = Workbench(Settings(database_url=f"sqlite:///{folder / 'desk.db'}"))
    imported = seconds(lambda: bench.import_file(path))
    bench.store.panel.set(dict.fromkeys(Label, (SCORER.key, SCORER.version)))
    save_scores(bench.store)
    shown, decided = [], []
    for _ in range(DECISIONS):
        start = time.perf_counter()
        item = bench.item(str(bench.next_comment(ME)))
        shown.append(time.perf_counter() - start)
        seen = [item.entry.seen]
        decided.append(seconds(lambda seen=seen: bench.decide(seen, Verdict.APPROVE, reviewer=ME)))
    return imported, median(shown), median(decided)


def notebook(path: Path, folder: Path) -> tuple[float, float, float]:
    database = sqlite3.connect(folder / "notebook.db")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    imported = seconds(lambda: pd.read_csv(path).to_sql("comments", database, index=False))
    database.execute("ALTER TABLE comments ADD COLUMN verdict TEXT")
    database.execute("CREATE UNIQUE INDEX comments_id ON comments (id)")
    database.commit()
    chance = random.Random(2)
    frame = pd.read_sql("select * from comments", database)
    frame["toxicity"] = [chance.random() ** 6 for _ in range(len(frame))]
    shown, decided = [], []
    for _ in range(DECISIONS):
        start = time.perf_counter()
        waiting = frame[(frame.toxicity >= 0.5) & frame.verdict.isna()]
        row = waiting.sort_values("toxicity", ascending=False).iloc[0]
        _ = frame[frame["id"] == row.parent_id], frame[frame.parent_id == row["id"]]
        shown.append(time.perf_counter() - start)
        start = time.perf_counter()
        frame.loc[row.name, "verdict"] = "approve"
        database.execute("UPDATE comments SET verdict = 'approve' WHERE id = ?", (row["id"],))
        database.commit()
        decided.append(time.perf_counter() - start)
    database.close()
    return imported, median(shown), median(decided)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=100_000)
    count = parser.parse_args().comments
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "comments.csv"
        write_comments(path, count)
        ours, theirs = desk(path, folder), notebook(path, folder)
    print(f"{count:,} comments       triage      notebook   notebook / triage")
    for what, unit, factor, mine, other in zip(
        ("import", "next comment", "decide, kept"), ("s ", "ms", "ms"), (1, 1e3, 1e3), ours, theirs,
        strict=True,
    ):  # fmt: skip
        print(
            f"{what:18}{mine * factor:9.1f} {unit}{other * factor:11.1f} {unit}{other / mine:12.2f}"
        )


if __name__ == "__main__":
    main()
