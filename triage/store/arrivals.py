"""Comments that come one by one: where they belong, and names for those that came without."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import Connection, and_, exists, or_, select

from triage.domain.comments import Comment, Thread
from triage.domain.languages import Identifier
from triage.store.database import Database
from triage.store.importing import Saved
from triage.store.languages import readable_by
from triage.store.naming import ArrivalWriter, Asked, known_texts, of_own_threads
from triage.store.rows import among, coverage_in_force, panel_in_force, scorer_pks
from triage.store.schema import comments, scores, standing, texts, threads

__all__ = ["Arrivals"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Arrivals:
    """What is asked of a store where comments arrive in pieces of threads, in any order."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        identifier: Identifier | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._identifier = identifier

    def save(self, placed: Iterable[Thread], asked: Asked) -> Saved:
        """Store pieces of threads as an import does, or find what of them is there already.

        What was sent first may be kept last, by another process too. So a comment is stored or
        named in the transaction that records what is said of it.
        """
        writer = ArrivalWriter(self._database, self._clock, self._identifier, asked)
        return replace(writer.save(placed), named=writer.named)

    def placed(self, pieces: Iterable[Thread], at: datetime) -> list[Thread]:
        """Return pieces of threads in which every comment stands where it belongs.

        One that is known stays in its thread and at its place. Others stand by the moment at which
        they came, `at` in microseconds, so that no thread need be read to know where it ends. Of
        a thread that came from another source nothing is told anew.
        """
        given = list(pieces)
        with self._database.read() as connection:
            known = _known(connection, [one.id for piece in given for one in piece.comments])
            given = of_own_threads(connection, given)
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

    def with_text(self, comment_ids: Sequence[str], text_sha256: str) -> list[str]:
        """Return those of these comments that are known and have this text now."""
        with self._database.read() as connection:
            found = known_texts(connection, comment_ids)
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


def _known(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Return the thread and the place of those comments that are known."""
    statement = (
        select(comments.c.id, threads.c.id.label("thread_id"), comments.c.position)
        .join(threads, threads.c.pk == comments.c.thread_pk)
        .where(among(connection, comments.c.id, ids))
    )
    return {row.id: (row.thread_id, row.position) for row in connection.execute(statement)}
