"""Goals for a threshold, and what they come to, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass

from triage.errors import UsageError
from triage.tuning.calibration import LEAST_LABELS, LEAST_OF_A_CLASS, NotCalibrated
from triage.tuning.goals import Costs, Found, NotProven
from triage.tuning.together import in_words
from triage.workbench.targets import Target

__all__ = ["Answer", "Goal", "seek"]


@dataclass(frozen=True, slots=True)
class Goal:
    """What a threshold should do: exactly one of the fields besides the confidence.

    `costs` are those of a review, a miss and a wrong removal, in one currency. `per_day` comments
    are reviewed a day at most, of all that the policy flags.
    """

    recall: float | None = None
    precision: float | None = None
    per_day: float | None = None
    costs: tuple[float, float, float] | None = None
    confidence: float = 0.95

    def __post_init__(self) -> None:
        given = (self.recall, self.precision, self.per_day, self.costs)
        if sum(one is not None for one in given) != 1:
            raise UsageError("a goal is one of: recall, precision, reviews a day, costs")
        for name, share in (
            ("recall", self.recall),
            ("precision", self.precision),
            ("confidence", self.confidence),
        ):
            if share is not None and not 0 < share < 1:
                raise UsageError(f"a goal's {name} lies between 0 and 1, not {share:g}")
        if self.per_day is not None and not 0 < self.per_day < float("inf"):
            raise UsageError(f"reviews a day are a number above 0, not {self.per_day:g}")
        if self.costs is not None and not all(0 < one < float("inf") for one in self.costs):
            raise UsageError("costs are three numbers above 0: review, miss, wrong removal")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a goal came to: a threshold, or None, and the words for it.

    `audits` is about how many more audit labels would prove it, where that is known.
    """

    threshold: float | None
    said: str
    audits: int | None = None


def seek(target: Target, goal: Goal, per_day: float | None = None) -> Answer:
    """Return the threshold that meets a goal; `per_day` comments come in a day."""
    if goal.costs is not None:
        return _least_cost(target, Costs(*goal.costs))
    if goal.recall is not None:
        found = target.recall_at_least(goal.recall, goal.confidence)
        words = (
            f"the highest threshold that is proven to find at least {goal.recall:.0%} of the "
            f"comments that {target.carries}, at {goal.confidence:.0%} confidence."
        )
    elif goal.precision is not None:
        found = target.precision_at_least(goal.precision, goal.confidence)
        words = (
            f"the lowest threshold that is shown to be right about {goal.precision:.0%} of what it "
            "flags. It was chosen on these very labels, which flatters it: confirm it on "
            "those that come later."
        )
    else:
        found = target.at_most_per_day(goal.per_day or 0.0, per_day)
        words = f"the lowest threshold with which at most {goal.per_day:g} comments a day wait."
    if isinstance(found, Found):
        return Answer(found.threshold, f"{_named(target, found.threshold)}: {words}")
    return _not_proven(found)


def _not_proven(found: NotProven) -> Answer:
    more = ""
    if found.audits:
        more = f" About {found.audits:,} more audit items are needed, if things are as they look."
    return Answer(None, f"{found.why[:1].upper()}{found.why[1:]}.{more}", found.audits)


def _least_cost(target: Target, costs: Costs) -> Answer:
    found = target.least_cost(costs)
    if isinstance(found, NotProven):
        there = target.calibration
        have = (
            f" There are {there.labels:,} labels, {there.positives:,} of which carry it; it takes "
            f"{LEAST_LABELS}, and {LEAST_OF_A_CLASS} of each kind."
            if isinstance(there, NotCalibrated)
            else ""
        )
        return Answer(None, _not_proven(found).said + have)
    if found.review_from is None:
        return Answer(None, "At these costs a review costs more than it saves, at any score.")
    said = f"{_named(target, found.review_from)}: from here on a review costs less than a miss."
    if found.remove_from is not None:
        at = _named(target, found.remove_from)
        said += f" {at}: from here on removing unseen would cost less than a review; nothing does."
    return Answer(found.review_from, said)


def _named(target: Target, at: float) -> str:
    words = f"Threshold {at:.3f}"
    return words if target.label else f"All thresholds together, {in_words(at)}"
