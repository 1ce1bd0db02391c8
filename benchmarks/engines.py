"""How many rows a second each engine rates on this machine, and that all of them write the same.

    python benchmarks/engines.py [--rows 6000] [--files 24] [--without-ray]

The comments are those of compact_speed.py, by the bundled scorer. One process has all the cores; a
worker or an actor has one. The times are of whole runs: starting workers, or Ray, and loading the
scorer are in them. The load average at the start says whether the machine was quiet: another
job that computes makes every ratio wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

from compact_speed import comments

from triage.settings import Settings
from triage.workbench import Engines, Workbench

PROCESSES = [("one process", Engines.PROCESSES, 1), ("two workers", Engines.PROCESSES, 2)]
RAY = [("Ray, one actor", Engines.RAY, 1), ("Ray, two actors", Engines.RAY, 2)]


def write(folder: Path, rows: int, files: int) -> None:
    folder.mkdir()
    texts = comments(rows)
    for number in range(files):
        with (folder / f"part-{number:03}.jsonl").open("w", encoding="utf-8") as handle:
            for text in texts[number::files]:
                handle.write(json.dumps({"text": text}) + "\n")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=6000)
    parser.add_argument("--files", type=int, default=24)
    parser.add_argument("--without-ray", action="store_true")
    asked = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} cores, load average {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write(folder / "in", asked.rows, asked.files)
        speeds: dict[str, float] = {}
        whole: dict[str, bytes] = {}
        for name, engine, workers in PROCESSES + ([] if asked.without_ray else RAY):
            output = folder / name.replace(" ", "-")
            bench = Workbench(Settings(scorers=("compact",)))
            began = time.perf_counter()
            bench.rate_many(str(folder / "in"), str(output), engine=engine, workers=workers)
            seconds = time.perf_counter() - began
            bench.close()
            speeds[name] = asked.rows / seconds
            whole = whole or contents(output)
            same = "the same bytes" if contents(output) == whole else "OTHER BYTES"
            print(f"{name:16} {speeds[name]:7.1f} rows/s in {seconds:6.1f} s, {same}")
    print(f"two workers to one process: {speeds['two workers'] / speeds['one process']:.2f}")
    if not asked.without_ray:
        ratio = speeds["Ray, two actors"] / speeds["Ray, one actor"]
        print(f"Ray, two actors to one: {ratio:.2f}")


if __name__ == "__main__":
    main()
