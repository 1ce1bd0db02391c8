"""From logits to probabilities that mean what they say at a natural prevalence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from triage.scoring.compact import calibrated

__all__ = ["fit_calibration"]


def fit_calibration(logits: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (a, b, c) of one label's beta calibration (see `compact.calibrated`).

    Maximum likelihood with a, b >= 0, so that the order of scores stays; where a label has few
    positives, a slight pull towards the identity (1, 1, 0) keeps the map tame.
    """

    def loss(parameters: NDArray[np.float64]) -> float:
        p = calibrated(logits[:, None], parameters[None, :])[:, 0]
        p = np.clip(p, 1e-12, 1 - 1e-12)
        likelihood = truth * np.log(p) + (1 - truth) * np.log1p(-p)
        return float(-likelihood.sum() + 0.5 * ((parameters[:2] - 1) ** 2).sum())

    found = minimize(
        loss,
        np.array([1.0, 1.0, 0.0]),
        method="L-BFGS-B",
        bounds=[(0.01, None), (0.01, None), (None, None)],
    )
    return np.asarray(found.x)
