"""What the database knows of comments that an import brings, and whether they are the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from triage.domain.comments import Comment
from triage.store.columns import in_utc
from triage.store.rows import among
from triage.store.schema import comments, standing, texts

__all__ = ["ORIGIN", "Evidence", "Known", "known_comments", "moved", "origin_of"]

ORIGIN = ("reader", "site_id", "site_revision")
"""The columns that say where its source finds a comment."""


@dataclass(slots=True)
class Known:
    """A comment as the database holds it."""

    pk: int
    thread_pk: int
    sha256: str
    revisions: int
    parent_id: str | None
    author: str | None
    created_at: datetime | None
    position: int
    number: str | None
    reach: int | None
    state: str | None
    reader: str | None
    site_id: str | None
    site_revision: str | None
    source: str
    erased: bool

    @property
    def evidence(self) -> Evidence:
        """What the database holds against taking another comment for this one."""
        return Evidence(self.sha256, self.created_at, self.author, self.source)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows whether two comments under one id are the same one."""

    sha256: str
    created_at: datetime | None
    author: str | None
    source: str

    def against(self, known: Evidence) -> str | None:
        """Say what shows that this is no newer state of a known comment; None if nothing does.

        The time tells, else the author; where neither is known on both sides, another text from
        another source is another comment. An equal time outweighs another author where the text
        is the same (people rename themselves), not where it differs: a day's comments may all
        carry one date.
        """
        same_text = self.sha256 == known.sha256
        timed = self.created_at is not None and known.created_at is not None
        if self.created_at is not None and known.created_at is not None:
            if in_utc(self.created_at) != in_utc(known.created_at):
                return "written at another time"
            if same_text:
                return None
        mine, theirs = _named(self.author), _named(known.author)
        if mine is not None and theirs is not None:
            return None if mine == theirs else "by another author"
        if timed or same_text or self.source == known.source:
            return None
        return f"from another source ({known.source!r})"


def _named(author: str | None) -> str | None:
    """Return who an author is; `[deleted]` and its like stand for somebody who is gone."""
    if author is None or (author.startswith("[") and author.endswith("]")):
        return None
    return author


def moved(old: Known, comment: Comment) -> dict[str, object] | None:
    """Return what a newer import tells beside the text, where it differs from what is stored."""
    fields: dict[str, object] = {
        "parent_id": comment.parent_id or old.parent_id,
        "author": comment.author or old.author,
        "created_at": comment.created_at or old.created_at,
        "position": comment.position,
        "number": comment.number or old.number,
        "reach": old.reach if comment.reach is None else comment.reach,
        "state": (comment.state and comment.state.value) or old.state,
    }
    fields |= (
        origin_of(comment) if comment.origin else {name: getattr(old, name) for name in ORIGIN}
    )
    if all(getattr(old, name) == value for name, value in fields.items()):
        return None
    return {"of": old.pk} | {f"new_{name}": value for name, value in fields.items()}


def origin_of(comment: Comment) -> dict[str, str | None]:
    """Return where its source finds a comment, as columns."""
    found = comment.origin
    told = (found.reader, found.id, found.revision) if found else (None, None, None)
    return dict(zip(ORIGIN, told, strict=True))


def known_comments(connection: Connection, ids: list[str]) -> dict[str, Known]:
    """Return those of the comments with these ids that the database holds, by id."""
    statement = (
        select(comments, texts.c.sha256)
        .join(standing, standing.c.comment_pk == comments.c.pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(among(connection, comments.c.id, ids))
    )
    return {
        row.id: Known(
            pk=row.pk,
            thread_pk=row.thread_pk,
            sha256=row.sha256,
            revisions=row.revisions,
            parent_id=row.parent_id,
            author=row.author,
            created_at=row.created_at,
            position=row.position,
            number=row.number,
            reach=row.reach,
            state=row.state,
            reader=row.reader,
            site_id=row.site_id,
            site_revision=row.site_revision,
            source=row.source,
            erased=row.erased_at is not None,
        )
        for row in connection.execute(statement)
    }
