"""Weights rounded to few bits so that what a layer gives changes least, not each weight for itself.

After GPTQ (Frantar et al. 2023, ICLR): input by input, what rounding has changed is made up for by
the weights of the inputs that are still to come, as far as these usually rise and fall together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.encoder import Encoder, Linear
from triage.scoring.graph import Packed

__all__ = ["input_moments", "rounded"]

_DAMPED = 0.01
"""Of the mean second moment: what is added to each, so that they can be inverted."""


@torch.no_grad()
def input_moments(
    model: Encoder, batches: Iterable[tuple[Tensor, Tensor]]
) -> Mapping[str, NDArray[np.float64]]:
    """Return, for each linear layer of the encoder's layers, the sum of x x' over its inputs x.

    `batches` are (ids, real) as the encoder takes them; what stands in the padding does not count.
    """
    found: dict[str, Tensor] = {}
    inside = torch.empty(0, dtype=torch.bool)

    def add(name: str, _layer: torch.nn.Module, inputs: tuple[Tensor, ...]) -> None:
        taken = inputs[0][inside]
        found[name] = found.get(name, 0.0) + (taken.T @ taken).double()

    hooks = [
        layer.register_forward_pre_hook(partial(add, name))
        for name, layer in model.named_modules()
        if isinstance(layer, Linear)
    ]
    for ids, real in batches:
        inside = real
        model(ids, real)
    for hook in hooks:
        hook.remove()
    return {name: value.numpy() for name, value in found.items()}


def rounded(weight: NDArray[np.floating], moment: NDArray[np.float64], steps: int) -> Packed:
    """Return (int8 from -steps to steps, a scale per output) of a weight of shape (in, out).

    `moment`, of shape (in, in), is the sum of x x' over the layer's inputs.
    """
    left = weight.astype(np.float64)
    scale = np.abs(left).max(axis=0, keepdims=True) / steps
    damped = moment + _DAMPED * np.diag(moment).mean() * np.eye(len(moment))
    # The inputs that are greatest come first, while most is left to make up for them.
    order = np.argsort(-np.diag(moment), kind="stable")
    left = left[order]
    upper = np.linalg.cholesky(np.linalg.inv(damped[np.ix_(order, order)])).T
    packed = np.empty(left.shape, np.int8)
    safe = np.maximum(scale[0], 1e-12)
    for at in range(len(left)):
        packed[at] = np.clip(np.rint(left[at] / safe), -steps, steps)
        error = (left[at] - packed[at] * safe) / upper[at, at]
        left[at + 1 :] -= np.outer(upper[at, at + 1 :], error)
    back = np.empty_like(packed)
    back[order] = packed
    return back, scale.astype(np.float32)
