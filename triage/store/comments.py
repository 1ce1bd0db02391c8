"""Comments: one with all that is known of it, a filtered table, and all of them for an export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from triage.domain.comments import Comment, Thread
from triage.domain.entries import Entry
from triage.domain.scores import Label
from triage.errors import NotFoundError
from triage.store.browsing import BrowseFilter, Sort, check, conditions, counted, paged
from triage.store.database import Database
from triage.store.entries import comment_of, entries, entry_of
from triage.store.rows import among, comment_pk
from triage.store.schema import comments, revisions, standing, texts, threads

__all__ = ["Comments", "Revision", "Surroundings"]

_SECONDS = 10.0  # for a search by pattern


@dataclass(frozen=True, slots=True)
class Revision:
    """One wording of a comment; `number` counts from 1."""

    number: int
    text: str
    text_sha256: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A comment's place: its thread (without comments) and the comments nearest to it.

    `parent` may stand in another thread: a source that is read week by week splits what belongs
    together. `before` and `after` are siblings in source order, `replies` the first answers. No
    comment is among them twice, whatever circle a source makes of its parents.
    """

    thread: Thread
    parent: Comment | None
    before: tuple[Comment, ...]
    after: tuple[Comment, ...]
    replies: tuple[Comment, ...]


class Comments:
    """The comments of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, comment_id: str) -> Entry:
        """Return a comment with all that is known of it; raise NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(entries().where(comments.c.id == comment_id)).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no comment {comment_id!r} in this database")
        return entry_of(row)

    def among(self, comment_ids: Sequence[str]) -> list[Entry]:
        """Return the comments with these ids, in this order; unknown ones are passed over."""
        with self._database.read() as connection:
            rows = connection.execute(
                entries().where(among(connection, comments.c.id, comment_ids))
            )
            found = {row.comment_id: entry_of(row) for row in rows}
        return [found[one] for one in comment_ids if one in found]

    def revisions(self, comment_id: str) -> list[Revision]:
        """Return every wording of a comment, oldest first; raise NotFoundError."""
        with self._database.read() as connection:
            statement = (
                select(revisions.c.number, revisions.c.seen_at, texts.c.text, texts.c.sha256)
                .join(texts, texts.c.pk == revisions.c.text_pk)
                .where(revisions.c.comment_pk == comment_pk(connection, comment_id))
                .order_by(revisions.c.number)
            )
            return [
                Revision(row.number, row.text, row.sha256, row.seen_at)
                for row in connection.execute(statement)
            ]

    def around(self, comment_id: str, siblings: int = 3) -> Surroundings:
        """Return a comment's place in its thread, however long the thread; raise NotFoundError."""
        with self._database.read() as connection:
            row = connection.execute(
                select(comments, threads.c.id.label("thread_id"))
                .add_columns(threads.c.title, threads.c.article, threads.c.url)
                .add_columns(threads.c.source.label("read_from"))
                .join(threads)
                .where(comments.c.pk == comment_pk(connection, comment_id))
            ).one()
            # Whoever claims to answer itself stands at the top level.
            parent_id = None if row.parent_id == row.id else row.parent_id
            others = comments.c.id.not_in([row.id, parent_id] if parent_id else [row.id])
            near = select(comments.c.pk).where(comments.c.thread_pk == row.thread_pk, others)
            beside = near.where(comments.c.parent_id == parent_id)  # "is null" for None
            order = (comments.c.position, comments.c.pk)
            back = (comments.c.position.desc(), comments.c.pk.desc())
            earlier = beside.where(comments.c.position <= row.position).order_by(*back)
            later = beside.where(comments.c.position > row.position).order_by(*order)
            replies = near.where(comments.c.parent_id == row.id).order_by(*order)
            parent = select(comments.c.pk).where(comments.c.id == parent_id)
            return Surroundings(
                thread=Thread(
                    id=row.thread_id,
                    title=row.title,
                    article=row.article,
                    url=row.url,
                    source=row.read_from,
                ),
                parent=next(iter(_comments(connection, parent)), None),
                before=_comments(connection, earlier.limit(siblings)),
                after=_comments(connection, later.limit(siblings)),
                replies=_comments(connection, replies.limit(siblings)),
            )

    def page(
        self,
        wanted: BrowseFilter | None = None,
        *,
        sort: Label | Sort = Sort.PRIORITY,
        descending: bool = True,
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[list[Entry], int]:
        """Return one page of comments and how many there are in all.

        What has no value to sort by comes last either way. Where texts are searched this reads them
        once, for both. Raises UsageError for a pattern that cannot be used, StoreError where it
        takes too long.
        """
        with self._looking(wanted) as connection:
            if wanted is not None and (wanted.text or wanted.pattern):
                both = paged(
                    wanted, sort, descending=descending, limit=limit, offset=offset, total=True
                )
                rows = connection.execute(both).all()
                if rows or not offset:
                    return _entries(rows, wanted), int(rows[0].total) if rows else 0
            total = int(connection.execute(counted(wanted)).scalar_one())
            plain = paged(wanted, sort, descending=descending, limit=limit, offset=offset)
            rows = connection.execute(plain).all() if total > offset else []
            return _entries(rows, wanted), total

    def count(self, wanted: BrowseFilter | None = None) -> int:
        """Return how many comments a filter keeps; raises what `page` raises."""
        with self._looking(wanted) as connection:
            return int(connection.execute(counted(wanted)).scalar_one())

    def stream(self, wanted: BrowseFilter | None = None) -> Iterator[Entry]:
        """Yield comments in the order of their first import, without holding them in memory."""
        within = check(wanted, sqlite=self._database.is_sqlite)
        statement = entries().where(*conditions(wanted)).order_by(standing.c.comment_pk)
        return map(entry_of, self._database.stream(statement, within))

    def sources(self) -> list[str]:
        """Return the files and systems that comments were first read from, by name."""
        names = select(comments.c.source).distinct().order_by(comments.c.source)
        with self._database.read() as connection:
            return list(connection.execute(names).scalars())

    @contextmanager
    def _looking(self, wanted: BrowseFilter | None) -> Iterator[Connection]:
        check(wanted, sqlite=self._database.is_sqlite)
        within = _SECONDS if wanted is not None and wanted.pattern else None
        with self._database.read(within) as connection:
            yield connection


def _entries(rows: Iterable[Row[Any]], wanted: BrowseFilter | None) -> list[Entry]:
    found = map(entry_of, rows)
    if wanted is None or not wanted.veiled:
        return list(found)
    return [one if one.decision_id is not None else one.unrated for one in found]


def _comments(connection: Connection, pks: Select[int]) -> tuple[Comment, ...]:
    """Return the comments with some keys in the order of their thread.

    The keys are found by themselves, in an index: with all that is joined, PostgreSQL would rather
    sort a thread of thousands for its three next ones.
    """
    those = comments.c.pk.in_(pks)
    statement = entries().where(those).order_by(comments.c.position, comments.c.pk)
    return tuple(comment_of(row) for row in connection.execute(statement))
