"""Annotations: labels confirmed or rejected, highlighted spans, notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, Select, exists, insert, select

from triage.domain.decisions import Annotation, Span
from triage.domain.entries import Annotated
from triage.domain.scores import Label
from triage.errors import ConflictError, UsageError
from triage.store.browsing import BrowseFilter, Told, check, conditions
from triage.store.database import Database
from triage.store.rows import comment_pk, readable_pk
from triage.store.schema import comments, notes, standing, texts, threads

__all__ = ["Annotations"]

_ANNOTATED = Told(standing.c.verdict, notes.c.reviewer, notes.c.at, notes.c.confirmed)


class Annotations:
    """The annotations of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, annotation: Annotation) -> None:
        """Record an annotation.

        Raises NotFoundError for an unknown comment, ConflictError where it was edited or erased
        since or the id is taken, UsageError for a span beyond the end of the text.
        """
        with self._database.write() as connection:
            pk = readable_pk(connection, annotation.comment_id)
            current = connection.execute(
                select(texts.c.pk, texts.c.sha256, texts.c.length)
                .join(standing, standing.c.text_pk == texts.c.pk)
                .where(standing.c.comment_pk == pk)
            ).one()
            if current.sha256 != annotation.text_sha256:
                raise ConflictError(
                    f"comment {annotation.comment_id!r} was edited meanwhile; "
                    "read its new text before annotating it"
                )
            beyond = next((span for span in annotation.spans if span.end > current.length), None)
            if beyond is not None:
                raise UsageError(
                    f"a span ends at character {beyond.end}, but the text of comment "
                    f"{annotation.comment_id!r} has {current.length}"
                )
            taken = select(notes.c.pk).where(notes.c.id == annotation.id)
            if connection.execute(taken).first() is not None:
                raise ConflictError(f"an annotation {annotation.id!r} is recorded already")
            connection.execute(insert(notes).values(_row(annotation, pk, current.pk)))

    def of(self, comment_id: str) -> list[Annotation]:
        """Return a comment's annotations, oldest first, all its texts; raise NotFoundError."""
        with self._database.read() as connection:
            pk = comment_pk(connection, comment_id)
            rows = connection.execute(_rows().where(notes.c.comment_pk == pk))
            return [_annotation_of(row) for row in rows]

    def log(self, wanted: BrowseFilter | None = None) -> Iterator[Annotated]:
        """Yield every annotation, oldest first, without holding them in memory.

        Of a filter, reviewer and time are the annotation's, a reason is a label that it confirms;
        the verdict is the one in force. Raises UsageError for a pattern that cannot be used.
        """
        within = check(wanted, sqlite=self._database.is_sqlite)
        later = notes.alias("later")
        replaced = exists().where(
            later.c.comment_pk == notes.c.comment_pk,
            later.c.text_pk == notes.c.text_pk,
            later.c.reviewer == notes.c.reviewer,
            later.c.pk > notes.c.pk,
        )
        statement = _rows().add_columns(
            threads.c.id.label("thread_id"),
            texts.c.text,
            replaced.label("replaced"),
            texts.c.erased_at,
        )
        statement = statement.join(threads, threads.c.pk == comments.c.thread_pk)
        statement = statement.join(standing, standing.c.comment_pk == comments.c.pk)
        statement = statement.where(*conditions(wanted, _ANNOTATED))
        for row in self._database.stream(statement, within):
            yield Annotated(
                _annotation_of(row),
                row.thread_id,
                row.text,
                bool(row.replaced),
                erased=row.erased_at is not None,
            )


def _row(annotation: Annotation, comment_pk: int, text_pk: int) -> dict[str, object]:
    return {
        "id": annotation.id,
        "comment_pk": comment_pk,
        "text_pk": text_pk,
        "reviewer": annotation.reviewer,
        "at": annotation.at,
        "confirmed": [label.value for label in annotation.confirmed],
        "rejected": [label.value for label in annotation.rejected],
        "spans": [[span.start, span.end, span.label] for span in annotation.spans],
        "note": annotation.note,
    }


def _rows() -> Select[Any]:
    return (
        select(notes, comments.c.id.label("about"), texts.c.sha256)
        .join(comments, comments.c.pk == notes.c.comment_pk)
        .join(texts, texts.c.pk == notes.c.text_pk)
        .order_by(notes.c.pk)
    )


def _annotation_of(row: Row[Any]) -> Annotation:
    return Annotation(
        id=row.id,
        comment_id=row.about,
        text_sha256=row.sha256,
        reviewer=row.reviewer,
        at=row.at,
        confirmed=tuple(Label(label) for label in row.confirmed),
        rejected=tuple(Label(label) for label in row.rejected),
        spans=tuple(
            Span(start, end, None if label is None else Label(label))
            for start, end, label in row.spans
        ),
        note=row.note,
    )
