"""Comments that come one by one: where they belong, and names for those that came without."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Connection, and_, exists, or_, select, update

from triage.domain.comments import Comment, Thread
from triage.store.chunks import save_threads
from triage.store.database import Database
from triage.store.languages import readable_by
from triage.store.rows import among, coverage_in_force, panel_in_force, scorer_pks
from triage.store.schema import audits, comments, scores, standing, texts, threads

__all__ = ["Arrivals"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Arrivals:
    """What is asked of a store where comments arrive in pieces of threads, in any order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def placed(self, pieces: Iterable[Thread], at: datetime) -> list[Thread]:
        """Return pieces of threads in which every comment stands where it belongs.

        One that is known stays in its thread and at its place. Others stand by the moment at which
        they came, `at` in microseconds, so that no thread need be read to know where it ends. Of
        a thread that came from another source nothing is told anew.
        """
        given = list(pieces)
        with self._database.read() as connection:
            known = _known(connection, [one.id for piece in given for one in piece.comments])
            given = _of_own_threads(connection, given)
        moments = count((at - _EPOCH) // timedelta(microseconds=1))
        placed: list[Thread] = []
        for piece in given:
            here: list[Comment] = []
            for comment in piece.comments:
                thread_id, place = known.get(comment.id) or (piece.id, next(moments))
                stands = replace(comment, thread_id=thread_id, position=place)
                if thread_id == piece.id:
                    here.append(stands)
                else:  # of that thread this client tells nothing
                    placed.append(Thread(thread_id, source=piece.source, comments=(stands,)))
            if here:
                placed.append(piece.with_comments(here))
        return placed

    def of_others(self, pieces: Iterable[Thread]) -> dict[str, tuple[str, str]]:
        """Return the source and the digest of the text of what came first from another source."""
        sources = {one.id: piece.source for piece in pieces for one in piece.comments}
        statement = (
            select(comments.c.id, comments.c.source, texts.c.sha256)
            .join(standing, standing.c.comment_pk == comments.c.pk)
            .join(texts, texts.c.pk == standing.c.text_pk)
        )
        with self._database.read() as connection:
            mine = statement.where(among(connection, comments.c.id, list(sources)))
            return {
                row.id: (row.source, row.sha256)
                for row in connection.execute(mine)
                if row.source != sources[row.id]
            }

    def stored(self, comment_ids: Collection[str]) -> set[str]:
        """Return those of these comments that are here, erased ones too."""
        with self._database.read() as connection:
            mine = among(connection, comments.c.id, comment_ids)
            return set(connection.execute(select(comments.c.id).where(mine)).scalars())

    def erased(self, comment_ids: Collection[str]) -> set[str]:
        """Return those of these comments that were erased here."""
        mine = select(comments.c.id).where(comments.c.erased_at.is_not(None))
        with self._database.read() as connection:
            found = mine.where(among(connection, comments.c.id, comment_ids))
            return set(connection.execute(found).scalars())

    def name(self, nameless: Sequence[str], named: Thread, at: datetime) -> bool:
        """Give a comment that came without an id the id, thread and parent of `named`'s only one.

        The first of `nameless` that is known gets them, unless an audit could have drawn it: its
        random number hangs on its id. False, and nothing done, where there is none, where the new
        id is taken, and where the text is another one.
        """
        (comment,) = named.comments
        with self._database.write() as connection:
            found = _known_texts(connection, [comment.id, *nameless])
            old = next((one for one in nameless if found.get(one) == comment.text_sha256), None)
            if comment.id in found or old is None:
                return False
            mine = comments.c.id == old
            row = connection.execute(select(comments.c.pk, comments.c.thread_pk).where(mine)).one()
            drawable = select(audits.c.comment_pk).where(audits.c.comment_pk == row.pk)
            if connection.execute(drawable).first() is not None:
                return False
            # The name of its source stays: it is by that that the same client's edits are known.
            to = save_threads(connection, _of_own_threads(connection, [named]), at)[named.id]
            fields: dict[str, object] = {"id": comment.id, "thread_pk": to}
            if comment.parent_id is not None:
                fields["parent_id"] = comment.parent_id
            connection.execute(update(comments).where(mine).values(fields))
            answers = (comments.c.thread_pk == row.thread_pk, comments.c.parent_id == old)
            connection.execute(update(comments).where(*answers).values(parent_id=comment.id))
            here = standing.c.comment_pk == row.pk
            connection.execute(update(standing).where(here).values(thread_pk=to))
        return True

    def with_text(self, comment_ids: Sequence[str], text_sha256: str) -> list[str]:
        """Return those of these comments that are known and have this text now."""
        with self._database.read() as connection:
            found = _known_texts(connection, comment_ids)
        return [one for one in comment_ids if found.get(one) == text_sha256]

    def unrated(self, comment_ids: Sequence[str]) -> list[str]:
        """Return the texts of these comments that lack scores by a scorer of the panel in force.

        Each once, and not for a scorer that does not read its language. All before there is a
        panel.
        """
        with self._database.read() as connection:
            known = scorer_pks(connection)
            panel, coverage = panel_in_force(connection), coverage_in_force(connection)
            lacking = [
                and_(
                    *readable_by(coverage, label),
                    ~exists().where(
                        scores.c.text_pk == texts.c.pk, scores.c.scorer_pk == known.get(seat)
                    ),
                )
                for label, seat in panel.items()
            ]
            current = (
                select(texts.c.text)
                .join(standing, standing.c.text_pk == texts.c.pk)
                .join(comments, comments.c.pk == standing.c.comment_pk)
                .where(among(connection, comments.c.id, comment_ids))
                .where(texts.c.erased_at.is_(None))
                .distinct()
            )
            wanted = current.where(or_(*lacking)) if panel else current
            return list(connection.execute(wanted).scalars())


def _of_own_threads(connection: Connection, pieces: Sequence[Thread]) -> list[Thread]:
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


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return the thread and the place of those comments that are known."""
    statement = (
        select(comments.c.id, threads.c.id.label("thread_id"), comments.c.position)
        .join(threads, threads.c.pk == comments.c.thread_pk)
        .where(among(connection, comments.c.id, ids))
    )
    return {row.id: (row.thread_id, row.position) for row in connection.execute(statement)}


def _known_texts(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the digest of the current text of those comments that are known."""
    statement = (
        select(comments.c.id, texts.c.sha256)
        .join(standing, standing.c.comment_pk == comments.c.pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(among(connection, comments.c.id, ids))
    )
    return {row.id: row.sha256 for row in connection.execute(statement)}
