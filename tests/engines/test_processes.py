"""Worker processes give what one process gives, and leave nothing behind."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.engines.beside import Work
from triage.engines.here import Here
from triage.engines.job import Event, Failed, Finished, Job
from triage.engines.processes import Processes, workers_here
from triage.engines.shards import Shard, find_shards
from triage.errors import ScorerError, TriageError
from triage.files.folders import FileSeen
from triage.scoring import onnx_runtime
from triage.scoring.onnx_runtime import cores, take_cores


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = Work(tmp_path)
    made.shards()
    return made


def shards_of(job: Job) -> tuple[Shard, ...]:
    return find_shards(job.source.shown(), job.output).all


def alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


def test_two_workers_load_the_scorer_once_each_and_write_what_one_process_writes(
    work: Work,
) -> None:
    whole = work.job("whole")
    Here().rate(whole, shards_of(whole), lambda _event: None)
    work.log.unlink()
    (work.folder / "in" / "part-9.csv").write_text("no text here\n1\n")
    job, events = work.job(), list[Event | None]()
    Processes(2).rate(job, shards_of(job), events.append)
    assert work.outputs() == work.outputs("whole")
    said = [one for one in events if isinstance(one, Finished | Failed)]
    assert [one.shard for one in said if isinstance(one, Failed)] == ["part-9.csv"]
    assert len(said) == 6
    loaded = work.loaded()
    assert len(loaded) == len(set(loaded)) == 2
    assert str(os.getpid()) not in loaded
    assert not any(map(alive, loaded)), "no worker outlives the work"


def test_a_worker_that_dies_is_said_and_the_rest_is_kept(work: Work) -> None:
    work.write("part-0.csv", ["kill this process"])  # the smallest: it comes last
    job, events = work.job(), list[Event | None]()
    with pytest.raises(TriageError, match=r"a worker process died at part-0\.csv \(exit code 9"):
        Processes(2).rate(job, shards_of(job), events.append)
    assert len([one for one in events if isinstance(one, Finished)]) >= 4
    assert not any(map(alive, work.loaded()))


def test_a_broken_scorer_in_a_worker_stops_them_all(work: Work) -> None:
    work.write("part-0.csv", ["break"] * 100)  # the largest: it comes first
    job = work.job()
    with pytest.raises(ScorerError, match="the scorer is broken"):
        Processes(2).rate(job, shards_of(job), lambda _event: None)
    assert not any(map(alive, work.loaded()))


def test_workers_end_when_nobody_listens_any_more(work: Work) -> None:
    class Enough(BaseException):
        pass

    def listen(event: Event | None) -> None:
        if isinstance(event, Finished):
            raise Enough

    job = work.job()
    began = time.monotonic()
    with pytest.raises(Enough):
        Processes(2).rate(job, shards_of(job), listen)
    assert time.monotonic() - began < 60
    assert not any(map(alive, work.loaded()))


def test_a_worker_is_for_a_core_and_for_work_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    def shards(count: int, size: int) -> list[Shard]:
        return [Shard(FileSeen(f"{n}.csv", size, ""), f"{n}.csv") for n in range(count)]

    monkeypatch.setattr("triage.engines.processes.cores", lambda: 8)
    monkeypatch.setattr("triage.engines.processes._memory", lambda: 16 * 1024**3)
    mega = 1024**2
    assert workers_here(shards(100, 10 * mega), ["compact"], "cpu") == 8
    assert workers_here(shards(3, 10 * mega), ["compact"], "cpu") == 3, "one for a file at most"
    assert workers_here(shards(100, 100), ["compact"], "cpu") == 1, "done before a worker begins"
    assert workers_here(shards(100, 10 * mega), ["detoxify:original"], "cpu") == 5, "by memory"
    assert workers_here(shards(100, 10 * mega), ["compact"], "cuda") == 1


def test_workers_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_runtime, "_taken", [])
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("RAYON_NUM_THREADS", "7")
    all_of_them = cores()
    take_cores(all_of_them + 1)
    assert cores() == all_of_them
    take_cores(1)
    assert cores() == 1
    assert os.environ["OMP_NUM_THREADS"] == str(all_of_them + 1), "it is said once, at the start"
    assert os.environ["RAYON_NUM_THREADS"] == "7", "what somebody set stays"
