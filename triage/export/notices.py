"""The notice to an author: what was decided, why, how, and what the author can do. Plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from triage.domain.decisions import Verdict
from triage.domain.entries import Decided
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.domain.statement_rules import Redress, RedressMethod, StatementRules
from triage.domain.statements import Automation, Ground
from triage.errors import UsageError
from triage.export.statements import automation, found_by_scores, reasons_of

__all__ = ["notice"]

_HOW = {
    Automation.NOT: "A person read your comment and decided.",
    Automation.PARTIALLY: "A person decided on several similar comments at once, and did not read "
    "each of them.",
    Automation.FULLY: "This was decided automatically, without a person.",
}


def notice(
    decided: Decided,
    rules: StatementRules,
    policies: Mapping[str, Policy],
    said: Mapping[str, str],
    zone: tzinfo,
) -> str:
    """Return what to write to a comment's author about the decision in force.

    `said` is what each code of the guidelines stood for when it was decided. The notice quotes
    nobody: no comment, title, note or name. Raises UsageError where nothing final was decided.
    """
    decision = decided.decision
    written = decided.entry.comment.created_at
    yours = f"your comment of {_day(written, zone)}" if written else "your comment"
    if decision.verdict is Verdict.APPROVE:
        return f"We looked at {yours}. It stays where it is, and there is nothing you need to do.\n"
    if decision.verdict is not Verdict.REJECT:
        raise UsageError(
            f"comment {decision.comment_id!r} is not decided yet: there is nothing to tell its "
            "author"
        )
    reasons = reasons_of(decided, policies)
    _, rule = rules.chosen(reasons)
    by_law = rule.ground is Ground.ILLEGAL
    parts = [
        f"We removed {yours} on {_day(decision.at, zone)}.",
        f"Why: {_why(reasons, said)}{rule.explanation}",
        f"The {'law' if by_law else 'rule'}: {rule.clause}{f' ({rule.url})' if rule.url else ''}",
        f"How: {_found(decided, policies)}{_HOW[automation(decision)]}",
        _objection(rules.redress),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


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
