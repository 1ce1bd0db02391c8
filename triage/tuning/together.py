"""A whole policy on one scale: how far all its thresholds are moved at once.

The position of a comment is below .5 where the policy passes it and .5 or above where it flags it:
half of score / threshold below a threshold, and above it half plus half of the share of the room
that is left; of its labels the highest. To move the policy to the position t is to flag from t on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import floor

import numpy as np
from numpy.typing import NDArray

from triage.domain.policy import Threshold
from triage.domain.scores import Label

__all__ = ["IN_FORCE", "in_words", "lowest", "moved", "positions", "retuned"]

Vector = NDArray[np.float64]

IN_FORCE = 0.5
"""The position of a policy as it is."""


def lowest(thresholds: Iterable[Threshold]) -> dict[Label, float]:
    """Return label -> the score from which a policy with these thresholds flags it."""
    found: dict[Label, float] = {}
    for one in thresholds:
        found[one.label] = min(one.at, found.get(one.label, 1.0))
    return found


def positions(
    scores: Mapping[Label, Vector], at: Mapping[Label, float], unreadable: NDArray[np.bool_]
) -> Vector:
    """Return the comments' positions under the thresholds `at`; NaN for one without any score.

    A score of NaN is none. What cannot be read is flagged whatever the thresholds: 1.
    """
    found = np.full(len(unreadable), np.nan)
    for label, score in scores.items():
        one = _position(score, at[label]) if label in at else np.where(np.isnan(score), score, 0.0)
        found = np.fmax(found, one)
    return np.where(unreadable, 1.0, found)


def _position(score: Vector, at: float) -> Vector:
    # Each only where it holds: elsewhere a quotient might be beyond all numbers.
    low, high = np.minimum(score, at), np.maximum(score, at)
    below = low / at if at > 0 else low
    above = (high - at) / (1 - at) if at < 1 else np.ones(len(score))
    return np.where(score >= at, 0.5 + 0.5 * above, 0.5 * below)


def moved(at: Mapping[Label, float], position: float) -> dict[Label, float]:
    """Return the thresholds that flag from a position on; those of a policy as it is at .5."""
    if position < IN_FORCE:
        return {label: one * 2 * position for label, one in at.items()}
    return {label: one + (2 * position - 1) * (1 - one) for label, one in at.items()}


def in_words(position: float) -> str:
    """Return how far a position moves all thresholds: `all 20 % lower`.

    In half percents, rounded down: that is where the dashboard's slider stands.
    """
    percent = floor((2 * position - 1) * 200 + 1e-9) / 2
    if percent == 0:
        return "as in force"
    return f"all {abs(percent):g} % {'lower' if percent < 0 else 'of the way to 1'}"


def retuned(thresholds: Iterable[Threshold], at: Mapping[Label, float]) -> tuple[Threshold, ...]:
    """Return a policy's thresholds so that labels are flagged from `at` on; others stay.

    A label's lowest threshold moves, and one with a stricter route that would come to lie below it
    moves with it. A label without any gets one that asks for review.
    """
    was = list(thresholds)
    before = lowest(was)
    kept = [
        one
        if one.label not in at
        else Threshold(
            one.label,
            at[one.label] if one.at == before[one.label] else max(one.at, at[one.label]),
            one.route,
        )
        for one in was
    ]
    return (*kept, *(Threshold(label, one) for label, one in at.items() if label not in before))
