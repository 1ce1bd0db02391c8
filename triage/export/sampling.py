"""How a comment came to be decided: what a table of decisions is a sample of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from triage.domain.appeals import APPEAL
from triage.domain.decisions import BATCH, GROUP, DecidedBy
from triage.domain.entries import Decided

__all__ = ["DRAWN", "Drawn", "drawn_by"]


class Drawn(StrEnum):
    """Who or what chose a comment to be decided."""

    AUDIT = "audit"
    RANGE = "range"
    QUEUE = "queue"
    CHOICE = "choice"
    SECOND_LOOK = "second_look"
    APPEAL = "appeal"
    GROUP = "group"
    BATCH = "batch"
    CLIENT = "client"
    POLICY = "policy"


DRAWN: Mapping[Drawn, str] = MappingProxyType(
    {
        Drawn.AUDIT: "drawn by chance from what nothing flagged; each row stands for 1 / "
        "inclusion_probability comments. Decided blind where score_visible is false: a verdict "
        "that somebody gave anew may have had its scores in sight",
        Drawn.RANGE: "drawn by chance from what reaches a threshold and the policy would have "
        "decided by itself; each row stands for 1 / inclusion_probability comments of that range",
        Drawn.QUEUE: "came up in Review: flagged by the policy's thresholds or by a person, or "
        "drawn by an audit whose review has not come so far; not a random sample",
        Drawn.CHOICE: "somebody went to it, in Browse, in a thread or from the command line; not a "
        "random sample",
        Drawn.SECOND_LOOK: "two reviewers disagreed, and a lead had the last word; not a random "
        "sample",
        Drawn.APPEAL: "somebody objected to the first verdict, and somebody else decided; not a "
        "random sample",
        Drawn.GROUP: "a near copy of a comment that was read; nobody read this one",
        Drawn.BATCH: "decided at once with others by the range of a score; nobody read it",
        Drawn.CLIENT: "a moderator elsewhere decided, as a client of the API told; what was seen "
        "there is not known",
        Drawn.POLICY: "decided by the policy without a person",
    }
)
"""What each means, for whoever uses the rows."""

_VIA = {
    "review": Drawn.QUEUE,
    "audit": Drawn.QUEUE,
    "adjudication": Drawn.SECOND_LOOK,
    APPEAL: Drawn.APPEAL,
    GROUP: Drawn.GROUP,
    BATCH: Drawn.BATCH,
}


def drawn_by(decided: Decided) -> Drawn:
    """Return how the comment of a decision in force came to be decided."""
    if decided.inclusion is not None:
        return Drawn.RANGE if decided.automatic else Drawn.AUDIT
    by = decided.decision.decided_by
    if by is not DecidedBy.PERSON:
        return Drawn.CLIENT if by is DecidedBy.CLIENT else Drawn.POLICY
    return _VIA.get(decided.decision.via, Drawn.CHOICE)
