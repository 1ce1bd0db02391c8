"""Acts: what a reviewer decided at once, which is what an undo takes back.

An act is a decision, or all that share a batch. What is about a text that was edited since is no
part of one any more: that text asks again anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from triage.domain.decisions import Decision, taken_back
from triage.domain.entries import Act
from triage.store.rows import among, batched, decision_of, decision_rows
from triage.store.schema import decisions, standing, texts

__all__ = ["act_of", "last_act", "recent_acts"]

_CHUNK = 1_000
_LOOK_BACK = 50


def last_act(connection: Connection, reviewer: str) -> list[Decision]:
    """Return what stands of a reviewer's newest act of which anything does, oldest first."""
    mine = _by(reviewer)
    further = mine
    while rows := connection.execute(further.limit(_LOOK_BACK)).all():
        left = _not_undone(connection, rows)
        if left and left[0].batch is None:
            return left[:1]
        if left:
            act = connection.execute(mine.where(decisions.c.batch == left[0].batch)).all()
            return _not_undone(connection, act)[::-1]
        further = mine.where(decisions.c.pk < rows[-1].decision_pk)
    return []


def act_of(connection: Connection, reviewer: str, decision_id: str) -> list[Decision]:
    """Return what stands of the act that a reviewer's decision belongs to, oldest first."""
    mine = _by(reviewer)
    row = connection.execute(mine.where(decisions.c.id == decision_id)).one_or_none()
    if row is None:
        return []
    batch = row.decision_batch
    whole = [row] if batch is None else connection.execute(mine.where(decisions.c.batch == batch))
    return _not_undone(connection, list(whole))[::-1]


def recent_acts(connection: Connection, reviewer: str, limit: int) -> list[Act]:
    """Return a reviewer's last acts of which anything stands, the newest first."""
    found: list[Act] = []
    mine = further = _by(reviewer, texts.c.text)
    while rows := connection.execute(further.limit(_LOOK_BACK)).all():
        stand = {one.id for one in _not_undone(connection, rows)}
        below = rows[-1].decision_pk
        for row in rows:
            if row.decision_id not in stand:
                continue
            count = 1
            if row.decision_batch is not None:
                batch = select(func.count(), func.min(decisions.c.pk))
                whole = batch.where(decisions.c.batch == row.decision_batch)
                count, below = connection.execute(whole).one()
            found.append(Act(decision_of(row), row.text, count))
            if len(found) == limit:
                return found
            if row.decision_batch is not None:
                break  # the rest of its rows would be the same act
        further = mine.where(decisions.c.pk < below)
    return found


def _by(reviewer: str, *more: Any) -> Select[Any]:
    """Select a reviewer's verdicts on texts that are still the current ones, newest first."""
    return (
        decision_rows(*more)
        .join(standing, standing.c.comment_pk == decisions.c.comment_pk)
        .where(standing.c.text_pk == decisions.c.text_pk)
        .where(decisions.c.reviewer == reviewer, decisions.c.verdict.is_not(None))
        .order_by(decisions.c.pk.desc())
    )


def _not_undone(connection: Connection, rows: Sequence[Row[Any]]) -> list[Decision]:
    """Return the decisions in these rows less those that were taken back."""
    left: list[Decision] = []
    for some in batched(rows, _CHUNK):
        about = among(connection, decisions.c.comment_pk, {row.decision_comment_pk for row in some})
        log = connection.execute(decision_rows().where(about).order_by(decisions.c.pk))
        undone = taken_back(map(decision_of, log))
        left += [decision_of(row) for row in some if row.decision_id not in undone]
    return left
