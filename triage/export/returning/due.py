"""What a source is to be told: where a verdict differs from what it says, and was not told yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from triage.domain.comments import Problem, SourceState
from triage.domain.decisions import Decision, Verdict
from triage.domain.returns import Change, Returnable
from triage.export.returning.way import Way

__all__ = ["SPAM", "due"]

SPAM = frozenset({"SPAM"})
"""Reasons that make a rejection one of spam, where a site knows spam; in capitals."""
_GONE = frozenset({SourceState.REJECTED, SourceState.SPAM, SourceState.TRASH, SourceState.DELETED})
"""States that readers do not see: a rejection asks for no more."""


def due(
    returnables: Iterable[Returnable],
    way: Way,
    *,
    spam: frozenset[str] = SPAM,
    again: bool = False,
    found: Mapping[str, SourceState | None] | None = None,
) -> Iterator[Change | Problem]:
    """Yield what is to change at the source, and what cannot be said there.

    `again` brings what was handed back before once more. `found` maps ids at the source to the
    states in the file that is to be changed; then only those comments count, and it alone says what
    was told already.
    """
    for one in returnables:
        if found is None:
            now, before = _known(one) or way.silent, one.state
        elif one.origin.id in found:
            now = before = found[one.origin.id]
        else:
            continue
        if not _stands(one, now):
            continue
        then = _wanted(one, way, spam)
        handed = one.handed if found is None else None
        if handed is not None and handed.decision_id == one.decision.id:
            if not again:
                continue
            now = handed.was  # the very same change once more
        elif now is then or (_agree(now, then) and not (again and handed is not None)):
            continue
        why = _unsayable(one, way, now, then)
        yield Problem(one.comment_id, None, why) if why else Change(one, now, then, before)


def _known(one: Returnable) -> SourceState | None:
    """Return what the source says: what it told us last or, if it is newer, what we told it."""
    if one.handed is None or one.handed.before != one.state:
        return one.state
    if one.state_at is not None and one.state_at >= one.handed.at:
        return one.state  # somebody there made it what it was before
    return one.handed.state


def _stands(one: Returnable, now: SourceState | None) -> bool:
    """Whether a verdict stands, or what we told of one that was taken back still does there.

    Where somebody at the source did otherwise since, nothing of ours is left to take back.
    """
    if one.decision.verdict is not None or one.handed is None:
        return True
    done = one.handed.decision_id == one.decision.id  # the undo itself was handed back already
    return now in ((one.handed.was, one.handed.state) if done else (one.handed.state,))


def _wanted(one: Returnable, way: Way, spam: frozenset[str]) -> SourceState:
    if one.decision.verdict is None:  # taken back: as it was before we said anything
        first = one.handed.first if one.handed else None
        return first or way.silent or SourceState.PENDING
    return _of_verdict(one.decision.verdict, one.decision, way, spam)


def _of_verdict(
    verdict: Verdict, decision: Decision, way: Way, spam: frozenset[str]
) -> SourceState:
    match verdict:
        case Verdict.APPROVE:
            return SourceState.APPROVED
        case Verdict.ESCALATE:
            return SourceState.PENDING
        case Verdict.REJECT:
            is_spam = any(reason.upper() in spam for reason in decision.reasons)
            return way.spam if is_spam else way.rejected


def _agree(now: SourceState | None, then: SourceState) -> bool:
    return now is then or (now in _GONE and then in _GONE)


def _unsayable(one: Returnable, way: Way, now: SourceState | None, then: SourceState) -> str | None:
    """Say why the source cannot be told this; None where it can."""
    ours = one.handed is not None and (
        one.handed.state is SourceState.DELETED or one.handed.decision_id == one.decision.id
    )
    if now is SourceState.DELETED and not ours:
        return "it was deleted at its source, by its author perhaps: nothing brings it back"
    if then not in way.tells:
        said = "taken back" if one.decision.verdict is None else one.decision.verdict.value
        return f"{said}, which makes it {then.value}: {way.name} cannot be told that; do it there"
    return way.unfit(one.origin)
