"""The threshold with which as much is flagged as with another one: of a share, or of old scores.

Scores of two scorers mean different things, so that an old threshold is not carried over as a
number. What can be carried over is how much it flagged.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Match", "match_rate", "match_scores"]

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Match:
    """The threshold `at` that flags `flagged` of `comments`, nearest to the `wanted` share.

    It has no more digits than it takes to part the last that is flagged from the first that is not.
    `low` to `high` are the thresholds that a sample of this size cannot tell from it; `high` is
    above 1 where it cannot even be told from one that flags nothing. `old_flagged` and `both` are
    known where old scores of the same comments are: how many those flagged, and how many both do.
    """

    at: float
    low: float
    high: float
    flagged: int
    comments: int
    wanted: float
    old_flagged: int | None = None
    both: int | None = None


NOTHING = float(np.nextafter(1.0, 2.0))
"""A threshold that flags nothing: the next number above the highest score."""


def match_rate(score: Vector, rate: float, confidence: float = 0.95) -> Match:
    """Return the threshold that flags a share of comments like these.

    The interval is the exact one for a quantile of any distribution, by the ranks that a binomial
    number of comments above it may have (Conover, Practical Nonparametric Statistics, 3.2). Raises
    ValueError for no scores, and for a rate or a confidence that does not lie between 0 and 1.
    """
    from scipy.stats import binom

    _check(score, confidence)
    if not 0.0 < rate < 1.0:
        raise ValueError(f"a share to flag lies between 0 and 1, not {rate:g}")
    falling = np.sort(score)[::-1]
    comments = len(falling)
    tail = (1.0 - confidence) / 2
    fewest = int(binom.ppf(tail, comments, rate))
    most = int(binom.ppf(1.0 - tail, comments, rate)) + 1
    at, flagged = _nearest(falling, rate * comments)
    return Match(
        at=at,
        low=min(at, float(falling[most - 1])) if most <= comments else 0.0,
        high=float(falling[fewest - 1]) if fewest else NOTHING,
        flagged=flagged,
        comments=comments,
        wanted=rate,
    )


def match_scores(score: Vector, old: Vector, at: float, confidence: float = 0.95) -> Match:
    """Return the threshold that flags as many of the comments as the old scores do from `at` on.

    Both are scores of the same comments, in one order. The interval holds the thresholds that
    McNemar's exact test on the comments that only one of both flags does not refuse. Raises
    ValueError as `match_rate` does, and where the old threshold flags nothing or everything.
    """
    from scipy.stats import binom

    _check(score, confidence)
    before = old >= at
    wanted = int(before.sum())
    comments = len(score)
    if wanted in {0, comments}:
        what = "nothing" if wanted == 0 else "everything"
        raise ValueError(f"the old threshold flags {what} of these {comments:,} comments")
    order = np.argsort(-score, kind="stable")
    falling = score[order]
    # Of the first k comments by the new score, so many were flagged before.
    shared = np.concatenate([[0], np.cumsum(before[order])])
    counts = np.arange(comments + 1)
    only_new, only_old = counts - shared, wanted - shared
    apart = only_new + only_old
    # The smaller tail of Binomial(apart, 1/2), doubled; where they never differ nothing is refused.
    chance = np.minimum(1.0, 2 * binom.cdf(np.minimum(only_new, only_old), apart, 0.5))
    ends = np.append(falling[1:] < falling[:-1], True)  # a threshold cannot part equal scores
    possible = np.flatnonzero(np.concatenate([[True], ends]) & (chance >= 1.0 - confidence))
    found, flagged = _nearest(falling, float(wanted))
    counts_there = possible if len(possible) else np.array([flagged])
    fewest, most = int(counts_there[0]), int(counts_there[-1])
    return Match(
        at=found,
        low=min(found, float(falling[most - 1]) if most else NOTHING),
        high=max(found, float(falling[fewest - 1]) if fewest else NOTHING),
        flagged=flagged,
        comments=comments,
        wanted=wanted / comments,
        old_flagged=wanted,
        both=int(shared[flagged]),
    )


def _nearest(falling: Vector, wanted: float) -> tuple[float, int]:
    """Return the score from which nearest to `wanted` are flagged, and how many; at least one."""
    ends = np.flatnonzero(np.append(falling[1:] < falling[:-1], True))
    place = int(ends[np.argmin(np.abs(ends + 1 - wanted))])
    below = float(falling[place + 1]) if place + 1 < len(falling) else -1.0
    return _short(float(falling[place]), below), place + 1


def _short(score: float, below: float) -> float:
    """Return the number with the fewest digits, two at least, that parts two scores."""
    exact = Decimal(repr(score))
    for digits in range(2, 17):
        short = float(exact.quantize(Decimal(1).scaleb(-digits), ROUND_FLOOR))
        if short > below:
            return short
    return score


def _check(score: Vector, confidence: float) -> None:
    if not len(score):
        raise ValueError("there are no scores to match")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence lies between 0 and 1, not {confidence:g}")
