"""`triage tune` on the sample threads: the table, the reports, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from triage.cli.commands import commands
from triage.domain.comments import text_digest
from triage.domain.scores import Scores
from triage.errors import UsageError
from triage.settings import Settings
from triage.workbench import Workbench


@pytest.fixture
def database(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'desk.db'}"
    bench = Workbench(Settings(database_url=url))
    assert bench.load_samples()
    bench.close()
    return url


def triage(database: str, *arguments: str) -> str:
    found = CliRunner().invoke(
        commands, ["--database", database, *arguments], catch_exceptions=False
    )
    assert found.exit_code == 0, found.output
    return found.output


def test_the_table_says_what_is_known_and_what_is_not(database: str) -> None:
    said = triage(database, "tune", "--label", "insult")
    assert "# Thresholds: insult" in said
    assert "cannot be known from flagged comments alone" in said
    assert "| recall, at least | not known |" in said
    assert "# Thresholds: the whole policy" in triage(database, "tune")


def test_a_goal_is_answered_and_reports_are_written(database: str, tmp_path: Path) -> None:
    text, data = tmp_path / "r.md", tmp_path / "r.json"
    files = ["-o", str(text), "-o", str(data)]
    said = triage(database, "tune", "--recall", "0.9", "--confidence", "0.9", *files)
    assert "Recall cannot be known from flagged comments alone." in said
    assert "(r.svg)" in text.read_text(encoding="utf-8")
    assert (tmp_path / "r.svg").exists()
    assert json.loads(data.read_text(encoding="utf-8"))["confidence"] == 0.9
    said = triage(database, "tune", "--label", "insult", "--per-day", "1000")
    assert "at most 1000 comments a day wait" in said


def test_with_few_decisions_there_is_nothing_to_learn_and_nothing_to_take_back(
    database: str,
) -> None:
    said = triage(database, "learn")
    assert "0 decided comments to learn from" in said
    with pytest.raises(UsageError, match="name those to adopt all the same"):
        triage(database, "learn", "--adopt", "--why", "to try")
    with pytest.raises(UsageError, match="nothing was learned of threat"):
        triage(database, "learn", "--adopt", "--why", "to try", "--label", "threat")
    with pytest.raises(UsageError, match="nothing that was learned is in use"):
        triage(database, "learn", "--rollback", "--why", "to try")
    with pytest.raises(UsageError, match="choose one of"):
        triage(database, "learn", "--adopt", "--rollback")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--recall", "0.8", "--precision", "0.8"], "a goal is one of"),
        (["--recall", "80"], "lies between 0 and 1, not 80"),
        (["--costs", "1,2"], "three numbers"),
        (["--costs", "1,2,cheap"], "three numbers"),
        (["--costs", "1,0,2"], "above 0"),
        (["--output", "r.pdf"], "end it in .json or .md"),
    ],
)
def test_what_cannot_be_asked_is_refused(database: str, arguments: list[str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        triage(database, "tune", *arguments)


def test_another_version_is_rated_beside_and_compared_before_anything_changes(
    database: str, tmp_path: Path
) -> None:
    bench = Workbench(Settings(database_url=database))
    (present,) = bench.store.scores.scorers()
    louder = {
        text_digest(one.comment.text): Scores(
            {label: min(1.0, 2 * score) for label, score in one.scores.values.items()}
        )
        for one in bench.store.comments.stream()
        if one.scores is not None and one.scores.values
    }
    bench.store.scores.save(replace(present, version="louder"), louder.items())
    before = bench.progress("ana").pending
    bench.close()
    report = tmp_path / "change.md"
    said = triage(database, "tune", "compare", "--new", "compact@louder", "-o", str(report))
    assert "| pass → review |" in said
    assert "Stricter, " in said
    assert "Milder, " not in said
    assert report.exists()
    said = triage(database, "score", "--beside", "--scorer", "compact")
    assert f"In use stay {present.key}@{present.version}." in said
    bench = Workbench(Settings(database_url=database))
    assert bench.progress("ana").pending == before
    bench.close()
