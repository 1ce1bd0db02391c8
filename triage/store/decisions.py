"""Decisions: an append-only log, and the one in force about each comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, Select, insert, select

from triage.domain.decisions import Decision
from triage.domain.entries import Decided, Logged
from triage.errors import ConflictError, NotFoundError
from triage.store.database import Database
from triage.store.entries import CURRENT, ENTRY, entry_of
from triage.store.rows import among, batched, comment_pk, decision_of, decision_rows, scores_by_text
from triage.store.schema import comments, decisions, standing, texts, threads
from triage.store.standing import judge

__all__ = ["Decisions"]

_CHUNK = 1_000
_LOOK_BACK = 50


class Decisions:
    """The decisions of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, decision: Decision) -> None:
        """Record a decision.

        Raises NotFoundError for an unknown comment (or an unknown decision to undo), and
        ConflictError where the comment was edited since, or the id is taken.
        """
        self.add_many([decision])

    def add_many(self, made: Iterable[Decision]) -> None:
        """Record decisions in the order given: all of them or, where one cannot be, none."""
        with self._database.write() as connection:
            for chunk in batched(made, _CHUNK):
                _append(connection, chunk)

    def undo(self, decision_id: str, by: str, at: datetime, *, via: str = "review") -> Decision:
        """Take a decision (or an undo) back by another row of the log, and return that row.

        Raises NotFoundError for an unknown decision, ConflictError where it is undone already or
        the comment was edited since.
        """
        with self._database.write() as connection:
            row = connection.execute(
                decision_rows().where(decisions.c.id == decision_id)
            ).one_or_none()
            if row is None:
                raise NotFoundError(f"there is no decision {decision_id!r} in this database")
            target = decision_of(row)
            log = _log(connection, row.decision_comment_pk)
            if decision_id in _undone(log):
                raise ConflictError(f"decision {decision_id!r} was undone already")
            undoing = Decision(
                id=uuid4().hex,
                comment_id=target.comment_id,
                text_sha256=target.text_sha256,
                verdict=None,
                reviewer=by,
                at=at,
                via=via,
                undoes=decision_id,
            )
            _append(connection, [undoing])
        return undoing

    def last_of(self, reviewer: str) -> Decision | None:
        """Return a reviewer's newest verdict that can still be undone; None where there is none.

        Verdicts about a text that was edited since are passed over.
        """
        mine = (
            decision_rows()
            .join(standing, standing.c.comment_pk == decisions.c.comment_pk)
            .where(decisions.c.reviewer == reviewer, decisions.c.verdict.is_not(None))
            .where(standing.c.text_pk == decisions.c.text_pk)
            .order_by(decisions.c.pk.desc())
        )
        with self._database.read() as connection:
            for start in range(0, 1 << 30, _LOOK_BACK):
                rows = connection.execute(mine.limit(_LOOK_BACK).offset(start)).all()
                for row in rows:
                    if row.decision_id not in _undone(_log(connection, row.decision_comment_pk)):
                        return decision_of(row)
                if len(rows) < _LOOK_BACK:
                    break
        return None

    def of(self, comment_id: str) -> list[Decision]:
        """Return the log of one comment, oldest first, all its texts; raise NotFoundError."""
        with self._database.read() as connection:
            return _log(connection, comment_pk(connection, comment_id))

    def log(self) -> Iterator[Logged]:
        """Yield every decision ever made, oldest first, without holding them in memory."""
        statement = decision_rows(threads.c.id.label("thread_id"), texts.c.text)
        statement = statement.join(threads, threads.c.pk == comments.c.thread_pk)
        for row in self._database.stream(statement.order_by(decisions.c.pk)):
            yield Logged(decision_of(row), row.thread_id, row.text)

    def current(self) -> Iterator[Decided]:
        """Yield the decisions in force about current texts, oldest first, in bounded memory."""
        for rows in batched(self._database.stream(_in_force()), _CHUNK):
            with self._database.read() as connection:
                by_text = scores_by_text(connection, {row.text_pk for row in rows})
            for row in rows:
                by_scorer = {
                    f"{key}@{version}": scores
                    for (key, version), scores in by_text.get(row.text_pk, {}).items()
                }
                yield Decided(decision_of(row), entry_of(row), by_scorer)


def _append(connection: Connection, made: list[Decision]) -> None:
    current = _current_texts(connection, {decision.comment_id for decision in made})
    targets = _targets(connection, made)
    rows: list[dict[str, object]] = []
    for decision in made:
        if decision.comment_id not in current:
            raise NotFoundError(f"there is no comment {decision.comment_id!r} in this database")
        now = current[decision.comment_id]
        if decision.text_sha256 != now.sha256:
            raise ConflictError(
                f"comment {decision.comment_id!r} was edited meanwhile; "
                "read its new text before deciding"
            )
        rows.append(_row(decision, now, targets))
    connection.execute(insert(decisions), rows)
    judge(connection, [now.comment_pk for now in current.values()])


def _row(
    decision: Decision, now: Row[Any], targets: Mapping[str, tuple[int, int]]
) -> dict[str, object]:
    undoes = None
    if decision.undoes is not None:
        undoes, about = targets.get(decision.undoes, (None, None))
        if about != now.comment_pk:
            raise NotFoundError(
                f"there is no decision {decision.undoes!r} about comment {decision.comment_id!r}"
            )
    return {
        "id": decision.id,
        "comment_pk": now.comment_pk,
        "text_pk": now.text_pk,
        "verdict": None if decision.verdict is None else decision.verdict.value,
        "reviewer": decision.reviewer,
        "at": decision.at,
        "reasons": list(decision.reasons),
        "note": decision.note,
        "decided_by": decision.decided_by.value,
        "policy": decision.policy,
        "scorer": decision.scorer,
        "score_visible": decision.score_visible,
        "seconds_spent": decision.seconds_spent,
        "via": decision.via,
        "undoes_pk": undoes,
    }


def _current_texts(connection: Connection, ids: Iterable[str]) -> dict[str, Row[Any]]:
    statement = (
        select(comments.c.id, standing.c.comment_pk, standing.c.text_pk, texts.c.sha256)
        .select_from(standing)
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(among(connection, comments.c.id, ids))
    )
    rows: list[Row[Any]] = list(connection.execute(statement))
    return {row.id: row for row in rows}


def _targets(connection: Connection, made: list[Decision]) -> dict[str, tuple[int, int]]:
    """Return the stored decisions that these name; raise ConflictError where an id is taken."""
    own = [decision.id for decision in made]
    named = [decision.undoes for decision in made if decision.undoes is not None]
    statement = select(decisions.c.id, decisions.c.pk, decisions.c.comment_pk).where(
        among(connection, decisions.c.id, [*own, *named])
    )
    found = {row.id: (int(row.pk), int(row.comment_pk)) for row in connection.execute(statement)}
    taken = next((name for name, times in Counter(own).items() if times > 1 or name in found), None)
    if taken is not None:
        raise ConflictError(f"a decision {taken!r} is recorded already")
    return found


def _log(connection: Connection, pk: int) -> list[Decision]:
    statement = decision_rows().where(decisions.c.comment_pk == pk).order_by(decisions.c.pk)
    return [decision_of(row) for row in connection.execute(statement)]


def _undone(log: list[Decision]) -> set[str]:
    """Return the decisions taken back by an undo that itself stands (see `current_decision`)."""
    undone: set[str] = set()
    for decision in reversed(log):
        if decision.undoes is not None and decision.id not in undone:
            undone.add(decision.undoes)
    return undone


def _in_force() -> Select[Any]:
    return (
        decision_rows(*ENTRY, *CURRENT)
        .join(standing, standing.c.decision_pk == decisions.c.pk)
        .join(threads, threads.c.pk == standing.c.thread_pk)
        .order_by(decisions.c.pk)
    )
