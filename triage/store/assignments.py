"""Assignments: which parts of the queue are whose, and how far each part is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from triage.domain.assignments import Assignment, Part, PartKind, PartProgress
from triage.errors import ConflictError, NotFoundError
from triage.store.answers import may_be_handed
from triage.store.database import Database
from triage.store.parts import holds, holds_any
from triage.store.rows import among, policy_in_force, thread_pk
from triage.store.schema import assignments, comments, decisions, standing, threads
from triage.store.skips import put_off

__all__ = ["Assignments", "end_all"]

_IN_FORCE = assignments.c.ended_at.is_(None)


class Assignments:
    """The assignments of a store. None is ever deleted: an end is written beside it."""

    def __init__(self, database: Database, *, own_appeals: bool = False) -> None:
        """Open the assignments; `own_appeals` as of the queue."""
        self._database = database
        self._own_appeals = own_appeals

    def in_force(self) -> list[Assignment]:
        """Return those that hold now, the oldest first."""
        with self._database.read() as connection:
            return _found(connection, _IN_FORCE)

    def all(self) -> list[Assignment]:
        """Return every assignment there ever was, the oldest first."""
        with self._database.read() as connection:
            return _found(connection)

    def add(self, given: Assignment) -> None:
        """Give a part to a reviewer.

        Raises NotFoundError for an unknown thread, ConflictError where it is theirs already.
        """
        part = given.part
        row = {
            "id": given.id,
            "kind": part.kind.value,
            "value": part.value,
            "reviewer": given.reviewer,
            "by": given.by,
            "at": given.at,
        }
        with self._database.write() as connection:
            if part.kind is PartKind.THREAD:
                thread_pk(connection, part.value)
            same = (assignments.c[name] == row[name] for name in ("kind", "value", "reviewer"))
            if _found(connection, _IN_FORCE, *same):
                raise ConflictError(
                    f"{part.kind} {part.value!r} is assigned to {given.reviewer} already"
                )
            connection.execute(insert(assignments).values(row))

    def end(self, assignment_id: str, by: str, at: datetime) -> Assignment:
        """End an assignment and return it.

        Raises NotFoundError for an unknown one, ConflictError for one that has ended.
        """
        mine = assignments.c.id == assignment_id
        with self._database.write() as connection:
            known = _found(connection, mine)
            if not known:
                raise NotFoundError(f"there is no assignment {assignment_id!r} in this database")
            if (ended := known[0]).ended_at is not None:
                raise ConflictError(f"that was ended by {ended.ended_by}, {ended.ended_at:%F %R}")
            connection.execute(update(assignments).where(mine).values(ended_by=by, ended_at=at))
            return _found(connection, mine)[0]

    def progress(self, parts: Sequence[Part], since: datetime) -> list[PartProgress]:
        """Return how far each part is, and last of all how far what none of them holds is.

        What waits is counted with what an audit drew, as in the whole queue; `decided` is what was
        decided since a moment, and stands.
        """
        with self._database.read() as connection:
            policy, titles = policy_in_force(connection), _titles(connection, parts)
            found = [
                _progress(connection, part, _named(part, titles), since, holds(part, policy))
                for part in dict.fromkeys(parts)
            ]
            rest = ~holds_any(connection, parts, policy)
            return [*found, _progress(connection, None, "", since, rest)]

    def waiting(
        self, reviewer: str, parts: Sequence[Part], *, up_to: int
    ) -> list[tuple[str, Part, int]]:
        """Return each part's name and how much of it waits for a reviewer, at most `up_to`.

        What this reviewer put off comes after all the rest, and what is for others never: neither
        is counted.
        """
        theirs = (
            standing.c.pending,
            may_be_handed(reviewer, own=self._own_appeals),
            ~put_off(reviewer),
        )
        with self._database.read() as connection:
            policy, titles = policy_in_force(connection), _titles(connection, parts)
            found = []
            for part in parts:
                some = select(standing.c.comment_pk).where(*theirs, holds(part, policy))
                counted = select(func.count()).select_from(some.limit(up_to).subquery("some"))
                many = int(connection.execute(counted).scalar_one())
                found.append((_named(part, titles), part, many))
            return found

    def names(self, parts: Sequence[Part]) -> dict[Part, str]:
        """Return what people call each part: a thread's title, or what the part says itself."""
        with self._database.read() as connection:
            titles = _titles(connection, parts)
        return {part: _named(part, titles) for part in parts}


def end_all(connection: Connection, reviewer: str, by: str, at: datetime) -> None:
    """End what is assigned to a reviewer."""
    theirs = assignments.c.reviewer == reviewer
    connection.execute(
        update(assignments).where(_IN_FORCE, theirs).values(ended_by=by, ended_at=at)
    )


def _named(part: Part, titles: dict[str, str]) -> str:
    """Return what people call a part: of a thread its title, if it has one."""
    title = titles.get(part.value, "") if part.kind is PartKind.THREAD else ""
    return title or part.value


def _titles(connection: Connection, parts: Iterable[Part]) -> dict[str, str]:
    ids = [part.value for part in parts if part.kind is PartKind.THREAD]
    mine = select(threads.c.id, threads.c.title).where(among(connection, threads.c.id, ids))
    return {row.id: row.title for row in connection.execute(mine)}


def _progress(
    connection: Connection,
    part: Part | None,
    name: str,
    since: datetime,
    within: ColumnElement[bool],
) -> PartProgress:
    waits = (
        select(func.count(), func.min(comments.c.first_seen_at))
        .select_from(standing)
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .where(standing.c.pending, within)
    )
    decided = (
        select(func.count())
        .select_from(standing)
        .join(decisions, decisions.c.pk == standing.c.decision_pk)
        .where(decisions.c.at >= since, within)
    )
    waiting, oldest = connection.execute(waits).one()
    return PartProgress(
        part, name, int(waiting), int(connection.execute(decided).scalar_one()), oldest
    )


def _found(connection: Connection, *which: ColumnElement[bool]) -> list[Assignment]:
    statement = select(assignments).where(*which).order_by(assignments.c.pk)
    return [_of(row) for row in connection.execute(statement)]


def _of(row: Row[Any]) -> Assignment:
    return Assignment(
        id=row.id,
        part=Part(PartKind(row.kind), row.value),
        reviewer=row.reviewer,
        by=row.by,
        at=row.at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
    )
