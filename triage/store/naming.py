"""Comments that came without an id: which one is which once their clients name them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from triage.domain.arrivals import FEEDBACK, Unnamed
from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Decision
from triage.domain.languages import Identifier
from triage.store.chunks import Told, save_threads
from triage.store.database import Database
from triage.store.decisions import say
from triage.store.importing import ThreadWriter
from triage.store.rows import among
from triage.store.schema import audits, comments, decisions, standing, texts, threads

__all__ = ["ArrivalWriter", "Asked", "known_texts", "of_own_threads"]

_Piece = tuple[Thread, tuple[Comment, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at, and said, in the transaction that stores comments which arrived.

    With `nameless` it stores one comment: the first of these ids that is known, with the same text,
    is that comment, and gets its id, thread and parent. Not where its id is taken, nor where an
    audit could have drawn it, whose random number hangs on its id. `unnamed` are those that came
    without an id: one that its client decided under an id since it was sent is that comment. `said`
    is what is said of one of them.
    """

    unnamed: Mapping[str, Unnamed] = field(default_factory=dict)
    said: Decision | None = None
    nameless: Sequence[str] = ()


class ArrivalWriter(ThreadWriter):
    """Keeps comments that arrive, and with one of them what its client said of it.

    `named` tells afterwards which of those without an id were not stored, and what they are called.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        identifier: Identifier | None,
        asked: Asked,
    ) -> None:
        super().__init__(database, clock, identifier)
        self._asked = asked
        self.named: dict[str, str] = {}

    def _save(self, connection: Connection, pieces: list[_Piece], told: Told) -> None:
        given = {one.id for _, part in pieces for one in part}
        here = self._found(connection, pieces)
        self._unchanged += len(here)
        if left := _without(pieces, here):
            super()._save(connection, left, told)
        said = self._asked.said
        if said is not None and said.comment_id in given - self._refused:
            say(connection, said)

    def _found(self, connection: Connection, pieces: Sequence[_Piece]) -> set[str]:
        """Return which of these comments are here already under another id; give them theirs."""
        asked = self._asked
        if asked.nameless:
            return {
                one.id
                for thread, part in pieces
                for one in part
                if _name(connection, asked.nameless, thread.with_comments([one]), self._clock())
            }
        named = _named_since(connection, pieces, asked.unnamed) if asked.unnamed else {}
        self.named |= named
        return set(named)


def _without(pieces: Sequence[_Piece], ids: Collection[str]) -> list[_Piece]:
    left = [(thread, tuple(one for one in part if one.id not in ids)) for thread, part in pieces]
    return [piece for piece in left if piece[1]]


def _name(connection: Connection, nameless: Sequence[str], named: Thread, at: datetime) -> bool:
    """Give a comment that came without an id the id, thread and parent of `named`'s only one.

    False, and nothing done, where none of them may have it.
    """
    (comment,) = named.comments
    found = known_texts(connection, [comment.id, *nameless])
    old = next((one for one in nameless if found.get(one) == comment.text_sha256), None)
    if comment.id in found or old is None:
        return False
    mine = comments.c.id == old
    row = connection.execute(select(comments.c.pk, comments.c.thread_pk).where(mine)).one()
    drawable = select(audits.c.comment_pk).where(audits.c.comment_pk == row.pk)
    if connection.execute(drawable).first() is not None:
        return False
    # The name of its source stays: it is by that that the same client's edits are known.
    to = save_threads(connection, of_own_threads(connection, [named]), at)[named.id]
    fields: dict[str, object] = {"id": comment.id, "thread_pk": to}
    if comment.parent_id is not None:
        fields["parent_id"] = comment.parent_id
    connection.execute(update(comments).where(mine).values(fields))
    answers = (comments.c.thread_pk == row.thread_pk, comments.c.parent_id == old)
    connection.execute(update(comments).where(*answers).values(parent_id=comment.id))
    here = standing.c.comment_pk == row.pk
    connection.execute(update(standing).where(here).values(thread_pk=to))
    return True


def _named_since(
    connection: Connection, pieces: Sequence[_Piece], unnamed: Mapping[str, Unnamed]
) -> dict[str, str]:
    """Return the ids of comments that are not kept, and were first decided since they were sent.

    What was decided before, too, is another comment, which was there already. A name is of one
    comment: of several that wait, it is that of whose place most is told.
    """
    waiting = [
        (one, thread.source, unnamed[one.id])
        for thread, part in pieces
        for one in part
        if one.id in unnamed
    ]
    if not waiting:
        return {}
    waiting.sort(key=lambda one: -one[2].told)
    first_at = func.min(decisions.c.at)
    about = (comments.c.id, comments.c.source, threads.c.id.label("thread_id"), texts.c.sha256)
    statement = (
        select(*about, first_at.label("first_at"))
        .select_from(decisions)
        .join(texts, texts.c.pk == decisions.c.text_pk)
        .join(comments, comments.c.pk == decisions.c.comment_pk)
        .join(threads, threads.c.pk == comments.c.thread_pk)
        .where(among(connection, texts.c.sha256, {one.text_sha256 for one, *_ in waiting}))
        .where(decisions.c.via == FEEDBACK)
        .group_by(comments.c.id, comments.c.source, threads.c.id, texts.c.sha256)
        .having(first_at >= min(one.asked_at for *_, one in waiting))
        .order_by(func.min(decisions.c.pk))
    )
    said = connection.execute(statement).all()
    kept = known_texts(connection, [one.id for one, *_ in waiting]) if said else {}
    found: dict[str, str] = {}
    used: set[str] = set()
    for one, source, sent in waiting:
        free = [
            row
            for row in said
            if row.id not in used and (row.sha256, row.source) == (one.text_sha256, source)
        ]
        if one.id not in kept and (name := _likeliest(free, one.thread_id, sent)) is not None:
            found[one.id] = name
            used.add(name)
    return found


def _likeliest(said: Sequence[Any], thread_id: str, sent: Unnamed) -> str | None:
    """Return the id in these rows that this comment has: one of its own place, if any is."""
    fit = [
        row for row in said if row.first_at >= sent.asked_at and sent.may_stand_in(row.thread_id)
    ]
    best = min(fit, key=lambda row: row.thread_id != thread_id, default=None)
    return None if best is None else str(best.id)


def of_own_threads(connection: Connection, pieces: Sequence[Thread]) -> list[Thread]:
    """Return pieces of threads; of those that came from another source without title and page."""
    statement = select(threads.c.id, threads.c.source).where(
        among(connection, threads.c.id, [piece.id for piece in pieces])
    )
    sources = {row.id: row.source for row in connection.execute(statement)}
    return [
        piece
        if sources.get(piece.id, piece.source) == piece.source
        else replace(piece, title="", article="", url=None)
        for piece in pieces
    ]


def known_texts(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the digest of the current text of those comments that are known."""
    statement = (
        select(comments.c.id, texts.c.sha256)
        .join(standing, standing.c.comment_pk == comments.c.pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(among(connection, comments.c.id, ids))
    )
    return {row.id: row.sha256 for row in connection.execute(statement)}
