"""`triage appeal` and the export of appeals, as a person at a terminal uses them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli.commands import commands
from triage.domain.decisions import Verdict
from triage.errors import ConflictError, UsageError
from triage.settings import Settings
from triage.workbench import Workbench


@pytest.fixture
def database(tmp_path: Path) -> str:
    """One comment, which ana rejected."""
    url = f"sqlite:///{tmp_path / 'triage.db'}"
    path = tmp_path / "c.csv"
    path.write_text("id,text\n1,You fool\n")
    bench = Workbench(Settings(database_url=url))
    bench.import_file(path)
    bench.score(("compact",))
    decide(bench, Verdict.REJECT, "ana", reasons=["insult", "R2"])
    bench.close()
    return url


def decide(bench: Workbench, verdict: Verdict, by: str, **more: object) -> None:
    bench.decide([bench.item("1").entry.seen], verdict, reviewer=by, **more)  # type: ignore[arg-type]


def run(database: str, *arguments: str) -> Result:
    return CliRunner().invoke(commands, ["--database", database, *arguments])


def test_an_appeal_is_taken_in_listed_answered_and_exported(database: str, tmp_path: Path) -> None:
    assert "There are no appeals" in run(database, "appeal", "list").output
    made = run(database, "appeal", "add", "1", "--text", "=1+1 was meant", "--by", "author")
    assert made.exit_code == 0
    assert "against reject by ana" in made.output
    again = run(database, "appeal", "add", "1")
    assert isinstance(again.exception, ConflictError)
    listed = run(database, "appeal", "list", "--open").output
    assert "1: reject by ana, open" in listed
    assert "=1+1 was meant" in listed
    with_bench = Workbench(Settings(database_url=database))
    decide(with_bench, Verdict.APPROVE, "bo", reply="@all sorry")
    with_bench.close()
    assert "No appeal waits." in run(database, "appeal", "list", "--open").output
    assert "answered by bo: @all sorry" in run(database, "appeal", "list").output
    out = tmp_path / "appeals.csv"
    assert run(database, "export", str(out), "--what", "appeals").exit_code == 0
    (row,) = csv.DictReader(out.open(encoding="utf-8-sig"))
    assert (row["verdict"], row["reviewer"], row["status"]) == ("reject", "ana", "overturned")
    assert (row["outcome"], row["answered_by"], row["via"]) == ("overturned", "bo", "cli")
    assert (row["reply"], row["appealed_by"]) == ("'@all sorry", "author"), "no formula"
    assert row["score_label"] == "insult"
    assert row["score_band"] in {"0.6-0.8", "0.8-1.0"}
    assert 0 <= float(row["days_open"]) < 1
    assert "appeal_text" not in row, "what people wrote leaves only where it is asked for"
    run(database, "export", str(out), "--what", "appeals", "--include-text")
    (row,) = csv.DictReader(out.open(encoding="utf-8-sig"))
    assert (row["appeal_text"], row["text"]) == ("'=1+1 was meant", "You fool")


def test_the_log_names_what_an_appeal_brought_about(database: str, tmp_path: Path) -> None:
    run(database, "appeal", "add", "1")
    bench = Workbench(Settings(database_url=database))
    decide(bench, Verdict.REJECT, "bo")
    bench.close()
    out = tmp_path / "log.csv"
    run(database, "export", str(out), "--what", "log")
    vias = [row["via"] for row in csv.DictReader(out.open(encoding="utf-8-sig"))]
    assert vias == ["review", "appeal"]


def test_control_characters_steer_no_terminal(database: str) -> None:
    run(database, "appeal", "add", "1", "--text", "\x1b[2Jgone")
    assert "\x1b[2J" not in run(database, "appeal", "list").output


def test_a_lead_dismisses_what_nobody_can_answer_for_a_reason(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(database, "appeal", "add", "1")
    name = made.output.split()[1].rstrip(":")
    dismiss = ("appeal", "dismiss", name, "--why", "=nobody left", "--reply", "Not now.")
    monkeypatch.setenv("TRIAGE_LEADS", "lea")
    refused = run(database, *dismiss)
    assert isinstance(refused.exception, UsageError)
    assert "may not dismiss appeals" in str(refused.exception)
    monkeypatch.setenv("TRIAGE_REVIEWER", "lea")
    assert "Dismissed: 1 appeal" in run(database, *dismiss).output
    assert isinstance(run(database, *dismiss).exception, ConflictError)
    assert "dismissed by lea: =nobody left" in run(database, "appeal", "list").output
    out = tmp_path / "appeals.csv"
    run(database, "export", str(out), "--what", "appeals")
    (row,) = csv.DictReader(out.open(encoding="utf-8-sig"))
    assert (row["status"], row["outcome"], row["reply"]) == ("dismissed", "", "Not now.")
    assert (row["dismissed_by"], row["dismissed_why"]) == ("lea", "'=nobody left")
    for wrong in ((), (name, "--batch", "b")):
        refused = run(database, "appeal", "dismiss", *wrong, "--why", "x")
        assert isinstance(refused.exception, UsageError)


def test_all_appeals_against_one_batch_are_dismissed_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'triage.db'}"
    path = tmp_path / "c.csv"
    path.write_text("id,text\n1,You fool\n2,Have a nice day\n3,Something else entirely\n")
    bench = Workbench(Settings(database_url=url))
    bench.import_file(path)
    seen = [bench.item(name).entry.seen for name in ("1", "2", "3")]
    batch = bench.decide(seen[:2], Verdict.REJECT, reviewer="ana", via="browse")[0].batch
    bench.decide(seen[2:], Verdict.REJECT, reviewer="ana")
    bench.close()
    for name in ("1", "2", "3"):
        run(url, "appeal", "add", name)
    done = run(url, "appeal", "dismiss", "--batch", str(batch), "--why", "a flood")
    assert "Dismissed: 2 appeals" in done.output
    assert "3: reject by ana, open" in run(url, "appeal", "list", "--open").output
