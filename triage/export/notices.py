"""The notice to an author: what was decided, why, how, and what the author can do. Plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from triage.domain.decisions import (
    BATCH,
    GROUP,
    DecidedBy,
    Decision,
    Verdict,
    in_force_in_turn,
    run_of,
)
from triage.domain.entries import Decided
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.domain.statement_rules import Redress, RedressMethod, StatementRules
from triage.domain.statements import Ground
from triage.errors import UsageError
from triage.export.statements import found_by_scores, reasons_of

__all__ = ["notice"]

_READ = "A person read your comment and decided."
_BY = {
    DecidedBy.POLICY: "This was decided automatically, without a person.",
    DecidedBy.CLIENT: "A moderator of the site decided in another system.",
}
_TOGETHER = {
    BATCH: "A person decided at once on all comments whose scores lay in a range, and did not read "
    "each of them.",
    GROUP: "A person read a comment with nearly the same words and decided on both at once.",
}


def notice(
    decided: Decided,
    rules: StatementRules,
    policies: Mapping[str, Policy],
    said: Mapping[str, str],
    zone: tzinfo,
    log: Sequence[Decision] = (),
) -> str:
    """Return what to write to a comment's author about the decision in force.

    `said` is what each code of the guidelines stood for when it was decided, `log` is
    every decision about this text in the order made. The notice quotes nobody: no comment, title,
    note or name. Raises UsageError where nothing final was decided.
    """
    decision = decided.decision
    written = decided.entry.comment.created_at
    yours = f"your comment of {_day(written, zone)}" if written else "your comment"
    turn, run = in_force_in_turn(log), run_of(log)
    began = _day(run[0].at if run else decision.at, zone)
    if decision.verdict is Verdict.APPROVE:
        removed = any(one.verdict is Verdict.REJECT for one in turn)
        return _kept(decision, yours, began if removed else None)
    if decision.verdict is not Verdict.REJECT:
        raise UsageError(
            f"comment {decision.comment_id!r} is not decided yet: there is nothing to tell its "
            "author"
        )
    reasons = reasons_of(decided, policies)
    _, rule = rules.chosen(reasons)
    by_law = rule.ground is Ground.ILLEGAL
    parts = [
        f"We removed {yours} on {began}.",
        f"Why: {_why(reasons, said)}{rule.explanation}",
        f"The {'law' if by_law else 'rule'}: {rule.clause}{f' ({rule.url})' if rule.url else ''}",
        f"How: {_found(decided, policies)}{_how(decision)}",
        _objection(rules.redress),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _kept(decision: Decision, yours: str, back_on: str | None) -> str:
    """Return what to tell of an approval; `back_on` is the day where it ends a removal."""
    nothing = "There is nothing you need to do."
    unread = "" if decision.looked else f" {_how(decision)}"
    if back_on is not None:
        return (
            f"We had removed {yours}, and decided on {back_on} to put it back.{unread} {nothing}\n"
        )
    if unread:
        return f"{yours[0].upper()}{yours[1:]} stays where it is.{unread} {nothing}\n"
    return f"We looked at {yours}. It stays where it is. {nothing}\n"


def _how(decision: Decision) -> str:
    return _BY.get(decision.decided_by) or _TOGETHER.get(decision.via, _READ)


def _why(reasons: Sequence[str], said: Mapping[str, str]) -> str:
    """Return the reasons in words: the site's own rules as they were then, and labels."""
    rules = [f"{said[one].rstrip('.')} ({one})" for one in reasons if one in said]
    labels = [Label(one).words for one in reasons if one in list(Label)]
    words = "; ".join([*rules, *labels])
    return f"{words[0].upper()}{words[1:]}. " if words else ""


def _found(decided: Decided, policies: Mapping[str, Policy]) -> str:
    if decided.reported:
        return "A reader reported it. "
    if found_by_scores(decided, policies):
        return "A program that rates comments pointed it out. "
    return ""


def _objection(redress: Redress) -> str:
    where = {
        RedressMethod.EMAIL: f"write to {redress.address}",
        RedressMethod.URL: f"tell us at {redress.address}",
    }.get(redress.method)
    said = [f"If you think this is wrong, {where}."] if where else []
    return " ".join([*said, redress.text]).strip()


def _day(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y}"
