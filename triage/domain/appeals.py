"""Appeals: somebody objects to a decision, and somebody else looks at the comment again.

Nothing here is a status that is set: what became of an appeal follows from the log of decisions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.domain.checks import check_aware, check_named
from triage.domain.decisions import Decision, Verdict, taken_back

__all__ = [
    "APPEAL",
    "FINAL",
    "LONGEST_EXTERNAL_ID",
    "LONGEST_REPLY",
    "LONGEST_TEXT",
    "Answer",
    "Appeal",
    "AppealStatus",
    "AppealVia",
    "Appealed",
    "AppealedBy",
    "Dismissal",
    "Outcome",
    "decided_before",
    "open_appeal",
    "outcome_of",
    "score_band",
    "settled",
]

APPEAL = "appeal"
"""What `Decision.via` says where an appeal was open against the decision before."""
FINAL = frozenset({Verdict.APPROVE, Verdict.REJECT})
"""The verdicts that can be appealed against, and that answer an appeal; to escalate does neither"""
LONGEST_TEXT = 10_000
LONGEST_REPLY = 5_000
LONGEST_EXTERNAL_ID = 200
_BANDS = 5
_A_DAY = timedelta(days=1)


class AppealedBy(StrEnum):
    """Who objects: the comment's author, somebody else such as a reader who reported it."""

    AUTHOR = "author"
    OTHER = "other"
    UNKNOWN = "unknown"


class AppealVia(StrEnum):
    """How an appeal came in."""

    API = "api"
    HAND = "hand"
    CLI = "cli"


class Outcome(StrEnum):
    """What a second person made of the decision: another verdict, or the same one again."""

    OVERTURNED = "overturned"
    UPHELD = "upheld"


class AppealStatus(StrEnum):
    """What became of an appeal. Open, or an outcome; or it lapsed, and why; or was dismissed."""

    OPEN = "open"
    OVERTURNED = "overturned"
    UPHELD = "upheld"
    LAPSED_EDITED = "lapsed_edited"
    LAPSED_UNDONE = "lapsed_undone"
    DISMISSED = "dismissed"

    @property
    def words(self) -> str:
        """How it is said."""
        return _WORDS[self]


_WORDS = {
    AppealStatus.OPEN: "open",
    AppealStatus.OVERTURNED: "overturned",
    AppealStatus.UPHELD: "upheld",
    AppealStatus.LAPSED_EDITED: "lapsed, for the comment was edited",
    AppealStatus.LAPSED_UNDONE: "lapsed, for the decision was taken back",
    AppealStatus.DISMISSED: "dismissed",
}


@dataclass(frozen=True, slots=True)
class Appeal:
    """An append-only fact: somebody objects to one decision about one comment.

    `text` is theirs, and hostile until shown as text; it may be empty. `received_by` is who took it
    in: a reviewer, or `client:NAME` over HTTP, whose own id for it is `external_id`. Who objects is
    kept as a role and no more. Raises ValueError for what is too long, blank or without a timezone.
    """

    id: str
    comment_id: str
    decision_id: str
    text: str
    received_at: datetime
    received_by: str
    by: AppealedBy = AppealedBy.UNKNOWN
    via: AppealVia = AppealVia.HAND
    external_id: str | None = None

    def __post_init__(self) -> None:
        check_named("an appeal's id", self.id)
        check_named("an appeal's comment id", self.comment_id)
        check_named("an appeal's decision", self.decision_id)
        check_named("who took an appeal in", self.received_by)
        check_aware("an appeal's time", self.received_at)
        _check_length("an appeal's text", self.text, LONGEST_TEXT)
        if self.external_id is not None:
            check_named("an appeal's external id", self.external_id)
            _check_length("an appeal's external id", self.external_id, LONGEST_EXTERNAL_ID)


@dataclass(frozen=True, slots=True)
class Answer:
    """An append-only fact: a decision answers an appeal, with a reply to whoever objected.

    It stands as long as its decision does; `reply` may be empty.
    """

    appeal_id: str
    decision_id: str
    reply: str = ""

    def __post_init__(self) -> None:
        _check_length("a reply", self.reply, LONGEST_REPLY)


@dataclass(frozen=True, slots=True)
class Dismissal:
    """An append-only fact: a lead ends an appeal without a second look, and says why.

    For what nobody can answer, such as a flood, or one that every reviewer had a part in. `reply`
    is for whoever objected, and may be empty. Raises ValueError for what is too long or blank.
    """

    appeal_id: str
    by: str
    at: datetime
    why: str
    reply: str = ""

    def __post_init__(self) -> None:
        check_named("who dismissed an appeal", self.by)
        check_aware("a dismissal's time", self.at)
        if not self.why.strip():
            raise ValueError("an appeal is dismissed for a reason: say why")
        _check_length("the reason of a dismissal", self.why, LONGEST_REPLY)
        _check_length("a reply", self.reply, LONGEST_REPLY)


@dataclass(frozen=True, slots=True)
class Appealed:
    """An appeal with the decision it is against and what became of it.

    `answer` is the decision that settled it, with the `reply` that went with that; None while it is
    open or where it lapsed. `dismissal` is what ended it without a second look, if anything did.
    """

    appeal: Appeal
    first: Decision
    status: AppealStatus
    answer: Decision | None = None
    reply: str = ""
    dismissal: Dismissal | None = None

    @property
    def outcome(self) -> Outcome | None:
        """What the second person made of it; None while open or lapsed."""
        return None if self.answer is None else Outcome(self.status.value)

    @property
    def days_open(self) -> float | None:
        """How many days it took to answer; None where it was not."""
        return None if self.answer is None else (self.answer.at - self.appeal.received_at) / _A_DAY


def open_appeal(
    appeals: Sequence[Appeal],
    answers: Iterable[Answer],
    log: Iterable[Decision],
    dismissals: Iterable[Dismissal] = (),
) -> Appeal | None:
    """Return the appeal that waits for an answer, given those about one comment in their order.

    `log` holds the decisions about its present text: an appeal against another one has lapsed, and
    so has one whose decision was taken back, unless the same person said the same again: nobody
    gets rid of an appeal in that way. An answer that was taken back answers nothing.
    """
    made = list(log)
    undone, by_id = taken_back(made), {one.id: one for one in made}
    answered = {one.appeal_id for one in answers if one.decision_id not in undone}
    answered |= {one.appeal_id for one in dismissals}
    waiting = [
        one
        for one in appeals
        if one.id not in answered
        and one.decision_id in by_id
        and _still_said(by_id[one.decision_id], made, undone)
    ]
    return waiting[-1] if waiting else None


def settled(
    appeal: Appeal,
    answers: Iterable[Answer],
    log: Iterable[Decision],
    text_sha256: str,
    dismissals: Iterable[Dismissal] = (),
) -> Appealed:
    """Return what became of an appeal.

    `log` holds every decision about its comment, `text_sha256` is the digest of its present text.
    """
    made = list(log)
    by_id = {one.id: one for one in made}
    undone, first = taken_back(made), by_id[appeal.decision_id]
    ended = next((one for one in dismissals if one.appeal_id == appeal.id), None)
    if ended is not None:
        return Appealed(appeal, first, AppealStatus.DISMISSED, reply=ended.reply, dismissal=ended)
    standing = [
        one for one in answers if one.appeal_id == appeal.id and one.decision_id not in undone
    ]
    if standing:
        answer = by_id[standing[-1].decision_id]
        outcome = outcome_of(first.verdict, answer.verdict)
        return Appealed(appeal, first, AppealStatus(outcome.value), answer, standing[-1].reply)
    if not _still_said(first, made, undone):
        return Appealed(appeal, first, AppealStatus.LAPSED_UNDONE)
    if first.text_sha256 != text_sha256:
        return Appealed(appeal, first, AppealStatus.LAPSED_EDITED)
    return Appealed(appeal, first, AppealStatus.OPEN)


def _still_said(first: Decision, made: Iterable[Decision], undone: Collection[str]) -> bool:
    """Whether a decision stands, or was taken back and then made again by the same person."""
    if first.id not in undone:
        return True
    about_it = [
        one
        for one in made
        if one.text_sha256 == first.text_sha256
        and one.decided_by is first.decided_by
        and one.verdict in FINAL
        and one.id not in undone
    ]
    last = about_it[-1] if about_it else None
    return last is not None and (last.reviewer, last.verdict) == (first.reviewer, first.verdict)


def outcome_of(first: str | None, answer: str | None) -> Outcome:
    """Return what the answer's verdict makes of the first one."""
    return Outcome.UPHELD if answer == first else Outcome.OVERTURNED


def decided_before(log: Iterable[Decision], text_sha256: str, reviewer: str) -> bool:
    """Whether a reviewer approved or rejected this text, which stands: no eyes for an appeal."""
    made = list(log)
    undone = taken_back(made)
    return any(
        one.reviewer == reviewer
        and one.text_sha256 == text_sha256
        and one.verdict in FINAL
        and one.id not in undone
        for one in made
    )


def score_band(score: float) -> str:
    """Return which fifth of the scale a score in [0, 1] lies in; the last one takes 1 in."""
    fifth = min(int(score * _BANDS), _BANDS - 1)
    return f"{fifth / _BANDS:.1f}-{(fifth + 1) / _BANDS:.1f}"


def _check_length(what: str, value: str, most: int) -> None:
    if len(value) > most:
        raise ValueError(f"{what} has at most {most:,} characters, not {len(value):,}")
