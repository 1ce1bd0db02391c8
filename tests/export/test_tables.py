from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from triage.domain.comments import Comment
from triage.domain.decisions import Annotation, DecidedBy, Decision, Span, Verdict
from triage.domain.entries import Annotated, Decided, Entry, Logged, Mentioned
from triage.domain.policy import Route
from triage.domain.scores import Label, Scores
from triage.export.tables import (
    ANNOTATIONS,
    COMMENTS,
    DECISIONS,
    LOG,
    Table,
    columns_of,
    labels_anything,
    mentions_table,
    rows_of,
)
from triage.files.table_writer import write_rows

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
COMMENT = Comment("c1", "t1", "You fool", 3, "c0", "ana", NOW, "7")
SEEN = Scores({Label.INSULT: 0.9})
LATER = Scores({Label.INSULT: 0.2})
ENTRY = Entry(
    comment=COMMENT,
    thread_title="On manners",
    source="page.txt",
    revision=1,
    text_sha256=COMMENT.text_sha256,
    scores=LATER,
    route=Route.REVIEW,
    asked=None,
    flagged=True,
    priority=0.8,
    verdict=Verdict.REJECT,
    decision_id="d1",
    reviewer="bea",
    decided_at=NOW,
    pending=False,
    arrived_at=NOW,
)
DECISION = Decision(
    "d1",
    "c1",
    COMMENT.text_sha256,
    Verdict.REJECT,
    "bea",
    NOW,
    ("insult",),
    "rude",
    policy="default@1",
    scorer="compact@1",
    seconds_spent=4.5,
)
DECIDED = Decided(DECISION, ENTRY, {"compact@1": SEEN, "compact@2": LATER})


def cells(table: Table, record: object) -> dict[str, object]:
    """Return one row, cut to the table's columns."""
    (row,) = rows_of(table, [record])
    names = [column.name for column in columns_of(table, include_text=True)]
    assert set(row) <= set(names), "every cell has a column"
    return {name: row.get(name) for name in names}


def test_a_decision_carries_the_scores_that_were_seen_not_todays() -> None:
    row = cells(DECISIONS, DECIDED)
    assert row["insult"] == 0.9
    assert (row["scorer"], row["policy"]) == ("compact@1", "default@1")
    assert (row["verdict"], row["reasons"], row["note"]) == ("reject", ("insult",), "rude")
    assert (row["comment_id"], row["parent_id"], row["number"]) == ("c1", "c0", "7")


def test_of_a_panel_the_first_scorer_that_reports_a_label_answers_for_it() -> None:
    by_scorer = {
        "a@1": Scores({Label.INSULT: 0.1, Label.THREAT: 0.2}),
        "b@1": Scores({Label.INSULT: 0.8, Label.INCIVILITY: 0.7}),
    }
    decided = Decided(replace(DECISION, scorer="a@1+b@1"), ENTRY, by_scorer)
    row = cells(DECISIONS, decided)
    assert (row["insult"], row["threat"], row["incivility"]) == (0.1, 0.2, 0.7)


def test_a_decision_on_a_comment_that_was_not_rated_has_no_scores() -> None:
    row = cells(DECISIONS, Decided(replace(DECISION, scorer=None), ENTRY, {}))
    assert all(row[label.value] is None for label in Label)


def test_the_reason_for_a_missing_score_is_told() -> None:
    decided = Decided(DECISION, ENTRY, {"compact@1": Scores(not_scored="empty text")})
    assert cells(DECISIONS, decided)["not_scored"] == "empty text"


def test_an_undo_is_an_event_of_the_log_that_names_what_it_undoes() -> None:
    undo = replace(DECISION, id="d2", verdict=None, undoes="d1")
    row = cells(LOG, Logged(undo, "t1", COMMENT.text))
    assert (row["event"], row["verdict"], row["undoes"]) == ("undo", None, "d1")
    assert cells(LOG, Logged(DECISION, "t1", COMMENT.text))["event"] == "decide"


def test_a_comment_has_todays_scores_and_its_current_verdict() -> None:
    row = cells(COMMENTS, ENTRY)
    assert (row["insult"], row["verdict"], row["reviewer"]) == (0.2, "reject", "bea")
    assert (row["route"], row["flagged"], row["revision"]) == ("review", True, 1)


def test_text_leaves_only_where_it_is_asked_for() -> None:
    for table in (DECISIONS, LOG, COMMENTS):
        assert "text" not in [column.name for column in columns_of(table, include_text=False)]
        assert "text" in [column.name for column in columns_of(table, include_text=True)]


def test_an_identity_is_a_column_of_its_own_whatever_a_scorer_calls_it() -> None:
    mentioned = Mentioned(ENTRY, "detoxify:unbiased@1", {"female": 0.25, "source": 0.5})
    row = cells(mentions_table(["female", "source"]), mentioned)
    assert (row["mentions_female"], row["mentions_source"]) == (0.25, 0.5)
    assert row["mentions_by"] == "detoxify:unbiased@1"
    comment = cells(COMMENTS, ENTRY)
    assert {name: row[name] for name in comment} == comment


def test_an_annotation_leaves_with_a_one_or_a_zero_per_label_that_was_spoken_of() -> None:
    made = Annotation(
        "a1",
        "c1",
        COMMENT.text_sha256,
        "bea",
        NOW,
        (Label.INSULT,),
        (Label.THREAT,),
        (Span(4, 8, Label.INSULT), Span(0, 3)),
        "quoted",
    )
    row = cells(ANNOTATIONS, Annotated(made, "t1", "You fool", replaced=True))
    assert (row["insult"], row["threat"], row["obscene"]) == (1, 0, None)
    assert row["spans"] == [[4, 8, "insult"], [0, 3, None]]
    assert (row["origin"], row["replaced"], row["text"]) == ("annotation", True, "You fool")
    assert (row["note"], row["reviewer"], row["at"], row["id"]) == ("quoted", "bea", NOW, "a1")


def test_a_verdict_teaches_by_its_reasons_and_by_what_was_refused() -> None:
    decision = replace(DECISION, reasons=("insult", "R2"), refused=("threat",))
    decided = replace(DECIDED, decision=decision)
    assert labels_anything(decided)
    row = cells(ANNOTATIONS, decided)
    assert (row["insult"], row["threat"], row["obscene"]) == (1, 0, None)
    assert (row["origin"], row["verdict"], row["codes"]) == ("decision", "reject", ["R2"])


def test_a_verdict_without_reasons_or_by_a_policy_teaches_nothing() -> None:
    silent = replace(DECIDED, decision=replace(DECISION, reasons=()))
    machine = replace(DECIDED, decision=replace(DECISION, decided_by=DecidedBy.POLICY))
    assert not labels_anything(silent)
    assert not labels_anything(machine)


def test_annotations_are_read_back_as_training_data_from_every_format(tmp_path: Path) -> None:
    made = Annotation(
        "a1", "c1", COMMENT.text_sha256, "bea", NOW, (Label.INSULT,), (), (Span(4, 8),)
    )
    said = [Annotated(made, "t1", "You fool", replaced=False), DECIDED]
    columns = columns_of(ANNOTATIONS, include_text=True)
    read = {
        "csv": pd.read_csv,
        "jsonl": lambda path: pd.read_json(path, lines=True),
        "parquet": pd.read_parquet,
    }
    for suffix, reader in read.items():
        path = tmp_path / f"training.{suffix}"
        write_rows(path, columns, rows_of(ANNOTATIONS, said))
        frame = reader(path)
        assert list(frame["insult"]) == [1, 1]
        assert frame["threat"].isna().all()
        spans = frame["spans"][0]
        assert (json.loads(spans) if isinstance(spans, str) else spans) == [[4, 8, None]]
