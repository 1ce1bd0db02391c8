"""Where the comments that an audit drew stand in the queue: about one in ten, in their turn.

A drawn comment stands beside a flagged one, so that the queue is one order in one index. So does
what a policy left to people of what it would reject by itself, though scores flag it: at the place
of such scores nothing else is left, and everybody would know it for what it is.

The places are no facts: they are found anew whenever many comments come to the queue or leave it,
or a flag is taken from a drawn one, and nothing is lost by that. Single verdicts leave them alone,
for whoever works from the head of the queue takes flagged and drawn comments away alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, or_, select, update

from triage.store.database import streamed
from triage.store.salt import keyed_number, salt_of
from triage.store.schema import audits, standing

__all__ = ["AT_THE_END", "SHARE", "spread", "spread_by_chance"]

SHARE = 0.1
"""The share of drawn comments in the queue, as long as there are flagged ones among them."""

AT_THE_END = -1e12
"""Below every place of a flagged one: where a drawn comment stands until it has one among them."""


def spread(connection: Connection) -> None:
    """Give every drawn comment that waits a place among the flagged ones that wait.

    Between two of them stand nine flagged comments in the mean: were it always nine, whoever counts
    would know an audit's comment. Where no flagged ones are left, the others follow at the end.
    """
    waiting = connection.execute(
        select(standing.c.comment_pk, standing.c.place, standing.c.beside)
        .where(standing.c.pending, *spread_by_chance())
        .order_by(standing.c.turn, standing.c.comment_pk)
    ).all()
    if not waiting:
        return
    salt = salt_of(connection)
    steps = list(accumulate(_gap(salt, row.comment_pk) for row in waiting))
    flagged = _flagged(connection, steps)
    moved: list[dict[str, Any]] = []
    for number, (row, step) in enumerate(zip(waiting, steps, strict=True), 1):
        place = flagged.get(step, (AT_THE_END, number))
        if place != (row.place, row.beside):
            moved.append({"of": row.comment_pk, "to": place[0], "next_to": place[1]})
    if moved:
        mine = update(standing).where(standing.c.comment_pk == bindparam("of"))
        places: dict[str, Any] = {"place": bindparam("to"), "beside": bindparam("next_to")}
        connection.execute(mine.values(places), moved)


def spread_by_chance() -> Iterator[ColumnElement[bool]]:
    """Yield what is so of comments whose place hangs on nothing but the draw.

    What a person asks about and what is appealed has its own, and so has what an audit drew and
    another policy flags by now, unless a range held it.
    """
    yield standing.c.turn.is_not(None)
    yield standing.c.asked.is_(None)
    yield standing.c.appeal_pk.is_(None)
    yield or_(~standing.c.flagged, _in_a_range())


def _in_a_range() -> ColumnElement[bool]:
    held = audits.c.comment_pk == standing.c.comment_pk, audits.c.range_pk.is_not(None)
    return exists().where(*held)


def _flagged(connection: Connection, steps: Sequence[int]) -> dict[int, tuple[float, int]]:
    """Return place and key of the flagged comments that wait, that many steps into the queue."""
    wanted = set(steps)
    order = (standing.c.place.desc(), standing.c.beside, standing.c.comment_pk)
    statement = (
        select(standing.c.comment_pk, standing.c.place)
        .where(standing.c.pending, standing.c.flagged)
        .where(or_(standing.c.turn.is_(None), standing.c.asked.is_not(None), ~_in_a_range()))
        .order_by(*order)
        .limit(max(steps))
    )
    return {
        step: (row.place, row.comment_pk)
        for step, row in enumerate(streamed(connection, statement), 1)
        if step in wanted
    }


def _gap(salt: str, comment_pk: int) -> int:
    mean = round(1 / SHARE) - 1
    return 1 + int((2 * mean - 1) * keyed_number(salt, "gap", str(comment_pk)))
