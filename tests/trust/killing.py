"""Kill -9 at random moments, again and again, and look at what is left.

    python -m tests.trust.killing [--runs 200] [--act NAME ...] [--seed 1]

An act works on a copy of one database in a process of its own, says over a pipe what was
acknowledged to it, and is killed at a moment drawn evenly over the time that it takes. Then the
database is opened: it must be sound, hold every acknowledged fact exactly once and nothing by
halves, and what is derived in it must be what follows from its facts. Last, the work is taken up
again, and must end as if nothing had happened. Prints one line per act; fails at the first fault.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.trust import acts
from tests.trust.acts import ACTS, Act

__all__ = ["FaultError", "Finding", "killed"]


class FaultError(Exception):
    """What was lost, doubled or left by halves; and at which kill."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How often an act was killed, how many facts it had acknowledged by then, and its seconds."""

    act: str
    kills: int
    acknowledged: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.act:12} {self.kills:5} kills within {self.seconds:.2f} s each, "
            f"{self.acknowledged:6} facts acknowledged before: none lost, none twice"
        )


def killed(act: Act, runs: int, seed: int, folder: Path) -> Finding:
    """Kill an act so many times. Raises FaultError at the first thing that is wrong afterwards."""
    draw = random.Random(seed)
    template = folder / "template"
    template.mkdir()
    act.prepare(template)
    times = [_once(act, template, folder, None)[1] for _ in range(3 if runs > 5 else 1)]
    seconds = sorted(times)[len(times) // 2]
    kills = acknowledged = 0
    while kills < runs:
        moment = draw.uniform(0, seconds)
        said, took = _once(act, template, folder, moment)
        if said is None:  # it was done before
            seconds = (seconds + took) / 2
            continue
        kills += 1
        acknowledged += len(said)
    return Finding(act.name, kills, acknowledged, seconds)


def _once(
    act: Act, template: Path, folder: Path, moment: float | None
) -> tuple[list[str] | None, float]:
    """Run an act on a copy, killed after `moment` seconds; return what it acknowledged by then.

    None where it was done by then. Raises FaultError.
    """
    place = folder / "run"
    shutil.copytree(template, place)
    reading, writing = os.pipe()
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(act, place, writing)
    os.close(writing)
    if moment is not None:
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read().split()
    status = os.waitpid(child, 0)[1]
    took = time.perf_counter() - began
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise FaultError(f"{act.name} failed by itself")
    try:
        _look(act, place, said, whole=os.WIFEXITED(status))
    except (AssertionError, sqlite3.Error) as error:
        kept = folder / f"fault-{act.name}"
        shutil.copytree(place, kept)
        raise FaultError(
            f"{act.name}, killed after {moment} s, {said[-1:]}: {error} ({kept})"
        ) from error
    shutil.rmtree(place)
    return (None if os.WIFEXITED(status) else said), took


def _work(act: Act, place: Path, pipe: int) -> None:
    """Do the work and end this process."""
    code = 1
    try:
        act.work(place, lambda fact: os.write(pipe, f"{fact} ".encode()))
        code = 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _look(act: Act, place: Path, said: Sequence[str], *, whole: bool) -> None:
    """Open what is left, compare it with what was acknowledged, and finish the work."""
    acts.check_sound(place)
    act.check(place, said)
    if not whole:
        act.work(place, lambda _fact: None)
        acts.check_sound(place)
    act.check_done(place)


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=200, help="Kills of each act.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--act", action="append", choices=[one.name for one in ACTS])
    arguments = parser.parse_args(given)
    for act in ACTS:
        if arguments.act and act.name not in arguments.act:
            continue
        with tempfile.TemporaryDirectory() as folder:
            finding = killed(act, arguments.runs, arguments.seed, Path(folder))
            sys.stdout.write(f"{finding}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
