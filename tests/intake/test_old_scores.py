"""Scores that Perspective gave are kept under its name, and beside nobody else's."""

from __future__ import annotations

import pytest

from triage.domain.comments import text_digest
from triage.domain.perspective import IMPORTED, label_of_column
from triage.domain.scores import Label

HEADER = "id,text,TOXICITY,SEVERE_TOXICITY,PROFANITY,SEXUALLY_EXPLICIT,FLIRTATION,toxicity\n"


def test_a_perspective_era_csv_brings_its_scores_along(read) -> None:
    [thread], problems, why = read(HEADER + "1,a,0.91,.2,0.3,0,0.7,1\n2,b,,,,,,\n", "a.csv")
    assert problems == []
    assert why.endswith(
        "; scores of Perspective's in TOXICITY, SEVERE_TOXICITY, PROFANITY, SEXUALLY_EXPLICIT, "
        "kept as scores of perspective"
    )
    [given] = thread.scores
    assert (given.scorer.key, given.scorer.version) == ("perspective", "imported")
    assert dict(given.by_text[text_digest("a")].values) == {
        Label.TOXICITY: 0.91,
        Label.SEVERE_TOXICITY: 0.2,
        Label.OBSCENE: 0.3,
        Label.SEXUAL_EXPLICIT: 0.0,
    }
    assert text_digest("b") not in given.by_text


@pytest.mark.parametrize("cell", ["1.2", "-0.1", "high", "nan", "1e400"])
def test_what_is_no_score_is_told_and_the_comment_kept(read, cell: str) -> None:
    [thread], [problem], _ = read(f"id,text,TOXICITY\n1,a,{cell}\n", "a.csv")
    assert (len(thread.comments), thread.scores) == (1, ())
    assert problem.line == 2
    assert "no score from 0 to 1 in column 'TOXICITY'" in problem.message


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("TOXICITY", (Label.TOXICITY, 1.0)),
        ("IDENTITY_ATTACK (%)", (Label.IDENTITY_ATTACK, 100.0)),
        ("perspective_insult", (Label.INSULT, 1.0)),
        ("attributeScores.THREAT.summaryScore.value", (Label.THREAT, 1.0)),
        ("toxicity", None),
        ("INSULTS", None),
        ("FLIRTATION", None),
    ],
)
def test_only_columns_that_can_be_nobody_elses_are_perspectives(
    column: str, found: tuple[Label, float] | None
) -> None:
    assert label_of_column(column) == found


def test_percentages_are_scores_too(read) -> None:
    [thread], _, _ = read("id,text,TOXICITY (%)\n1,a,91\n", "a.csv")
    assert thread.scores[0].by_text[text_digest("a")].values[Label.TOXICITY] == 0.91


def test_a_table_without_such_columns_brings_no_scores(read) -> None:
    [thread], _, why = read("id,text,toxicity\n1,a,0.5\n", "a.csv")
    assert (thread.scores, "Perspective" in why) == ((), False)


def test_the_imported_scorer_reports_the_labels_that_have_an_attribute() -> None:
    assert set(IMPORTED.labels) == set(Label) - {Label.INCIVILITY}
