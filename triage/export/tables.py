"""The tables that leave: decisions, the log, every comment, mentions, what people said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from triage.domain.comments import Comment
from triage.domain.decisions import Annotation, Decision
from triage.domain.entries import Annotated, Decided, Entry, Logged, Mentioned
from triage.domain.languages import unread_language
from triage.domain.scores import Label, Scores
from triage.export.sampling import drawn_by
from triage.files.table_writer import Column, Kind

__all__ = [
    "ANNOTATIONS",
    "APPEAL_TEXT",
    "COMMENTS",
    "DECISIONS",
    "LOG",
    "TEXT",
    "Cells",
    "Export",
    "Table",
    "columns_of",
    "labels_anything",
    "mentions_table",
    "rows_of",
]

_Record = TypeVar("_Record")
Cells = Mapping[str, object]


class Export(StrEnum):
    """What can be exported."""

    DECISIONS = "decisions"
    LOG = "log"
    COMMENTS = "comments"
    MENTIONS = "mentions"
    ANNOTATIONS = "annotations"
    APPEALS = "appeals"


@dataclass(frozen=True, slots=True)
class Table(Generic[_Record]):
    """A table's columns and how one record fills them. `TEXT` is its column of comment text."""

    columns: tuple[Column, ...]
    cells: Callable[[_Record], Cells]


TEXT, APPEAL_TEXT = Column("text"), Column("appeal_text")
_OPT_IN = (TEXT, APPEAL_TEXT)

_ID = Column("comment_id")
_COMMENT_COLUMNS = (
    Column("parent_id"),
    Column("thread_id"),
    Column("thread_title"),
    Column("source"),
    Column("number"),
    Column("author"),
    Column("created_at", Kind.TIME),
    Column("reach", Kind.NUMBER),
    Column("state"),
    Column("language"),
    Column("text_sha256"),
    TEXT,
)
_DECISION_COLUMNS = (
    Column("verdict"),
    Column("reasons"),
    Column("refused"),
    Column("note"),
    Column("reviewer"),
    Column("decided_by"),
    Column("decided_at", Kind.TIME),
    Column("seconds_spent", Kind.NUMBER),
    Column("score_visible", Kind.BOOLEAN),
    Column("via"),
    Column("batch"),
    Column("policy"),
    Column("guidelines"),
    Column("scorer"),
)
_SCORE_COLUMNS = (*(Column(label.value, Kind.NUMBER) for label in Label), Column("not_scored"))


def columns_of(table: Table[_Record], *, include_text: bool) -> list[Column]:
    """Return a table's columns; what people wrote leaves only where it is asked for."""
    return [column for column in table.columns if include_text or column not in _OPT_IN]


def rows_of(table: Table[_Record], records: Iterable[_Record]) -> Iterator[Cells]:
    """Yield one row of cells per record, lazily."""
    return map(table.cells, records)


def _comment_cells(comment: Comment, entry: Entry) -> dict[str, object]:
    return {
        "comment_id": comment.id,
        "parent_id": comment.parent_id,
        "thread_id": comment.thread_id,
        "thread_title": entry.thread_title,
        "source": entry.source,
        "number": comment.number,
        "author": comment.author,
        "created_at": comment.created_at,
        "reach": comment.reach,
        "state": comment.state and comment.state.value,
        "language": entry.language,
        "text_sha256": entry.text_sha256,
        "text": comment.text,
    }


def _decision_cells(decision: Decision) -> dict[str, object]:
    return {
        "decision_id": decision.id,
        "verdict": None if decision.verdict is None else decision.verdict.value,
        "reasons": decision.reasons,
        "refused": decision.refused,
        "note": decision.note,
        "reviewer": decision.reviewer,
        "decided_by": decision.decided_by.value,
        "decided_at": decision.at,
        "seconds_spent": decision.seconds_spent,
        "score_visible": decision.score_visible,
        "via": decision.via,
        "batch": decision.batch,
        "policy": decision.policy,
        "guidelines": decision.guidelines,
        "scorer": decision.scorer,
    }


def _score_cells(scores: Scores | None) -> dict[str, object]:
    if scores is None:
        return {}
    return {label.value: score for label, score in scores.values.items()} | {
        "not_scored": scores.not_scored
    }


def _seen(decided: Decided) -> Scores | None:
    """Return the scores that were seen; that there are none, where no scorer reads the language."""
    scores = decided.entry.scores
    unread = scores is not None and unread_language(scores.not_scored) is not None
    return scores if decided.seen is None and unread else decided.seen


def _decided_cells(decided: Decided) -> Cells:
    return {
        **_comment_cells(decided.entry.comment, decided.entry),
        **_decision_cells(decided.decision),
        **_score_cells(_seen(decided)),
        "drawn_by": drawn_by(decided).value,
        "inclusion_probability": decided.inclusion,
        "chain_head": decided.chain_head,
    }


def _logged_cells(logged: Logged) -> Cells:
    decision = logged.decision
    return {
        **_decision_cells(decision),
        "event": "undo" if decision.verdict is None else "decide",
        "comment_id": decision.comment_id,
        "thread_id": logged.thread_id,
        "text_sha256": decision.text_sha256,
        "text": logged.text,
        "undoes": decision.undoes,
        "chain_head": logged.chain_head,
    }


def _entry_cells(entry: Entry) -> Cells:
    """Return a comment's cells; its `scorer` is the panel's, which the caller knows."""
    return {
        **_comment_cells(entry.comment, entry),
        **_score_cells(entry.scores),
        "revision": entry.revision,
        "route": None if entry.route is None else entry.route.value,
        "flagged": entry.flagged,
        "pending": entry.pending,
        "verdict": None if entry.verdict is None else entry.verdict.value,
        "reviewer": entry.reviewer,
        "decided_at": entry.decided_at,
        "decision_id": entry.decision_id,
    }


def _mentioned_cells(mentioned: Mentioned) -> Cells:
    return {
        **_entry_cells(mentioned.entry),
        "mentions_by": mentioned.by,
        **{_mention(identity): value for identity, value in mentioned.mentions.items()},
    }


def _mention(identity: str) -> str:
    """Return an identity's column: a scorer's names for identities are no names of ours."""
    return f"mentions_{identity}"


def labels_anything(said: Annotated | Decided) -> bool:
    """Whether a person said something of a text that can teach: every annotation does.

    A decision does where a person who read it gave or refused reasons. What is erased teaches no
    more.
    """
    if isinstance(said, Annotated):
        return not said.erased
    if said.entry.comment.erased_at is not None:
        return False
    decision = said.decision
    return decision.looked and bool(decision.reasons or decision.refused)


def _said_cells(said: Annotated | Decided) -> Cells:
    if isinstance(said, Annotated):
        return _annotated_cells(said)
    decision = said.decision
    named = {label: 1 for label in Label if label.value in decision.reasons}
    named |= {label: 0 for label in Label if label.value in decision.refused}
    codes = [reason for reason in decision.reasons if reason not in list(Label)]
    return {
        **_about(said.entry.comment.thread_id, said.entry.comment.text, decision),
        **{label.value: value for label, value in named.items()},
        "origin": "decision",
        "spans": [],
        "codes": codes,
        "verdict": None if decision.verdict is None else decision.verdict.value,
        "score_visible": decision.score_visible,
        "replaced": False,
    }


def _annotated_cells(said: Annotated) -> Cells:
    made = said.annotation
    return {
        **_about(said.thread_id, said.text, made),
        **{label.value: 1 for label in made.confirmed},
        **{label.value: 0 for label in made.rejected},
        "origin": "annotation",
        "spans": [[span.start, span.end, span.label and span.label.value] for span in made.spans],
        "codes": [],
        "replaced": said.replaced,
    }


def _about(thread_id: str, text: str, said: Annotation | Decision) -> dict[str, object]:
    return {
        "id": said.id,
        "comment_id": said.comment_id,
        "thread_id": thread_id,
        "text": text,
        "text_sha256": said.text_sha256,
        "note": said.note,
        "reviewer": said.reviewer,
        "at": said.at,
    }


DECISIONS: Table[Decided] = Table(
    (
        _ID,
        *_DECISION_COLUMNS,
        *_SCORE_COLUMNS,
        *_COMMENT_COLUMNS,
        Column("decision_id"),
        Column("drawn_by"),
        Column("inclusion_probability", Kind.NUMBER),
        Column("chain_head"),
    ),
    _decided_cells,
)
LOG: Table[Logged] = Table(
    (
        Column("decision_id"),
        Column("event"),
        _ID,
        Column("thread_id"),
        Column("text_sha256"),
        TEXT,
        *_DECISION_COLUMNS,
        Column("undoes"),
        Column("chain_head"),
    ),
    _logged_cells,
)
COMMENTS: Table[Entry] = Table(
    (
        _ID,
        *_COMMENT_COLUMNS,
        Column("revision", Kind.INTEGER),
        Column("scorer"),
        *_SCORE_COLUMNS,
        Column("route"),
        Column("flagged", Kind.BOOLEAN),
        Column("pending", Kind.BOOLEAN),
        Column("verdict"),
        Column("reviewer"),
        Column("decided_at", Kind.TIME),
        Column("decision_id"),
    ),
    _entry_cells,
)
ANNOTATIONS: Table[Annotated | Decided] = Table(
    (
        _ID,
        TEXT,
        *(Column(label.value, Kind.INTEGER) for label in Label),
        Column("spans"),
        Column("note"),
        Column("origin"),
        Column("replaced", Kind.BOOLEAN),
        Column("verdict"),
        Column("codes"),
        Column("score_visible", Kind.BOOLEAN),
        Column("reviewer"),
        Column("at", Kind.TIME),
        Column("thread_id"),
        Column("text_sha256"),
        Column("id"),
    ),
    _said_cells,
)


def mentions_table(identities: Sequence[str]) -> Table[Mentioned]:
    """Return the table of comments with a column per identity that their texts may mention."""
    own = [Column(_mention(identity), Kind.NUMBER) for identity in identities]
    return Table((*COMMENTS.columns, Column("mentions_by"), *own), _mentioned_cells)
