"""Acts: what a reviewer decided at once, which is what an undo takes back.

An act is a decision, or all that share a batch. What is about a text that was edited since is no
part of one any more: that text asks again anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, exists, func, select

from triage.domain.decisions import UNREAD, DecidedBy, Decision, taken_back
from triage.domain.entries import Act
from triage.store.database import streamed
from triage.store.rows import among, batched, decision_of, decision_rows
from triage.store.schema import decisions, standing, texts

__all__ = ["Taken", "act_of", "all_acts", "last_act", "recent_acts", "standing_of"]

_CHUNK = 1_000
_LOOK_BACK = 50


class Taken(NamedTuple):
    """A decision that stands, with the keys of its row, its comment and its text."""

    decision_pk: int
    comment_pk: int
    text_pk: int
    decision: Decision


def last_act(connection: Connection, reviewer: str) -> list[Taken]:
    """Return what stands of a reviewer's newest act of which anything does, oldest first."""
    mine = further = _by(reviewer)
    while rows := connection.execute(further.limit(_LOOK_BACK)).all():
        left = _not_undone(connection, rows)
        if left and left[0].decision.batch is None:
            return left[:1]
        if left:
            return _whole(connection, mine.where(decisions.c.batch == left[0].decision.batch))
        further = mine.where(decisions.c.pk < _looked_through(connection, rows[-1]))
    return []


def act_of(connection: Connection, reviewer: str, decision_id: str) -> list[Taken]:
    """Return what stands of the act that a reviewer's decision belongs to, oldest first."""
    mine = _by(reviewer)
    row = connection.execute(mine.where(decisions.c.id == decision_id)).one_or_none()
    if row is None:
        return []
    if row.decision_batch is None:
        return _not_undone(connection, [row])
    return _whole(connection, mine.where(decisions.c.batch == row.decision_batch))


def all_acts(connection: Connection, policies: Iterable[str]) -> list[Taken]:
    """Return what stands of all that versions of the policy decided by themselves, oldest first.

    By name, `policy:default@3`; what a person decided who calls themselves so is not theirs.
    """
    mine = decisions.c.decided_by == DecidedBy.POLICY.value
    return _whole(connection, _by(*policies).where(mine))


def standing_of(connection: Connection, decision_pks: Sequence[int]) -> list[Taken]:
    """Return those of some verdicts, by their keys, that stand by now, oldest first."""
    return _whole(connection, _verdicts().where(among(connection, decisions.c.pk, decision_pks)))


def recent_acts(connection: Connection, reviewer: str, limit: int) -> list[Act]:
    """Return a reviewer's last acts of which anything stands, the newest first."""
    found: list[Act] = []
    mine = further = _by(reviewer, more=(texts.c.text,))
    while rows := connection.execute(further.limit(_LOOK_BACK)).all():
        stand = {one.decision_pk for one in _not_undone(connection, rows)}
        below = None
        for row in rows:
            if row.decision_pk not in stand:
                continue
            count = 1
            if row.decision_batch is not None:
                batch = select(func.count(), func.min(decisions.c.pk))
                whole = batch.where(decisions.c.batch == row.decision_batch)
                count, below = connection.execute(whole).one()
            shown = _read(connection, mine, row)
            found.append(Act(decision_of(shown), shown.text, count))
            if len(found) == limit:
                return found
            if row.decision_batch is not None:
                break  # the rest of its rows would be the same act
        if below is None:
            below = _looked_through(connection, rows[-1])
        further = mine.where(decisions.c.pk < below)
    return found


def _by(*reviewers: str, more: Sequence[Any] = ()) -> Select[Any]:
    """Select reviewers' verdicts on texts that are still the current ones, newest first."""
    return _verdicts(more).where(decisions.c.reviewer.in_(reviewers))


def _verdicts(more: Sequence[Any] = ()) -> Select[Any]:
    return (
        decision_rows(*more)
        .join(standing, standing.c.comment_pk == decisions.c.comment_pk)
        .where(standing.c.text_pk == decisions.c.text_pk)
        .where(decisions.c.verdict.is_not(None))
        .order_by(decisions.c.pk.desc())
    )


def _read(connection: Connection, mine: Select[Any], row: Row[Any]) -> Row[Any]:
    """Return what was read of the act of a row, of a group of copies the one; else the row."""
    if row.decision_batch is None or decision_of(row).looked:
        return row
    read = mine.where(decisions.c.batch == row.decision_batch, decisions.c.via.not_in(UNREAD))
    rows = connection.execute(read.limit(1)).all()
    return rows[0] if rows and _not_undone(connection, rows) else row


def _whole(connection: Connection, act: Select[Any]) -> list[Taken]:
    """Return what stands of a batch, oldest first; its rows are not held together."""
    found: list[Taken] = []
    for rows in batched(streamed(connection, act), _CHUNK):
        found += _not_undone(connection, rows)
    return found[::-1]


def _looked_through(connection: Connection, row: Row[Any]) -> int:
    """Return the key below which to look on, after rows of which nothing stands.

    A batch that was taken back as a whole, which may be long, is passed over in one step.
    """
    if row.decision_batch is None:
        return int(row.decision_pk)
    again, undo = decisions.alias("again"), decisions.alias("undo")
    undone_for_good = exists().where(
        undo.c.undoes_pk == decisions.c.pk, ~exists().where(again.c.undoes_pk == undo.c.pk)
    )
    batch = decisions.c.batch == row.decision_batch
    if connection.execute(select(exists().where(batch, ~undone_for_good))).scalar():
        return int(row.decision_pk)
    return int(connection.execute(select(func.min(decisions.c.pk)).where(batch)).scalar_one())


def _not_undone(connection: Connection, rows: Sequence[Row[Any]]) -> list[Taken]:
    """Return the decisions in these rows less those that were taken back."""
    left: list[Taken] = []
    for some in batched(rows, _CHUNK):
        undone = _undone(connection, some)
        left += [
            Taken(row.decision_pk, row.decision_comment_pk, row.decision_text_pk, decision_of(row))
            for row in some
            if row.decision_id not in undone
        ]
    return left


def _undone(connection: Connection, rows: Iterable[Row[Any]]) -> set[str]:
    """Return the ids of decisions that are taken back, of all comments that these rows are about.

    An undo may be undone itself, which the whole log of a comment tells; most have no undo.
    """
    pks = [row.decision_pk for row in rows]
    touched = select(decisions.c.comment_pk).where(among(connection, decisions.c.undoes_pk, pks))
    about = connection.execute(touched).scalars().all()
    if not about:
        return set()
    log = decision_rows().where(among(connection, decisions.c.comment_pk, set(about)))
    return taken_back(map(decision_of, connection.execute(log.order_by(decisions.c.pk))))
