"""Near copies of a comment: found by the bands of its text, and then really compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    select,
    union_all,
)

from triage.domain.copies import MOST, comparable, has_copies, likeness, shingles
from triage.domain.entries import Copy
from triage.domain.scores import Label
from triage.errors import NotFoundError
from triage.store.bands import catch_up
from triage.store.database import Database
from triage.store.minhash import BANDS, band_keys
from triage.store.rows import among, batched, scores_of
from triage.store.schema import comments, standing, text_bands, texts

__all__ = ["Copies"]

_BESIDE = 100  # texts looked at before and after the own one under each of its keys
_COMPARED = 200  # texts, those with most keys in common
_AT_ONCE = 20
_CHARACTERS = 100_000  # after which no more is compared: some 30 ms


def _open(row: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Return what makes a row of `standing` undecided, and not an audit's (`ix_standing_alike`)."""
    return (row.c.decision_pk.is_(None), row.c.turn.is_(None))


class Copies:
    """The near copies in a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, comment_id: str, limit: int = MOST) -> list[Copy]:
        """Return undecided comments whose texts are alike that of this one, most alike first.

        Neither the comment itself nor what an audit drew, which is decided for itself. Comments
        that are alike one of these only are none: nothing is chained. However many there are, a
        bounded number is looked at, those imported shortly before and after it among them. Raises
        NotFoundError for an unknown comment.
        """
        with self._database.read() as connection:
            own = connection.execute(_OWN, {"id": comment_id}).one_or_none()
            if own is None:
                raise NotFoundError(f"there is no comment {comment_id!r} in this database")
            if own.erased_at is not None or not has_copies(own.text):
                return []
            others = _alike(connection, own.text_pk, own.text)
            found = []
            if own.repeated:
                found += _comments(connection, own.comment_pk, [own.text_pk], limit)
            if others and len(found) < limit:
                found += _comments(connection, own.comment_pk, others, limit - len(found))
            near = {own.text_pk: 1.0} | others
        return [one for _, one in sorted(found, key=lambda row: (-near[row[0]], row[0]))]

    def catch_up(self) -> int:
        """Enter texts that were stored before there was an index; return how many.

        In portions of their own: it may be stopped, and goes on from there.
        """
        return catch_up(self._database)


def _comments(
    connection: Connection, pk: int, text_pks: Iterable[int], limit: int
) -> list[tuple[int, Copy]]:
    """Return (key of the text, comment) of undecided comments, without the one with this key."""
    wanted = (
        select(comments.c.id, texts.c.sha256, standing.c.text_pk, standing.c.flagged)
        .add_columns(standing.c.not_scored, *(standing.c[label.value] for label in Label))
        .select_from(standing)
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(among(connection, standing.c.text_pk, text_pks), *_open(standing))
        .where(standing.c.comment_pk != pk)
        .order_by(standing.c.text_pk, standing.c.comment_pk)
        .limit(limit)
    )
    return [
        (int(row.text_pk), Copy(row.id, row.sha256, row.flagged, scores_of(row)))
        for row in connection.execute(wanted)
    ]


def _alike(connection: Connection, pk: int, text: str) -> dict[int, float]:
    """Return the keys of other texts that undecided comments have, and how alike they are."""
    said = comparable(text)
    if said is None:
        return {}
    keys = band_keys([said])[0].tolist()
    told = {"own": pk} | {f"key_{band}": key for band, key in enumerate(keys)}
    candidates = [int(row.text_pk) for row in connection.execute(_CANDIDATES, told)]
    ours, left = shingles(said), _CHARACTERS
    found: dict[int, float] = {}
    for some in batched(candidates, _AT_ONCE):
        held = select(texts.c.pk, texts.c.text).where(among(connection, texts.c.pk, some))
        others = {int(row.pk): comparable(row.text) or "" for row in connection.execute(held)}
        left -= sum(map(len, others.values()))
        near = {pk: how for pk, other in others.items() if (how := likeness(ours, other))}
        found |= near
        if not near or left < 0:  # the next ones have fewer keys in common
            break
    return found


def _own() -> Select[Any]:
    """Select a comment's text by its id, and whether another undecided one has the very same."""
    other = standing.alias("other")
    same = (other.c.text_pk == texts.c.pk, other.c.comment_pk != comments.c.pk)
    return (
        select(comments.c.pk.label("comment_pk"), texts.c.pk.label("text_pk"), texts.c.text)
        .add_columns(texts.c.erased_at, exists().where(*same, *_open(other)).label("repeated"))
        .select_from(comments)
        .join(standing, standing.c.comment_pk == comments.c.pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(comments.c.id == bindparam("id", type_=comments.c.id.type))
    )


def _candidates() -> Select[tuple[int]]:
    """Select texts that share band keys with the one in hand, those that share most first."""
    own = bindparam("own", type_=texts.c.pk.type)
    sides = []
    for band in range(BANDS):
        mine = text_bands.c.key == bindparam(f"key_{band}", type_=Integer)
        before = text_bands.c.text_pk < own, text_bands.c.text_pk.desc()
        after = text_bands.c.text_pk > own, text_bands.c.text_pk
        for side, order in (before, after):
            nearest = select(text_bands.c.text_pk).where(mine, side).order_by(order).limit(_BESIDE)
            sides.append(select(nearest.subquery().c.text_pk))
    near = union_all(*sides).subquery("near")
    waits = exists().where(standing.c.text_pk == near.c.text_pk, *_open(standing))
    return (
        select(near.c.text_pk)
        .where(waits)
        .group_by(near.c.text_pk)
        .order_by(func.count().desc(), func.abs(near.c.text_pk - own))
        .limit(_COMPARED)
    )


_OWN, _CANDIDATES = _own(), _candidates()
