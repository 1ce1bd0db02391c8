"""Whose route changes where other scores take the place of those in use, under one policy.

Scores of two scorers are never put in one order and never held against one another's threshold:
each comment gets its route by the one and by the other, and the routes are compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.domain.policy import Route, Threshold
from triage.domain.scores import Label
from triage.tuning.curves import Evidence
from triage.tuning.drift import Switch, switch
from triage.tuning.evaluation import Interval, area

__all__ = ["Flips", "LabelSwitch", "flips", "label_switch", "routes"]

Vector = NDArray[np.float64]
Ranks = NDArray[np.int8]
Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Flips:
    """Comments whose route changes.

    `ways` counts them by their route before and after; `before` and `after` count all comments by
    route. `stricter` and `milder` hold the positions of those whose route becomes so, most moved
    first.
    """

    before: Mapping[Route, int]
    after: Mapping[Route, int]
    ways: Mapping[tuple[Route, Route], int]
    stricter: NDArray[np.int64]
    milder: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LabelSwitch:
    """How two versions differ for one label, on the same comments, each with its threshold.

    `threshold` is the one in force; the new version's is the same unless it goes along.
    `distance` is the largest difference between the two distributions of scores, 0 to 1
    (Kolmogorov and Smirnov). `auc_before` and `auc_after` are over the `labels` comments that
    people decided about, of which `positives` carry the label; None where all are of one kind, the
    intervals (95 %, DeLong) where the formula has none.
    """

    label: Label
    threshold: float | None
    switch: Switch
    distance: float
    labels: int
    positives: int
    auc_before: float | None
    auc_before_95: Interval | None
    auc_after: float | None
    auc_after_95: Interval | None


def routes(
    scores: Mapping[Label, Vector], thresholds: Iterable[Threshold], unreadable: Bits
) -> Ranks:
    """Return the rank of each comment's route: `Policy.propose` for arrays. NaN is no score."""
    found = np.where(unreadable, Route.REVIEW.rank, Route.PASS.rank).astype(np.int8)
    for one in thresholds:
        if one.label in scores:
            reached = scores[one.label] >= one.at
            found[reached] = np.maximum(found[reached], one.route.rank)
    return found


def flips(before: Ranks, after: Ranks, moved: Vector) -> Flips:
    """Return who changes from one route to another; `moved` says how far each comment moved."""
    order = np.argsort(-moved, kind="stable")
    ranked = list(Route)

    def count(ranks: Ranks) -> dict[Route, int]:
        return {one: int((ranks == one.rank).sum()) for one in ranked}

    ways = {
        (one, other): int(((before == one.rank) & (after == other.rank)).sum())
        for one in ranked
        for other in ranked
        if one is not other
    }
    return Flips(
        before=count(before),
        after=count(after),
        ways={way: number for way, number in ways.items() if number},
        stricter=order[(after > before)[order]],
        milder=order[(after < before)[order]],
    )


def label_switch(
    label: Label,
    before: Evidence,
    after: Evidence,
    threshold: float | None,
    then: float | None,
    judged: Evidence | None = None,
) -> LabelSwitch:
    """Return how two versions' evidence about the same comments, in one order, differs.

    `threshold` is the old version's, `then` the new one's; None for none.
    `judged` has the scores for `auc_after` where the new version's own learned from these comments.
    """
    from scipy.stats import ks_2samp

    ats = [np.inf if one is None else one for one in (threshold, then)]
    known = before.settled
    truth = before.label[known] == 1
    both = 0 < truth.sum() < len(truth)
    areas = [
        area(one.score[known], truth) if both else (None, None) for one in (before, judged or after)
    ]
    apart = len(before.score) > 0
    return LabelSwitch(
        label=label,
        threshold=threshold,
        switch=switch(before.score, after.score, *ats),
        distance=float(ks_2samp(before.score, after.score).statistic) if apart else 0.0,
        labels=len(truth),
        positives=int(truth.sum()),
        auc_before=areas[0][0],
        auc_before_95=areas[0][1],
        auc_after=areas[1][0],
        auc_after_95=areas[1][1],
    )
