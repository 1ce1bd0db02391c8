"""Threads: saving what a reader yields, and reading it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, null, select

from triage.domain.comments import Comment, Ids, Node, Thread
from triage.domain.courses import Course, Step
from triage.domain.decisions import Verdict
from triage.domain.languages import Identifier
from triage.domain.scores import Label
from triage.errors import NotFoundError
from triage.store.database import Database
from triage.store.entries import comment_of, entries
from triage.store.importing import Saved, ThreadWriter
from triage.store.rows import thread_pk
from triage.store.schema import comments, standing, texts, threads

__all__ = ["KnownComment", "ThreadSummary", "Threads"]


@dataclass(frozen=True, slots=True)
class ThreadSummary:
    """A thread in a list: how many comments it has, and how far their review is."""

    id: str
    title: str
    source: str
    comments: int
    pending: int
    decided: int


@dataclass(frozen=True, slots=True)
class KnownComment:
    """What a re-import is aligned with, where a source carries no ids."""

    id: str
    author: str | None
    created_at: datetime | None
    text_sha256: str
    text: str
    position: int


class Threads:
    """The threads of a store."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        identifier: Identifier | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._identifier = identifier

    def save(
        self, pieces: Iterable[Thread], *, on_progress: Callable[[int], object] | None = None
    ) -> Saved:
        """Store threads as they come; the same import again changes nothing.

        A known id with another text is an edit and becomes a new revision, and one with the same
        text is the same comment, unless time, author or source show that it is another one: that
        is refused with a Problem. What an import tells beside the text replaces what was known.
        `on_progress` hears after each committed chunk how many comments are done.
        """
        return ThreadWriter(self._database, self._clock, self._identifier).save(pieces, on_progress)

    def look(self, pieces: Iterable[Thread]) -> Saved:
        """Return what `save` would say of these threads, and store nothing. They are held."""
        return ThreadWriter(self._database, self._clock).look(pieces)

    def get(self, thread_id: str) -> Thread:
        """Return a thread with all its comments, current texts; raise NotFoundError."""
        with self._database.read() as connection:
            found = connection.execute(select(threads).where(threads.c.id == thread_id))
            row = found.one_or_none()
            if row is None:
                raise NotFoundError(f"there is no thread {thread_id!r} in this database")
            members = (
                entries()
                .where(comments.c.thread_pk == row.pk)
                .order_by(comments.c.position, comments.c.pk)
            )
            held = tuple(comment_of(member) for member in connection.execute(members))
        return Thread(
            id=row.id,
            title=row.title,
            article=row.article,
            url=row.url,
            source=row.source,
            ids=Ids(row.ids),
            comments=held,
        )

    def outline(self, thread_id: str) -> list[Node]:
        """Return a thread's comments without their texts, in the order to read them.

        Raises NotFoundError for an unknown thread. Of a comment only id, parent and position are
        read: of a thread of thousands, a page can then be asked for by `Comments.among`.
        """
        with self._database.read() as connection:
            rows = connection.execute(
                select(comments.c.id, comments.c.parent_id, comments.c.position)
                .where(comments.c.thread_pk == thread_pk(connection, thread_id))
                .order_by(comments.c.position, comments.c.pk)
            )
            held = tuple(
                Comment(row.id, thread_id, "", row.position, row.parent_id) for row in rows
            )
        return list(Thread(thread_id, comments=held).walk())

    def course(self, thread_id: str, label: Label, *, veiled: bool = False) -> Course:
        """Return how a label's scores run along a thread; raise NotFoundError.

        No text is read, so that a thread of thousands is quick. Where `veiled`, undecided comments
        have no score.
        """
        score: ColumnElement[Any] = standing.c[label.value]
        if veiled:
            score = case((standing.c.decision_pk.is_not(None), score), else_=null())
        with self._database.read() as connection:
            rows = connection.execute(
                select(comments.c.id, comments.c.parent_id, comments.c.position)
                .add_columns(score.label("score"), standing.c.verdict)
                .join(standing, standing.c.comment_pk == comments.c.pk)
                .where(comments.c.thread_pk == thread_pk(connection, thread_id))
                .order_by(comments.c.position, comments.c.pk)
            ).all()
        held = tuple(Comment(row.id, thread_id, "", row.position, row.parent_id) for row in rows)
        said = {row.id: row for row in rows}
        steps = [
            Step(
                comment_id=node.comment.id,
                place=place,
                score=said[node.comment.id].score,
                verdict=said[node.comment.id].verdict and Verdict(said[node.comment.id].verdict),
            )
            for place, node in enumerate(Thread(thread_id, comments=held).walk(), 1)
        ]
        return Course(label, tuple(steps))

    def titles(self) -> dict[str, str]:
        """Return id -> title of every thread, in the order of their first import.

        `summaries` reads every comment; this none.
        """
        named = select(threads.c.id, threads.c.title).order_by(threads.c.pk)
        with self._database.read() as connection:
            return {row.id: row.title for row in connection.execute(named)}

    def summaries(self) -> list[ThreadSummary]:
        """Return every thread, in the order of their first import."""
        counts = (
            select(
                standing.c.thread_pk,
                func.count().label("comments"),
                func.sum(cast(standing.c.pending, Integer)).label("pending"),
                func.count(standing.c.verdict).label("decided"),
            )
            .group_by(standing.c.thread_pk)
            .subquery()
        )
        statement = (
            select(threads, counts)
            .outerjoin(counts, counts.c.thread_pk == threads.c.pk)
            .order_by(threads.c.pk)
        )
        with self._database.read() as connection:
            return [
                ThreadSummary(
                    id=row.id,
                    title=row.title,
                    source=row.source,
                    comments=row.comments or 0,
                    pending=int(row.pending or 0),
                    decided=row.decided or 0,
                )
                for row in connection.execute(statement)
            ]

    def known(self, thread_id: str) -> list[KnownComment]:
        """Return the comments of a thread by position; none where the thread is not known.

        Erased ones are none: nothing of what is read can be told to be one of them.
        """
        statement = (
            select(comments, texts.c.sha256, texts.c.text)
            .join(threads, threads.c.pk == comments.c.thread_pk)
            .join(standing, standing.c.comment_pk == comments.c.pk)
            .join(texts, texts.c.pk == standing.c.text_pk)
            .where(threads.c.id == thread_id, comments.c.erased_at.is_(None))
            .order_by(comments.c.position, comments.c.pk)
        )
        with self._database.read() as connection:
            return [
                KnownComment(
                    id=row.id,
                    author=row.author,
                    created_at=row.created_at,
                    text_sha256=row.sha256,
                    text=row.text,
                    position=row.position,
                )
                for row in connection.execute(statement)
            ]
