"""What a graph needs to be int8, measured on texts: ranges of activations, weights of layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from triage.errors import ScorerError
from triage.scoring.graph import WEIGHT_STEPS, Linear, Packed, Packing
from triage.scoring.onnx_runtime import OnnxModel, cores
from triage.scoring.ranges import GROUPS, best_range, counted
from triage.scoring.rounding import rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["packing"]

Inputs = Mapping[str, "NDArray[np.int32]"]
Taps = Mapping[str, Sequence[Linear]]
Counts = dict[str, "NDArray[np.int64]"]
Moments = dict[tuple[str, ...], "NDArray[np.float32]"]
"""Names of the layers that read an activation together -> the sum of x x' over what they read."""


def packing(model: OnnxModel, taps: Taps, inputs: Iterable[Inputs]) -> Packing:
    """Return the ranges and weights that keep best what a network computes of some inputs.

    `model` gives the activations in `taps`, in their order; `taps` says which layers read each.
    Layers that read an activation together do so wherever they come. What stands in the padding of
    the inputs (`ids`, `real`) does not count. Takes the memory of the second moments of all
    activations, in float32: half a gigabyte for a BERT-base. Raises ScorerError for values that
    are infinite.
    """
    counts, moments = _measured(model, taps, inputs)
    del model  # as large as the network: room for rounding
    ranges = {name: best_range(own) for name, own in counts.items()}
    layers = {one.name: one for readers in taps.values() for one in readers}
    weights: dict[str, Packed] = {}
    while moments:  # each gives its memory back as soon as it was used
        names, moment = moments.popitem()
        weights |= _rounded([layers[name] for name in names], moment)
    return Packing(ranges, weights)


def _measured(model: OnnxModel, taps: Taps, inputs: Iterable[Inputs]) -> tuple[Counts, Moments]:
    """Return how often values came up in each activation, and what its layers read together."""
    counts: Counts = {name: np.zeros(GROUPS, np.int64) for name in taps}
    moments: Moments = {}
    # Few at a time: the activations of a batch take some hundred times as much as its scores.
    for some in _groups(inputs, cores()):
        for one, found in zip(some, model.run(some), strict=True):
            for (name, readers), values in zip(taps.items(), found, strict=True):
                rows = values[one["real"] > 0] if values.ndim > 2 else values
                counts[name] += counted(rows)
                _add(moments, tuple(layer.name for layer in readers), rows)
    return counts, moments


def _add(moments: Moments, readers: tuple[str, ...], rows: NDArray[np.float32]) -> None:
    """Add the sum of x x' over the rows x to the moment of the layers that read them."""
    with np.errstate(over="ignore", invalid="ignore"):  # what is infinite is refused at the end
        moment = rows.T @ rows
    if readers in moments:
        moments[readers] += moment
    else:
        moments[readers] = moment


def _rounded(layers: Sequence[Linear], moment: NDArray[np.float32]) -> dict[str, Packed]:
    """Return the weights of some layers that read the same, rounded beside each other."""
    if not np.isfinite(moment).all():
        raise ScorerError("the model computes infinite values: its weights are damaged")
    weight = np.concatenate([one.weight for one in layers], axis=1)
    packed, scale = rounded(weight, moment, WEIGHT_STEPS)
    ends = np.cumsum([one.weight.shape[1] for one in layers])[:-1]
    parts = zip(np.split(packed, ends, axis=1), np.split(scale, ends, axis=1), strict=True)
    return {one.name: part for one, part in zip(layers, parts, strict=True)}


def _groups(inputs: Iterable[Inputs], size: int) -> Iterator[list[Inputs]]:
    ahead = iter(inputs)
    while some := list(islice(ahead, size)):
        yield some
