"""Flags: marks by people that ask for a review."""

from __future__ import annotations

from sqlalchemy import insert, select

from triage.domain.decisions import Flag, FlagSource
from triage.store.database import Database
from triage.store.rows import comment_pk
from triage.store.schema import flags
from triage.store.standing import ask, now, refresh

__all__ = ["Flags"]


class Flags:
    """The flags of a store. What a policy flags is no row here: it follows from the scores."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, flag: Flag) -> None:
        """Record a flag or its withdrawal; each person's last word counts.

        Raises NotFoundError for an unknown comment.
        """
        with self._database.write() as connection:
            pk = comment_pk(connection, flag.comment_id)
            row = {
                "comment_pk": pk,
                "source": flag.source.value,
                "by": flag.by,
                "at": flag.at,
                "raised": flag.raised,
                "note": flag.note,
            }
            connection.execute(insert(flags).values(row))
            ask(connection, [pk])
            refresh(connection, now.c.comment_pk == pk)

    def of(self, comment_id: str) -> list[Flag]:
        """Return a comment's flags, oldest first, withdrawals too; raise NotFoundError."""
        with self._database.read() as connection:
            pk = comment_pk(connection, comment_id)
            rows = connection.execute(
                select(flags).where(flags.c.comment_pk == pk).order_by(flags.c.pk)
            )
            return [
                Flag(comment_id, FlagSource(row.source), row.by, row.at, row.raised, row.note)
                for row in rows
            ]
