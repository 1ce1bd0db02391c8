"""What is known of one threshold, of a label or a whole policy, and what another would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label
from triage.scoring.learned import base_of
from triage.store import Groups, KnownComments
from triage.store.evidence import UNDECIDED
from triage.tuning.calibration import Beta, NotCalibrated, calibrated
from triage.tuning.curves import UNKNOWN, Curves, Evidence, Figures
from triage.tuning.drift import Slice, slices
from triage.tuning.goals import (
    Costs,
    Found,
    NotProven,
    Ranges,
    least_cost,
    precision_at_least,
    recall_at_least,
)
from triage.tuning.labelling import Chances, evidence
from triage.tuning.outcomes import Bar, Outcome, Workload, known, outcome
from triage.tuning.periods import Periods, periods
from triage.tuning.reliability import Band, reliability
from triage.tuning.sizes import elusion_size
from triage.tuning.together import IN_FORCE, moved, retuned

__all__ = ["TAUGHT", "Moves", "Target"]

TAUGHT = (
    "some of these decisions taught the scorer, so precision and AUC look better than they are; "
    "what audits drew taught it nothing."
)
"""What is to be minded about the figures of a learned scorer, at the end of a sentence."""

Vector = NDArray[np.float64]
Keys = NDArray[np.int64]

_GRID = 101
_BARS = 50
_HOUR = 3600
_LEAST_AUDIT, _MOST_AUDIT = 100, 3_000
_AIM = 0.8  # the recall that an audit is planned for where nobody asked for another


@dataclass(frozen=True, slots=True)
class Moves:
    """Which comments another threshold moves, by key, nearest to the threshold in force first.

    `rising` would be flagged and are not, `falling` are and would not be. `unmoved` counts those
    that cross the threshold and stay flagged all the same, for another label or by a person,
    `hidden` those that an audit drew and nobody decided: to list them would give their scores away.
    """

    rising: Keys
    falling: Keys
    unmoved: int
    hidden: int


class Target:
    """One label, or with `label` None the whole policy, and everything known of its threshold.

    A whole policy has one threshold, too: the position to which all are moved at once
    (`triage.tuning.together`). Everything is computed once and kept; asking for another threshold
    takes milliseconds.
    """

    def __init__(
        self,
        label: Label | None,
        score: Vector,
        truth: NDArray[np.int8],
        asked: Chances,
        flagged_anyway: NDArray[np.bool_],
        known: KnownComments,
        thresholds: Mapping[Label, float],
    ) -> None:
        self.label = label
        self._thresholds = dict(thresholds)
        self.in_force = IN_FORCE if label is None else thresholds.get(label)
        self.evidence, self.rows = evidence(score, truth, asked)
        self.curves = Curves(self.evidence)
        self._known = known
        self._anyway = flagged_anyway[self.rows]
        self._blind = (asked.drawn & (known.verdict == UNDECIDED))[self.rows]
        self._free = np.sort(self.evidence.score[~self._anyway])
        # What has no score of this label may be flagged for others.
        self._anyway_count = int(flagged_anyway.sum())

    @property
    def carries(self) -> str:
        """What is said of a comment that the target is about, after "comments that"."""
        return "should be rejected" if self.label is None else f"carry “{self.label.words}”"

    @property
    def taught(self) -> bool:
        """Whether the scores in force learned from decisions that they are judged by here."""
        panel = self._known.panel
        seats = panel.values() if self.label is None else [panel[self.label]]
        return any(base_of(key) is not None for key, _ in seats)

    @property
    def per_day(self) -> float:
        """About how many comments come in a day."""
        return self._known.per_day

    @property
    def all_comments(self) -> int:
        """How many comments there are, with a score of this label or without."""
        return len(self._known.comment)

    @cached_property
    def _unflagged(self) -> Curves:
        """Curves of what nothing else flags."""
        own = self.evidence
        free = ~self._anyway
        return Curves(Evidence(own.score[free], own.label[free], own.probability[free]))

    @property
    def unscored(self) -> int:
        """How many comments have no score of this label."""
        return self.all_comments - len(self.rows)

    def thresholds(self, at: float) -> dict[Label, float]:
        """Return the labels' thresholds that a threshold of the target means."""
        return moved(self._thresholds, at) if self.label is None else {self.label: at}

    def policy(self, base: Policy, at: float) -> tuple[Threshold, ...]:
        """Return the thresholds of a policy in which the target's is `at`."""
        return retuned(base.thresholds, self.thresholds(at))

    def queue(self, at: float) -> int:
        """Return how many comments the whole policy asks people about with this threshold.

        Those that it flags, less what it decides by itself. Another threshold turns that off.
        """
        flagged = self._anyway_count + len(self._free) - int(np.searchsorted(self._free, at))
        if at != self.in_force or self._known.history[-1].automatic is None:
            return flagged
        return flagged - int((self._known.automatic & ~self._known.drawn).sum())

    def outcome(self, at: float, confidence: float = 0.95, per_day: float | None = None) -> Outcome:
        """Return what follows from a threshold; `per_day` comments come in a day."""
        return outcome(self.curves, at, self._load(at, per_day), confidence)

    def _load(self, at: float, per_day: float | None) -> Workload:
        queue, daily = self.queue(at), self.per_day if per_day is None else per_day
        share = queue / max(self.all_comments, 1)
        seconds = self._known.seconds
        hours = None if seconds is None else share * daily * seconds / _HOUR
        return Workload(queue, share * daily, hours)

    def said(self, one: Outcome, confidence: float = 0.95) -> str:
        """Return in a few sentences what is known at a threshold and what is not."""
        said = known(one, self.carries, confidence)
        return f"{said} Mind: {TAUGHT}" if self.taught else said

    @cached_property
    def grid(self) -> Figures:
        """The figures at a hundred thresholds, for the curves."""
        return self.curves.at(np.linspace(0.0, 1.0, _GRID))

    @cached_property
    def bars(self) -> list[Bar]:
        """The histogram of scores, by what is known of the comments."""
        edges = np.linspace(0.0, 1.0, _BARS + 1)
        own = self.evidence
        looked = own.label != UNKNOWN
        audited = looked & (own.probability < 1)

        def count(rows: NDArray[np.bool_]) -> NDArray[np.int64]:
            return np.histogram(own.score[rows], edges)[0]

        counts = zip(count(looked & ~audited), count(audited), count(~looked), strict=True)
        return [
            Bar(float(edges[at]), float(edges[at + 1]), *(int(one) for one in row))
            for at, row in enumerate(counts)
        ]

    def moves(self, at: float) -> Moves:
        """Return which comments a threshold moves in and out of the queue."""
        score = self.evidence.score
        before = score >= (np.inf if self.in_force is None else self.in_force)
        after = score >= at
        crossing = before != after
        free = crossing & ~self._anyway
        keys = self._known.comment[self.rows]

        def listed(rows: NDArray[np.bool_], *, descending: bool) -> Keys:
            places = np.flatnonzero(rows)
            order = np.argsort(score[places], kind="stable")
            return keys[places[order[::-1] if descending else order]]

        return Moves(
            rising=listed(free & after & ~self._blind, descending=True),
            falling=listed(free & before, descending=False),
            unmoved=int((crossing & self._anyway).sum()),
            hidden=int((free & after & self._blind).sum()),
        )

    @cached_property
    def bands(self) -> list[Band]:
        """The reliability of the scores: of a position for a whole policy."""
        own = self.evidence
        rows = own.settled & (own.probability > 0)
        truth = (own.label[rows] == 1).astype(np.float64)
        return reliability(truth, own.score[rows], weights=1 / own.probability[rows])

    @cached_property
    def calibration(self) -> Beta | NotCalibrated:
        """What scores mean as probabilities, by the labels at hand."""
        own = self.evidence
        rows = own.settled & (own.probability > 0)
        return calibrated(own.score[rows], own.label[rows] == 1)

    def slices(self, groups: Groups, at: float) -> list[Slice]:
        """Return the flagged comments of each group, counts first."""
        keys = self._known.comment[self.rows]
        place = np.searchsorted(keys, groups.comment)
        there = place < len(keys)
        there[there] = keys[place[there]] == groups.comment[there]
        return slices(self.evidence, groups.names, place[there], groups.group[there], at)

    def periods(self, day: Vector, at: float, days: int) -> Periods:
        """Return how the last days differ from those before; `day` says when all comments came."""
        return periods(self.evidence, day[self.rows], at, days)

    def recall_at_least(self, recall: float, confidence: float) -> Found | NotProven:
        """Return the highest threshold of which a recall is proven.

        The search goes up from the threshold in force where that is proven, else from the lowest
        that flags half of the comments.
        """
        start = None
        if self.in_force is not None:
            now = self.curves.at(self.in_force, confidence).recall_low[0]
            start = self.in_force if now >= recall else None
        return recall_at_least(self.curves, recall, confidence, lowest=start)

    def precision_at_least(self, precision: float, confidence: float) -> Found | NotProven:
        """Return the lowest threshold that is shown to be so precise, to be confirmed."""
        return precision_at_least(self.curves, precision, confidence)

    def at_most_per_day(self, reviews: float, per_day: float | None = None) -> Found | NotProven:
        """Return the lowest threshold with which the whole queue is so long at most.

        Raises ValueError unless `reviews` is positive.
        """
        if not reviews > 0:
            raise ValueError(f"reviews a day are positive, not {reviews!r}")
        daily = self.per_day if per_day is None else per_day
        if daily <= 0:
            return NotProven("it is not known how many comments come in a day")
        allowed = reviews * self.all_comments / daily - self._anyway_count
        if allowed <= 0:
            return NotProven("other labels alone flag more than that")
        at = self._unflagged.lowest_flagging(allowed)
        if at is None:
            return NotProven("even the highest score is shared by more comments than that")
        return Found(at, self.curves.at(at), confirm=False)

    def least_cost(self, costs: Costs) -> Ranges | NotProven:
        """Return the scores from which a review, and a removal without one, cost least."""
        found = self.calibration
        return least_cost(None if isinstance(found, NotCalibrated) else found, costs)

    def audit_size(self, at: float, recall: float = _AIM, confidence: float = 0.95) -> int:
        """Return about how many comments to audit, so that a recall can be proven at a threshold.

        Where that is not to be had, as many as make the answer useful: no more than 3,000.
        """
        below = int(self.curves.at(at).unreviewed[0])
        found = self.curves.seen(at)
        size = elusion_size(found, below, recall, confidence) if found and below else None
        return min(max(size or _MOST_AUDIT, _LEAST_AUDIT), _MOST_AUDIT, max(below, 1))

    def frozen(self, at: float, confidence: float = 0.95) -> dict[str, object]:
        """Return what is known at a threshold and at that in force, to keep beside a policy.

        Whoever changes a threshold with labels in view has chosen it on them.
        """
        one = self.outcome(at, confidence)
        now = None if self.in_force is None else self.outcome(self.in_force, confidence)
        return {
            "target": "policy" if self.label is None else self.label.value,
            "confidence": confidence,
            "saved": asdict(one),
            "before": None if now is None else asdict(now),
            "known": self.said(one, confidence),
            "chosen_on_these_labels": bool(one.reviewed > 0 and at != self.in_force),
            "scorers": {label.value: "@".join(seat) for label, seat in self._known.panel.items()},
            "seconds_per_decision": self._known.seconds,
            "reviewers": self._known.reviewers,
        }
