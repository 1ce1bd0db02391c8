"""Skips: what reviewers put off, each a row that stays, and the copies that were put off with it.

A copy's row names the row of what was read; together they are one act. What was taken back keeps
its rows, with the moment: somebody read that comment all the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update

from triage.domain.entries import PutOff, Seen, Skip
from triage.store.claims import let_go
from triage.store.database import Database
from triage.store.rows import among, comment_pk
from triage.store.schema import comments, skips, standing, texts

__all__ = ["Skips", "put_off", "put_off_by"]

_along = skips.alias("along")


class Skips:
    """What reviewers put off."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, comment_id: str, reviewer: str, at: datetime, copies: Iterable[Seen] = ()
    ) -> None:
        """Put a comment at the end of one reviewer's queue, and end that one's claim on it.

        `copies` come behind it, less those that have another text by now. Ask the queue for the
        next one first: afterwards the comment's place is the end. Raises NotFoundError.
        """
        told = {one.comment_id: one.text_sha256 for one in copies}
        with self._database.write() as connection:
            pk = comment_pk(connection, comment_id)
            values = {"reviewer": reviewer, "at": at}
            made = connection.execute(insert(skips).values(comment_pk=pk, **values))
            of = made.inserted_primary_key
            current = (
                select(comments.c.pk, comments.c.id, texts.c.sha256)
                .join(standing, standing.c.comment_pk == comments.c.pk)
                .join(texts, texts.c.pk == standing.c.text_pk)
                .where(among(connection, comments.c.id, told), comments.c.pk != pk)
                .order_by(comments.c.pk)
            )
            rows = [
                {"comment_pk": row.pk, "along_pk": of[0] if of else None, **values}
                for row in connection.execute(current)
                if told[row.id] == row.sha256
            ]
            if rows:
                connection.execute(insert(skips), rows)
            let_go(connection, [pk], reviewer)

    def recent(self, reviewer: str, limit: int = 10) -> list[PutOff]:
        """Return what a reviewer put off last and did not take back, newest first."""
        copies = select(func.count()).where(_along.c.along_pk == skips.c.pk).scalar_subquery()
        mine = (
            select(skips.c.pk, skips.c.at, comments.c.id, texts.c.text, copies.label("copies"))
            .join(comments, comments.c.pk == skips.c.comment_pk)
            .join(standing, standing.c.comment_pk == comments.c.pk)
            .join(texts, texts.c.pk == standing.c.text_pk)
            .where(skips.c.reviewer == reviewer, skips.c.along_pk.is_(None))
            .where(skips.c.taken_back_at.is_(None))
            .order_by(skips.c.pk.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [
                PutOff(Skip(str(row.pk), row.id, reviewer, row.at), row.text, row.copies + 1)
                for row in connection.execute(mine)
            ]

    def take_back(self, skip: Skip, at: datetime) -> int:
        """Give what was put off at once its places again; return how many comments that is.

        0 where it was taken back already.
        """
        key = int(skip.id)
        act = or_(skips.c.pk == key, skips.c.along_pk == key)
        mine = and_(act, skips.c.reviewer == skip.reviewer, skips.c.taken_back_at.is_(None))
        with self._database.write() as connection:
            return connection.execute(update(skips).where(mine).values(taken_back_at=at)).rowcount


def put_off_by(reviewer: str) -> ColumnElement[bool]:
    """Return the condition that a row of `skip` is one by a reviewer, and stands."""
    return and_(skips.c.reviewer == reviewer, skips.c.taken_back_at.is_(None))


def put_off(reviewer: str) -> ColumnElement[bool]:
    """Return the condition that a reviewer put the comment of a row of `standing` off."""
    return exists().where(skips.c.comment_pk == standing.c.comment_pk, put_off_by(reviewer))
