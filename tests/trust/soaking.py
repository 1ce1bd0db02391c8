"""Decide and score for as long as a day of work has acts, and see whether anything grows.

    python -m tests.trust.soaking [--decisions 100000] [--scorings 1000000] [--minutes 120]
                                  [--database URL]

Four reviewers decide at once through one workbench, on SQLite or on an empty PostgreSQL database at
URL; then four clients send lists of 100 comments to `triage api`. Each half ends at its number or
after its minutes. Memory, open files, CPU time and latencies are sampled fifty times in each. In
the end the log must hold every acknowledged fact once and verify, the API must have answered all
with scores, and the first list as in the beginning.

Prints a line per sample and a table of slopes: flat, growing, or too short or noisy to be told.
Ends with 1 where something grows or was lost, with 2 where it cannot be told. Reads /proc, so it
runs on Linux.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.trust.flatness import EACH, FIGURES, Sample, Verdict, trend
from tests.trust.long_deciding import LostError, long_deciding
from tests.trust.long_scoring import WrongError, long_scoring

SLICES = 50
DECISIONS, SCORINGS = 100_000, 1_000_000  # what the limits are for, however long a run is


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--decisions", type=int, default=DECISIONS, help="0 leaves them out")
    parser.add_argument("--scorings", type=int, default=SCORINGS, help="0 leaves them out")
    parser.add_argument("--minutes", type=float, default=120.0, help="of each half, at most")
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database")
    asked = parser.parse_args(given)
    verdicts: set[Verdict] = set()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = asked.database or f"sqlite:///{folder / 'triage.db'}"
        halves = (
            ("decisions", asked.decisions, DECISIONS, partial(long_deciding, url)),
            ("scorings", asked.scorings, SCORINGS, long_scoring),
        )
        for what, many, whole, run in halves:
            if many:
                size = max(many // SLICES, 1)
                began = time.monotonic()
                try:
                    samples = run(folder, many, asked.minutes, size, _telling(what))
                except (LostError, WrongError) as error:
                    _say(f"{what}: {error}")
                    return 1
                verdicts |= _told(what, many, whole, samples, time.monotonic() - began)
    if Verdict.GROWS in verdicts:
        return 1
    return 2 if Verdict.UNSURE in verdicts else 0


def _telling(what: str) -> Callable[[Sample], None]:
    began = time.monotonic()

    def tell(sample: Sample) -> None:
        _say(f"{what} {time.monotonic() - began:6.0f} s {sample}")

    return tell


def _told(
    what: str, many: int, whole: int, samples: Sequence[Sample], seconds: float
) -> set[Verdict]:
    """Print the table of one half; return what is said of its figures."""
    done = samples[-1].acts if samples else 0
    short = f" of {many:,}, then the time was up" if done < many else ""
    _say(f"\n{done:,} {what}{short}, in {seconds:.0f} s; nothing lost, all verified")
    _say(f"{'':13} {'median':>15} {'slope':>8} (95 %) in {EACH:,}")
    trends = [trend(figure, samples, whole) for figure in FIGURES]
    for one in trends:
        _say(str(one))
    _say("")
    return {one.verdict for one in trends}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
