"""A rejection in force -> its statement of reasons, in which nobody can be recognised.

What is said of the facts is put together from a reason, a range of scores and how it was decided:
neither author nor text, note, title or id goes into it. The site's own words are held against the
comment's before they are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256

from triage.domain.decisions import BATCH, GROUP, DecidedBy, Decision, Verdict
from triage.domain.entries import Decided
from triage.domain.personal import words_in_common
from triage.domain.policy import Policy, Route
from triage.domain.scores import Label
from triage.domain.statement_rules import DEFAULT, StatementRule, StatementRules
from triage.domain.statements import FIELDS, Automation, Ground, SourceType, faults
from triage.files.table_writer import Column

__all__ = ["COLUMNS", "Stated", "automation", "found_by_scores", "statement_of"]

COLUMNS = tuple(Column(name) for name in FIELDS)
"""A statement's fields as the columns of a table."""

_UNSAFE = re.compile(r"[^a-zA-Z0-9_-]")
_BANDS = 10
_DECIDED = {
    Automation.NOT: "A person read it and decided.",
    Automation.FULLY: "The site's policy decided without a person.",
}
_TOGETHER = {
    BATCH: "A person decided at once on all comments whose scores lay in a range, without reading "
    "each.",
    GROUP: "A person read a comment with nearly the same words and decided on both at once.",
}
_ELSEWHERE = "A moderator decided in another system of the site."


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement's fields, and what is wrong with it: then it cannot be sent."""

    fields: Mapping[str, object]
    faults: tuple[str, ...]


def statement_of(
    decided: Decided,
    rules: StatementRules,
    policies: Mapping[str, Policy],
    zone: tzinfo,
    first: Decision | None = None,
) -> Stated | None:
    """Return what is stated of a decision; None where it takes nothing away from anybody.

    `policies` are all versions by their refs, `zone` is that of days. `first` is the rejection with
    which this removal began, where others confirmed it since: one removal is stated once.
    """
    decision = decided.decision
    began = first or decision
    if decision.verdict is not Verdict.REJECT:
        return None
    reason, rule = rules.chosen(reasons_of(decided, policies))
    by_scores = found_by_scores(decided, policies)
    source = rules.reports if decided.reported else SourceType.VOLUNTARY
    fields: dict[str, object] = {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": rule.ground.value,
        "decision_ground_reference_url": rule.url,
        **_grounds(rule),
        "category": rule.category.value,
        "category_specification": list(rule.keywords) or None,
        "content_type": ["CONTENT_TYPE_TEXT"],
        "content_language": rules.language,
        "content_date": _day(decided.entry.comment.created_at, zone),
        "application_date": _day(began.at, zone),
        "territorial_scope": sorted(rules.scope) or None,
        "decision_facts": _facts(decided, reason, by_scores=by_scores),
        "source_type": source.value,
        "automated_detection": "Yes" if by_scores else "No",
        "automated_decision": automation(decision).value,
        "puid": _puid(began.id),
    }
    given = {name: fields[name] for name in FIELDS if fields.get(name) is not None}
    return Stated(given, (*faults(given), *_quoted(decided, reason, rules)))


def automation(decision: Decision) -> Automation:
    """Return how far a machine decided."""
    if decision.decided_by is DecidedBy.POLICY:
        return Automation.FULLY
    return Automation.PARTIALLY if decision.via in _TOGETHER else Automation.NOT


def found_by_scores(decided: Decided, policies: Mapping[str, Policy]) -> bool:
    """Whether the scores that were seen reach a threshold of the policy of that time."""
    policy, seen = policies.get(decided.decision.policy or ""), decided.seen
    return policy is not None and seen is not None and policy.propose(seen).route is not Route.PASS


def reasons_of(decided: Decided, policies: Mapping[str, Policy]) -> tuple[str, ...]:
    """Return the reasons given or, where none was, the labels whose thresholds were reached."""
    if decided.decision.reasons:
        return decided.decision.reasons
    policy, seen = policies.get(decided.decision.policy or ""), decided.seen
    if policy is None or seen is None:
        return ()
    return tuple(one.threshold.label.value for one in policy.propose(seen).reached)


def _grounds(rule: StatementRule) -> dict[str, object]:
    if rule.ground is Ground.ILLEGAL:
        return {
            "illegal_content_legal_ground": rule.clause,
            "illegal_content_explanation": rule.explanation,
        }
    return {
        "incompatible_content_ground": rule.clause,
        "incompatible_content_explanation": rule.explanation,
        "incompatible_content_illegal": "Yes" if rule.illegal else "No",
    }


def _facts(decided: Decided, reason: str, *, by_scores: bool) -> str:
    decision, seen = decided.decision, decided.seen
    said = ["A comment was removed."]
    if by_scores:
        said.append("A program that rates texts had found it.")
    if decided.reported:
        said.append("A reader of the site had reported it.")
    if not by_scores and not decided.reported:
        said.append("A moderator of the site had come across it.")
    score = seen.values.get(Label(reason)) if seen is not None and reason in list(Label) else None
    if score is not None:
        low = min(int(score * _BANDS), _BANDS - 1) / _BANDS
        said.append(
            f"The program's score for {Label(reason).words} was from {low:.1f} to "
            f"{low + 1 / _BANDS:.1f} of 1."
        )
    by_client = decision.decided_by is DecidedBy.CLIENT
    how = _ELSEWHERE if by_client else _DECIDED.get(automation(decision))
    said.append(how or _TOGETHER[decision.via])
    if reason != DEFAULT:
        said.append(f"Reason: {Label(reason).words if reason in list(Label) else reason}.")
    return " ".join(said)


def _quoted(decided: Decided, reason: str, rules: StatementRules) -> Iterator[str]:
    """Yield where the site's own words are the comment's.

    Ours are there whatever a comment says. A clause is public already: whoever comments may quote
    it, and must not keep a statement back by that.
    """
    _, rule = rules.chosen([reason])
    for place, text in rules.own_texts(reason):
        shared = words_in_common(text, decided.entry.comment.text)
        if shared is not None and text != rule.clause:
            yield f"{place}: shares the words {shared!r} with the comment; reword it"


def _day(moment: datetime | None, zone: tzinfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).date().isoformat()


def _puid(decision_id: str) -> str:
    """Return a decision's id as the database takes it: the same for the same decision."""
    if _UNSAFE.search(decision_id) or len(decision_id) > 64:
        return f"sha256-{sha256(decision_id.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return decision_id
