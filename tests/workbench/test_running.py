"""A run in the background: it imports, scores, is followed, stopped, and gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from triage.errors import ConflictError, StoreError
from triage.settings import Settings
from triage.workbench import (
    BrowseFilter,
    ImportReport,
    Run,
    ScoreReport,
    Step,
    ToImport,
    Workbench,
    intake,
)
from triage.workbench.parts import Tick
from triage.workbench.runs import Runs

SECONDS = 30.0
READ = ImportReport((), 1, 2, 0, 0, 0, ())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    bench = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'desk.db'}"))
    yield bench
    bench.close()


def csv(path: Path, *texts: str) -> Path:
    rows = [f"{path.stem}-{n},{text}" for n, text in enumerate(texts)]
    path.write_text("\n".join(["id,text", *rows, ""]), encoding="utf-8")
    return path


def test_files_are_imported_and_scored_and_one_that_cannot_be_read_stops_no_other(
    bench: Workbench, tmp_path: Path
) -> None:
    first = csv(tmp_path / "a.csv", "You stupid idiot", "What a lovely day")
    broken = tmp_path / "b.csv"
    broken.write_bytes(b"%PDF-1.7")
    odd = tmp_path / "c.csv"
    odd.write_text("what\nhello\n")
    ended: list[bool] = []
    files = [ToImport(first), ToImport(broken), ToImport(odd, {"columns": {"text": "what"}})]
    bench.start_run(files, on_end=lambda: ended.append(True))
    run = bench.wait_for_run(SECONDS)
    assert run is not None
    assert (run.step, run.going, ended) == (Step.DONE, False, [True])
    assert [(name, report.new) for name, report in run.imported] == [("a.csv", 2), ("c.csv", 1)]
    ((name, why),) = run.unread
    assert name == "b.csv"
    assert "a PDF" in why
    assert str(tmp_path) not in why
    assert bench.count(BrowseFilter(scored=False)) == 0
    assert bench.progress("ana").pending == 1


def test_what_another_scorer_rated_stays_its_own(bench: Workbench, tmp_path: Path) -> None:
    bench.import_file(csv(tmp_path / "a.csv", "You stupid idiot"))
    bench.score(["compact"])
    before = bench.in_use()
    bench.start_run([ToImport(csv(tmp_path / "b.csv", "What a lovely day"))])
    run = bench.wait_for_run(SECONDS)
    assert run is not None
    assert run.scored is not None
    assert [count for _, count in run.scored.scored] == [1]
    assert bench.in_use() == before


class EnoughError(Exception):
    """Somebody wants it to end."""


def test_a_file_that_brings_no_comments_can_be_stopped_while_it_is_read(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "_EVERY", 0.0)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"text": "hello"}\n' + '{"text": \n' * 1_000)
    told: list[int] = []

    def stop(done: int, _: int | None) -> None:
        told.append(done)
        raise EnoughError

    with pytest.raises(EnoughError):
        bench.import_file(bad, on_progress=stop)
    assert told == [0]
    assert bench.count() == 0
    assert bench.import_file(bad).new == 1


class Paused:
    """Work that goes on when the test says so; its steps are single comments."""

    def __init__(self) -> None:
        self.begun, self.go = Event(), Event()

    def read(self, _: ToImport, tick: Tick) -> ImportReport:
        self.begun.set()
        assert self.go.wait(SECONDS)
        tick(1, None)
        tick(2, None)
        return READ

    def rate(self, tick: Tick) -> ScoreReport:
        tick(1, 2)
        return ScoreReport(())


def last(runs: Runs) -> Run:
    assert runs.last is not None
    return runs.last


def test_there_is_one_run_at_a_time_and_everybody_sees_it() -> None:
    work = Paused()
    runs = Runs(work.read, work.rate)
    assert runs.last is None
    runs.start([ToImport(Path("a.csv"), comments=7)], rate=True)
    assert work.begun.wait(SECONDS)
    assert (last(runs).step, last(runs).file, last(runs).total) == (Step.IMPORTING, "a.csv", 7)
    with pytest.raises(ConflictError, match="wait, or stop"):
        runs.start([], rate=True)
    work.go.set()
    runs.wait(SECONDS)
    assert last(runs).step is Step.DONE
    assert runs.start([], rate=True).number == 2
    runs.wait(SECONDS)


def test_a_run_is_stopped_where_it_tells_how_far_it_is() -> None:
    work = Paused()
    runs = Runs(work.read, work.rate)
    runs.start([ToImport(Path("a.csv"))], rate=True)
    assert work.begun.wait(SECONDS)
    runs.stop()
    assert last(runs).stopping
    work.go.set()
    runs.wait(SECONDS)
    assert (last(runs).step, last(runs).done, last(runs).scored) == (Step.STOPPED, 1, None)
    runs.start([ToImport(Path("a.csv"))], rate=False)  # and goes on when somebody wants it to
    runs.wait(SECONDS)
    assert (last(runs).step, last(runs).imported) == (Step.DONE, (("a.csv", READ),))


@pytest.mark.parametrize(
    ("error", "said"),
    [(StoreError("the disk is full"), "the disk is full"), (KeyError("x"), "ours")],
)
def test_a_run_that_fails_says_why_and_what_it_did_is_told(error: Exception, said: str) -> None:
    def rate(_: Tick) -> ScoreReport:
        raise error

    work = Paused()
    work.go.set()
    runs = Runs(work.read, rate)
    runs.start([ToImport(Path("a.csv"))], rate=True)
    runs.wait(SECONDS)
    assert last(runs).step is Step.FAILED
    assert said in last(runs).error
    assert last(runs).imported == (("a.csv", READ),)
