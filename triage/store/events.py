"""The logs that webhooks tell of: what is new in each, and what a row of it says.

One row of the table per log. A new kind of event is a type in `domain/webhooks.py` and, where no
log here has it yet, a row in `LOGS`: its rows have keys that grow, are never altered, and are
written by one writer at a time, so that nothing comes to stand below a key that was told already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, or_, select, true

from triage.domain.appeals import AppealStatus, Outcome, outcome_of
from triage.domain.decisions import Decision
from triage.domain.webhooks import Event, EventType, Extra
from triage.store.rows import among, decision_of, decision_rows
from triage.store.schema import answers, appeals, comments, decisions, dismissals, texts, threads

__all__ = ["LOGS", "Log", "newest", "news", "news_count"]


@dataclass(frozen=True, slots=True)
class Log:
    """A table of facts: which of its rows are of which type, and what rows say."""

    table: Table
    types: Mapping[EventType, ColumnElement[bool]]
    read: Callable[[Connection, Sequence[int], Collection[Extra]], dict[int, Event]]

    def of(self, types: Collection[EventType]) -> ColumnElement[bool] | None:
        """Return the condition that a row is of one of these types; None where none ever is."""
        wanted = [condition for one, condition in self.types.items() if one in types]
        return or_(*wanted) if wanted else None


def newest(connection: Connection, log: Log) -> int:
    """Return the key of the newest row, 0 before the first."""
    return int(connection.execute(select(func.max(log.table.c.pk))).scalar() or 0)


def news(
    connection: Connection, log: Log, types: Collection[EventType], after: int, many: int
) -> list[int]:
    """Return the keys of up to `many` rows of these types after a key, in their order."""
    wanted = log.of(types)
    if wanted is None:
        return []
    pk = log.table.c.pk
    found = select(pk).where(pk > after, wanted).order_by(pk).limit(many)
    return list(connection.execute(found).scalars())


def news_count(connection: Connection, log: Log, types: Collection[EventType], after: int) -> int:
    """Return how many rows of these types come after a key."""
    wanted = log.of(types)
    if wanted is None:
        return 0
    counted = select(func.count()).select_from(log.table)
    return connection.execute(counted.where(log.table.c.pk > after, wanted)).scalar_one()


def _decisions(
    connection: Connection, pks: Sequence[int], extras: Collection[Extra]
) -> dict[int, Event]:
    beside: list[Any] = [threads.c.id.label("thread_id"), comments.c.source.label("source")]
    if Extra.TEXT in extras:
        beside.append(texts.c.text.label("told_text"))
    statement = decision_rows(*beside).join(threads, threads.c.pk == comments.c.thread_pk)
    rows = connection.execute(statement.where(among(connection, decisions.c.pk, pks)))
    return {
        row.decision_pk: _of_decision(
            decision_of(row), row.thread_id, row.source, row._mapping.get("told_text")
        )
        for row in rows
    }


def _of_decision(decision: Decision, thread_id: str, source: str, text: str | None) -> Event:
    made = decision.verdict is not None
    return Event(
        id=_message(decision.id),
        type=EventType.DECISION_MADE if made else EventType.DECISION_UNDONE,
        at=decision.at,
        data={
            "decision_id": decision.id,
            "comment_id": decision.comment_id,
            "thread_id": thread_id,
            "source": source,
            "verdict": decision.verdict,
            "reasons": list(decision.reasons),
            "undoes": decision.undoes,
            "decided_by": decision.decided_by,
            "via": decision.via,
            "batch": decision.batch,
            "policy": decision.policy,
            "scorer": decision.scorer,
            "text_sha256": decision.text_sha256,
        },
        extras={
            Extra.REVIEWER: decision.reviewer,
            Extra.NOTE: decision.note,
            Extra.TEXT: text,
        },
    )


def _appeals(
    connection: Connection, pks: Sequence[int], _extras: Collection[Extra]
) -> dict[int, Event]:
    about = (appeals.c.pk, appeals.c.text, appeals.c.by, appeals.c.via)
    statement = (
        _about_appeals(*about, appeals.c.received_at, appeals.c.received_by)
        .join(decisions, decisions.c.pk == appeals.c.decision_pk)
        .where(among(connection, appeals.c.pk, pks))
    )
    return {
        row.pk: Event(
            id=_message(f"appeal {row.appeal_id}"),
            type=EventType.APPEAL_RECEIVED,
            at=row.received_at,
            data={**_appealed(row), "by": row.by, "via": row.via},
            extras={Extra.REVIEWER: row.received_by, Extra.NOTE: None, Extra.TEXT: row.text},
        )
        for row in connection.execute(statement)
    }


def _answers(
    connection: Connection, pks: Sequence[int], _extras: Collection[Extra]
) -> dict[int, Event]:
    first = decisions.alias("first")
    statement = (
        _about_appeals(answers.c.pk, answers.c.reply, first.c.verdict.label("first_verdict"))
        .add_columns(decisions.c.verdict, decisions.c.reasons)
        .add_columns(decisions.c.reviewer.label("by"), decisions.c.at)
        .join(answers, answers.c.appeal_pk == appeals.c.pk)
        .join(first, first.c.pk == appeals.c.decision_pk)
        .join(decisions, decisions.c.pk == answers.c.decision_pk)
        .where(among(connection, answers.c.pk, pks))
    )
    return {
        row.pk: _settled(
            row, f"answer {row.decision_id}", outcome_of(row.first_verdict, row.verdict)
        )
        for row in connection.execute(statement)
    }


def _dismissals(
    connection: Connection, pks: Sequence[int], _extras: Collection[Extra]
) -> dict[int, Event]:
    statement = (
        _about_appeals(dismissals, decisions.c.verdict, decisions.c.reasons)
        .join(dismissals, dismissals.c.appeal_pk == appeals.c.pk)
        .join(decisions, decisions.c.pk == appeals.c.decision_pk)
        .where(among(connection, dismissals.c.pk, pks))
    )
    return {
        row.pk: _settled(row, f"dismissal {row.appeal_id}", AppealStatus.DISMISSED)
        for row in connection.execute(statement)
    }


def _about_appeals(*columns: Any) -> Select[Any]:
    """Select these columns beside what every message about an appeal says.

    Whoever asks joins the decision that the message is about.
    """
    return (
        select(*columns, *_ABOUT)
        .select_from(appeals)
        .join(comments, comments.c.pk == appeals.c.comment_pk)
        .join(threads, threads.c.pk == comments.c.thread_pk)
    )


def _settled(row: Row[Any], fact: str, outcome: Outcome | AppealStatus) -> Event:
    """Return the message that an appeal waits no more, of the `fact` that ended it."""
    return Event(
        id=_message(fact),
        type=EventType.APPEAL_SETTLED,
        at=row.at,
        data={
            **_appealed(row),
            "outcome": outcome,
            "verdict": row.verdict,
            "reasons": list(row.reasons),
        },
        extras={Extra.REVIEWER: row.by, Extra.NOTE: row.reply, Extra.TEXT: None},
    )


def _message(fact: str) -> str:
    """Return the id of the message about a fact, by what names that fact for good."""
    return f"msg_{blake2b(fact.encode(), digest_size=16).hexdigest()}"


def _appealed(row: Row[Any]) -> dict[str, object]:
    """Return what every message about an appeal says; its decision is the one they are about."""
    return {column.name: row._mapping[column.name] for column in _ABOUT}


_ABOUT = (
    appeals.c.id.label("appeal_id"),
    appeals.c.external_id.label("external_id"),
    comments.c.id.label("comment_id"),
    threads.c.id.label("thread_id"),
    comments.c.source.label("source"),
    decisions.c.id.label("decision_id"),
)

LOGS: Mapping[str, Log] = MappingProxyType(
    {
        "decision": Log(
            decisions,
            {
                EventType.DECISION_MADE: decisions.c.verdict.is_not(None),
                EventType.DECISION_UNDONE: decisions.c.verdict.is_(None),
            },
            _decisions,
        ),
        "appeal": Log(appeals, {EventType.APPEAL_RECEIVED: true()}, _appeals),
        "appeal_answer": Log(answers, {EventType.APPEAL_SETTLED: true()}, _answers),
        "appeal_dismissal": Log(dismissals, {EventType.APPEAL_SETTLED: true()}, _dismissals),
    }
)
