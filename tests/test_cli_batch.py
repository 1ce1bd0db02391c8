"""`triage batch` and `triage undo` over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.test_audit_and_policy import filled
from tests.test_cli import Run, triage
from triage.domain.decisions import BATCH, Verdict
from triage.workbench import BrowseFilter, Workbench

__all__ = ["triage"]


@pytest.fixture(autouse=True)
def bench(triage: Run, tmp_path: Path) -> Iterator[Workbench]:
    """300 comments: toxicity 0.05 to 0.299 for the clean ones, 0.5 and more for fifty."""
    made = filled(f"sqlite:///{tmp_path / 'triage.db'}")
    yield made
    made.close()


def answer(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(said))


def test_a_dry_run_says_how_many_with_samples_and_decides_none(
    triage: Run, bench: Workbench
) -> None:
    done = triage("batch", "toxicity", "0-0.2", "approve", "--dry-run")
    assert done.code == 0
    assert "151 undecided comments with toxicity from 0 to 0.2; 0 of them flagged" in done.out
    samples = [line for line in done.out.splitlines() if line.startswith("  0.")]
    assert len(samples) == 10
    assert samples[0] < "  0.07" < "  0.18" < samples[-1], "from the whole range"
    assert "this was a dry run" in done.out
    assert bench.count(BrowseFilter(decided=True)) == 0


def test_a_range_is_decided_as_one_act_and_one_undo_takes_it_back(
    triage: Run, bench: Workbench
) -> None:
    done = triage("batch", "toxicity", "0-0.2", "approve", "--yes", "--note", "clean")
    assert "Saved: approve for 151 comments\nTo take it back: triage undo" in done.out
    made = [one.decision for one in bench.store.decisions.log()]
    assert {(one.via, one.verdict, one.reviewer) for one in made} == {
        (BATCH, Verdict.APPROVE, "ana")
    }
    assert made[0].note == "in batch, toxicity 0.00-0.20: clean"
    assert "0 undecided comments" in triage("batch", "toxicity", "0-0.2", "approve", "--yes").out
    assert "Undone: approve for 151 comments" in triage("undo").out
    assert bench.count(BrowseFilter(decided=True)) == 0
    undoing = [one.decision for one in bench.store.decisions.log()][len(made) :]
    assert {(one.via, one.verdict) for one in undoing} == {("cli", None)}
    assert "There is no decision of ana left to undo" in triage("undo").out


@pytest.mark.parametrize(("said", "decided"), [("y\n", 151), ("n\n", 0), ("\n", 0)])
def test_it_asks_first_and_a_plain_return_is_a_no(
    triage: Run, bench: Workbench, monkeypatch: pytest.MonkeyPatch, said: str, decided: int
) -> None:
    answer(monkeypatch, said)
    done = triage("batch", "toxicity", "0-0.2", "approve")
    assert done.code == 0
    assert "Approve 151 comments at once, read by nobody?" in done.out
    assert ("Nothing was decided" in done.out) == (decided == 0)
    assert bench.count(BrowseFilter(decided=True)) == decided


def test_where_nobody_can_answer_nothing_is_decided(
    triage: Run, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, "")
    assert triage("batch", "toxicity", "0-0.2", "approve").code == 130
    assert bench.count(BrowseFilter(decided=True)) == 0


@pytest.mark.parametrize("given", ["0.2", "0.2-0.1", "0-1.5", "a-b", "0..1-0.2", "0-0.2-0.3"])
def test_what_is_no_range_is_refused_in_words(triage: Run, given: str) -> None:
    done = triage("batch", "toxicity", given, "approve", "--yes")
    assert done.code == 2
    assert f"'{given}' is no range of scores, such as 0-0.2" in done.err


def test_undo_takes_back_one_act_after_the_other(triage: Run, bench: Workbench) -> None:
    seen = bench.item("c0").entry.seen
    bench.decide([seen], Verdict.REJECT, reviewer="ana")
    triage("batch", "toxicity", "0.1-0.2", "approve", "--yes")
    assert "Undone: approve for 101 comments" in triage("undo").out
    assert "Undone: reject for 1 comment" in triage("undo").out
    assert bench.count(BrowseFilter(decided=True)) == 0
