"""A folder is rated once, whatever stops it; what changed since is noticed."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engines.beside import Work
from triage.engines.here import Here
from triage.engines.job import Event, Finished, Job
from triage.engines.run import FolderReport, rate_folder
from triage.engines.shards import find_shards
from triage.errors import ScorerError, UsageError
from triage.scoring.kept import place_beside


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = Work(tmp_path)
    made.shards()
    return made


class Stopped(BaseException):
    """What a listener raises to end the work."""


def rated(work: Work, job: Job | None = None, *, stop_after: int | None = None) -> FolderReport:
    """Rate the folder in this process; end it after so many words about its progress."""
    job = job or work.job()
    told: list[tuple[int, int | None]] = []

    def listen(done: int, of: int | None) -> None:
        told.append((done, of))
        if stop_after is not None and len(told) > stop_after:
            raise Stopped

    shards = find_shards(str(work.folder / "in"), job.output)
    report = rate_folder(job, shards, lambda _shards: Here(), listen)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert not told or told[-1][0] == told[-1][1]
    return report


def test_each_table_becomes_one_with_every_row_in_its_place(work: Work) -> None:
    report = rated(work)
    outputs = work.outputs()
    assert list(outputs) == ["deeper/part-0.csv", *(f"part-{n}.csv" for n in range(1, 5))]
    for number, content in enumerate(outputs.values()):
        lines = content.decode().splitlines()
        assert len(lines) == 1 + 6 + 5 * number
        ids = [line.split(",")[0].strip('"') for line in lines[1:]]
        assert ids == [str(row) for row in range(len(lines) - 1)]
    assert (report.files, report.known, report.rows, report.scored) == (5, 0, 80, 80)
    assert report.rated == 80
    assert len(work.loaded()) == 1


@pytest.mark.parametrize("after", [0, 1, 7, 20])
def test_a_run_that_was_stopped_is_gone_on_with_to_the_very_same_bytes(
    work: Work, after: int
) -> None:
    rated(work, work.job("whole"))
    whole, before = work.outputs("whole"), len(work.asked())
    with pytest.raises(Stopped):
        rated(work, stop_after=after)
    report = rated(work)
    assert work.outputs() == whole
    assert report.rated <= report.rows == 80
    again = work.asked()[before:]
    assert len(again) == len(set(again)) == before, "no text is rated twice"


def test_a_finished_run_does_nothing_again(work: Work) -> None:
    rated(work)
    asked = work.asked()
    report = rated(work)
    assert (report.files, report.known, report.rated) == (5, 5, 0)
    assert report.rows == 80, "the rows are those of all"
    assert work.asked() == asked
    assert len(work.loaded()) == 1, "no scorer is loaded for nothing"


def test_a_changed_input_is_rated_again_and_no_other(work: Work) -> None:
    rated(work)
    before = len(work.asked())
    work.write("part-2.csv", ["another text", "and one more"])
    report = rated(work)
    assert (report.known, report.again, report.rated) == (4, 1, 2)
    assert work.asked()[before:] == ["another text", "and one more"]


def test_an_input_that_was_only_copied_or_touched_is_not_rated_again(work: Work) -> None:
    rated(work)
    os.utime(work.folder / "in" / "part-1.csv")
    shutil.copytree(work.folder / "in", work.folder / "copy")
    shutil.rmtree(work.folder / "in")
    (work.folder / "copy").rename(work.folder / "in")
    for path in (work.folder / "in").rglob("*.csv"):
        os.utime(path)
    assert rated(work).known == 5


def test_an_output_that_is_gone_or_cut_off_is_made_again(work: Work) -> None:
    rated(work)
    whole = work.outputs()
    (work.folder / "out" / "part-1.csv").unlink()
    (work.folder / "out" / "part-2.csv").write_text("cut off")
    report = rated(work)
    assert report.known == 3
    assert work.outputs() == whole


def test_shards_of_another_version_or_other_options_are_never_mixed(work: Work) -> None:
    rated(work)
    whole = work.outputs()
    with pytest.raises(UsageError, match="scorers: beside@1 there, beside@2 now"):
        rated(work, work.job(version="2"))
    with pytest.raises(UsageError, match="spans: False there, True now"):
        rated(work, work.job(spans=True))
    assert work.outputs() == whole


def test_what_another_folder_holds_under_the_same_name_writes_over_nothing(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(work.folder)
    for month in ("jan", "feb"):
        (work.folder / "in" / "part-1.csv").rename(work.write(f"../{month}/part-1.csv", []))
        work.write("part-1.csv", ["the text of another month"])
    shutil.rmtree(work.folder / "in")
    job = work.job()
    for month, known in (("jan", 0), ("../" + work.folder.name + "/jan", 1)):
        shards = find_shards(f"{month}/*.csv", job.output)
        mine = replace(job, source=shards.source)
        report = rate_folder(mine, shards, lambda _shards: Here(), lambda _done, _of: None)
        assert (report.files, report.known) == (1, known), "however the folder is named"
    whole = work.outputs()
    shards = find_shards("feb/*.csv", job.output)
    with pytest.raises(UsageError, match=r"out holds part-1\.csv from .*/jan, and not from .*/feb"):
        rate_folder(
            replace(job, source=shards.source),
            shards,
            lambda _shards: Here(),
            lambda _done, _of: None,
        )
    assert work.outputs() == whole


def test_what_was_made_of_a_table_is_not_written_over_by_one_of_another_ending(work: Work) -> None:
    rated(work)
    whole = work.outputs()
    (work.folder / "in" / "part-1.csv").rename(work.folder / "in" / "part-1.tsv")
    with pytest.raises(UsageError, match=r"part-1\.csv was made of part-1\.csv, and part-1\.tsv"):
        rated(work)
    assert work.outputs() == whole
    (work.folder / "in" / "part-1.tsv").unlink()
    (work.folder / "in" / "part-1.jsonl").write_text('{"id": 1, "text": "one more"}\n')
    assert rated(work).rated == 1, "where names differ there is room for both"
    assert work.outputs().items() >= whole.items()


def test_where_nothing_is_finished_yet_another_way_may_begin(work: Work) -> None:
    with pytest.raises(Stopped):
        rated(work, stop_after=0)
    assert rated(work, work.job(version="2")).files == 5


def test_a_file_that_no_run_wrote_is_not_written_over(work: Work) -> None:
    own = work.folder / "out" / "part-1.csv"
    own.parent.mkdir()
    own.write_text("mine")
    with pytest.raises(UsageError, match=r"part-1\.csv is there and no run of triage wrote it"):
        rated(work)
    assert own.read_text() == "mine"
    assert list(work.outputs()) == ["part-1.csv"]


@pytest.mark.parametrize("damage", ["{", "[]", '{"format": 1}', '{"format": 99, "plan": {}}'])
def test_what_is_no_note_of_ours_stops_the_work_and_a_damaged_shards_is_made_again(
    work: Work, damage: str
) -> None:
    rated(work)
    notes = work.folder / "out" / "_triage"
    (notes / "part-1.csv.json").write_text(damage)
    assert rated(work).known == 4
    (notes / "run.json").write_text(damage)
    with pytest.raises(UsageError, match="was not written by this version of triage"):
        rated(work)


@pytest.mark.parametrize("name", [".json", "..json"])
def test_a_note_without_a_name_among_ours_is_passed_over(work: Work, name: str) -> None:
    rated(work)
    (work.folder / "out" / "_triage" / name).write_text("{}")
    known = rated(work).known
    assert known == rated(work).known > 0


def test_a_table_that_cannot_be_read_does_not_stop_the_others(work: Work) -> None:
    (work.folder / "in" / "empty.csv").write_text("")
    work.write("part-2.csv", [])
    (work.folder / "in" / "part-3.csv").write_text("id,body\n1,hello\n")
    report = rated(work)
    assert report.files == 4
    assert [(one.where, one.message.partition(":")[0]) for one in report.failed] == [
        ("empty.csv", f"{work.folder}/in/empty.csv is empty"),
        ("part-3.csv", "part-3.csv has no column 'text'; it has"),
    ]
    work.write("empty.csv", ["no more"])
    assert [one.where for one in rated(work).failed] == ["part-3.csv"]


def test_problems_of_all_shards_are_counted_and_the_first_are_named(work: Work) -> None:
    for number in (1, 2):
        path = work.folder / "in" / f"part-{number}.csv"
        path.write_text("id,text\n" + "1,a,b\n" * 30)
    report = rated(work)
    assert report.problem_count == 60
    assert len(report.problems) == 20
    assert str(report.problems[0]).startswith("part-1.csv:2: 3 fields")
    again = rated(work)
    assert (again.problem_count, again.problems) == (60, report.problems), "they are kept"


def test_a_broken_scorer_stops_the_work(work: Work) -> None:
    work.write("part-1.csv", ["break"])
    with pytest.raises(ScorerError, match="the scorer is broken"):
        rated(work)


def test_a_table_that_changes_while_it_is_rated_is_not_taken_for_finished(
    work: Work,
) -> None:
    path = work.folder / "in" / "part-1.csv"
    job = work.job()

    def meddle(_done: int, _of: int | None) -> None:
        with path.open("a") as handle:
            handle.write("late,late\n")

    shards = find_shards(str(path.parent / "part-1.*"), job.output)
    report = rate_folder(job, shards, lambda _shards: Here(), meddle)
    assert [one.message for one in report.failed] == ["part-1.csv changed while it was rated"]
    assert rated(work).files == 5


def test_what_is_kept_of_a_shard_is_gone_when_it_is_finished(work: Work) -> None:
    with pytest.raises(Stopped):
        rated(work, stop_after=2)  # a portion of four is kept by then
    kept = place_beside(work.folder / "out" / "deeper" / "part-0.csv")
    assert kept.exists()
    rated(work)
    assert not kept.exists()
    assert not list((work.folder / "out").rglob("*.resume"))


def test_a_manifest_says_what_was_read_and_by_what(work: Work) -> None:
    rated(work)
    notes = work.folder / "out" / "_triage"
    found = json.loads((notes / "deeper" / "part-0.csv.json").read_text())
    assert found["file"]["name"] == "deeper/part-0.csv"
    assert found["source"] == str(work.folder / "in")
    assert (found["rows"], found["scored"]) == (6, 6)
    assert len(found["sha256"]) == 64
    assert json.loads((notes / "run.json").read_text())["plan"]["scorers"] == ["beside@1"]


def test_an_event_names_its_shard(work: Work) -> None:
    job = work.job()
    events: list[Event | None] = []
    shards = find_shards(str(work.folder / "in"), job.output)
    rate_folder(job, shards, lambda _shards: Here(), lambda _done, _of: None)
    Here().rate(work.job("other"), shards.all, events.append)
    finished = [one.shard for one in events if isinstance(one, Finished)]
    assert finished == [one.name for one in shards.all]
