"""What a policy would flag that is not in force, over the scores that are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Select,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)

from triage.domain.decisions import Verdict
from triage.domain.policy import Policy
from triage.store.entries import NOBODY_CAN_SAY, OPEN
from triage.store.erased import GONE
from triage.store.schema import decisions, standing

__all__ = ["Shadow", "shadow_of"]


@dataclass(frozen=True, slots=True)
class Shadow:
    """What would follow from another policy, in comments, beside what is.

    `flagged` and `waiting` are now, by the policy in force and by people; `would_flag` and
    `would_wait` under the other one. `added` and `dropped` are the comments that would come to the
    flagged ones and leave them. Of one reviewer's rejections in force, `rejected`, the other policy
    would not have flagged `missed`. What an audit drew waits either way and is not counted.
    """

    flagged: int
    waiting: int
    would_flag: int
    would_wait: int
    added: int
    dropped: int
    rejected: int
    missed: int


def shadow_of(policy: Policy, reviewer: str) -> Select[Any]:
    """Return the query whose only row has the counts of a Shadow, by name."""
    asked = standing.c.asked.is_not(None)
    over = [standing.c[one.label.value] >= literal(one.at, Double) for one in policy.thresholds]
    would = func.coalesce(or_(asked, NOBODY_CAN_SAY, *over), False) & ~GONE
    mine = and_(decisions.c.reviewer == reviewer, standing.c.verdict == Verdict.REJECT.value)
    counted: dict[str, ColumnElement[bool]] = {
        "flagged": standing.c.flagged,
        "waiting": and_(standing.c.flagged, OPEN),
        "would_flag": would,
        "would_wait": and_(would, OPEN),
        "added": and_(would, ~standing.c.flagged),
        "dropped": and_(~would, standing.c.flagged),
        "rejected": func.coalesce(mine, False),
        "missed": and_(func.coalesce(mine, False), ~would),
    }
    sums: list[Any] = [
        func.coalesce(func.sum(cast(one, Integer)), 0).label(name) for name, one in counted.items()
    ]
    return (
        select(*sums)
        .select_from(standing)
        .outerjoin(decisions, decisions.c.pk == standing.c.decision_pk)
    )
