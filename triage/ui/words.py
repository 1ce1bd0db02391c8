"""How figures, labels and states are said on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from triage.domain.appeals import Appealed, AppealedBy
from triage.domain.decisions import Annotation, Decision, FlagSource, Verdict
from triage.domain.entries import AuthorRecord, Entry
from triage.domain.languages import UNKNOWN, Coverage, unread_language
from triage.domain.languages import words as in_words
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.domain.urgency import A_DAY, ASKED_BY_READER, amplified, waited
from triage.workbench import Export, Item

__all__ = [
    "EXPORTS",
    "LIKELIHOODS",
    "VERDICT_ICONS",
    "VERDICT_KEYS",
    "ago",
    "appealed_by",
    "comments",
    "decided",
    "hidden_marks",
    "in_language",
    "in_short",
    "likelihood",
    "place",
    "reasons",
    "reasons_in_words",
    "said_of_labels",
    "strongest",
    "strongest_part",
    "sum_of_place",
    "tally",
    "unread_labels",
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

EXPORTS = {
    Export.DECISIONS: "Decisions in force",
    Export.LOG: "Every decision and undo",
    Export.COMMENTS: "All comments",
    Export.MENTIONS: "Identities mentioned",
    Export.ANNOTATIONS: "What people said of the labels",
    Export.APPEALS: "Appeals",
}

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
    said = [f"{appealed_by(item.appeal)}."] if item.appeal is not None else []
    if item.blind:
        said.append("Its scores are shown once you have decided.")
    elif item.entry.scores is None:
        said.append("It is not rated yet.")
    elif item.proposal is not None and item.proposal.not_scored is not None:
        said.append(_not_scored(item.proposal.not_scored))
    elif item.proposal is not None and item.proposal.reached:
        reached = sorted(item.proposal.reached, key=lambda one: one.score, reverse=True)
        by_word: dict[str, list[str]] = {}
        for one in reached:
            words = by_word.setdefault(likelihood(one.score), [])
            words += [one.threshold.label.words] * (one.threshold.label.words not in words)
        listed = (f"{word.capitalize()}: {', '.join(words)}." for word, words in by_word.items())
        said.append(f"{' '.join(listed)} Each score is at or above its threshold.")
    for flag in item.flags:
        note = f": “{flag.note}”" if flag.note else "."
        said.append(f"Flagged by {flag.by} {ago(flag.at)}{note}")
    return said or ["Nothing asks for a review: no score reaches its threshold."]


def _not_scored(why: str) -> str:
    language = unread_language(why)
    if language is None:
        return f"The scorer could not rate it: {why}."
    if language == UNKNOWN:
        return (
            "It is not scored: it is too short to tell its language, and no scorer in use reads "
            "the site's."
        )
    return f"It is not scored: this is {in_words(language)}, which no scorer in use reads."


def place(item: Item, now: datetime | None = None) -> str:
    """Return what gives a comment its place in the queue, or an empty string where none is told.

    It says nothing of being first: a milder one in between is not, nor what the reviewer went to.
    """
    if item.blind or not item.entry.pending:
        return ""
    entry = item.entry
    if entry.appeal_id is not None:
        return "Its place: an appeal waits for its answer"
    if entry.asked is FlagSource.REVIEWER:
        return "Its place: a colleague flagged it"
    if _asked_decides(item):
        said = ["a reader flagged it"]
    else:
        reached = item.proposal.reached[:1] if item.proposal else ()
        said = [f"{likelihood(one.score)} {one.threshold.label.words}" for one in reached]
    if not said:
        return ""
    if entry.comment.reach:
        said.append(f"reach {entry.comment.reach:,}")
    if days := ((now or datetime.now(UTC)) - entry.arrived_at).days:
        said.append(f"here for {days} day{'s' if days > 1 else ''}")
    return f"Its place: {', '.join(said)}"


def sum_of_place(item: Item, policy: Policy, now: datetime | None = None) -> str:
    """Return how the place in the queue is reckoned, in numbers; empty where a score has no part.

    Source of the formula: `triage.domain.urgency`.
    """
    if item.blind or not item.entry.pending or _asked_decides(item):
        return ""
    if item.proposal is None or not item.proposal.reached or item.entry.appeal_id is not None:
        return ""
    worst, reach = item.proposal.reached[0], item.comment.reach
    label, severity = worst.threshold.label, policy.severity
    said = (
        f"{label.words} {worst.score:.2f} × severity {severity[label]:g} of "
        f"{max(severity.values()):g}"
    )
    told = worst.harm * amplified(reach)
    if reach:
        said += f" × {amplified(reach):.2f} for a reach of {reach:,}"
    if (waiting := waited(item.entry.arrived_at, now or datetime.now(UTC))) >= A_DAY:
        said += f" + {waiting:.2f} for {int(waiting / A_DAY)} days here"
        told += waiting
    return f"{said} = {told:.2f}"


def _asked_decides(item: Item) -> bool:
    """Whether a flag by a person, not a score, gives a comment its place."""
    if item.entry.asked is FlagSource.READER:
        worst = item.proposal.reached[:1] if item.proposal else ()
        return not any(one.harm > ASKED_BY_READER for one in worst)
    return item.entry.asked is FlagSource.REVIEWER


def in_short(entry: Entry, policy: Policy) -> str:
    """Return why a comment is flagged in a few words, for a table's cell."""
    said = ["appealed"] if entry.appeal_id is not None else []
    if not entry.flagged:
        return "".join(said)
    said += [f"asked by a {entry.asked}"] if entry.asked else []
    if entry.scores is not None:
        proposal = policy.propose(entry.scores)
        if proposal.not_scored is not None:
            language = unread_language(proposal.not_scored)
            said.append(f"not scored: {in_words(language) if language else proposal.not_scored}")
        said += dict.fromkeys(one.threshold.label.words for one in proposal.reached)
    return ", ".join(said) or "flagged"


def in_language(language: str | None, own: str) -> str:
    """Return the language of a text, unless it is the site's own, or nobody can tell."""
    return "" if language in (None, UNKNOWN, own) else in_words(str(language))


def unread_labels(entry: Entry, labels: Sequence[Label], own: str, coverage: Coverage) -> str:
    """Return which labels have no score for the language of the text, or as what it was read.

    Empty where neither is worth a word, and where nothing was scored: `reasons` says that. A label
    whose scorer reads the language only has no score yet.
    """
    if entry.scores is None or entry.scores.not_scored is not None:
        return ""
    scored = entry.scores.values
    missing = [
        label.words
        for label in labels
        if label not in scored and not coverage.reads(label, entry.language)
    ]
    if missing and entry.language is not None:
        spoken = in_words(own if entry.language == UNKNOWN else entry.language)
        return f"Not scored, for no scorer in use reads {spoken}: {', '.join(missing)}."
    if entry.language == UNKNOWN:
        return f"It is too short to tell its language: read as {in_words(own)}."
    return ""


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
    because = f" for {reasons_in_words(decision)}" if decision.reasons else ""
    without = f", not {', '.join(map(_reason, decision.refused))}" if decision.refused else ""
    note = f": “{decision.note}”" if decision.note else ""
    return f"{decision.reviewer} {what}{because}{without} {ago(decision.at)}{note}"


def _reason(code: str) -> str:
    return Label(code).words if code in list(Label) else code


def reasons_in_words(decision: Decision) -> str:
    """Return the reasons of a decision, labels in words and codes as they are."""
    return ", ".join(map(_reason, decision.reasons))


def appealed_by(appealed: Appealed) -> str:
    """Return who appealed, and when."""
    who = {
        AppealedBy.AUTHOR: "by its author",
        AppealedBy.OTHER: "by somebody else than its author",
        AppealedBy.UNKNOWN: "",
    }
    said = ["Appealed", who[appealed.appeal.by], ago(appealed.appeal.received_at)]
    return " ".join(filter(None, said))


def said_of_labels(made: Annotation) -> str:
    """Return what an annotation says, and by whom."""
    parts = [label.words for label in made.confirmed]
    parts += [f"not {label.words}" for label in made.rejected]
    if made.spans:
        parts.append(f"{len(made.spans)} {'passages' if len(made.spans) > 1 else 'passage'} marked")
    note = f": “{made.note}”" if made.note else ""
    return f"{made.reviewer} {ago(made.at)}: {', '.join(parts) or 'nothing of its labels'}{note}"


def tally(record: AuthorRecord) -> str:
    """Return what is decided of an author's comments, in one sentence."""
    words = {
        Verdict.APPROVE: "approved",
        Verdict.REJECT: "rejected",
        Verdict.ESCALATE: "escalated",
    }
    said = [f"{count:,} {words[verdict]}" for verdict, count in record.verdicts.items() if count]
    left = record.comments - sum(record.verdicts.values())
    said += [f"{left:,} undecided"] if left else []
    whole = f"{comments(record.comments)} more under this name"
    of = whole if record.all_of_them else f"The newest {record.comments:,} under this name"
    return f"{of}: {', '.join(said)}."


def strongest(entry: Entry) -> str:
    """Return the highest score of a comment with its label, or why there is none."""
    if entry.scores is None or not entry.scores.values:
        return "not scored"
    label, score = max(entry.scores.values.items(), key=lambda one: one[1])
    return f"{label.words} {score:.2f}"


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
