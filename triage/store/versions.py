"""Scores by scorer version: which versions rated the comments, and what one of them says of all.

The panel in force alone decides what is flagged (`triage.store.standing`); here a version that is
not on it can be looked at beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from triage.domain.scores import Label
from triage.errors import NotFoundError
from triage.store.database import Database, streamed
from triage.store.groups import numbers
from triage.store.languages import read_by_key
from triage.store.rows import among, batched, scorer_pks
from triage.store.schema import scorers, scores, standing, texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["VersionScores", "VersionSeen", "Versions"]

_BATCH = 2_000
_READABLE = case((texts.c.erased_at.is_(None), texts.c.text), else_="")
"""What a text says; an erased one says nothing that could teach."""


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """A scorer version that rated comments as they are now: so many, of these labels."""

    key: str
    version: str
    labels: tuple[Label, ...]
    comments: int

    @property
    def ref(self) -> str:
        """How records name it: `compact@1f0c`."""
        return f"{self.key}@{self.version}"


@dataclass(frozen=True, slots=True)
class VersionScores:
    """What one scorer version says of every comment, in the order of `KnownComments.comment`.

    `scores` has NaN where there is none, `rated` marks whom the version was asked about at all,
    `unreadable` those of which it gave no score.
    """

    scores: Mapping[Label, NDArray[np.float64]]
    rated: NDArray[np.bool_]
    unreadable: NDArray[np.bool_]


class Versions:
    """The scorer versions of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self) -> list[VersionSeen]:
        """Return every version with scores of comments as they are now, oldest first."""
        with self._database.read() as connection:
            counted = (
                select(scores.c.scorer_pk, func.count().label("comments"))
                .join(standing, standing.c.text_pk == scores.c.text_pk)
                .group_by(scores.c.scorer_pk)
                .subquery()
            )
            rows = connection.execute(
                select(scorers.c.key, scorers.c.version, scorers.c.labels, counted.c.comments)
                .join(counted, counted.c.scorer_pk == scorers.c.pk)
                .order_by(scorers.c.pk)
            )
            return [
                VersionSeen(row.key, row.version, tuple(map(Label, row.labels)), int(row.comments))
                for row in rows
            ]

    def read(self, key: str, version: str, labels: Sequence[Label]) -> VersionScores:
        """Return what a version says of all comments; raise NotFoundError for one never used."""
        import numpy as np

        with self._database.read() as connection:
            pk = scorer_pks(connection).get((key, version))
            if pk is None:
                raise NotFoundError(f"{key}@{version} never rated anything in this database")
            mine = (scores.c.text_pk == standing.c.text_pk, scores.c.scorer_pk == pk)
            given = and_(*mine, *read_by_key(connection, key))
            columns: list[Any] = [scores.c.scorer_pk.is_not(None), scores.c.not_scored.is_not(None)]
            columns += [func.coalesce(scores.c[label.value], -1.0) for label in labels]
            source = standing.outerjoin(scores, given)
            statement = select(*columns).select_from(source).order_by(standing.c.comment_pk)
            kinds = {"rated": "?", "unreadable": "?"} | {one.value: "f8" for one in labels}
            rows = numbers(connection, statement, kinds)
        return VersionScores(
            {one: np.where(rows[one.value] < 0, np.nan, rows[one.value]) for one in labels},
            rows["rated"].copy(),
            rows["unreadable"].copy(),
        )

    def texts(self, keys: Sequence[int] | None = None) -> Iterator[list[tuple[int, str]]]:
        """Yield (comment key, its text as it is now) in batches, keys rising; of all, or of some.

        Memory is bounded by a batch.
        """
        statement = (
            select(standing.c.comment_pk, _READABLE.label("text"))
            .join(texts, texts.c.pk == standing.c.text_pk)
            .order_by(standing.c.comment_pk)
        )
        with self._database.read() as connection:
            if keys is None:
                for some in batched(streamed(connection, statement), _BATCH):
                    yield [(row.comment_pk, row.text) for row in some]
                return
            for wanted in batched(keys, _BATCH):
                mine = statement.where(among(connection, standing.c.comment_pk, wanted))
                yield [(row.comment_pk, row.text) for row in connection.execute(mine)]
