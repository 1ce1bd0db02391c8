"""Mentions: which identities texts name, and whether comments are flagged more often for it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, exists, func, select

from triage.domain.entries import Mentioned, MentionReport, MentionShare
from triage.domain.policy import Route
from triage.store.browsing import BrowseFilter, check, conditions
from triage.store.database import Database, streamed
from triage.store.entries import entries, entry_of
from triage.store.languages import read_by_key
from triage.store.rows import batched, mentions_by_text, panel_in_force, scorer_pks, scorers_named
from triage.store.schema import mentions, scores, standing

__all__ = ["Mentions", "teller"]

_CHUNK = 1_000
_FLAGGED = standing.c.route.in_([Route.REVIEW.value, Route.HOLD.value])


class Mentions:
    """The mentions of a store: those by the first scorer on the panel that told of any.

    What another scorer or version told is kept as its scores are, and does not mix.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def identities(self) -> tuple[str, ...]:
        """Return the identities that are told of, by name; empty where no scorer tells of any."""
        with self._database.read() as connection:
            found = teller(connection)
            return () if found is None else _identities(connection, found[0])

    def report(self, at: float = 0.5) -> MentionReport | None:
        """Return how often comments that mention an identity are flagged, beside all comments.

        Comments count, not texts: a text that ten comments share counts ten times. None where no
        scorer on the panel told of mentions.
        """
        with self._database.read() as connection:
            found = teller(connection)
            if found is None:
                return None
            pk, by = found
            theirs = tuple(read_by_key(connection, by.partition("@")[0]))
            counts = (
                func.count().label("comments"),
                func.count().filter(_FLAGGED).label("flagged"),
            )
            read = (
                select(*counts)
                .select_from(standing)
                .join(scores, scores.c.text_pk == standing.c.text_pk)
                .where(scores.c.scorer_pk == pk, scores.c.not_scored.is_(None), *theirs)
            )
            naming = (
                select(mentions.c.identity, *counts)
                .join(standing, standing.c.text_pk == mentions.c.text_pk)
                .where(mentions.c.scorer_pk == pk, mentions.c.probability >= at, *theirs)
                .group_by(mentions.c.identity)
            )
            named = {
                row.identity: MentionShare(row.comments, row.flagged)
                for row in connection.execute(naming)
            }
            everyone = connection.execute(read).one()
            return MentionReport(
                by,
                at,
                MentionShare(everyone.comments, everyone.flagged),
                {one: named.get(one, MentionShare(0, 0)) for one in _identities(connection, pk)},
            )

    def stream(self, wanted: BrowseFilter | None = None) -> Iterator[Mentioned]:
        """Yield the comments of whose texts mentions are known, in the order of their import.

        Raises UsageError for a pattern that cannot be used.
        """
        within = check(wanted, sqlite=self._database.is_sqlite)
        with self._database.read(within) as connection:
            found = teller(connection)
            if found is None:
                return
            pk, by = found
            told = exists().where(
                mentions.c.scorer_pk == pk, mentions.c.text_pk == standing.c.text_pk
            )
            statement = entries().where(told, *conditions(wanted)).order_by(standing.c.comment_pk)
            for rows in batched(streamed(connection, statement), _CHUNK):
                known = mentions_by_text(connection, [pk], {row.text_pk for row in rows})
                for row in rows:
                    yield Mentioned(entry_of(row), by, known[pk, row.text_pk])


def teller(connection: Connection) -> tuple[int, str] | None:
    """Return the scorer whose mentions count: the key of its row, and how records name it."""
    known = scorer_pks(connection)
    for seat in dict.fromkeys(panel_in_force(connection).values()):
        pk = known.get(seat)
        one = select(mentions.c.text_pk).where(mentions.c.scorer_pk == pk).limit(1)
        if pk is not None and connection.execute(one).first() is not None:
            return pk, scorers_named([seat]) or ""
    return None


def _identities(connection: Connection, scorer_pk: int) -> tuple[str, ...]:
    statement = (
        select(mentions.c.identity)
        .where(mentions.c.scorer_pk == scorer_pk)
        .distinct()
        .order_by(mentions.c.identity)
    )
    return tuple(connection.execute(statement).scalars())
