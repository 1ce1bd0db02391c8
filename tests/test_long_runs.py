"""Long runs as real processes: killed, stopped, gone on with, and watched."""

from __future__ import annotations

import csv
import os
import pty
import signal
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.slow_machine import TEXTS, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


RATE = ("rate", "in.csv", "-o", "out.csv")


def test_a_rating_that_is_killed_loses_the_texts_at_hand_and_no_others(machine: Machine) -> None:
    running = machine.start(*RATE, seconds=0.01)
    machine.wait_for_call(3, running)
    running.kill()
    running.communicate(timeout=60)
    *kept, lost = machine.calls()
    assert not (machine.folder / "out.csv").exists()
    out = machine.run(*RATE)
    assert f"{sum(map(len, kept))} texts were rated by an earlier run" in out
    again = [text for call in machine.calls()[3:] for text in call]
    assert again == TEXTS[sum(map(len, kept)) :], "what was kept is not rated again"
    assert set(lost) <= set(again)
    with (machine.folder / "out.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["text"] for row in rows] == TEXTS
    assert [float(row["toxicity"]) for row in rows] == [len(text) / 1000 for text in TEXTS]
    left = {path.name for path in machine.folder.iterdir()}
    assert left == {"in.csv", "out.csv", "asked.log", "package"}


def test_ctrl_c_lets_the_texts_at_hand_be_rated_and_kept(machine: Machine) -> None:
    running = machine.start(*RATE, seconds=0.01)
    machine.wait_for_call(2, running)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    done = sum(map(len, machine.calls()))
    assert "Stopping after what is at hand; Ctrl+C again stops at once." in err
    assert f"Rating: {done} of 900 texts" in err
    assert "What is rated is kept in out.csv.resume: the same command goes on from there." in err
    out = machine.run(*RATE)
    assert f"{done} texts were rated by an earlier run" in out
    asked = [text for call in machine.calls() for text in call]
    assert asked == TEXTS, "nothing is rated twice"


def test_a_second_ctrl_c_does_not_wait(machine: Machine) -> None:
    running = machine.start(*RATE, seconds=5)
    machine.wait_for_call(1, running)
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert running.poll() is None, "the first one waits for the texts at hand"
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert time.monotonic() - began < 60, "the texts at hand take 160 seconds"
    assert not (machine.folder / "out.csv").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "stopped"])
def test_scoring_goes_on_where_it_was_ended(machine: Machine, how: signal.Signals) -> None:
    machine.run("import", "in.csv")
    running = machine.start("score", seconds=0.01)
    machine.wait_for_call(3, running)
    running.send_signal(how)
    _, err = running.communicate(timeout=60)
    calls = machine.calls()
    if how is signal.SIGTERM:
        assert running.returncode == 130
        assert "What is scored is kept: the next `triage score` goes on from there." in err
    kept = [text for call in (calls if how is signal.SIGTERM else calls[:-1]) for text in call]
    out = machine.run("score")
    assert f"slow@1: {900 - len(kept)} texts scored" in out
    again = [text for call in machine.calls()[len(calls) :] for text in call]
    assert sorted(kept + again) == sorted(TEXTS)


def test_a_terminal_shows_how_fast_it_goes_and_how_long_it_takes_yet(machine: Machine) -> None:
    parent, child = pty.openpty()
    running = machine.start(*RATE, seconds=0.004, terminal=child)
    os.close(child)
    seen = b""
    with suppress(OSError):  # a closed terminal reads as an error
        while part := os.read(parent, 65_536):
            seen += part
    os.close(parent)
    assert running.wait(60) == 0
    assert b"of 900" in seen
    assert b"texts/s" in seen
    assert b"left" in seen
