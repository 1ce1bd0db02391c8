"""Verdicts, decisions, flags, annotations: what people add to what a scorer says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.checks import check_aware, check_digest, check_named
from triage.domain.scores import Label

__all__ = [
    "Annotation",
    "DecidedBy",
    "Decision",
    "Flag",
    "FlagSource",
    "Reviewer",
    "Span",
    "Verdict",
    "current_decision",
]


class Verdict(StrEnum):
    """What is decided about a comment."""

    APPROVE = "approve"
    REJECT = "reject"
    ESCALATE = "escalate"


class DecidedBy(StrEnum):
    """What kind of actor decided. A person outranks the rest."""

    PERSON = "person"
    POLICY = "policy"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The person who decides; `name` is what the log shows and may be a pseudonym."""

    name: str

    def __post_init__(self) -> None:
        check_named("a reviewer's name", self.name)


@dataclass(frozen=True, slots=True)
class Decision:
    """An append-only fact about one revision of one comment.

    `verdict` is None exactly where `undoes` names the decision that this one takes back.
    `policy` and `scorer` name what the decider saw (`default@3`, `compact@1f0c...`), if anything;
    `score_visible` says whether the scores were on the screen; `seconds_spent` is the time from
    seeing the comment to deciding. `via` is where it was made: `review`, `browse`, `cli`.
    """

    id: str
    comment_id: str
    text_sha256: str
    verdict: Verdict | None
    reviewer: str
    at: datetime
    reasons: tuple[str, ...] = ()
    note: str = ""
    decided_by: DecidedBy = DecidedBy.PERSON
    policy: str | None = None
    scorer: str | None = None
    score_visible: bool = True
    seconds_spent: float | None = None
    via: str = "review"
    undoes: str | None = None

    def __post_init__(self) -> None:
        check_named("a decision's id", self.id)
        check_named("a decision's comment id", self.comment_id)
        check_named("a decision's reviewer", self.reviewer)
        check_digest("a decision's text digest", self.text_sha256)
        check_aware("a decision's time", self.at)
        if (self.verdict is None) != (self.undoes is not None):
            raise ValueError("a decision carries a verdict, or it undoes another one")
        if self.seconds_spent is not None and not 0.0 <= self.seconds_spent < float("inf"):
            raise ValueError(f"seconds spent must be finite and not negative: {self.seconds_spent}")


def current_decision(decisions: Iterable[Decision]) -> Decision | None:
    """Return the decision in force, given one comment's decisions in the order they were made.

    The last that was not undone; one by a person outranks every one by a policy or a client.
    An undo of an undo brings the first decision back.
    """
    log = list(decisions)
    undone: set[str] = set()
    standing: list[Decision] = []
    for decision in reversed(log):
        if decision.id in undone:
            continue
        if decision.undoes is not None:
            undone.add(decision.undoes)
        else:
            standing.append(decision)
    for decision in standing:
        if decision.decided_by is DecidedBy.PERSON:
            return decision
    return standing[0] if standing else None


class FlagSource(StrEnum):
    """Who asks for the review. Flags by the policy follow from the scores instead."""

    REVIEWER = "reviewer"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark by a person that asks for review. Withdrawing it is another fact (`raised=False`)."""

    comment_id: str
    source: FlagSource
    by: str
    at: datetime
    raised: bool = True
    note: str = ""

    def __post_init__(self) -> None:
        check_named("a flag's comment id", self.comment_id)
        check_named("a flag's author", self.by)
        check_aware("a flag's time", self.at)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of a comment's text, and the label they carry."""

    start: int
    end: int
    label: Label | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span runs forward from 0 or later: {self.start}-{self.end}")


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a reviewer adds to a comment: labels confirmed or rejected, spans, a note."""

    id: str
    comment_id: str
    text_sha256: str
    reviewer: str
    at: datetime
    confirmed: tuple[Label, ...] = ()
    rejected: tuple[Label, ...] = ()
    spans: tuple[Span, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        check_named("an annotation's id", self.id)
        check_named("an annotation's comment id", self.comment_id)
        check_named("an annotation's reviewer", self.reviewer)
        check_digest("an annotation's text digest", self.text_sha256)
        check_aware("an annotation's time", self.at)
        both = set(self.confirmed) & set(self.rejected)
        if both:
            raise ValueError(f"a label is confirmed or rejected, not both: {sorted(both)}")
