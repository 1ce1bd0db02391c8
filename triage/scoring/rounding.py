"""Weights rounded to few bits so that what a layer gives changes least, not each weight for itself.

After GPTQ (Frantar et al. 2023, ICLR): input by input, what rounding has changed is made up for by
the weights of the inputs that are still to come, as far as these usually rise and fall together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from triage.scoring.graph import Packed

__all__ = ["rounded"]

_DAMPED = 0.01
"""Of the mean second moment: what is added to each, so that they can be inverted."""
_BLOCK = 128
"""Inputs whose changes reach all further ones at once, which takes a tenth of the time."""


def rounded(weight: NDArray[np.floating], moment: NDArray[np.floating], steps: int) -> Packed:
    """Return (int8 from -steps to steps, a scale per output) of a weight of shape (in, out).

    `moment`, of shape (in, in), is the sum of x x' over the layer's inputs x. Each output is
    rounded as if it were the only one.
    """
    left = weight.astype(np.float64)
    scale = np.abs(left).max(axis=0, keepdims=True) / steps
    safe = np.maximum(scale[0], 1e-12)
    # The inputs that are greatest come first, while most is left to make up for them.
    order = np.argsort(-np.diag(moment), kind="stable")
    left = left[order]
    upper = _upper(moment[np.ix_(order, order)].astype(np.float64))
    packed = np.empty(left.shape, np.int8)
    for start in range(0, len(left), _BLOCK):
        end = min(start + _BLOCK, len(left))
        errors = np.empty((end - start, left.shape[1]))
        for at in range(start, end):
            packed[at] = np.clip(np.rint(left[at] / safe), -steps, steps)
            error = (left[at] - packed[at] * safe) / upper[at, at]
            left[at + 1 : end] -= np.outer(upper[at, at + 1 : end], error)
            errors[at - start] = error
        left[end:] -= upper[start:end, end:].T @ errors
    back = np.empty_like(packed)
    back[order] = packed
    return back, scale.astype(np.float32)


def _upper(moment: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the upper triangle U of which U'U is the inverse of the damped moment."""
    damping = _DAMPED * float(np.diag(moment).mean()) or 1.0  # where all inputs are always 0
    moment[np.diag_indices_from(moment)] += damping
    return np.linalg.cholesky(np.linalg.inv(moment)).T
