"""`triage verify`, and the head that other commands print."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli.commands import commands
from triage.domain.decisions import Verdict
from triage.settings import Settings
from triage.workbench import Workbench


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A database with three decisions; the newest is the last event of its chain."""
    (tmp_path / "c.jsonl").write_text(
        "".join(f'{{"id": "c{n}", "text": "word {n} of many {n * n}"}}\n' for n in range(3))
    )
    database = tmp_path / "site.db"
    with closing(Workbench(Settings(database_url=f"sqlite:///{database}"))) as bench:
        bench.import_file(tmp_path / "c.jsonl")
        for entry in bench.store.comments.stream():
            bench.decide([bench.item(entry.comment.id).entry.seen], Verdict.REJECT, reviewer="ana")
    return database


def run(database: Path, *arguments: str) -> Result:
    given = ["--database", f"sqlite:///{database}", *arguments]
    return CliRunner().invoke(commands, given, standalone_mode=False)


def head_in(said: str) -> str:
    return said.partition("Head of the chain: ")[2].split()[0]


def test_a_log_as_it_was_written_is_said_to_be_that(site: Path) -> None:
    ran = run(site, "verify")
    assert ran.return_value == 0
    assert "4 events on the chain (1 policy, 3 decision)" in ran.stdout
    assert "Nothing was altered" in ran.stdout
    head = head_in(ran.stdout)
    again = run(site, "verify", "--head", head.upper())
    assert (again.return_value, f"{head} is event 4" in again.stdout) == (0, True)


def test_what_is_wrong_is_named_and_the_exit_code_says_so(site: Path) -> None:
    with closing(sqlite3.connect(site)) as connection:
        connection.execute("UPDATE decision SET verdict = 'approve' WHERE pk = 2")
        connection.commit()
    ran = run(site, "verify")
    assert ran.return_value == 1
    assert "event 3 (decision 2: id " in ran.stderr
    assert "was altered since" in ran.stderr


def test_exports_and_backups_print_a_head_that_finds_a_tail_cut_off(
    site: Path, tmp_path: Path
) -> None:
    exported = run(site, "export", str(tmp_path / "log.csv"), "--what", "log").stdout
    backed_up = run(site, "backup", str(tmp_path / "kept.db")).stdout
    head = head_in(exported)
    assert head == head_in(backed_up)
    assert (tmp_path / "log.csv").read_text().splitlines()[-1].endswith(f'"{head}"')
    with closing(sqlite3.connect(site)) as connection:
        connection.execute("DELETE FROM chain WHERE number = 4")
        connection.execute("DELETE FROM decision WHERE pk = 3")
        connection.commit()
    assert run(site, "verify").return_value == 0
    ran = run(site, "verify", "--head", head)
    assert (ran.return_value, f"{head} is not on the chain" in ran.stderr) == (1, True)
    restored = tmp_path / "new.db"
    assert head_in(run(restored, "restore", str(tmp_path / "kept.db")).stdout) == head


def test_what_is_no_head_is_refused_in_words(site: Path) -> None:
    ran = run(site, "verify", "--head", "6b1f")
    assert "64 hexadecimal digits" in str(ran.exception)
