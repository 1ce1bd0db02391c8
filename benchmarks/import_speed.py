"""How fast large exports come in, and in how much memory.

    python benchmarks/import_speed.py [--megabytes 50 200] [--format wxr reddit csv]

Exports are made up and seeded; a process of its own imports each into a new SQLite database, and
once more, as after a stop. Prints seconds, those of the processor, comments a second and the
greatest resident memory: what it grows by from the smaller file to the larger is what a file's size
costs.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TextIO
from xml.sax.saxutils import escape

from store_speed import START, text_of

from triage.settings import Settings
from triage.workbench import Workbench

PER_THREAD = 500


def write_wxr(out: TextIO, size: int) -> None:
    chance = random.Random(1)
    out.write(
        '<?xml version="1.0"?>\n<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/">'
        "<channel><wp:wxr_version>1.2</wp:wxr_version>\n"
    )
    first = 1
    while out.tell() < size:
        out.write(
            f"<item><title>Article {first}</title><link>https://a.example/{first}</link>"
            f"<guid>https://a.example/?p={first}</guid>\n"
        )
        for number in range(first, first + PER_THREAD):
            at = (START + timedelta(seconds=number)).strftime("%Y-%m-%d %H:%M:%S")
            out.write(
                f"<wp:comment><wp:comment_id>{number}</wp:comment_id>"
                f"<wp:comment_author><![CDATA[reader {chance.randint(1, 5000)}]]>"
                f"</wp:comment_author><wp:comment_author_email>x@a.example"
                f"</wp:comment_author_email><wp:comment_date>{at}</wp:comment_date>"
                f"<wp:comment_date_gmt>{at}</wp:comment_date_gmt>"
                f"<wp:comment_content><![CDATA[{escape(text_of(chance, number))}]]>"
                f"</wp:comment_content><wp:comment_approved>1</wp:comment_approved>"
                f"<wp:comment_type>comment</wp:comment_type>"
                f"<wp:comment_parent>0</wp:comment_parent></wp:comment>\n"
            )
        out.write("</item>\n")
        first += PER_THREAD
    out.write("</channel></rss>\n")


def write_reddit(out: TextIO, size: int) -> None:
    chance = random.Random(1)
    number = 0
    while out.tell() < size:
        number += 1
        row = {
            "id": f"c{number}",
            "link_id": f"t3_{number // PER_THREAD}",
            "parent_id": f"t1_c{number - 1}" if number % PER_THREAD else "t3_0",
            "author": f"reader{chance.randint(1, 5000)}",
            "body": text_of(chance, number),
            "created_utc": 1_700_000_000 + number,
            "subreddit": "bench",
            "permalink": f"/r/bench/comments/{number // PER_THREAD}/an_article/c{number}/",
            "score": 1,
        }
        out.write(json.dumps(row) + "\n")


def write_csv(out: TextIO, size: int) -> None:
    chance = random.Random(1)
    rows = csv.writer(out)
    rows.writerow(["id", "thread", "author", "created_at", "text"])
    number = 0
    while out.tell() < size:
        number += 1
        author = f"reader {chance.randint(1, 5000)}"
        at = (START + timedelta(seconds=number)).isoformat()
        rows.writerow([f"c{number}", number // PER_THREAD, author, at, text_of(chance, number)])


WRITERS: dict[str, tuple[str, Callable[[TextIO, int], None]]] = {
    "wxr": (".xml", write_wxr),
    "reddit": (".jsonl", write_reddit),
    "csv": (".csv", write_csv),
}


def run(path: Path, database: Path) -> None:
    """Import one file, and tell what it took; in a process of its own, for its memory."""
    bench = Workbench(Settings(database_url=f"sqlite:///{database}"))
    start, started = time.perf_counter(), time.process_time()
    report = bench.import_file(path)
    seconds, worked = time.perf_counter() - start, time.process_time() - started
    bench.close()
    count = report.new + report.unchanged
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{report.parts[0].reader}: {report.new} new, {report.unchanged} known in {seconds:.1f} s "
        f"({worked:.1f} s of processor time), {count / seconds:,.0f} comments/s, {memory:.0f} MiB"
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--megabytes", type=int, nargs="+", default=[50, 200])
    options.add_argument("--format", nargs="+", choices=list(WRITERS), default=list(WRITERS))
    options.add_argument("--run", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.run:
        run(*given.run)
        return
    for name in given.format:
        suffix, write = WRITERS[name]
        for megabytes in given.megabytes:
            with tempfile.TemporaryDirectory() as folder:
                path, database = Path(folder) / f"export{suffix}", Path(folder) / "triage.db"
                with path.open("w", encoding="utf-8", newline="") as out:
                    write(out, megabytes * 1_000_000)
                for _ in range(2):
                    print(f"{megabytes} MB ", end="", flush=True)
                    command = [sys.executable, __file__, "--run", str(path), str(database)]
                    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
