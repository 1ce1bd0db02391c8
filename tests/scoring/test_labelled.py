"""A labelled file: what can be used is used, and the rest is named by line."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.scoring.marking import Marking
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.files.tables import open_table
from triage.scoring.labelled import Labelled, by_column, by_scorer, read_labelled


def read(path: Path, scorer: Marking | None = None, label: Label = Label.TOXICITY) -> Labelled:
    table = open_table(path)
    if scorer is None:
        return read_labelled(table, "truth", by_column(table, "score"))
    return read_labelled(table, "truth", by_scorer(table, scorer, label, "text"))


@pytest.mark.parametrize(
    ("cell", "truth"),
    [("1", True), ("0", False), (" Yes ", True), ("FALSE", False), ("0.5", True), ("0.49", False)],
)
def test_a_label_is_read_in_the_ways_people_write_it(
    tmp_path: Path, cell: str, truth: bool
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"truth,score\n{cell},0.25\n")
    assert read(path) == Labelled((0.25,), (truth,), 1, ())


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (",0.5", "truth is '', which is no label"),
        ("maybe,0.5", "truth is 'maybe', which is no label"),
        ("2,0.5", "truth is '2', which is no label"),
        ("nan,0.5", "truth is 'nan', which is no label"),
        ("1,", "score is '', which is no score"),
        ("1,1.5", "score is '1.5', which is no score"),
        ("1,nan", "score is 'nan', which is no score"),
        ("1,inf", "score is 'inf', which is no score"),
        ("1,0.5,more", "3 fields"),
        ("1," + "9" * 500, "..."),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_others_count(
    tmp_path: Path, row: str, why: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"truth,score\n1,0.75\n{row}\n0,0.25\n")
    found = read(path)
    assert (found.scores, found.positive, found.rows) == ((0.75, 0.25), (True, False), 3)
    (problem,) = found.problems
    assert str(problem).startswith("in.csv:3: ")
    assert why in problem.message
    assert len(problem.message) < 120


def test_typed_cells_of_parquet_are_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    pq.write_table(pa.table({"truth": [True, False, None], "score": [1, 0, 0]}), path)
    found = read(path)
    assert (found.scores, found.positive) == ((1.0, 0.0), (True, False))
    assert [problem.line for problem in found.problems] == [3]
    pq.write_table(pa.table({"truth": [1], "score": [True]}), path)
    assert "no score" in read(path).problems[0].message


def test_a_scorer_rates_the_texts_of_usable_rows_only(tmp_path: Path) -> None:
    path, scorer = tmp_path / "in.csv", Marking()
    path.write_text("truth,text\n1,You idiot\n?,stupid\n0,A kind word\n0,\n")
    found = read(path, scorer)
    assert (found.scores, found.positive) == ((0.9, 0.01), (True, False))
    assert "stupid" not in scorer.asked
    assert [problem.line for problem in found.problems] == [3, 5]
    assert "not scored: empty text" in found.problems[1].message


def test_a_label_that_the_scorer_does_not_give_is_a_problem_of_every_row(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("truth,text\n1,You idiot\n")
    found = read(path, Marking(), Label.THREAT)
    assert found.scores == ()
    assert "no score for threat" in found.problems[0].message


def test_more_rows_than_fit_into_one_turn_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("truth,score\n" + "1,0.5\n" * 1300)
    turns: list[int] = []
    table = open_table(path)
    found = read_labelled(table, "truth", by_column(table, "score"), turns.append)
    assert (found.rows, len(found.scores)) == (1300, 1300)
    assert turns == [512, 1024, 1300]


def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("truth,score\n1,0.5\n")
    table = open_table(path)
    with pytest.raises(UsageError, match="no column 'label'; it has: truth, score"):
        read_labelled(table, "label", by_column(table, "score"))
    with pytest.raises(UsageError, match="no column 'p'"):
        by_column(table, "p")
    with pytest.raises(UsageError, match="no column 'text'"):
        by_scorer(table, Marking(), Label.TOXICITY, "text")
