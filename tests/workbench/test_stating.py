"""Statements and notices from a real database, at every edge."""

from __future__ import annotations

import csv
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from triage.cli.commands import commands
from triage.domain.decisions import Verdict
from triage.domain.statement_rules import StatementRule, StatementRules
from triage.domain.statements import Category
from triage.errors import NotFoundError, UsageError
from triage.settings import Settings
from triage.store import BrowseFilter
from triage.workbench import StatementCounts, Workbench

ROWS = """\
id,author,text,created_at,thread
1,Ana Smith,"You are a fool, Bob",2026-03-01T23:30:00Z,t
2,Bob,A lovely day,2026-03-02T08:00:00Z,t
3,Ana Smith,Go away,,u
"""
GUIDELINES = "# Rules\n\n## R2: No insults\n\nBe kind.\n"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that no test here changes: 1 and 3 are rejected, 2 is approved."""
    folder = tmp_path_factory.mktemp("stating")
    (folder / "in.csv").write_text(ROWS, encoding="utf-8")
    url = f"sqlite:///{folder / 'triage.db'}"
    with closing(Workbench(Settings(url))) as bench:
        bench.import_file(folder / "in.csv")
        bench.save_guidelines(GUIDELINES, "cem", upon=0)
        for one, verdict in (("1", Verdict.REJECT), ("2", Verdict.APPROVE), ("3", Verdict.REJECT)):
            (entry,) = bench.entries([one])
            bench.decide([entry.seen], verdict, reviewer="cem", reasons=("R2",), note="to Ana")
        bench.save_guidelines("# Rules\n\n## R2: Something else\n", "cem", upon=1)
    return url


def bench_of(database: str, **rules: object) -> Workbench:
    rule = StatementRule(Category.CYBER_VIOLENCE, "Section 4", "It insults.")
    given = StatementRules({"R2": replace(rule, **rules)})  # type: ignore[arg-type]
    return Workbench(replace(Settings(database), statements=given))


def test_the_good_ones_are_written_and_the_others_located(database: str, tmp_path: Path) -> None:
    with closing(bench_of(database)) as bench:
        report = bench.statements(tmp_path / "out.json")
        assert (report.written, report.left) == (1, 1)
        assert [str(one) for one in report.problems] == ["comment 3: content_date: is missing"]
        (made,) = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["statements"]
        assert made["incompatible_content_ground"] == "Section 4"
        assert made["content_date"] == "2026-03-01"
        shown = bench.statement_preview()
        assert [bool(one.stated.faults) for one in shown] == [False, True]
        assert bench.statement_preview(BrowseFilter(verdict=Verdict.APPROVE)) == []
        assert len(bench.statement_preview(BrowseFilter(thread_id="u"))) == 1


def test_a_text_that_names_a_reviewer_is_refused_before_anything_is_written(
    database: str, tmp_path: Path
) -> None:
    with closing(bench_of(database, explanation="As CEM decided.")) as bench:
        for act in (
            lambda: bench.statements(tmp_path / "out.json"),
            lambda: bench.statement_preview(),
        ):
            with pytest.raises(UsageError, match=r"\[reason.R2\] explanation holds 'cem'"):
                act()
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("words", "name"),
    [("As ana SMITH showed us, it insults.", "Ana Smith"), ("As Bob found.", "Bob")],
)
def test_an_authors_name_in_a_text_is_told_and_stops_nothing(
    database: str, tmp_path: Path, words: str, name: str
) -> None:
    with closing(bench_of(database, explanation=words)) as bench:
        report = bench.statements(tmp_path / "out.json")
    assert report.written == 1
    (told,) = report.named
    assert f"[reason.R2] explanation holds {name!r}" in str(told)


def test_a_name_that_the_site_allows_is_nobodys(database: str, tmp_path: Path) -> None:
    with closing(bench_of(database, explanation="As Bob or cem said.")) as bench:
        rules = replace(bench.settings.statements, allowed_names=("bob", "Cem"))
        settings = replace(bench.settings, statements=rules)
    with closing(Workbench(settings)) as bench:
        report = bench.statements(tmp_path / "out.json")
        assert (report.written, report.named) == (1, ())


def test_all_that_is_left_out_is_counted_and_listed(database: str, tmp_path: Path) -> None:
    with closing(bench_of(database)) as bench:
        counts = bench.statement_counts()
        assert (counts.sent, counts.left) == (1, 1)
        assert bench.statement_counts(BrowseFilter(thread_id="u")) == StatementCounts(0, 1)
        bench.statements(tmp_path / "out.csv", left_out=tmp_path / "left.csv")
    with (tmp_path / "left.csv").open(encoding="utf-8", newline="") as handle:
        assert list(csv.DictReader(handle)) == [
            {"comment_id": "3", "why": "content_date: is missing"}
        ]


def test_a_text_that_quotes_the_comment_costs_that_statement_alone(
    database: str, tmp_path: Path
) -> None:
    with closing(bench_of(database, explanation="Nobody writes: you are a fool.")) as bench:
        report = bench.statements(tmp_path / "out.jsonl", BrowseFilter(thread_id="t"))
    assert (report.written, report.left) == (0, 1)
    assert "'you are a fool'" in str(report.problems[0])


def test_a_notice_has_the_rule_in_the_words_that_it_had_then(database: str) -> None:
    with closing(bench_of(database)) as bench:
        made = bench.notice("1")
        assert "Why: No insults (R2). It insults." in made
        assert not {"Ana", "Bob", "fool", "cem"} & set(made.replace(",", " ").split())
        assert "It stays where it is" in bench.notice("2")
        with pytest.raises(NotFoundError):
            bench.notice("9")


def test_a_second_rejection_is_the_same_removal(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(ROWS, encoding="utf-8")
    with closing(Workbench(Settings(f"sqlite:///{tmp_path / 'triage.db'}"))) as bench:
        bench.import_file(tmp_path / "in.csv")

        def say(verdict: Verdict, by: str) -> str:
            (entry,) = bench.entries(["1"])
            bench.decide([entry.seen], verdict, reviewer=by)
            made = bench.statement_preview(BrowseFilter(decided_by=by))
            return str(made[0].stated.fields["puid"]) if made else bench.notice("1")

        first = say(Verdict.REJECT, "cem")
        assert say(Verdict.REJECT, "bea") == first
        assert say(Verdict.APPROVE, "dan").startswith("We had removed your comment of 1 March")
        assert say(Verdict.REJECT, "eve") != first


def triage(database: str, *arguments: object) -> Result:
    given = ["--database", database, *map(str, arguments)]
    return CliRunner().invoke(commands, given, catch_exceptions=False, standalone_mode=False)


def test_the_command_line_writes_lists_and_says_how_many(database: str, tmp_path: Path) -> None:
    done = triage(database, "statements", tmp_path / "out.json")
    assert done.return_value == 3
    assert "comment 3: content_date: is missing" in done.output
    assert "1 statement\n" in done.output
    one = triage(database, "statements", tmp_path / "t.csv", "--thread", "t")
    assert one.return_value == 0
    assert triage(database, "notice", "1").output.startswith("We removed your comment of 1 March")
    with pytest.raises(UsageError, match="the database itself"):
        triage(database, "statements", database.removeprefix("sqlite:///"))
