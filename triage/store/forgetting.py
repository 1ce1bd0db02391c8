"""What is forgotten: whose comments are erased, what must not come back, and the record of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from triage.domain.forgetting import Erased, Erasure, ErasureKind, Marks, Retention
from triage.errors import NotFoundError, StoreError
from triage.store.authors import written_by
from triage.store.database import Database
from triage.store.erasing import erase, remember, tally
from triage.store.rows import among
from triage.store.schema import (
    comments,
    decisions,
    erasures,
    forgotten,
    revisions,
    saved_views,
    secrets,
    standing,
    webhook_deliveries,
    webhooks,
)

__all__ = ["Forgetting", "Whose"]

_KEY = "forgotten"
_PORTION = 500  # comments a transaction: a moment in which nobody else can write
_AUTHOR = "author"  # in the link of a saved view


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose comments are erased: all under some names, some by id, or all of a certain age."""

    kind: ErasureKind
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    retention: Retention | None = None


class Forgetting:
    """The erasures of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def marks(self) -> Marks | None:
        """Return what makes the marks of what is forgotten; None before anything was."""
        with self._database.read() as connection:
            known = connection.execute(_its_key()).scalar()
        return None if known is None else Marks(known)

    def known(self, digests: Collection[str]) -> Mapping[str, datetime]:
        """Return since when each of these marks is forgotten, for those that are."""
        with self._database.read() as connection:
            wanted = select(forgotten).where(among(connection, forgotten.c.digest, digests))
            return {row.digest: row.at for row in connection.execute(wanted)}

    def look(self, whose: Whose, at: datetime) -> Erased:
        """Return what `forget` would erase, and change nothing."""
        found = Erased()
        with self._database.read() as connection:
            self._check(connection, whose)
            for pks in _portions(connection, whose, at):
                found += tally(connection, pks)
        return found

    def forget(
        self,
        whose: Whose,
        by: str,
        at: datetime,
        on_progress: Callable[[int], object] | None = None,
    ) -> Erased:
        """Erase, a portion a transaction, and return how much; then clean the database's file.

        First it is kept what must not come back. Whoever is stopped begins again: what is erased
        already is passed over. Raises NotFoundError for an unknown id, StoreError where all is
        erased but the file cannot be cleaned.
        """
        found = Erased()
        with self._database.write() as connection:
            self._check(connection, whose)
            marks = _marks(connection)
            remember(connection, map(marks.author, whose.names), at)
            _leave_views(connection, whose.names)
            _leave_answers(connection)
            record = _record(connection, whose.kind, by, at)
        last = 0
        while True:
            with self._database.write() as connection:
                pks = next(_portions(connection, whose, at, last), None)
                if pks is None:
                    _leave_answers(connection)  # of deliveries that were under way meanwhile
                    break
                found += tally(connection, pks)
                erase(connection, pks, marks, by, at)
                counts = update(erasures).where(erasures.c.pk == record)
                connection.execute(counts.values(counts=dict(found.as_counts())))
            last = pks[-1]
            if on_progress is not None:
                on_progress(found.comments)
        self._clean()
        return found

    def records(self) -> list[Erasure]:
        """Return who erased how much and when, oldest first."""
        with self._database.read() as connection:
            return [
                Erasure(row.at, row.by, ErasureKind(row.kind), Erased(**row.counts))
                for row in connection.execute(select(erasures).order_by(erasures.c.pk))
            ]

    def _check(self, connection: Connection, whose: Whose) -> None:
        found = set(
            connection.execute(
                select(comments.c.id).where(among(connection, comments.c.id, whose.ids))
            ).scalars()
        )
        if gone := [one for one in whose.ids if one not in found]:
            raise NotFoundError(f"there is no comment {gone[0]!r} in this database")

    def _clean(self) -> None:
        try:
            self._database.clean()
        except StoreError as error:
            raise StoreError(
                f"everything is erased, but bytes of it may be left in the file: {error}; run the "
                "same command again"
            ) from error


def _portions(
    connection: Connection, whose: Whose, at: datetime, last: int = 0
) -> Iterator[Sequence[int]]:
    """Yield the keys of the comments that are to be erased, rising."""
    own = (
        select(comments.c.pk)
        .join(standing, standing.c.comment_pk == comments.c.pk)
        .where(comments.c.erased_at.is_(None), _condition(connection, whose, at))
        .order_by(comments.c.pk)
        .limit(_PORTION)
    )
    while pks := connection.execute(own.where(comments.c.pk > last)).scalars().all():
        yield pks
        last = pks[-1]


def _condition(connection: Connection, whose: Whose, at: datetime) -> ColumnElement[bool]:
    if whose.retention is not None:
        return _of_age(whose.retention, at)
    named = [and_(*written_by(name)) for name in whose.names]
    if whose.ids:
        named.append(among(connection, comments.c.id, whose.ids))
    return or_(*named)


def _of_age(retention: Retention, at: datetime) -> ColumnElement[bool]:
    """Return the condition that a comment was kept long enough, and waits for nobody's decision.

    What is decided counts from its decision, what is not from when its present text came.
    """
    ways: list[ColumnElement[bool]] = []
    if retention.decided is not None:
        old = select(decisions.c.pk).where(
            decisions.c.pk == standing.c.decision_pk, decisions.c.at <= at - retention.decided
        )
        ways.append(and_(old.exists(), ~standing.c.pending))
    if retention.undecided is not None:
        came = select(revisions.c.comment_pk).where(
            revisions.c.comment_pk == comments.c.pk,
            revisions.c.number == standing.c.revision,
            revisions.c.seen_at <= at - retention.undecided,
        )
        ways.append(and_(standing.c.decision_pk.is_(None), came.exists()))
    return or_(*ways)


def _its_key() -> Select[Any]:
    return select(secrets.c.value).where(secrets.c.name == _KEY)


def _marks(connection: Connection) -> Marks:
    known = connection.execute(_its_key()).scalar()
    if known is None:
        known = token_hex(32)
        connection.execute(insert(secrets).values(name=_KEY, value=known))
    return Marks(known)


def _leave_views(connection: Connection, names: Collection[str]) -> None:
    """Remove saved views that filter by one of these names."""
    for row in connection.execute(select(saved_views.c.pk, saved_views.c.link)).all():
        if set(row.link.get(_AUTHOR, ())) & set(names):
            connection.execute(delete(saved_views).where(saved_views.c.pk == row.pk))


def _leave_answers(connection: Connection) -> None:
    """Keep of what receivers of webhooks answered the status alone: it may quote what they got."""
    for column in (webhooks.c.last_error, webhooks.c.disabled_why, webhook_deliveries.c.error):
        quoting = update(column.table).where(column.like("HTTP ___: %"))
        connection.execute(quoting.values({column.name: func.substr(column, 1, len("HTTP 500"))}))


def _record(connection: Connection, kind: ErasureKind, by: str, at: datetime) -> int:
    row = {"at": at, "by": by, "kind": kind.value, "counts": dict(Erased().as_counts())}
    made = insert(erasures).returning(erasures.c.pk)
    return int(connection.execute(made, row).scalar_one())
