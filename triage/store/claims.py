"""Claims: which reviewer has which comment on the screen, one row per comment.

A claim ends by itself at its `until`; what has ended counts for nothing, and is swept away when
the next one is made. There is one writer at a time (`triage.store.database`), so that what `take`
finds free is still free when it writes, on both engines.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, exists, insert, select

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

    def take(
        self,
        comment_id: str,
        reviewer: str,
        at: datetime,
        until: datetime,
        *,
        pending: bool = False,
    ) -> Claim | None:
        """Claim a comment, or go on holding it, until a moment; return the claim on it now.

        That is another reviewer's where somebody was faster: nothing is taken from anybody. With
        `pending`, None where the comment does not ask for a decision any more. Raises
        NotFoundError for an unknown comment.
        """
        with self._database.write() as connection:
            pk = comment_pk(connection, comment_id)
            asks = select(standing.c.pending).where(standing.c.comment_pk == pk)
            if pending and not connection.execute(asks).scalar():
                return None
            connection.execute(delete(claims).where(claims.c.until <= at))
            mine = claims.c.comment_pk == pk, claims.c.reviewer == reviewer
            connection.execute(delete(claims).where(*mine))
            other = _of(connection, comment_id, at)
            if other is not None:
                return other
            row = {"comment_pk": pk, "reviewer": reviewer, "until": until}
            connection.execute(insert(claims).values(row))
            return _of(connection, comment_id, at)

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
