"""Appeals as rows: those about some comments, what answered them, and who may not answer.

Below the read model and the log, which both ask here; the noun itself is `triage.store.appeals`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, insert, or_, select

from triage.domain.appeals import (
    FINAL,
    Answer,
    Appeal,
    AppealedBy,
    AppealVia,
    Dismissal,
    decided_before,
    open_appeal,
)
from triage.domain.decisions import Decision, Verdict
from triage.errors import ConflictError, UsageError
from triage.store.rows import among
from triage.store.schema import answers, appeals, comments, decisions, dismissals, standing

__all__ = [
    "APPEAL_ID",
    "Facts",
    "appeal_of",
    "appeal_rows",
    "check_answer",
    "facts_about",
    "kept_from",
    "may_be_handed",
    "open_among",
    "record_answer",
    "said",
]

_undoing = decisions.alias("undoing")
said = decisions.alias("said")
"""A decision about a comment, in `kept_from`."""

APPEAL_ID = (
    select(appeals.c.id)
    .where(appeals.c.pk == standing.c.appeal_pk)
    .scalar_subquery()
    .label("appeal_id")
)
"""The id of the appeal that waits, in a query of `standing`."""


class Facts(NamedTuple):
    """The appeals about one comment in their order, their keys by id, and what ended them."""

    appeals: list[Appeal]
    keys: dict[str, int]
    answers: list[Answer]
    dismissals: list[Dismissal]


def appeal_rows() -> Select[Any]:
    """Return the query whose rows `appeal_of` reads."""
    return (
        select(
            appeals,
            comments.c.id.label("about_id"),
            decisions.c.id.label("decision_id"),
        )
        .join(comments, comments.c.pk == appeals.c.comment_pk)
        .join(decisions, decisions.c.pk == appeals.c.decision_pk)
    )


def appeal_of(row: Row[Any]) -> Appeal:
    """Return the appeal in a row of `appeal_rows`."""
    return Appeal(
        id=row.id,
        comment_id=row.about_id,
        decision_id=row.decision_id,
        text=row.text,
        received_at=row.received_at,
        received_by=row.received_by,
        by=AppealedBy(row.by),
        via=AppealVia(row.via),
        external_id=row.external_id,
    )


def facts_about(connection: Connection, comment_pks: Iterable[int]) -> dict[int, Facts]:
    """Return comment key -> its appeals and answers, for those that anybody ever appealed."""
    about = appeal_rows().where(among(connection, appeals.c.comment_pk, comment_pks))
    found: dict[int, Facts] = {}
    for row in connection.execute(about.order_by(appeals.c.pk)):
        facts = found.setdefault(row.comment_pk, Facts([], {}, [], []))
        facts.appeals.append(appeal_of(row))
        facts.keys[row.id] = int(row.pk)
    if not found:
        return found
    given = (
        select(answers.c.reply, appeals.c.comment_pk, appeals.c.id.label("appeal_id"))
        .add_columns(decisions.c.id.label("decision_id"))
        .join(appeals, appeals.c.pk == answers.c.appeal_pk)
        .join(decisions, decisions.c.pk == answers.c.decision_pk)
        .where(among(connection, appeals.c.comment_pk, found))
        .order_by(answers.c.pk)
    )
    for row in connection.execute(given):
        answer = Answer(row.appeal_id, row.decision_id, row.reply)
        found[row.comment_pk].answers.append(answer)
    ended = (
        select(dismissals, appeals.c.comment_pk, appeals.c.id.label("appeal_id"))
        .join(appeals, appeals.c.pk == dismissals.c.appeal_pk)
        .where(among(connection, appeals.c.comment_pk, found))
    )
    for row in connection.execute(ended):
        dismissal = Dismissal(row.appeal_id, row.by, row.at, row.why, row.reply)
        found[row.comment_pk].dismissals.append(dismissal)
    return found


def open_among(
    connection: Connection, logs: Mapping[int, Sequence[Decision]]
) -> dict[int, int | None]:
    """Return comment key -> key of the appeal that waits, for those with appeals; None for none.

    `logs` has the decisions about each comment's present text.
    """
    found: dict[int, int | None] = {}
    for comment_pk, facts in facts_about(connection, logs).items():
        waiting = open_appeal(facts.appeals, facts.answers, logs[comment_pk], facts.dismissals)
        found[comment_pk] = None if waiting is None else facts.keys[waiting.id]
    return found


def may_be_handed(reviewer: str, *, own: bool) -> ColumnElement[bool]:
    """Return the condition that the comment of a row of `standing` is no appeal to keep from one.

    That is an appeal about a text that this reviewer has decided, unless `own` ones are theirs to
    decide, or has escalated since the decision appealed against: it was passed on to others.
    """
    mine = kept_from(own=own).where(said.c.reviewer == reviewer)
    return or_(standing.c.appeal_pk.is_(None), ~mine.exists())


def kept_from(*, own: bool) -> Select[Any]:
    """Select the decisions, as `said`, that keep who made them from the appeal of a row's comment.

    The row is of `standing`, in the query around it.
    """
    against = select(appeals.c.decision_pk).where(appeals.c.pk == standing.c.appeal_pk)
    since = said.c.pk > against.scalar_subquery()
    passed_on = and_(said.c.verdict == Verdict.ESCALATE.value, since)
    decided = said.c.verdict.in_([one.value for one in FINAL])
    undone = exists().where(_undoing.c.undoes_pk == said.c.pk)
    return (
        select(said.c.pk)
        .where(said.c.comment_pk == standing.c.comment_pk)
        .where(said.c.text_pk == standing.c.text_pk)
        .where(passed_on if own else or_(decided, passed_on), ~undone)
        .correlate(standing)
    )


def check_answer(decision: Decision, log: Iterable[Decision], *, own: bool) -> None:
    """Check that a decision may answer an appeal, given the log of its comment.

    Raises ConflictError for one of several comments at once, and for one that is made elsewhere
    than in Review, which alone shows the appeal. Raises UsageError for whoever decided this text
    before, unless `own` ones may be.
    """
    name = decision.comment_id
    if decision.batch is not None or decision.via != "review":
        raise ConflictError(
            f"comment {name!r} is appealed, and an appeal is read before it is decided: open it in "
            "Review"
        )
    if not own and decided_before(log, decision.text_sha256, decision.reviewer):
        raise UsageError(
            f"{decision.reviewer} decided comment {name!r} the first time, so the appeal is for "
            "somebody else’s eyes: leave it to another reviewer. Where nobody else reviews, "
            "TRIAGE_OWN_APPEALS=1 lets one person do both"
        )


def record_answer(connection: Connection, appeal_pk: int, answer: Answer) -> None:
    """Keep that a decision, which is stored already, answers an appeal."""
    made = select(decisions.c.pk).where(decisions.c.id == answer.decision_id)
    decision_pk = connection.execute(made).scalar_one()
    row = {"appeal_pk": appeal_pk, "decision_pk": decision_pk, "reply": answer.reply}
    connection.execute(insert(answers).values(row))
