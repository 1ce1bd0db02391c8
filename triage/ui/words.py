"""How figures, labels and states are said on the screen."""

from __future__ import annotations

from datetime import UTC, datetime

from triage.domain.decisions import Decision, Verdict
from triage.domain.entries import Entry
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.workbench import Item

__all__ = [
    "LIKELIHOODS",
    "VERDICT_ICONS",
    "VERDICT_KEYS",
    "ago",
    "comments",
    "decided",
    "hidden_marks",
    "in_short",
    "likelihood",
    "reasons",
    "strongest_part",
]

# From the score up, the word. A reader grasps four words faster than two decimals.
LIKELIHOODS = ((0.85, "very likely"), (0.60, "likely"), (0.40, "unsure"), (0.0, "unlikely"))

_HIDDEN = {
    "direction": frozenset(
        "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ),
    "zero-width": frozenset("\u200b\u2060\ufeff\u00ad"),
}
_MONTH = 30 * 86_400  # seconds

VERDICT_KEYS = {Verdict.APPROVE: "A", Verdict.REJECT: "X", Verdict.ESCALATE: "E"}
VERDICT_ICONS = {
    Verdict.APPROVE: ":material/check_circle:",
    Verdict.REJECT: ":material/cancel:",
    Verdict.ESCALATE: ":material/north_east:",
}


def likelihood(score: float) -> str:
    """Return the word for a score in [0, 1]."""
    return next(word for least, word in LIKELIHOODS if score >= least)


def comments(count: int) -> str:
    """Return how many comments there are."""
    return f"{count:,} comment{'' if count == 1 else 's'}"


def reasons(item: Item) -> list[str]:
    """Return why a comment asks for review, a plain sentence each."""
    said = []
    if item.entry.scores is None:
        said.append("It is not rated yet.")
    elif item.proposal is not None and item.proposal.not_scored is not None:
        said.append(f"The scorer could not rate it: {item.proposal.not_scored}.")
    elif item.proposal is not None and item.proposal.reached:
        reached = sorted(item.proposal.reached, key=lambda one: one.score, reverse=True)
        over = [one.threshold.label.words for one in reached]
        said.append(f"At or above the threshold: {', '.join(dict.fromkeys(over))}.")
    for flag in item.flags:
        note = f": “{flag.note}”" if flag.note else "."
        said.append(f"Flagged by {flag.by} {ago(flag.at)}{note}")
    return said or ["Nothing asks for a review: no score reaches its threshold."]


def in_short(entry: Entry, policy: Policy) -> str:
    """Return why a comment is flagged in a few words, for a table's cell."""
    if not entry.flagged:
        return ""
    said = [f"asked by a {entry.asked}"] if entry.asked else []
    if entry.scores is not None:
        proposal = policy.propose(entry.scores)
        if proposal.not_scored is not None:
            said.append(f"not scored: {proposal.not_scored}")
        said += dict.fromkeys(one.threshold.label.words for one in proposal.reached)
    return ", ".join(said)


def strongest_part(label: Label, start: int, end: int, length: int) -> str:
    """Return which characters of a long text gave a label its score, counted from 1."""
    return f"{label.words} is highest in characters {start + 1:,} to {end:,} of {length:,}"


def hidden_marks(text: str) -> str:
    """Return what a text holds that nobody sees, or an empty string."""
    kinds = [kind for kind, marks in _HIDDEN.items() if not marks.isdisjoint(text)]
    return f"This text holds hidden {' and '.join(kinds)} marks." if kinds else ""


def decided(decision: Decision) -> str:
    """Return who decided what, and when."""
    verdict = {
        Verdict.APPROVE: "approved",
        Verdict.REJECT: "rejected",
        Verdict.ESCALATE: "escalated",
    }
    what = "undid a decision" if decision.verdict is None else verdict[decision.verdict]
    note = f": “{decision.note}”" if decision.note else ""
    return f"{decision.reviewer} {what} {ago(decision.at)}{note}"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Return how long ago a moment was, in the coarsest unit; after a month, the date."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds >= _MONTH:
        return f"{moment.day} {moment:%B %Y}"
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(seconds // length)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
