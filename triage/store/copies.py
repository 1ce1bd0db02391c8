"""Near copies of a comment: found by the bands of its text, and then really compared."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Integer, Select, bindparam, exists, func, select, union_all

from triage.domain.copies import comparable, has_copies, likeness, shingles
from triage.domain.entries import Entry
from triage.store.bands import catch_up
from triage.store.database import Database
from triage.store.entries import entries, entry_of
from triage.store.minhash import BANDS, band_keys
from triage.store.rows import among, batched, comment_pk
from triage.store.schema import standing, text_bands, texts

__all__ = ["Copies"]

_BESIDE = 100  # texts looked at before and after the own one under each of its keys
_COMPARED = 200  # texts, those with most keys in common
_AT_ONCE = 40
_CHARACTERS = 100_000  # after which no more is compared: some 30 ms

_open = (standing.c.decision_pk.is_(None), standing.c.turn.is_(None))
"""Undecided, and not drawn for an audit, which is decided for itself (`ix_standing_alike`)."""


class Copies:
    """The near copies in a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, comment_id: str, limit: int = 500) -> list[Entry]:
        """Return undecided comments whose texts are alike that of this one, most alike first.

        Neither the comment itself nor what an audit drew, which is decided for itself. Comments
        that are alike one of these only are none: nothing is chained. However many there are, a
        bounded number is looked at, those imported shortly before and after it among them. Raises
        NotFoundError for an unknown comment.
        """
        with self._database.read() as connection:
            pk = comment_pk(connection, comment_id)
            own = connection.execute(
                select(texts.c.pk, texts.c.text)
                .join(standing, standing.c.text_pk == texts.c.pk)
                .where(standing.c.comment_pk == pk)
            ).one()
            if not has_copies(own.text):
                return []
            near = {int(own.pk): 1.0} | _alike(connection, int(own.pk), own.text)
            found = _comments(connection, pk, [own.pk], limit)
            others = [text_pk for text_pk in near if text_pk != own.pk]
            if others and len(found) < limit:
                found += _comments(connection, pk, others, limit - len(found))
        return [one for _, one in sorted(found, key=lambda row: (-near[row[0]], row[0]))]

    def catch_up(self) -> int:
        """Enter texts that were stored before there was an index; return how many.

        In portions of their own: it may be stopped, and goes on from there.
        """
        return catch_up(self._database)


def _comments(
    connection: Connection, pk: int, text_pks: Sequence[int], limit: int
) -> list[tuple[int, Entry]]:
    """Return (key of the text, comment) of undecided comments, without the one with this key."""
    wanted = (
        entries()
        .add_columns(standing.c.text_pk.label("alike_pk"))
        .where(among(connection, standing.c.text_pk, text_pks), *_open)
        .where(standing.c.comment_pk != pk)
        .order_by(standing.c.text_pk, standing.c.comment_pk)
        .limit(limit)
    )
    return [(int(row.alike_pk), entry_of(row)) for row in connection.execute(wanted)]


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
    waits = exists().where(standing.c.text_pk == near.c.text_pk, *_open)
    return (
        select(near.c.text_pk)
        .where(waits)
        .group_by(near.c.text_pk)
        .order_by(func.count().desc(), func.abs(near.c.text_pk - own))
        .limit(_COMPARED)
    )


_CANDIDATES = _candidates()
