"""Policies: named, dated, immutable sets of thresholds, and what they propose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from triage.domain.automatic import Automatic, Rule, rule_for
from triage.domain.checks import check_aware, check_named, check_unit
from triage.domain.scores import Label, Scores
from triage.domain.severity import SEVERITY, weighed

__all__ = [
    "DEFAULT_NAME",
    "DEFAULT_THRESHOLDS",
    "DEFAULT_WHY",
    "Policy",
    "Proposal",
    "Reached",
    "Route",
    "Threshold",
]


class Route(StrEnum):
    """What a policy proposes for a comment, mildest first."""

    PASS = "pass"  # noqa: S105 - a route, not a password
    REVIEW = "review"
    HOLD = "hold"

    @property
    def rank(self) -> int:
        """0 for the mildest route."""
        return list(Route).index(self)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score from which a label counts (`score >= at`), and the route it then proposes."""

    label: Label
    at: float
    route: Route = Route.REVIEW

    def __post_init__(self) -> None:
        check_unit(f"the threshold for {self.label}", self.at)
        if self.route is Route.PASS:
            raise ValueError("a threshold proposes review or hold; below it a comment passes")


@dataclass(frozen=True, slots=True)
class Reached:
    """One threshold that a score reached: the reason behind a flag.

    `weight` is the label's severity as a part of the worst one's, in (0, 1].
    """

    threshold: Threshold
    score: float
    weight: float

    @property
    def harm(self) -> float:
        """The harm to expect of what is so labelled, in [0, 1]: score times weight.

        A calibrated score is the probability that the label applies, so this is an expectation,
        and comparable between labels.
        """
        return self.score * self.weight


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a policy says of one comment: a route and the thresholds reached, most harm first."""

    route: Route
    reached: tuple[Reached, ...] = ()
    not_scored: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A named set of thresholds. A change makes a new version; versions are never altered.

    At most one threshold per (label, route). What cannot be scored is proposed for review: a
    machine that cannot read a comment is no reason to wave it through. `severity` says how much
    harm each label does where it applies, above 0 and up to 100; it orders the queue and flags
    nothing, and only its proportions matter. A label that it leaves out has its usual weight.
    `automatic` are the ranges in which it decides by itself; None, and so nothing, unless a lead
    turned them on.
    """

    name: str
    version: int
    thresholds: tuple[Threshold, ...]
    created_at: datetime
    created_by: str
    why: str = ""
    severity: Mapping[Label, float] = field(default_factory=lambda: SEVERITY, hash=False)
    automatic: Automatic | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "severity", weighed(self.severity))
        check_named("a policy's name", self.name)
        check_named("a policy's author", self.created_by)
        check_aware("a policy's date", self.created_at)
        if self.version < 1:
            raise ValueError(f"policy versions count from 1, not {self.version}")
        pairs = {(threshold.label, threshold.route) for threshold in self.thresholds}
        if len(pairs) != len(self.thresholds):
            raise ValueError("a policy holds one threshold per label and route")
        if self.automatic is not None:
            self.automatic.check(
                {one.label: low.at for one in self.thresholds if (low := self.threshold(one.label))}
            )

    @property
    def ref(self) -> str:
        """How records name this version: `default@3`."""
        return f"{self.name}@{self.version}"

    def weight(self, label: Label) -> float:
        """Return a label's severity as a part of the worst label's, in (0, 1]."""
        return self.severity[label] / max(self.severity.values())

    def threshold(self, label: Label) -> Threshold | None:
        """Return the lowest threshold for a label: the score from which it is flagged."""
        own = [threshold for threshold in self.thresholds if threshold.label is label]
        return min(own, key=lambda threshold: threshold.at, default=None)

    @property
    def limits(self) -> tuple[Threshold, ...]:
        """The scores at which something changes: thresholds, and the ends of automatic ranges."""
        own = self.automatic
        if own is None:
            return self.thresholds
        ends = [Threshold(label, at) for label, at in own.reject_from.items()]
        if own.approve_to is not None:
            ends += [Threshold(label, own.approve_to) for label in Label]
        return (*self.thresholds, *ends)

    def rule(self, scores: Scores) -> Rule | None:
        """Return what the policy decides by itself of these scores; None for nothing."""
        if self.automatic is None:
            return None
        pairs = ((one.label, one.at) for one in self.thresholds)
        return rule_for(self.automatic, pairs, scores)

    def with_threshold(
        self, label: Label, at: float | None, route: Route = Route.REVIEW
    ) -> tuple[Threshold, ...]:
        """Return the thresholds with another one for a label and route; None takes it away.

        Raises ValueError for a number outside [0, 1] and for the route `pass`.
        """
        kept = [one for one in self.thresholds if (one.label, one.route) != (label, route)]
        return (*kept, *([Threshold(label, at, route)] if at is not None else []))

    def labels(self, scores: Scores) -> frozenset[Label]:
        """Return the labels whose thresholds these scores reach."""
        return frozenset(
            one.label for one in self.thresholds if scores.values.get(one.label, -1.0) >= one.at
        )

    def propose(self, scores: Scores) -> Proposal:
        """Return the route for these scores, with the reasons."""
        if scores.not_scored is not None:
            return Proposal(Route.REVIEW, not_scored=scores.not_scored)
        reached = [
            Reached(threshold, scores.values[threshold.label], self.weight(threshold.label))
            for threshold in self.thresholds
            if scores.values.get(threshold.label, -1.0) >= threshold.at
        ]
        reached.sort(key=lambda one: one.harm, reverse=True)
        route = max(
            (one.threshold.route for one in reached), key=lambda r: r.rank, default=Route.PASS
        )
        return Proposal(route, tuple(reached))


DEFAULT_NAME = "default"
DEFAULT_THRESHOLDS = (
    Threshold(Label.TOXICITY, 0.5),
    Threshold(Label.SEVERE_TOXICITY, 0.3),
    Threshold(Label.OBSCENE, 0.5),
    Threshold(Label.THREAT, 0.3),
    Threshold(Label.INSULT, 0.5),
    Threshold(Label.IDENTITY_ATTACK, 0.3),
    Threshold(Label.SEXUAL_EXPLICIT, 0.5),
    Threshold(Label.INCIVILITY, 0.7),
)
DEFAULT_WHY = (
    "The start: half for what is common, lower for what is rare and does more harm, higher for "
    "incivility, which is common and mostly bearable. Tune it to your community."
)
"""What the first version of the default policy says for itself."""
