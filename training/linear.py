"""One logistic regression per label, fitted together on sparse features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags

__all__ = ["fit", "rarity"]


def rarity(features: csr_matrix, at_least: int = 3) -> NDArray[np.float32]:
    """Return a scale per column: smoothed inverse document frequency, 0 for the rarest.

    A scaled column is penalised less the rarer it is. Scales are folded into the weights
    afterwards, so scoring needs none. Columns in fewer than `at_least` rows are dropped.
    """
    rows, columns = features.shape
    found = np.bincount(features.indices, minlength=columns)
    scale = np.log((1 + rows) / (1 + found)) + 1
    return np.where(found < at_least, 0.0, scale).astype(np.float32)


def fit(
    features: csr_matrix,
    targets: NDArray[np.float32],
    weights: NDArray[np.float32],
    *,
    penalty: float,
    iterations: int,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return (weights of shape (columns, labels), bias per label).

    Minimises, by L-BFGS, the weighted cross-entropy of soft targets plus penalty/2 times the
    squared weights (of scaled columns; the bias is free). NaN targets count for nothing.
    """
    scale = rarity(features)
    scaled = csr_matrix(features @ diags(scale), dtype=np.float32)
    scaled.eliminate_zeros()
    across = scaled.T.tocsr()
    known = ~np.isnan(targets)
    wanted = np.where(known, targets, 0.0).astype(np.float32)
    counted = (weights * known).astype(np.float32)
    columns, labels = scaled.shape[1], targets.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table = flat.astype(np.float32).reshape(columns + 1, labels)
        slopes, bias = table[:-1], table[-1]
        logits = scaled @ slopes + bias
        cross_entropy = np.logaddexp(0, logits) - wanted * logits
        value = (counted * cross_entropy).sum(dtype=np.float64)
        value += penalty / 2 * (slopes * slopes).sum(dtype=np.float64)
        pull = counted * (1 / (1 + np.exp(-logits)) - wanted)
        gradient = np.vstack([across @ pull + penalty * slopes, pull.sum(axis=0)])
        return float(value), gradient.astype(np.float64).ravel()

    found = minimize(
        loss,
        np.zeros((columns + 1) * labels),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": iterations, "maxcor": 6},
    )
    table = found.x.reshape(columns + 1, labels)
    return (table[:-1] * scale[:, None]).astype(np.float32), table[-1]
