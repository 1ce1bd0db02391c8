"""Appeals: taken in against decisions in force, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, distinct, func, insert, select

from triage.domain.appeals import FINAL, Appeal, Appealed, Dismissal, settled
from triage.domain.decisions import DecidedBy, Decision, Verdict
from triage.domain.entries import AppealRecord
from triage.errors import ConflictError, NotFoundError, UsageError
from triage.store.answers import appeal_of, appeal_rows, facts_about, kept_from, said
from triage.store.browsing import LOGGED, BrowseFilter, check, conditions
from triage.store.database import Database
from triage.store.rows import (
    among,
    batched,
    comment_pk,
    decision_of,
    decision_rows,
    readable_pk,
    scores_by_text,
)
from triage.store.schema import appeals, comments, decisions, dismissals, standing, texts, threads
from triage.store.standing import judge

__all__ = ["Appeals"]

_CHUNK = 500


class Appeals:
    """The appeals of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, appeal: Appeal) -> Appeal:
        """Take an appeal in, so that its comment waits for another reviewer; return it.

        What came with the same external id from the same sender is the same appeal, and returned as
        it is kept. Raises NotFoundError for an unknown comment, UsageError where the decision in
        force is none that could be appealed against, ConflictError where that is not the decision
        named, it was appealed against before, the external id is another appeal's, or the comment
        was erased.
        """
        with self._database.write() as connection:
            known = _same(connection, appeal.received_by, appeal.external_id)
            if known is not None:
                return _once(known, appeal.comment_id)
            pk = readable_pk(connection, appeal.comment_id)
            row = {
                "id": appeal.id,
                "comment_pk": pk,
                "decision_pk": _appealable(connection, pk, appeal),
                "text": appeal.text,
                "by": appeal.by.value,
                "via": appeal.via.value,
                "received_at": appeal.received_at,
                "received_by": appeal.received_by,
                "external_id": appeal.external_id,
            }
            connection.execute(insert(appeals).values(row))
            judge(connection, [pk])
        return appeal

    def dismiss(self, ended: Sequence[Dismissal]) -> None:
        """End appeals that wait without a second look, all or none; the decisions stand.

        Raises NotFoundError for an unknown one, ConflictError for one that does not wait.
        """
        with self._database.write() as connection:
            for one in ended:
                row = connection.execute(
                    select(appeals.c.pk, appeals.c.comment_pk, standing.c.appeal_pk)
                    .join(standing, standing.c.comment_pk == appeals.c.comment_pk)
                    .where(appeals.c.id == one.appeal_id)
                ).one_or_none()
                if row is None:
                    raise NotFoundError(f"there is no appeal {one.appeal_id!r} in this database")
                if row.appeal_pk != row.pk:
                    raise ConflictError(
                        f"appeal {one.appeal_id!r} does not wait (any more): triage appeal list"
                    )
                said_of_it = {"by": one.by, "at": one.at, "why": one.why, "reply": one.reply}
                connection.execute(insert(dismissals).values(appeal_pk=row.pk, **said_of_it))
                judge(connection, [row.comment_pk])

    def sent(self, received_by: str, external_id: str, comment_id: str) -> Appeal | None:
        """Return what came in about a comment under a sender's own id; None where nothing did.

        Raises ConflictError where that id is of an appeal about another comment.
        """
        with self._database.read() as connection:
            known = _same(connection, received_by, external_id)
        return None if known is None else _once(known, comment_id)

    def get(self, appeal_id: str) -> Appealed:
        """Return an appeal and what became of it; raise NotFoundError for an unknown one."""
        with self._database.read() as connection:
            row = connection.execute(appeal_rows().where(appeals.c.id == appeal_id)).one_or_none()
            if row is None:
                raise NotFoundError(f"there is no appeal {appeal_id!r} in this database")
            found = _settled(connection, [row.comment_pk])
        return next(one for one in found if one.appeal.id == appeal_id)

    def of(self, comment_id: str) -> list[Appealed]:
        """Return the appeals about one comment, oldest first; raise NotFoundError."""
        with self._database.read() as connection:
            return _settled(connection, [comment_pk(connection, comment_id)])

    def waiting(self) -> int:
        """Return how many appeals wait for an answer."""
        count = select(func.count()).where(standing.c.appeal_pk.is_not(None))
        with self._database.read() as connection:
            return int(connection.execute(count).scalar_one())

    def unanswerable(self, *, own: bool = False) -> int:
        """Return how many of those that wait none of the known reviewers may answer.

        Known is whoever decided anything; with `own` nobody is kept from their own decisions.
        """
        person = decisions.c.decided_by == DecidedBy.PERSON.value
        known = select(func.count(distinct(decisions.c.reviewer))).where(person).scalar_subquery()
        kept = kept_from(own=own).where(said.c.decided_by == DecidedBy.PERSON.value)
        many = kept.with_only_columns(func.count(distinct(said.c.reviewer))).scalar_subquery()
        count = select(func.count()).where(standing.c.appeal_pk.is_not(None), many >= known)
        with self._database.read() as connection:
            return int(connection.execute(count).scalar_one())

    def records(
        self, wanted: BrowseFilter | None = None, *, only_open: bool = False
    ) -> Iterator[AppealRecord]:
        """Yield every appeal with its comment's text and scores then, by comment, oldest first.

        In bounded memory; `only_open` keeps those that wait for an answer. Of a filter, verdict,
        reason, reviewer and time are those of the decision appealed against, as in a log. Raises
        UsageError for a pattern that cannot be used.
        """
        within = check(wanted, sqlite=self._database.is_sqlite)
        chosen = (
            select(appeals.c.id, appeals.c.comment_pk)
            .join(decisions, decisions.c.pk == appeals.c.decision_pk)
            .join(comments, comments.c.pk == appeals.c.comment_pk)
            .join(texts, texts.c.pk == decisions.c.text_pk)
            .join(standing, standing.c.comment_pk == appeals.c.comment_pk)
            .where(*conditions(wanted, LOGGED))
            .order_by(appeals.c.pk)
        )
        if only_open:
            chosen = chosen.where(standing.c.appeal_pk == appeals.c.pk)
        with self._database.read(within) as connection:
            rows = connection.execute(chosen).all()
            ids = {row.id for row in rows}
            for some in batched(dict.fromkeys(row.comment_pk for row in rows), _CHUNK):
                yield from (
                    one for one in _recorded(connection, some) if one.appealed.appeal.id in ids
                )


def _same(connection: Connection, received_by: str, external_id: str | None) -> Appeal | None:
    """Return what the same sender sent under the same id; None where there is none."""
    if external_id is None:
        return None
    sent = appeal_rows().where(
        appeals.c.received_by == received_by, appeals.c.external_id == external_id
    )
    row = connection.execute(sent).one_or_none()
    return None if row is None else appeal_of(row)


def _once(known: Appeal, comment_id: str) -> Appeal:
    if known.comment_id != comment_id:
        raise ConflictError(
            f"an appeal {known.external_id!r} is kept already, about comment "
            f"{known.comment_id!r}; give each appeal its own id"
        )
    return known


def _appealable(connection: Connection, pk: int, appeal: Appeal) -> int:
    """Return the key of the decision that an appeal is against, if it may be."""
    name = appeal.comment_id
    row = connection.execute(
        select(standing.c.appeal_pk, standing.c.decision_pk, standing.c.verdict)
        .add_columns(decisions.c.id)
        .outerjoin(decisions, decisions.c.pk == standing.c.decision_pk)
        .where(standing.c.comment_pk == pk)
    ).one()
    before = select(appeals.c.pk).where(appeals.c.decision_pk == row.decision_pk)
    if row.appeal_pk is not None:
        raise ConflictError(
            f"an appeal about comment {name!r} waits for its answer already; one at a time"
        )
    if appeal.decision_id != row.id:
        raise ConflictError(
            f"decision {appeal.decision_id!r} is not the one in force about comment {name!r} (any "
            "more); appeal against the one that is"
        )
    if Verdict(row.verdict) not in FINAL:
        raise UsageError(
            f"comment {name!r} is escalated and not decided yet; appeal once it is approved or "
            "rejected"
        )
    if connection.execute(before).first() is not None:
        raise ConflictError(
            f"the decision about comment {name!r} was appealed against before; there is one appeal "
            "against each decision"
        )
    return int(row.decision_pk)


def _settled(connection: Connection, comment_pks: list[int]) -> list[Appealed]:
    """Return what became of the appeals about some comments, by comment, oldest first."""
    found = facts_about(connection, comment_pks)
    logs: dict[int, list[Decision]] = {}
    statement = decision_rows().where(among(connection, decisions.c.comment_pk, found))
    for row in connection.execute(statement.order_by(decisions.c.pk)):
        logs.setdefault(row.decision_comment_pk, []).append(decision_of(row))
    present = (
        select(standing.c.comment_pk, texts.c.sha256)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(among(connection, standing.c.comment_pk, found))
    )
    digests = {row.comment_pk: row.sha256 for row in connection.execute(present)}
    return [
        settled(appeal, facts.answers, logs[pk], digests[pk], facts.dismissals)
        for pk, facts in found.items()
        for appeal in facts.appeals
    ]


def _recorded(connection: Connection, comment_pks: list[int]) -> list[AppealRecord]:
    """Return the appeals about some comments with what was decided upon the first time."""
    found = _settled(connection, comment_pks)
    ids = {one.first.id for one in found}
    about = (
        select(decisions.c.id, decisions.c.text_pk, texts.c.text)
        .add_columns(threads.c.id.label("thread_id"))
        .join(texts, texts.c.pk == decisions.c.text_pk)
        .join(comments, comments.c.pk == decisions.c.comment_pk)
        .join(threads, threads.c.pk == comments.c.thread_pk)
        .where(among(connection, decisions.c.id, ids))
    )
    told = {row.id: row for row in connection.execute(about)}
    by_text = scores_by_text(connection, {row.text_pk for row in told.values()})
    return [
        AppealRecord(
            one,
            thread_id=told[one.first.id].thread_id,
            text=told[one.first.id].text,
            by_scorer={
                f"{key}@{version}": scores
                for (key, version), scores in by_text.get(told[one.first.id].text_pk, {}).items()
            },
        )
        for one in found
    ]
