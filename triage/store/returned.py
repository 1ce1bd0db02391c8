"""What goes back to the sources of comments, and what went back before: append-only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, case, func, or_, select

from triage.domain.comments import Origin, SourceState
from triage.domain.returns import Asked, Change, Handed, Returnable
from triage.errors import NotFoundError
from triage.store.columns import FreeText
from triage.store.database import Database, load, streamed
from triage.store.rows import among, batched, decision_of, decision_rows
from triage.store.schema import comments, decisions, returned, standing, threads

__all__ = ["Returned"]

_CHUNK = 1_000
_last = returned.alias("last_returned")
_first = returned.alias("first_returned")
_told = decisions.alias("told")  # the decision that was handed back last
_undo = decisions.alias("undo")
_in_force = decisions.alias("in_force")


class Returned:
    """The ways back of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sources(self) -> dict[str, int]:
        """Return reader -> how many comments that came in its layout are decided."""
        statement = (
            select(comments.c.reader, func.count())
            .join(standing, standing.c.comment_pk == comments.c.pk)
            .where(standing.c.decision_pk.is_not(None), comments.c.reader.is_not(None))
            .group_by(comments.c.reader)
            .order_by(comments.c.reader)
        )
        with self._database.read() as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def namespaces(self, reader: str, *, decided: bool = True) -> list[str]:
        """Return what stands before the sources' ids of comments that came in a layout.

        One per name that an import gave its source, "" for those without one: of the `decided`
        comments, or of all.
        """
        before = func.length(comments.c.id) - func.length(comments.c.site_id)
        name = func.substr(comments.c.id, 1, before, type_=FreeText)
        statement = (
            select(name)
            .distinct()
            .where(comments.c.reader == reader, comments.c.site_id.is_not(None))
        )
        if decided:
            statement = statement.join(standing, standing.c.comment_pk == comments.c.pk)
            statement = statement.where(standing.c.decision_pk.is_not(None))
        with self._database.read() as connection:
            return sorted(one.removesuffix(":") for one in connection.execute(statement).scalars())

    def returnables(
        self, way: str, reader: str, asked: Asked, *, again: bool = True
    ) -> Iterator[Returnable]:
        """Yield comments of one layout that are decided, then those whose decision is taken back.

        The latter only where that decision was handed back by this way, and is about the text that
        the comment has now. Each in the order in which they were made; in bounded memory. Without
        `again`, what this way handed back last is left out.
        """
        with self._database.read() as connection:
            for statement in (_decided(way, reader, asked), _taken_back(way, reader, asked)):
                if not again:
                    news = or_(_last.c.pk.is_(None), _last.c.decision_pk != decisions.c.pk)
                    statement = statement.where(news)
                yield from map(_returnable, streamed(connection, statement))

    def record(self, way: str, changes: Iterable[Change], by: str, at: datetime) -> None:
        """Keep what was handed back: all of it or, where that cannot be, nothing.

        Raises NotFoundError for a comment or a decision that this database does not hold.
        """
        with self._database.write() as connection:
            for chunk in batched(changes, _CHUNK):
                comment_pks = _pks(
                    connection, comments, [one.returnable.comment_id for one in chunk]
                )
                decision_pks = _pks(
                    connection, decisions, [one.returnable.decision.id for one in chunk]
                )
                rows = [
                    {
                        "comment_pk": comment_pks[one.returnable.comment_id],
                        "way": way,
                        "decision_pk": decision_pks[one.returnable.decision.id],
                        "before": one.before and one.before.value,
                        "was": one.now and one.now.value,
                        "state": one.then.value,
                        "by": by,
                        "at": at,
                    }
                    for one in chunk
                ]
                load(connection, returned, rows)


def _pks(connection: Connection, table: Table, ids: list[str]) -> dict[str, int]:
    wanted = select(table.c.id, table.c.pk).where(among(connection, table.c.id, ids))
    found = {row.id: int(row.pk) for row in connection.execute(wanted)}
    if gone := [one for one in ids if one not in found]:
        raise NotFoundError(f"there is no {table.name} {gone[0]!r} in this database")
    return found


def _decided(way: str, reader: str, asked: Asked) -> Select[Any]:
    statement = (
        _rows(way, reader, asked)
        .join(standing, standing.c.decision_pk == decisions.c.pk)
        .where(decisions.c.decided_by.in_(sorted(asked.by)))
    )
    if asked.since is not None:
        statement = statement.where(decisions.c.at >= asked.since)
    return statement.order_by(decisions.c.pk)


def _taken_back(way: str, reader: str, asked: Asked) -> Select[Any]:
    """Return the undos that took back what was handed back last, or are what was handed back last.

    Nothing stands in the place of what they took back.
    """
    newest = select(func.max(_undo.c.pk)).where(_undo.c.undoes_pk == _told.c.pk)
    its_undo = newest.correlate(_told).scalar_subquery()
    statement = (
        _rows(way, reader, asked, told_before=True)
        .join(standing, standing.c.comment_pk == comments.c.pk)
        .outerjoin(_in_force, _in_force.c.pk == standing.c.decision_pk)
        .where(decisions.c.pk == case((_told.c.verdict.is_(None), _told.c.pk), else_=its_undo))
        .where(_told.c.text_pk == standing.c.text_pk)
        .where(or_(_in_force.c.pk.is_(None), _in_force.c.decided_by.not_in(sorted(asked.by))))
    )
    if asked.since is not None:
        statement = statement.where(decisions.c.at >= asked.since)
    return statement.order_by(decisions.c.pk)


def _rows(way: str, reader: str, asked: Asked, *, told_before: bool = False) -> Select[Any]:
    """Return the query for decisions about comments of one layout, with what was handed back.

    `told_before` leaves out comments of which nothing was.
    """
    outer = not told_before
    mine = (
        select(
            returned.c.comment_pk,
            func.min(returned.c.pk).label("first_pk"),
            func.max(returned.c.pk).label("last_pk"),
        )
        .where(returned.c.way == way)
        .group_by(returned.c.comment_pk)
        .subquery()
    )
    statement = (
        decision_rows(
            comments.c.site_id,
            comments.c.site_revision,
            comments.c.state,
            comments.c.state_at,
            _told.c.id.label("handed_id"),
            _last.c.before.label("handed_before"),
            _last.c.was.label("handed_was"),
            _last.c.state.label("handed_state"),
            _last.c.at.label("handed_at"),
            _first.c.before.label("handed_first"),
        )
        .join(mine, mine.c.comment_pk == comments.c.pk, isouter=outer)
        .join(_last, _last.c.pk == mine.c.last_pk, isouter=outer)
        .join(_first, _first.c.pk == mine.c.first_pk, isouter=outer)
        .join(_told, _told.c.pk == _last.c.decision_pk, isouter=outer)
        .add_columns(comments.c.reader)
        .where(comments.c.reader == reader, comments.c.site_id.is_not(None))
    )
    if asked.thread_id is not None:
        statement = statement.join(threads, threads.c.pk == comments.c.thread_pk)
        statement = statement.where(threads.c.id == asked.thread_id)
    if asked.source is not None:
        name = comments.c.site_id
        mine_too = f"{asked.source}:" + name if asked.source else name
        statement = statement.where(comments.c.id == mine_too)
    return statement


def _returnable(row: Row[Any]) -> Returnable:
    handed = None
    if row.handed_id is not None:
        handed = Handed(
            decision_id=row.handed_id,
            before=_state(row.handed_before),
            was=_state(row.handed_was),
            state=SourceState(row.handed_state),
            first=_state(row.handed_first),
            at=row.handed_at,
        )
    return Returnable(
        comment_id=row.decided_comment_id,
        origin=Origin(row.reader, row.site_id, row.site_revision),
        state=_state(row.state),
        decision=decision_of(row),
        handed=handed,
        state_at=row.state_at,
    )


def _state(value: str | None) -> SourceState | None:
    return None if value is None else SourceState(value)
