"""Ranges of scores in which a policy decides by itself: off unless a lead turned them on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from triage.domain.checks import check_unit
from triage.domain.decisions import Verdict
from triage.domain.scores import Label, Scores

__all__ = ["AUDITED", "LEAST_AUDITED", "RULE", "Acted", "Automatic", "Rule", "rule_for"]

RULE = "rule"
"""What `Decision.via` says where a range of the policy decided."""
AUDITED, LEAST_AUDITED = 0.1, 0.01
"""The share of its comments that goes to audit instead: by default, and at the least."""


@dataclass(frozen=True, slots=True)
class Automatic:
    """The ranges of a policy, the scorers that they were found for, and the share for audit.

    From `reject_from` on a label's score rejects; up to `approve_to` the scores of all labels
    approve, None for never. They hold for the `scorers` (label -> `compact@1f0c`) that were in use
    when a lead turned them on, and for no others: a number means another thing by another one. Of
    the comments in a range the share `audit` is left to people, drawn by chance. Raises ValueError
    where there is no range, and for numbers that are none.
    """

    reject_from: Mapping[Label, float] = field(default_factory=dict, hash=False)
    approve_to: float | None = None
    audit: float = AUDITED
    scorers: Mapping[Label, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        given = self.reject_from
        ordered = {label: float(given[label]) for label in Label if label in given}
        object.__setattr__(self, "reject_from", MappingProxyType(ordered))
        seats = {label: self.scorers[label] for label in Label if label in self.scorers}
        object.__setattr__(self, "scorers", MappingProxyType(seats))
        if not given and self.approve_to is None:
            raise ValueError("a policy that decides by itself has a range to reject or to approve")
        for label, at in given.items():
            check_unit(f"the score of {label.words} from which it rejects", at)
        if self.approve_to is not None:
            check_unit("the score up to which it approves", self.approve_to)
        if not LEAST_AUDITED <= self.audit < 1:
            raise ValueError(
                f"the share that goes to audit lies between {LEAST_AUDITED:g} and 1, not "
                f"{self.audit!r}: without one nobody would learn what the ranges get wrong"
            )

    def holds_for(self, seats: Mapping[Label, tuple[str, str]]) -> bool:
        """Whether label -> (key, version) are the scorers that the ranges were found for."""
        return {label: "@".join(seat) for label, seat in seats.items()} == self.scorers

    @property
    def said(self) -> list[str]:
        """The ranges in words, a line each."""
        lines = [f"{one.words} {at:g} or more: rejected" for one, at in self.reject_from.items()]
        if self.approve_to is not None:
            lines.append(f"every label {self.approve_to:g} or less: approved")
        return [*lines, f"{self.audit:.0%} of these are left to people, drawn by chance"]

    def said_of(self, scores: Scores | None) -> str:
        """Return in words which scores decide of a comment: what rejects it, or the highest."""
        values = {} if scores is None else scores.values
        reached = {
            label: values[label]
            for label, at in self.reject_from.items()
            if values.get(label, -1.0) >= at
        }
        highest = sorted(values.items(), key=lambda one: -one[1])[:1]
        shown = reached.items() or highest
        return ", ".join(f"{label.words} {score:.3f}" for label, score in shown)

    def check(self, thresholds: Mapping[Label, float]) -> None:
        """Raise ValueError where a range does not fit label -> lowest threshold of a policy.

        What is rejected is flagged anyway, and what is approved is not.
        """
        for label, at in self.reject_from.items():
            if label not in thresholds or at < thresholds[label]:
                least = thresholds.get(label)
                raise ValueError(
                    f"it rejects {label.words} from {at:g} on, which the policy "
                    + ("never flags" if least is None else f"flags from {least:g} on only")
                )
        lowest = min(thresholds.values(), default=1.0)
        if self.approve_to is not None and self.approve_to >= lowest:
            raise ValueError(
                f"it approves up to {self.approve_to:g}, and a threshold lies at {lowest:g}: "
                "approve below all of them"
            )


@dataclass(frozen=True, slots=True)
class Rule:
    """What a policy decides of a comment, for which labels, and the range in words.

    `beyond` says how far from the limit the scores lie, as a part of the room that there is: 0 at
    it, 1 at the end of the scale. Where several labels reject it is that of the surest.
    """

    verdict: Verdict
    reasons: tuple[Label, ...]
    said: str
    beyond: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Acted:
    """How many comments a policy rejected and approved by itself, or would; and left to people.

    `audited` are those of its ranges that were drawn for audit.
    """

    rejected: int = 0
    approved: int = 0
    audited: int = 0

    @property
    def decided(self) -> int:
        """How many it decided."""
        return self.rejected + self.approved

    def __add__(self, more: Acted) -> Acted:
        """Return what was done in both."""
        return Acted(
            self.rejected + more.rejected,
            self.approved + more.approved,
            self.audited + more.audited,
        )


def rule_for(
    automatic: Automatic, thresholds: Iterable[tuple[Label, float]], scores: Scores
) -> Rule | None:
    """Return what the ranges decide, None for nothing.

    A label alone does not reject where the policy has others and all of them stay below their
    thresholds: the labels disagree, and a person looks. Nothing is approved that lacks the score
    of a label of the policy, unless none of the scorers that the ranges were found for rates it.
    """
    if scores.not_scored is not None:
        return None
    lowest: dict[Label, float] = {}
    for label, at in thresholds:
        lowest[label] = min(at, lowest.get(label, 1.0))
    values = scores.values
    over = {one for one, at in lowest.items() if values.get(one, -1.0) >= at}
    hits = [one for one, at in automatic.reject_from.items() if values.get(one, -1.0) >= at]
    agreed = [one for one in hits if len(lowest) == 1 or over - {one}]
    if agreed:
        said = ", ".join(f"{one.words} {automatic.reject_from[one]:g} or more" for one in agreed)
        limits = [(values[one], automatic.reject_from[one]) for one in agreed]
        beyond = max(_part(score - at, 1 - at) for score, at in limits)
        return Rule(Verdict.REJECT, tuple(agreed), said, beyond)
    limit = automatic.approve_to
    rated = automatic.scorers.keys() or lowest.keys()
    if limit is None or over or not lowest.keys() & rated <= values.keys():
        return None
    highest = max(values.values(), default=0.0)
    if highest <= limit:
        beyond = _part(limit - highest, limit)
        return Rule(Verdict.APPROVE, (), f"every label {limit:g} or less", beyond)
    return None


def _part(distance: float, room: float) -> float:
    return distance / room if room > 0 else 0.0
