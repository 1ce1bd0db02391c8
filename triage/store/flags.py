"""Flags: marks by people that ask for a review."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, select

from triage.domain.decisions import Flag
from triage.errors import NotFoundError
from triage.store.database import Database
from triage.store.rows import among, batched, comment_pk, flag_of, flag_rows
from triage.store.schema import comments, decisions, flags
from triage.store.standing import judge, now, refresh

__all__ = ["Flags"]

_CHUNK = 1_000


class Flags:
    """The flags of a store. What a policy flags is no row here: it follows from the scores."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, flag: Flag) -> None:
        """Record a flag or its withdrawal; see `add_many`."""
        self.add_many([flag])

    def add_many(self, made: Iterable[Flag]) -> None:
        """Record flags and withdrawals in the order given: all of them or none.

        Each person's last word counts. A flag on a decided comment puts it back into the queue
        until it is decided again or the flag is withdrawn. Raises NotFoundError for an unknown
        comment.
        """
        with self._database.write() as connection:
            for chunk in batched(made, _CHUNK):
                _append(connection, chunk)

    def of(self, comment_id: str) -> list[Flag]:
        """Return a comment's flags, oldest first, withdrawals too; raise NotFoundError."""
        with self._database.read() as connection:
            pk = comment_pk(connection, comment_id)
            rows = flag_rows().where(flags.c.comment_pk == pk).order_by(flags.c.pk)
            return [flag_of(row) for row in connection.execute(rows)]


def _append(connection: Connection, made: list[Flag]) -> None:
    ids = {flag.comment_id for flag in made}
    found = select(comments.c.id, comments.c.pk).where(among(connection, comments.c.id, ids))
    pks = {row.id: int(row.pk) for row in connection.execute(found)}
    newest = connection.execute(select(func.max(decisions.c.pk))).scalar()
    rows: list[dict[str, object]] = []
    for flag in made:
        if flag.comment_id not in pks:
            raise NotFoundError(f"there is no comment {flag.comment_id!r} in this database")
        row: dict[str, object] = {
            "comment_pk": pks[flag.comment_id],
            "source": flag.source.value,
            "by": flag.by,
            "at": flag.at,
            "raised": flag.raised,
            "note": flag.note,
            "after_pk": newest,
        }
        rows.append(row)
    connection.execute(insert(flags), rows)
    judge(connection, list(pks.values()))
    refresh(connection, among(connection, now.c.comment_pk, pks.values()))
