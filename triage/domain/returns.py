"""Decisions on their way back to where their comments live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage.domain.checks import check_aware
from triage.domain.comments import Origin, SourceState
from triage.domain.decisions import DecidedBy, Decision

__all__ = ["Asked", "Change", "Handed", "Returnable"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which decisions are asked for: None stands for all.

    `source` is the namespace of the comments' ids (`triage import --source`), "" for those without
    one. `since` is about when a decision was made or taken back. `by` are the kinds of actors whose
    decisions go back: people's, unless others are named. A policy's follow from scores, and nobody
    answers for them; a client's were told here by the site itself.
    """

    source: str | None = None
    thread_id: str | None = None
    since: datetime | None = None
    by: frozenset[DecidedBy] = frozenset({DecidedBy.PERSON})

    def __post_init__(self) -> None:
        check_aware("the time since when", self.since)


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed back of a comment last, by one way back.

    `before` is what the source was known to say itself at that time, `was` that or what it had been
    told since, `state` what it was told, `at` when, and `first` what it said before it was told
    anything.
    """

    decision_id: str
    before: SourceState | None
    was: SourceState | None
    state: SourceState
    first: SourceState | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Returnable:
    """A comment that its source may have to hear of.

    `decision` is the one in force, or the undo that took back what was handed back before. `state`
    is what its source said last; of what was handed back, `state_at` is when it said so since.
    """

    comment_id: str
    origin: Origin
    state: SourceState | None
    decision: Decision
    handed: Handed | None
    state_at: datetime | None = None

    @property
    def namespace(self) -> str:
        """What stands before its source's id here: the name of the source, or nothing."""
        return self.comment_id.removesuffix(self.origin.id).removesuffix(":")


@dataclass(frozen=True, slots=True)
class Change:
    """What the source is to be told of one comment: `now` becomes `then`, and why.

    `now` is what the source says as far as it is known, with what it was told since; `before` is
    what it said itself, last. Without a verdict, a decision that was handed back was taken back.
    """

    returnable: Returnable
    now: SourceState | None
    then: SourceState
    before: SourceState | None

    @property
    def why(self) -> str:
        """The verdict with its reasons, by whom and when; nobody's words."""
        made = self.returnable.decision
        said = "taken back" if made.verdict is None else made.verdict.value
        given = f" ({', '.join(made.reasons)})" if made.reasons else ""
        return f"{said}{given} by {made.reviewer}, {made.at:%Y-%m-%d %H:%M} UTC"
