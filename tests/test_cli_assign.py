"""`triage assign` and `triage notes`: parts of the queue are given, listed, ended; notes left."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli.commands import commands
from triage.errors import NotFoundError, UsageError
from triage.settings import Settings
from triage.workbench import Workbench


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'triage.db'}"
    path = tmp_path / "thread.csv"
    path.write_text("id,text\nc1,Kind words\n", encoding="utf-8")
    bench = Workbench(Settings(database_url=url))
    bench.import_file(path)
    bench.flag(["c1"], "bea")
    bench.close()
    return url


def triage(database: str, *arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(
        commands,
        ["--database", database, *arguments],
        env={"TRIAGE_REVIEWER": "op", **environment},
        catch_exceptions=False,
    )


def test_a_part_is_given_listed_with_its_progress_and_ended(database: str) -> None:
    assert "Nothing is assigned" in triage(database, "assign", "--list").stdout
    given = triage(database, "assign", "thread", "thread", "Ana@News.example").stdout
    assert given.startswith("Assigned to ana@news.example: thread thread (")
    found = triage(database, "assign", "--list").stdout.splitlines()
    assert found[0].startswith("thread thread: 1 to review, the oldest since 2")
    assert "ana@news.example, by op" in found[1]
    assert found[2] == "assigned to nobody: 0 to review, 0 decided in the last day"
    ended = triage(database, "assign", "--end", found[1].split()[0]).stdout
    assert ended == "Ended: thread thread, ana@news.example\n"
    assert "Nothing is assigned" in triage(database, "assign", "--list").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["label"],
        ["label", "threat"],
        ["--list", "--end", "x"],
        ["--list", "label", "threat", "a"],
    ],
)
def test_half_an_assignment_is_refused(database: str, arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="say KIND, VALUE and REVIEWER"):
        triage(database, "assign", *arguments)


def test_what_there_is_not_cannot_be_given(database: str) -> None:
    with pytest.raises(UsageError, match="no label is called 'rude'"):
        triage(database, "assign", "label", "rude", "ana")
    with pytest.raises(NotFoundError):
        triage(database, "assign", "thread", "elsewhere", "ana")
    with pytest.raises(UsageError, match="TRIAGE_LEADS names lea"):
        triage(database, "assign", "label", "threat", "ana", TRIAGE_LEADS="lea")
    triage(database, "people", "add", "bea")
    with pytest.raises(NotFoundError, match="nobody here is called 'ana'"):
        triage(database, "assign", "label", "threat", "ana")


def test_a_note_is_left_listed_and_withdrawn(database: str) -> None:
    left = triage(database, "notes", "--add", "Wait\nfor <b>Ana</b>", "--about", "label", "threat")
    name = left.stdout.split()[-1]
    listed = triage(database, "notes").stdout
    assert "op, about label threat\n  Wait\n  for <b>Ana</b>\n1 note\n" in listed
    assert "its text is gone" in triage(database, "notes", "--withdraw", name).stdout
    assert "(withdrawn by op)" in triage(database, "notes").stdout
    assert "Wait" not in triage(database, "notes").stdout
    with pytest.raises(UsageError, match="--add TEXT"):
        triage(database, "notes", "--about", "label", "threat")
    with pytest.raises(UsageError, match="at most 2,000"):
        triage(database, "notes", "--add", "x" * 2001)
