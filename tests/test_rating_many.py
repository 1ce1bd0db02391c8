"""`triage rate` over a folder, as real processes: killed, stopped, gone on with, and on Ray."""

from __future__ import annotations

import csv
import os
import re
import signal
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.slow_machine import TEXTS, Machine

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None and "TRIAGE_REQUIRE_RAY" not in os.environ,
    reason="needs Ray: pip install -e '.[ray]'",
)
SHARDS = [TEXTS[:300], *(TEXTS[at : at + 100] for at in range(300, 900, 100))]
"""The first one is rated in two portions, the others in one."""
TWO = ("--workers", "2")
ENGINES = [TWO, pytest.param((*TWO, "--engine", "ray"), marks=[needs_ray, pytest.mark.ray])]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    (tmp_path / "in").mkdir()
    for number, texts in enumerate(SHARDS):
        with (tmp_path / "in" / f"part-{number}.csv").open("w", newline="") as handle:
            rows = csv.writer(handle)
            rows.writerow(["id", "text"])
            rows.writerows(enumerate(texts))
    return made


def outputs(machine: Machine, name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (machine.folder / name).glob("part-*")}


def finished(machine: Machine) -> list[int]:
    notes = (machine.folder / "out" / "_triage").glob("part-*.json")
    return sorted(int(path.name.partition(".")[0].removeprefix("part-")) for path in notes)


@pytest.mark.parametrize("engine", ENGINES, ids=["processes", "ray"])
def test_a_run_that_is_killed_is_gone_on_with_and_writes_what_one_process_writes(
    machine: Machine, engine: tuple[str, ...]
) -> None:
    machine.run("rate", "in", "-o", "whole", "--workers", "1")
    whole, before = outputs(machine, "whole"), len(machine.calls())
    assert sorted(whole) == [f"part-{number}.csv" for number in range(7)]
    running = machine.start("rate", "in", "-o", "out", *engine, seconds=0.01)
    machine.wait_for_call(before + 5, running)
    running.kill()
    running.communicate(timeout=90)  # ends when no worker is left that could write to it
    done, killed = finished(machine), len(machine.calls())
    assert 1 <= len(done) < 7, "it was in the middle"
    out = machine.run("rate", "in", "-o", "out", *engine)
    # Ray's workers may finish one more before they notice that they are alone.
    kept = re.search(r"(\d+) files? finished by an earlier run", out)
    assert kept is not None
    assert len(done) <= int(kept[1]) < 7
    assert "finished by an earlier run, and not rated again" in out
    assert outputs(machine, "out") == whole
    again = [text for call in machine.calls()[killed:] for text in call]
    assert set(again).isdisjoint(text for number in done for text in SHARDS[number])
    assert len(again) == len(set(again))


def test_ctrl_c_lets_every_worker_keep_the_texts_at_hand(machine: Machine) -> None:
    running = machine.start("rate", "in", "-o", "out", *TWO, seconds=0.01)
    machine.wait_for_call(5, running)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=90)
    assert running.returncode == 130, err
    assert "Stopping after what is at hand; Ctrl+C again stops at once." in err
    assert "Files that are finished stay in out: the same command goes on from there." in err
    stopped = len(machine.calls())
    out = machine.run("rate", "in", "-o", "out", *TWO)
    assert "out: 7 files, 900 rows, 900 scored by slow@1" in out
    asked = [text for call in machine.calls() for text in call]
    assert sorted(asked) == sorted(TEXTS), "nothing is rated twice"
    assert stopped < len(machine.calls())
    assert not list((machine.folder / "out").glob("*.resume"))


def test_a_second_ctrl_c_does_not_wait_for_the_workers(machine: Machine) -> None:
    running = machine.start("rate", "in", "-o", "out", *TWO, seconds=5)
    machine.wait_for_call(2, running)
    deadline = time.monotonic() + 90  # the texts at hand would take minutes
    while running.poll() is None:
        assert time.monotonic() < deadline
        running.send_signal(signal.SIGINT)
        time.sleep(2)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert not finished(machine)


def test_options_for_many_files_are_refused_for_one(machine: Machine) -> None:
    running = machine.start("rate", "in.csv", "-o", "out.csv", "--workers", "2", seconds=0)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert "are for many files: name a folder or a pattern" in err
    running = machine.start("rate", "in", "-o", "out.csv", seconds=0)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert "of many files the output is a folder" in err
