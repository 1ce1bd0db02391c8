"""How good the review is: how reviewers agree, and what each says beside the last word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from triage.domain.decisions import Verdict
from triage.domain.looks import LookKind, Paired
from triage.domain.scores import Label

__all__ = ["Record", "agreement_rows", "label_rows", "records"]

Row = tuple[str, str]
"""One verdict about one doubled comment: the comment (by opinion) and what was said."""


@dataclass(frozen=True, slots=True)
class Record:
    """One reviewer beside the last word: not a ranking, and shown to that reviewer and to leads.

    `against` counts (what the reviewer said, the verdict in force today) over doubled comments,
    whichever of the two looks was theirs; those without a verdict in force are left out. `gold`
    counts known answers that were asked for, `hits` those that were given.
    """

    reviewer: str
    against: Counter[tuple[Verdict, Verdict]]
    gold: int
    hits: int


def agreement_rows(pairs: Iterable[Paired]) -> list[Row]:
    """Return both verdicts about every doubled comment: what agreement is counted from."""
    return [
        (pair.opinion.id, verdict.value)
        for pair in pairs
        if pair.opinion.kind is LookKind.DOUBLED
        for verdict in (pair.other, pair.opinion.verdict)
    ]


def label_rows(pairs: Iterable[Paired], label: Label) -> list[Row]:
    """Return for every doubled comment whether each of the two gave a label as a reason."""
    return [
        (pair.opinion.id, "yes" if label in reasons else "no")
        for pair in pairs
        if pair.opinion.kind is LookKind.DOUBLED
        for reasons in (pair.other_reasons, pair.opinion.reasons)
    ]


def records(pairs: Iterable[Paired]) -> list[Record]:
    """Return every reviewer's record, by name."""
    against: dict[str, Counter[tuple[Verdict, Verdict]]] = {}
    asked: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for pair in pairs:
        said, who = pair.opinion.verdict, pair.opinion.reviewer
        against.setdefault(who, Counter())
        if pair.opinion.kind is LookKind.GOLD:
            asked[who] += 1
            hits[who] += said is pair.other
        elif pair.final is not None:
            against[who][said, pair.final] += 1
            against.setdefault(pair.by, Counter())[pair.other, pair.final] += 1
    return [Record(who, against[who], asked[who], hits[who]) for who in sorted(against)]
