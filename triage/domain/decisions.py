"""Verdicts, decisions, flags, annotations: what people add to what a scorer says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.checks import check_aware, check_digest, check_named
from triage.domain.scores import Label

__all__ = [
    "BATCH",
    "GROUP",
    "UNREAD",
    "Annotation",
    "DecidedBy",
    "Decision",
    "Flag",
    "FlagSource",
    "Reviewer",
    "Span",
    "Verdict",
    "asks_again",
    "current_decision",
    "in_force_in_turn",
    "looked_at",
    "run_of",
    "standing_flags",
    "taken_back",
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


BATCH, GROUP = "batch", "group"
UNREAD = frozenset({BATCH, GROUP})
"""What `Decision.via` says where a comment was decided along with others, and nobody read it."""


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
    `reasons` are labels (by value) and codes of the guidelines; `refused` are labels that the
    scores proposed as reasons and the decider rejected, never among the reasons.
    `policy`, `scorer` and `guidelines` name what the decider saw (`default@3`, `compact@1f0c...`,
    `guidelines@2`), if anything;
    `score_visible` says whether the scores were on the screen; `seconds_spent` is the time from
    seeing the comment to deciding. `via` is where it was made: `review`, `audit` (drawn for an
    audit, and decided without its scores), `thread`, `browse`, `adjudication` (a lead's last word),
    `cli`, `feedback` (by a moderator elsewhere, as a client tells), or how, where nobody read the
    comment for it: `batch` (by score), `group` (near copies of one that was read), `rule` (by a
    range of the policy). Of an undo it says where that was done. The decisions of one act about
    several comments share a `batch`; a single one has None.
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
    batch: str | None = None
    refused: tuple[str, ...] = ()
    guidelines: str | None = None

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
        if both := set(self.reasons) & set(self.refused):
            raise ValueError(f"a reason is given or refused, not both: {sorted(both)}")

    @property
    def looked(self) -> bool:
        """Whether a person read this very text to decide it; only then it says something of it.

        In a batch by score nobody reads, of a group of near copies one is read for all.
        """
        by_person = self.decided_by is DecidedBy.PERSON and self.verdict is not None
        return by_person and self.via not in UNREAD


def current_decision(decisions: Iterable[Decision]) -> Decision | None:
    """Return the decision in force, given one comment's decisions in the order they were made.

    The last that was not undone; one by a person outranks every one by a policy or a client.
    An undo of an undo brings the first decision back.
    """
    log = list(decisions)
    undone = taken_back(log)
    standing = [one for one in reversed(log) if one.undoes is None and one.id not in undone]
    for decision in standing:
        if decision.decided_by is DecidedBy.PERSON:
            return decision
    return standing[0] if standing else None


def in_force_in_turn(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that came into force, given one text's in the order they were made.

    The last of them is the one in force. What was taken back is as if it had never been.
    """
    log = list(decisions)
    undone = taken_back(log)
    found: list[Decision] = []
    by_person = False
    for one in log:
        if one.undoes is not None or one.id in undone:
            continue
        if one.decided_by is DecidedBy.PERSON or not by_person:
            found.append(one)
        by_person = by_person or one.decided_by is DecidedBy.PERSON
    return found


def run_of(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions in force that say the same one after the other, up to the last of all.

    The first of them is when what is in force began. Of one text, in the order they were made.
    """
    turn = in_force_in_turn(decisions)
    other = [place for place, one in enumerate(turn) if one.verdict is not turn[-1].verdict]
    return turn[other[-1] + 1 :] if other else turn


def taken_back(decisions: Iterable[Decision]) -> set[str]:
    """Return the ids of decisions and undos that are undone, given them in the order made.

    An undo that is itself undone takes nothing back.
    """
    undone: set[str] = set()
    for decision in reversed(list(decisions)):
        if decision.undoes is not None and decision.id not in undone:
            undone.add(decision.undoes)
    return undone


def looked_at(decisions: Iterable[Decision]) -> bool:
    """Return whether a verdict stands by a person who looked, given one text's decisions in order.

    One that was made without looking and came later does not take that away.
    """
    log = list(decisions)
    undone = taken_back(log)
    return any(one.looked and one.id not in undone for one in log)


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


def standing_flags(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    """Return the flags that stand, given one comment's in order: each person's last word."""
    last = {(flag.source, flag.by): flag for flag in flags}
    return tuple(flag for flag in last.values() if flag.raised)


def asks_again(log: Iterable[Decision | Flag]) -> bool:
    """Return whether a flag stands that was raised after the decision in force.

    `log` holds the decisions about one text and the flags on its comment, in the order in which
    they were made. The decision stays in force, but a person asks for another one. False where
    there is no decision: then the flag asks for the first.
    """
    events = list(log)
    decision = current_decision(one for one in events if isinstance(one, Decision))
    if decision is None:
        return False
    later = events[events.index(decision) + 1 :]
    return bool(standing_flags(one for one in later if isinstance(one, Flag)))


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
    """What a reviewer adds to a comment: labels confirmed or rejected, spans, a note.

    It is all that this reviewer says of this text: a later one by the same reviewer replaces it.
    """

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
