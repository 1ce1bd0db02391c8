"""What the command line says while it works, where no terminal shows a bar."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest

from triage.cli.progress import progress


def test_lines_say_how_far_how_fast_and_how_long_yet(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Rating", unit="texts", passing="rows gone through", every=0.0) as tick:
        for done in (2_000, 4_000):
            tick(done, None)
        for done in (0, 100, 200, 300):
            tick(done, 1_200)
            time.sleep(0.01)
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].startswith("Rating: 4,000 rows gone through, 0:00:0")
    assert lines[2] == "Rating: 0 of 1,200 texts (0%)"
    assert re.fullmatch(
        r"Rating: 300 of 1,200 texts \(25%\), [\d,.]+ texts/s, 0:00:0\d left", lines[-1]
    )


def test_a_download_is_counted_in_megabytes(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Fetching unbiased", in_bytes=True, every=0.0) as tick:
        tick(1_500_000, 500_000_000)
    line = capsys.readouterr().err.strip()
    assert line == "Fetching unbiased: 1.5 of 500.0 MB (0%)"


def test_where_work_stopped_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        with progress("Rating", unit="texts", every=0.0) as tick:
            tick(3, 9)
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        work()
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Rating", unit="texts") as tick:
        tick(1, 1)
    assert capsys.readouterr().err == ""


def test_work_ends_at_the_tick_after_a_signal_and_what_is_kept_is_told(
    capfd: pytest.CaptureFixture[str],
) -> None:
    done = []

    def work() -> None:
        with progress("Scoring", unit="texts", then=lambda: "It is kept.") as tick:
            for number in range(1, 10):
                if number == 3:
                    os.kill(os.getpid(), signal.SIGTERM)
                done.append(number)
                tick(number, 9)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == [1, 2, 3]
    said = capfd.readouterr().err.splitlines()
    assert said[0] == "Stopping after what is at hand; Ctrl+C again stops at once."
    assert said[-2].startswith("Scoring: 3 of 9 texts (33%)")
    assert said[-1] == "It is kept."


def test_signals_are_given_back_to_whoever_had_them() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with progress("Rating"):
        assert signal.getsignal(signal.SIGINT) is not before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_failure_before_anything_was_done_tells_of_nothing_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def work() -> None:
        with progress("Rating", then=lambda: "Kept.") as tick:
            tick(0, 10)
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        work()
    assert capsys.readouterr().err == ""
