"""Scores: what is still to be scored, and what scorers said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
)

from triage.domain.scores import Label, ScorerInfo, Scores
from triage.store.database import Database, load
from triage.store.languages import read_by
from triage.store.rows import (
    among,
    batched,
    comment_pk,
    mentions_by_text,
    panel_in_force,
    scorer_pks,
    scores_by_text,
    scores_of,
)
from triage.store.schema import mentions, scorers, scores, standing, texts
from triage.store.standing import now, refresh

__all__ = ["ScoreBook", "save_new_scores"]

_CHUNK = 2_000
_KEYS = 100_000

Stretches = Mapping[Label, Sequence[tuple[float, float]]]
"""Label -> [low, high] stretches of scores."""


class ScoreBook:
    """The scores of a store. They hang on texts, so that the same text is scored once."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def unscored(
        self, scorer: ScorerInfo, batch: int = 1_000, *, unknown_as: str | None = None
    ) -> Iterator[list[tuple[str, str]]]:
        """Yield (digest, text) of current texts that this version has not scored, in batches.

        Each text once. Saving scores in between is what this is for. Texts in languages that the
        scorer does not read are left out; an unknown one is taken for `unknown_as`, without it for
        one that is read.
        """
        last = 0
        while pks := self._open_after(last, scorer, unknown_as):
            for some in batched(pks, batch):
                with self._database.read() as connection:
                    rows = _still_open(connection, scorer, some)
                if rows:
                    yield rows
            last = pks[-1]

    def _open_after(self, last: int, scorer: ScorerInfo, unknown_as: str | None) -> list[int]:
        """Return the keys of the next unscored texts: not of all, which memory need not hold."""
        with self._database.read() as connection:
            following = (texts.c.pk > last, *_open(connection, scorer, unknown_as))
            statement = select(texts.c.pk).where(*following).order_by(texts.c.pk).limit(_KEYS)
            return list(connection.execute(statement).scalars())

    def unscored_count(self, scorer: ScorerInfo, *, unknown_as: str | None = None) -> int:
        """Return how many texts `unscored` would yield."""
        with self._database.read() as connection:
            left = _open(connection, scorer, unknown_as)
            statement = select(func.count()).select_from(texts).where(*left)
            return int(connection.execute(statement).scalar_one())

    def rough(
        self,
        scorer: ScorerInfo,
        within: Stretches,
        batch: int = 1_000,
        *,
        unknown_as: str | None = None,
    ) -> Iterator[list[tuple[str, str]]]:
        """Yield (digest, text) of current texts with rough scores of this version, in batches.

        Only those of which a label's score lies in one of its stretches. Each text once, unless
        it has other scores by then; languages that the scorer does not read are left out.
        """
        read = tuple(read_by(scorer, unknown_as))
        with self._database.read() as connection:
            every = _rough(connection, scorer, within, texts.c.pk).where(*read)
            pks = list(connection.execute(every.order_by(texts.c.pk)).scalars())
        for some in batched(pks, batch):
            with self._database.read() as connection:
                still = _rough(connection, scorer, within, texts.c.sha256, texts.c.text)
                mine = still.where(among(connection, texts.c.pk, some)).order_by(texts.c.pk)
                rows = [(digest, text) for digest, text in connection.execute(mine)]
            if rows:
                yield rows

    def save(self, scorer: ScorerInfo, rows: Iterable[tuple[str, Scores]]) -> int:
        """Store (text digest, scores) of one scorer version with its mentions; return how many.

        What is not stored (any more) is passed over: it may be erased while it is being scored.
        Flags follow at once where the scorer is on the panel. Chunks are committed one by one, so
        that a killed run keeps what it has.
        """
        saved = 0
        for chunk in batched(rows, _CHUNK):
            with self._database.write() as connection:
                saved += _save(connection, scorer, dict(chunk), self._clock())
        return saved

    def said(self, scorer: ScorerInfo, digests: Sequence[str]) -> dict[str, Scores]:
        """Return digest -> scores and mentions by this version, of those texts that it rated."""
        with self._database.read() as connection:
            pk = scorer_pks(connection).get((scorer.key, scorer.version))
            if pk is None:
                return {}
            rows = connection.execute(
                select(texts.c.pk, texts.c.sha256, *(scores.c[label.value] for label in Label))
                .add_columns(scores.c.not_scored, scores.c.rough)
                .join(scores, scores.c.text_pk == texts.c.pk)
                .where(scores.c.scorer_pk == pk, among(connection, texts.c.sha256, digests))
            ).all()
            told = mentions_by_text(connection, [pk], [row.pk for row in rows])
        given = {row: scores_of(row) for row in rows}
        return {
            row.sha256: replace(one, mentions=told.get((pk, row.pk), {}))
            for row, one in given.items()
            if one is not None
        }

    def of(self, comment_id: str) -> dict[tuple[str, str], Scores]:
        """Return (key, version) -> scores and mentions of a comment's text; raise NotFoundError."""
        with self._database.read() as connection:
            pk = comment_pk(connection, comment_id)
            current = select(standing.c.text_pk).where(standing.c.comment_pk == pk)
            text_pk = connection.execute(current).scalar_one()
            given = scores_by_text(connection, [text_pk]).get(text_pk, {})
            known = scorer_pks(connection)
            told = mentions_by_text(connection, known.values(), [text_pk])
            return {
                scorer: replace(one, mentions=told.get((known[scorer], text_pk), {}))
                for scorer, one in given.items()
            }

    def scorers(self) -> list[ScorerInfo]:
        """Return every scorer version that ever saved scores here, oldest first."""
        with self._database.read() as connection:
            return [
                ScorerInfo(
                    key=row.key,
                    version=row.version,
                    labels=tuple(Label(label) for label in row.labels),
                    description=row.description,
                    details=row.details,
                )
                for row in connection.execute(select(scorers).order_by(scorers.c.pk))
            ]


def save_new_scores(
    connection: Connection, scorer: ScorerInfo, given: Mapping[str, Scores], at: datetime
) -> None:
    """Store text digest -> scores of one scorer version, where they are not what is stored."""
    found = select(texts.c.sha256, texts.c.pk).where(among(connection, texts.c.sha256, given))
    pks = {row.sha256: int(row.pk) for row in connection.execute(found)}
    told = scores_by_text(connection, pks.values())
    seat = (scorer.key, scorer.version)
    news = {
        digest: one
        for digest, one in given.items()
        if digest in pks and told.get(pks[digest], {}).get(seat) != one
    }
    if news:
        _save(connection, scorer, news, at)


def _save(
    connection: Connection, scorer: ScorerInfo, given: Mapping[str, Scores], at: datetime
) -> int:
    """Store text digest -> scores, of the texts that are there; return how many."""
    found = select(texts.c.sha256, texts.c.pk).where(among(connection, texts.c.sha256, given))
    pks = {row.sha256: int(row.pk) for row in connection.execute(found)}
    given = {digest: one for digest, one in given.items() if digest in pks}
    if not given:
        return 0
    scorer_pk = _scorer_pk(connection, scorer, at)
    rows = [
        {
            "text_pk": pks[digest],
            "scorer_pk": scorer_pk,
            **{label.value: _plain(one.values.get(label)) for label in Label},
            "not_scored": one.not_scored,
            "scored_at": at,
            "rough": one.rough,
        }
        for digest, one in given.items()
    ]
    mentioned = [
        {
            "scorer_pk": scorer_pk,
            "text_pk": pks[digest],
            "identity": identity,
            "probability": _plain(probability),
        }
        for digest, one in given.items()
        for identity, probability in one.mentions.items()
    ]
    for table in (mentions, scores):  # what hangs on the scores goes before them
        again = among(connection, table.c.text_pk, pks.values())
        connection.execute(delete(table).where(table.c.scorer_pk == scorer_pk, again))
    load(connection, scores, rows)
    load(connection, mentions, mentioned)
    if (scorer.key, scorer.version) in panel_in_force(connection).values():
        refresh(connection, among(connection, now.c.text_pk, pks.values()))
    return len(given)


def _plain(score: float | None) -> float | None:
    # A driver may refuse NumPy's numbers.
    return None if score is None else float(score)


def _open(
    connection: Connection, scorer: ScorerInfo, unknown_as: str | None
) -> tuple[ColumnElement[bool], ...]:
    there = and_(exists().where(standing.c.text_pk == texts.c.pk), texts.c.erased_at.is_(None))
    current = (there, *read_by(scorer, unknown_as))
    pk = scorer_pks(connection).get((scorer.key, scorer.version))
    if pk is None:
        return current
    return (*current, ~exists().where(scores.c.text_pk == texts.c.pk, scores.c.scorer_pk == pk))


def _rough(
    connection: Connection, scorer: ScorerInfo, within: Stretches, *columns: Any
) -> Select[Any]:
    """Select from current texts with rough scores of this version that lie in these stretches."""
    pk = scorer_pks(connection).get((scorer.key, scorer.version))
    inside = [
        scores.c[label.value].between(low, high)
        for label, stretches in within.items()
        for low, high in stretches
    ]
    return (
        select(*columns)
        .select_from(texts)
        .join(scores, scores.c.text_pk == texts.c.pk)
        .where(scores.c.scorer_pk == pk, scores.c.rough, or_(false(), *inside))
        .where(texts.c.erased_at.is_(None))
        .where(exists().where(standing.c.text_pk == texts.c.pk))
    )


def _still_open(
    connection: Connection, scorer: ScorerInfo, text_pks: list[int]
) -> list[tuple[str, str]]:
    """Return (digest, text) of these texts, less those scored or erased meanwhile."""
    pk = scorer_pks(connection).get((scorer.key, scorer.version))
    done = select(scores.c.text_pk).where(
        scores.c.scorer_pk == pk, among(connection, scores.c.text_pk, text_pks)
    )
    left = set(text_pks).difference(connection.execute(done).scalars())
    statement = (
        select(texts.c.sha256, texts.c.text)
        .where(among(connection, texts.c.pk, left), texts.c.erased_at.is_(None))
        .order_by(texts.c.pk)
    )
    return [(digest, text) for digest, text in connection.execute(statement)]


def _scorer_pk(connection: Connection, scorer: ScorerInfo, at: datetime) -> int:
    known = scorer_pks(connection).get((scorer.key, scorer.version))
    if known is not None:
        return known
    row = {
        "key": scorer.key,
        "version": scorer.version,
        "labels": [label.value for label in scorer.labels],
        "description": scorer.description,
        "details": dict(scorer.details),
        "first_used_at": at,
    }
    return int(connection.execute(insert(scorers).returning(scorers.c.pk), row).scalar_one())
