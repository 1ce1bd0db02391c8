"""Hand-over notes: left for the desk or for a part of the queue, until they are dismissed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, insert, or_, select, update

from triage.domain.assignments import Part, PartKind
from triage.domain.handovers import SHOWN_FOR, HandoverNote
from triage.errors import NotFoundError
from triage.store.database import Database
from triage.store.rows import among, thread_pk
from triage.store.schema import handover_reads, handovers

__all__ = ["Handovers"]

_STANDS = handovers.c.withdrawn_at.is_(None)


class Handovers:
    """The hand-over notes of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, note: HandoverNote) -> None:
        """Keep a note; raise NotFoundError where it is about an unknown thread."""
        row = {
            "id": note.id,
            "by": note.by,
            "at": note.at,
            "text": note.text,
            "kind": None if note.about is None else note.about.kind.value,
            "value": None if note.about is None else note.about.value,
        }
        with self._database.write() as connection:
            if note.about is not None and note.about.kind is PartKind.THREAD:
                thread_pk(connection, note.about.value)
            connection.execute(insert(handovers).values(row))

    def last(self, many: int) -> list[HandoverNote]:
        """Return the last notes, the newest first, those that were withdrawn too."""
        statement = select(handovers).order_by(handovers.c.pk.desc()).limit(many)
        with self._database.read() as connection:
            return [_of(row) for row in connection.execute(statement)]

    def unread(
        self, reviewer: str, parts: Collection[Part], now: datetime, many: int = 20
    ) -> list[HandoverNote]:
        """Return the notes for a reviewer who has these parts, the newest first.

        By others, of the last weeks (`SHOWN_FOR`), about the desk or one of these parts, neither
        withdrawn nor dismissed by this reviewer.
        """
        dismissed = exists().where(
            handover_reads.c.note_pk == handovers.c.pk, handover_reads.c.reviewer == reviewer
        )
        statement = (
            select(handovers)
            .where(handovers.c.at >= now - SHOWN_FOR, handovers.c.by != reviewer)
            .where(_STANDS, ~dismissed)
            .order_by(handovers.c.pk.desc())
            .limit(many)
        )
        with self._database.read() as connection:
            concerns = or_(handovers.c.kind.is_(None), *_about(connection, parts))
            return [_of(row) for row in connection.execute(statement.where(concerns))]

    def dismiss(self, note_id: str, reviewer: str, at: datetime) -> None:
        """Show a note to this reviewer no more; twice is once. Raises NotFoundError."""
        with self._database.write() as connection:
            pk = _row(connection, note_id).pk
            row = {"note_pk": pk, "reviewer": reviewer}
            known = and_(*(handover_reads.c[name] == value for name, value in row.items()))
            if connection.execute(select(handover_reads.c.at).where(known)).first() is None:
                connection.execute(insert(handover_reads).values(row | {"at": at}))

    def withdraw(self, note_id: str, by: str, at: datetime) -> None:
        """Take a note's text out of the database; twice is once. Raises NotFoundError."""
        with self._database.write() as connection:
            row = _row(connection, note_id)
            if row.withdrawn_at is None:
                gone = {"text": "", "withdrawn_by": by, "withdrawn_at": at}
                connection.execute(update(handovers).where(handovers.c.pk == row.pk).values(gone))


def _about(connection: Connection, parts: Collection[Part]) -> Iterator[ColumnElement[bool]]:
    """Yield a condition for each kind of part: a note is about one of these."""
    for kind in PartKind:
        values = [part.value for part in parts if part.kind is kind]
        if values:
            yield and_(handovers.c.kind == kind.value, among(connection, handovers.c.value, values))


def _row(connection: Connection, note_id: str) -> Row[Any]:
    row = connection.execute(select(handovers).where(handovers.c.id == note_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no note {note_id!r} in this database: triage notes")
    return row


def _of(row: Row[Any]) -> HandoverNote:
    about = None if row.kind is None else Part(PartKind(row.kind), row.value)
    return HandoverNote(row.id, row.by, row.at, row.text, about, row.withdrawn_by)
