"""Appeals: taken in for the decision in force, and how many of those answered were overturned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from triage.domain.appeals import Appeal, AppealedBy, AppealStatus, AppealVia, Outcome, score_band
from triage.domain.decisions import Decision, Verdict
from triage.domain.entries import AppealRecord
from triage.errors import UsageError
from triage.store import Store

__all__ = ["NO_REASON", "NO_SCORE", "Counted", "Tally", "count_outcomes", "take_in"]

NO_REASON, NO_SCORE = "no reason given", "no score"


@dataclass(frozen=True, slots=True)
class Tally:
    """Of the appeals answered against decisions of one verdict, how many were overturned.

    `answered` and `overturned` count by reason of the first decision, one appeal under each of its
    reasons; a reason that the answer refuses was overturned though the verdict may stay.
    `answered_by_band` and `overturned_by_band` count by the band of its score, each appeal once.
    """

    answered: Counter[str] = field(default_factory=Counter)
    overturned: Counter[str] = field(default_factory=Counter)
    answered_by_band: Counter[str] = field(default_factory=Counter)
    overturned_by_band: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Counted:
    """How many appeals there are, and what became of those answered, by the first verdict.

    Apart, for a reader who appeals against an approval wants the contrary of an author who appeals
    against a rejection. `own` were answered by whoever had decided first, `oldest_open` is when the
    first of those that wait came in.
    """

    statuses: Counter[AppealStatus] = field(default_factory=Counter)
    by_verdict: dict[Verdict, Tally] = field(default_factory=dict)
    own: int = 0
    oldest_open: datetime | None = None


def take_in(
    store: Store,
    comment_id: str,
    text: str,
    *,
    by: AppealedBy,
    via: AppealVia,
    received_by: str,
    at: datetime,
    decision_id: str | None = None,
    external_id: str | None = None,
) -> Appeal:
    """Keep an appeal against the decision in force about a comment, or against the one named.

    Sent again under the same external id it is the appeal that is kept already. Raises as
    `Appeals.add` does, and UsageError for what is too long.
    """
    if external_id is not None:
        known = store.appeals.sent(received_by, external_id, comment_id)
        if known is not None:
            return known
    against = decision_id or store.comments.get(comment_id).decision_id
    if against is None:
        raise UsageError(
            f"comment {comment_id!r} is not decided: an appeal is against an approval or a "
            "rejection that is in force"
        )
    try:
        made = Appeal(uuid4().hex, comment_id, against, text, at, received_by, by, via, external_id)
    except ValueError as error:
        raise UsageError(str(error)) from error
    return store.appeals.add(made)


def count_outcomes(records: Iterable[AppealRecord]) -> Counted:
    """Count appeals by what became of them, by first verdict, by reason and by score."""
    counted = Counted()
    for one in records:
        appealed = one.appealed
        counted.statuses[appealed.status] += 1
        if appealed.status is AppealStatus.OPEN:
            came = appealed.appeal.received_at
            counted.oldest_open = min(came, counted.oldest_open or came)
        if appealed.answer is None or appealed.first.verdict is None:
            continue
        counted.own += appealed.answer.reviewer == appealed.first.reviewer
        tally = counted.by_verdict.setdefault(appealed.first.verdict, Tally())
        _count(tally, one, appealed.answer)
    return counted


def _count(tally: Tally, one: AppealRecord, answer: Decision) -> None:
    overturned = one.appealed.outcome is Outcome.OVERTURNED
    strongest = one.strongest
    band = NO_SCORE if strongest is None else score_band(strongest[1])
    for reason in one.appealed.first.reasons or (NO_REASON,):
        tally.answered[reason] += 1
        tally.overturned[reason] += overturned or reason in answer.refused
    tally.answered_by_band[band] += 1
    tally.overturned_by_band[band] += overturned
