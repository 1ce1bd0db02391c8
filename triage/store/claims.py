"""Claims: which reviewer has which comment on the screen, one row per comment.

A claim ends by itself at its `until`; what has ended counts for nothing, and is swept away when
the next one is made. There is one writer at a time (`triage.store.database`), so that what is
found free is still free when it writes, on both engines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
)

from triage.domain.claims import Claim
from triage.store.database import Database
from triage.store.rows import among, comment_pk
from triage.store.schema import claims, comments, standing, threads

__all__ = ["Claims", "held_by_others", "let_go"]


class Claims:
    """The claims of a store. `at` is always now, by the clock of whoever asks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, comment_id: str, at: datetime) -> Claim | None:
        """Return the claim on a comment; None where it is free."""
        with self._database.read() as connection:
            return _of(connection, comment_id, at)

    def standing(self, at: datetime) -> list[Claim]:
        """Return who has what, the latest to end first."""
        statement = _rows().where(claims.c.until > at).order_by(claims.c.until.desc())
        with self._database.read() as connection:
            return [_claim(row) for row in connection.execute(statement)]

    def take(self, comment_id: str, reviewer: str, at: datetime, until: datetime) -> Claim:
        """Claim a comment, or go on holding it, until a moment; return the claim on it now.

        That is another reviewer's where somebody was faster: nothing is taken from anybody. Raises
        NotFoundError for an unknown comment.
        """
        with self._database.write() as connection:
            pk = comment_pk(connection, comment_id)
            found = _of(connection, comment_id, at)
            if found is None or found.reviewer == reviewer:
                _begin(connection, pk, reviewer, at, until)
                found = _of(connection, comment_id, at)
            assert found is not None  # noqa: S101 - it has just begun
            return found

    def first(
        self,
        comment_ids: Sequence[str],
        reviewer: str,
        at: datetime,
        until: datetime,
        *,
        pending: bool = False,
    ) -> str | None:
        """Claim the first of some comments that nobody else has, until a moment; return its id.

        With `pending`, only one that still asks for a decision. None where others were faster with
        all of them. Unknown ones are passed over.
        """
        with self._database.write() as connection:
            free = (
                select(comments.c.id, comments.c.pk)
                .join(standing, standing.c.comment_pk == comments.c.pk)
                .where(among(connection, comments.c.id, comment_ids))
                .where(~held_by_others(reviewer, at))
            )
            if pending:
                free = free.where(standing.c.pending)
            pks = {row.id: row.pk for row in connection.execute(free)}
            found = next((one for one in comment_ids if one in pks), None)
            if found is not None:
                _begin(connection, pks[found], reviewer, at, until)
            return found

    def release(self, comment_ids: Iterable[str], reviewer: str) -> None:
        """Let go of what this reviewer holds of these comments; what is not held is passed over."""
        with self._database.write() as connection:
            own = select(comments.c.pk).where(among(connection, comments.c.id, comment_ids))
            connection.execute(
                delete(claims).where(claims.c.comment_pk.in_(own), claims.c.reviewer == reviewer)
            )


def held_by_others(reviewer: str, at: datetime) -> ColumnElement[bool]:
    """Return the condition that somebody else has the comment of a row of `standing`."""
    return exists().where(
        claims.c.comment_pk == standing.c.comment_pk,
        claims.c.reviewer != reviewer,
        claims.c.until > at,
    )


def let_go(connection: Connection, comment_pks: Iterable[int], reviewer: str | None = None) -> None:
    """End the claims on comments, everybody's or one reviewer's, within a transaction."""
    ended = delete(claims).where(among(connection, claims.c.comment_pk, comment_pks))
    if reviewer is not None:
        ended = ended.where(claims.c.reviewer == reviewer)
    connection.execute(ended)


def _begin(
    connection: Connection, comment_pk: int, reviewer: str, at: datetime, until: datetime
) -> None:
    """Write a claim down, in place of this reviewer's own and of what has ended."""
    own = claims.c.comment_pk == comment_pk, claims.c.reviewer == reviewer
    connection.execute(delete(claims).where(or_(claims.c.until <= at, and_(*own))))
    row = {"comment_pk": comment_pk, "reviewer": reviewer, "until": until}
    connection.execute(insert(claims).values(row))


def _rows() -> Select[Any]:
    return (
        select(comments.c.id, claims.c.reviewer, claims.c.until)
        .add_columns(threads.c.title, threads.c.id.label("thread_id"))
        .select_from(claims)
        .join(comments, comments.c.pk == claims.c.comment_pk)
        .join(threads, threads.c.pk == comments.c.thread_pk)
    )


def _of(connection: Connection, comment_id: str, at: datetime) -> Claim | None:
    statement = _rows().where(comments.c.id == comment_id, claims.c.until > at)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _claim(row)


def _claim(row: Row[Any]) -> Claim:
    return Claim(row.id, row.reviewer, row.until, row.title or row.thread_id)
