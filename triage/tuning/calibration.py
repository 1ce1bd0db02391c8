"""From scores to probabilities that mean what they say: beta calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "LEAST_LABELS",
    "LEAST_OF_A_CLASS",
    "Beta",
    "NotCalibrated",
    "bent",
    "calibrated",
    "fit_beta",
    "logits",
]

Vector = NDArray[np.float64]

LEAST_LABELS = 60
LEAST_OF_A_CLASS = 5
_CLIP = 1e-7
_STEEPNESS = 0.01  # the least of a and b, so that no two scores are made one


@dataclass(frozen=True, slots=True)
class Beta:
    """A beta calibration (Kull, Silva Filho and Flach 2017) for one label and scorer version.

    logit p = a ln s - b ln(1 - s) + c, with a, b > 0, so that the order of scores stays.
    """

    a: float
    b: float
    c: float

    def probability(self, scores: ArrayLike) -> Vector:
        """Return what scores in [0, 1] mean as probabilities."""
        return bent(logits(np.asarray(scores, np.float64)), np.array([self.a, self.b, self.c]))

    def score_at(self, probability: float) -> float | None:
        """Return the least score that means this probability; None where no score does."""
        low, high = 0.0, 1.0
        if self.probability(high) < probability:
            return None
        if self.probability(low) >= probability:
            return 0.0
        while low < (middle := (low + high) / 2) < high:
            if self.probability(middle) >= probability:
                high = middle
            else:
                low = middle
        return high


@dataclass(frozen=True, slots=True)
class NotCalibrated:
    """There are too few labels to calibrate on: so many, of which so many carry the label."""

    labels: int
    positives: int


def calibrated(scores: Vector, truth: NDArray[np.bool_]) -> Beta | NotCalibrated:
    """Return the calibration that labels make, or that there are too few.

    60 labels and 5 of each class are the least. Labels may be drawn in any way that depends on the
    scores alone: equal numbers per band of scores serve best.
    """
    positives = int(truth.sum())
    if len(truth) < LEAST_LABELS or not (
        LEAST_OF_A_CLASS <= positives <= len(truth) - LEAST_OF_A_CLASS
    ):
        return NotCalibrated(len(truth), positives)
    return Beta(*fit_beta(logits(scores), truth.astype(np.float64)).tolist())


def fit_beta(values: Vector, truth: Vector, pull: float = 1.0) -> Vector:
    """Return the (a, b, c) of the beta calibration of logits, of shape (3,).

    Maximum likelihood with a, b > 0; where a label has few positives, a slight `pull` towards
    the identity (1, 1, 0) keeps the map tame.
    """
    from scipy.optimize import minimize

    # ln s and -ln(1 - s), of the logit of s.
    columns = np.stack([-np.logaddexp(0, -values), np.logaddexp(0, values), np.ones(len(values))])

    def loss(parameters: Vector) -> tuple[float, Vector]:
        z = parameters @ columns
        off = parameters[:2] - 1
        value = np.logaddexp(0.0, z).sum() - truth @ z + 0.5 * pull * (off @ off)
        slope = columns @ (_sigmoid(z) - truth)
        slope[:2] += pull * off
        return float(value), slope

    found = minimize(
        loss,
        np.array([1.0, 1.0, 0.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_STEEPNESS, None), (_STEEPNESS, None), (None, None)],
        options={"ftol": 1e-14, "gtol": 1e-8, "maxiter": 1_000},
    )
    return np.asarray(found.x)


def bent(values: Vector, parameters: Vector) -> Vector:
    """Return the probabilities that a beta calibration (a, b, c) makes of logits."""
    a, b, c = parameters
    return _sigmoid(-a * np.logaddexp(0.0, -values) + b * np.logaddexp(0.0, values) + c)


def logits(p: Vector) -> Vector:
    """Return ln(p / (1 - p)), with p kept 1e-7 away from 0 and 1."""
    p = np.clip(p, _CLIP, 1 - _CLIP)
    return np.asarray(np.log(p) - np.log1p(-p))


def _sigmoid(z: Vector) -> Vector:
    return np.asarray(np.exp(-np.logaddexp(0.0, -z)))
