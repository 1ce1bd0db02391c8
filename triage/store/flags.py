"""Flags: marks by people that ask for a review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from triage.domain.decisions import Flag, FlagSource
from triage.errors import NotFoundError
from triage.store.database import Database
from triage.store.rows import among, batched, comment_pk, flag_of, flag_rows, was_erased
from triage.store.schema import comments, decisions, flags, standing
from triage.store.spreading import spread, spread_by_chance
from triage.store.standing import judge, now, refresh

__all__ = ["READERS", "Flags", "report"]

READERS = "readers"
"""In whose name the flags stand that a source counts without telling who raised them."""

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
        comment, ConflictError for an erased one.
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


def report(connection: Connection, counts: Mapping[int, int], at: datetime) -> None:
    """Keep what a source counts: comment key -> how many of its readers objected.

    More than were known is another flag, so that a comment decided before asks again; as many or
    fewer change nothing, so that an import may be repeated; none at all withdraws the flag.
    """
    mine = (flags.c.source == FlagSource.READER.value, flags.c.by == READERS)
    before = (
        select(flags.c.comment_pk, flags.c.raised, flags.c.note)
        .where(among(connection, flags.c.comment_pk, counts), *mine)
        .order_by(flags.c.pk)
    )
    known = {pk: _counted(raised, note) for pk, raised, note in connection.execute(before)}
    news = {
        pk: count
        for pk, count in counts.items()
        if count > known.get(pk, 0) or (count == 0 and known.get(pk, 0))
    }
    rows: list[dict[str, object]] = [
        {
            "comment_pk": pk,
            "source": FlagSource.READER.value,
            "by": READERS,
            "at": at,
            "raised": count > 0,
            "note": f"{count} report{'' if count == 1 else 's'}",
        }
        for pk, count in news.items()
    ]
    if rows:
        _insert(connection, rows)


def _counted(raised: bool, note: str) -> int:
    """Return how many reports a flag in the name of readers stands for."""
    number = note.partition(" ")[0]
    return int(number) if raised and number.isdecimal() else int(raised)


def _append(connection: Connection, made: list[Flag]) -> None:
    ids = {flag.comment_id for flag in made}
    found = select(comments.c.id, comments.c.pk, comments.c.erased_at)
    known = {
        row.id: row
        for row in connection.execute(found.where(among(connection, comments.c.id, ids)))
    }
    rows: list[dict[str, object]] = []
    for flag in made:
        if flag.comment_id not in known:
            raise NotFoundError(f"there is no comment {flag.comment_id!r} in this database")
        about = known[flag.comment_id]
        if about.erased_at is not None:
            raise was_erased(flag.comment_id)
        row: dict[str, object] = {
            "comment_pk": about.pk,
            "source": flag.source.value,
            "by": flag.by,
            "at": flag.at,
            "raised": flag.raised,
            "note": flag.note,
        }
        rows.append(row)
    _insert(connection, rows)


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    newest = connection.execute(select(func.max(decisions.c.pk))).scalar()
    connection.execute(insert(flags), [row | {"after_pk": newest} for row in rows])
    pks = list(dict.fromkeys(row["comment_pk"] for row in rows))
    judge(connection, pks)
    refresh(connection, among(connection, now.c.comment_pk, pks))
    unflagged = select(standing.c.comment_pk).where(
        among(connection, standing.c.comment_pk, pks),
        *spread_by_chance(),
    )
    if connection.execute(unflagged.limit(1)).first() is not None:
        spread(connection)  # what an audit drew stands among the flagged ones again
