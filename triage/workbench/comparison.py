"""Two versions of a scorer held beside each other: on the same comments, under the same policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from triage.domain.entries import Entry
from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label
from triage.scoring.learned import SUFFIX
from triage.store.evidence import UNDECIDED
from triage.tuning.curves import Figures
from triage.tuning.flips import Flips, LabelSwitch, flips, label_switch, routes
from triage.tuning.outcomes import Outcome
from triage.tuning.together import lowest, positions
from triage.workbench.findings import Findings
from triage.workbench.targets import TAUGHT, Target

__all__ = ["Comparison", "Flip", "LabelComparison", "Side"]

Vector = NDArray[np.float64]
Bits = NDArray[np.bool_]

_SHARES = 60
_LEAST_SHARE, _MOST_SHARE = 0.001, 0.5  # of comments flagged: from the strictest to half of all


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: the scorers of the labels it is compared on, and scores of every comment.

    `rated` marks the comments that all of its scorers were asked about.
    """

    name: str
    scores: Mapping[Label, Vector]
    unreadable: Bits
    rated: Bits


@dataclass(frozen=True, slots=True)
class Flip:
    """A comment whose route changes, and what both say of the labels that are compared."""

    entry: Entry
    was: Route
    becomes: Route
    before: Mapping[Label, float]
    after: Mapping[Label, float]


@dataclass(frozen=True, slots=True)
class LabelComparison:
    """One label by both: how they differ, and what follows.

    `before` and `after` are at each one's threshold, `level` the new version's threshold that
    flags as many comments as the old one's does, and what follows from it; None where the label
    has no threshold. `share` are shares of comments flagged, where both have figures.
    """

    found: LabelSwitch
    before: Outcome | None
    after: Outcome | None
    level: Outcome | None
    share: Vector
    figures: tuple[Figures, Figures]


class Comparison:
    """What would change if `after` took the place of `before`; nothing here changes anything.

    Only comments that both rated count: `compared` says how many. `unrated` says how many `before`
    and `after` each did not, some of which may be the same.
    """

    def __init__(
        self,
        findings: Findings,
        before: Side,
        after: Side,
        labels: Sequence[Label],
        thresholds: Sequence[Threshold] | None = None,
        judged: Mapping[Label, Vector] | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self.before, self.after = before, after
        self.policy: Policy = findings.policy
        # Where thresholds go along with the scorer, the new scores are held against those.
        self.thresholds = tuple(findings.policy.thresholds if thresholds is None else thresholds)
        # What the new scores are judged by, where comments that are decided taught them.
        self._judged = dict(judged or {})
        self._findings = findings
        self._rated = before.rated & after.rated
        self.compared = int(self._rated.sum())
        self.unrated = (int((~before.rated).sum()), int((~after.rated).sum()))
        # Who is still to be decided unseen: a place on a list would tell a score.
        known = findings.known
        self._veiled = known.drawn & (known.verdict == UNDECIDED)

    @cached_property
    def _ranks(self) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        first, second = (
            np.where(self._rated, routes(one.scores, thresholds, one.unreadable), 0)
            for one, thresholds in (
                (self.before, self.policy.thresholds),
                (self.after, self.thresholds),
            )
        )
        return first, second

    @cached_property
    def flips(self) -> Flips:
        """Who changes route, over the whole policy."""
        first, second = (
            positions(one.scores, lowest(thresholds), one.unreadable)
            for one, thresholds in (
                (self.before, self.policy.thresholds),
                (self.after, self.thresholds),
            )
        )
        return flips(*self._ranks, np.nan_to_num(np.abs(second - first)))

    def keys(self, *, stricter: bool) -> NDArray[np.int64]:
        """Return the keys of the comments that become flagged or held, or less so.

        Most moved first, without those that an audit drew and nobody decided.
        """
        places = self.flips.stricter if stricter else self.flips.milder
        listed: NDArray[np.int64] = places[~self._veiled[places]]
        return np.asarray(self._findings.known.comment[listed])

    @property
    def veiled(self) -> int:
        """How many flips are not listed, because they are to be decided without their scores."""
        places = np.concatenate([self.flips.stricter, self.flips.milder])
        return int(self._veiled[places].sum())

    def flip(self, key: int, entry: Entry) -> Flip:
        """Return what both say of a comment, by its key."""
        at = int(np.searchsorted(self._findings.known.comment, key))
        was, becomes = (list(Route)[int(ranks[at])] for ranks in self._ranks)
        first, second = (
            {
                label: float(one.scores[label][at])
                for label in self.labels
                if label in one.scores and not np.isnan(one.scores[label][at])
            }
            for one in (self.before, self.after)
        )
        return Flip(entry, was, becomes, first, second)

    @property
    def left_out(self) -> list[str]:
        """How many comments who did not rate, in words; empty where both rated all."""
        ways = zip(("the old one", "the new one"), self.unrated, strict=True)
        return [f"{count:,} not rated by {who}" for who, count in ways if count]

    @property
    def caution(self) -> str:
        """What to mind about precision and AUC; empty for nothing."""
        sides = [self.before] if self._judged else [self.before, self.after]
        learned = [one.name for one in sides if f"{SUFFIX}@" in one.name]
        return f"Of {', '.join(learned)}: {TAUGHT}" if learned else ""

    @cached_property
    def by_label(self) -> tuple[LabelComparison, ...]:
        """Label by label, those that both rate."""
        both = [one for one in self.labels if one in self.before.scores]
        return tuple(self._of_label(label) for label in both)

    def _of_label(self, label: Label) -> LabelComparison:
        scores = [one.scores[label] for one in (self.before, self.after)]
        # The same comments on both sides: those that both could read.
        there = self._rated & ~np.isnan(scores[0]) & ~np.isnan(scores[1])
        old, new = (self._findings.rated_by(label, np.where(there, one, np.nan)) for one in scores)
        judge = new
        if label in self._judged:
            judge = self._findings.rated_by(label, np.where(there, self._judged[label], np.nan))
        at, then = old.in_force, lowest(self.thresholds).get(label)
        level = None if at is None else _level(old, judge, at)
        return LabelComparison(
            found=label_switch(label, old.evidence, new.evidence, at, then, judge.evidence),
            before=None if at is None else old.outcome(at),
            after=None if then is None else judge.outcome(then),
            level=None if level is None else judge.outcome(level),
            share=_shares(),
            figures=(_figures(old), _figures(judge)),
        )


def _level(old: Target, new: Target, at: float) -> float | None:
    """Return the new scores' threshold that flags as many comments as the old one's does."""
    return new.curves.lowest_flagging(int(old.curves.at(at).flagged[0]))


def _shares() -> Vector:
    return np.geomspace(_LEAST_SHARE, _MOST_SHARE, _SHARES)


def _figures(target: Target) -> Figures:
    """Return the figures where each share of the comments is flagged: each by its own scores."""
    count = target.curves.comments
    found = [target.curves.lowest_flagging(share * count) for share in _shares()]
    return target.curves.at([2.0 if one is None else one for one in found])
