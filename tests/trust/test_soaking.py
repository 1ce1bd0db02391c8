"""That a soak tells what grows from what does not; and a short one of decisions, on a real site."""

from __future__ import annotations

import mmap
import os
import random
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.trust.flatness import FIGURES, Recorder, Sample, Turns, Verdict, trend
from tests.trust.long_deciding import LostError, check, decided, fill
from triage.settings import Settings
from triage.workbench import Workbench

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are read in /proc")

_MEMORY, _, _, _MIDDLE, _ = FIGURES
_WHOLE = 100_000


def _samples(each: float = 0.0, disturbed: int = 0, of: int = 100_000) -> list[Sample]:
    """Return 50 samples of a run whose figures grow by so much in 10,000 acts, beside noise."""
    draw = random.Random(4)
    acts = [of // 50 * at for at in range(1, 51)]
    return [
        Sample(
            done,
            memory=100 + each * done / 10_000 + draw.gauss(0, 0.2),
            files=9,
            cpu=2.0,
            middle=10 + each / 10 * done / 10_000 + (50 if at % 10 < disturbed else draw.random()),
            late=40,
        )
        for at, done in enumerate(acts)
    ]


def test_noise_alone_is_flat() -> None:
    for figure in FIGURES:
        assert trend(figure, _samples(), _WHOLE).verdict is Verdict.FLAT


def test_a_slow_leak_is_found_and_measured() -> None:
    found = trend(_MEMORY, _samples(each=3), _WHOLE)
    assert found.verdict is Verdict.GROWS
    assert found.low < 3 < found.high
    assert found.slope == pytest.approx(3, abs=0.1)


@pytest.mark.parametrize("after", [12, 18, 25, 40])
def test_what_is_taken_at_once_and_kept_is_found_as_well(after: int) -> None:
    steps = [
        replace(one, memory=one.memory + 300 * (at > after), files=one.files + 200 * (at > after))
        for at, one in enumerate(_samples())
    ]
    for figure in FIGURES[:2]:
        assert trend(figure, steps, _WHOLE).verdict is Verdict.GROWS


def test_slices_disturbed_from_outside_move_no_line() -> None:
    assert trend(_MIDDLE, _samples(disturbed=2), _WHOLE).verdict is Verdict.FLAT


def test_latency_that_grows_is_found_though_slices_are_disturbed() -> None:
    assert trend(_MIDDLE, _samples(each=10, disturbed=1), _WHOLE).verdict is Verdict.GROWS


@pytest.mark.parametrize("many", [0, 9, 50])
def test_a_run_that_never_was_warm_tells_nothing(many: int) -> None:
    assert trend(_MEMORY, _samples(each=50, of=2_000)[:many], _WHOLE).verdict is Verdict.UNSURE


def test_memory_that_a_process_takes_is_seen() -> None:
    told: list[Sample] = []
    recorder = Recorder(os.getpid(), 2, told.append)
    with ExitStack() as held:
        for _ in range(4):
            # Of the system's, not of what this process has from earlier tests.
            pages = held.enter_context(mmap.mmap(-1, 2**24))
            pages.write(b"\1" * 2**24)
            recorder.add(0.5)
    assert [one.acts for one in told] == [2, 4]
    assert told[1].memory - told[0].memory > 16
    assert told[0].middle == 500


def test_decisions_of_all_reviewers_are_there_once_and_one_that_is_missing_is_told(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'triage.db'}"
    fill(url, 8)
    samples: list[Sample] = []
    made, undone = tmp_path / "made", tmp_path / "undone"
    with closing(Workbench(Settings(database_url=url))) as bench:
        decided(bench, Recorder(os.getpid(), 4, samples.append), Turns(8, 1.0), made, undone)
        assert [one.acts for one in samples] == [4, 8]
        check(bench, made, undone)
        with made.open("a") as lines:
            lines.write("never-made\n")
        with pytest.raises(LostError, match="decisions: 1 acknowledged ones are lost, 0 are too"):
            check(bench, made, undone)
    with pytest.raises(LostError, match="not empty"):
        fill(url, 8)
