"""A transformer encoder as an ONNX graph that ONNX Runtime computes quickly on a CPU.

Written layer by layer rather than exported, because the int8 form needs what no exporter offers:
activation ranges that are fixed beforehand. (Dynamic quantisation takes them from the batch at
hand, so that a comment's score changes with its neighbours.) What comes before the layers and
after them is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

__all__ = [
    "FLOAT",
    "INT32",
    "INT64",
    "WEIGHT_STEPS",
    "Graph",
    "Layer",
    "Linear",
    "Norm",
    "Packed",
    "Packing",
    "Range",
    "packed_weight",
]

Array = NDArray[np.generic]
Floats = NDArray[np.float32]
Packed = tuple[NDArray[np.int8], Floats]
"""A weight of shape (in, out) in int8, and its scale per output, of shape (1, out)."""

FLOAT, INT32, INT64 = 1, 6, 7
"""ONNX's numbers for the types of a tensor."""

_OPSET, _IR = 21, 10
_ORT = "com.microsoft"
# 7 bits: on a processor without VNNI, sums of two products are kept in 16 bits, which 8-bit weights
# can overflow. Scores are to be the same everywhere.
WEIGHT_STEPS = 63
"""How far from 0 a linear layer's weights in int8 go."""


@dataclass(frozen=True, slots=True)
class Range:
    """Between which values an activation lies; what lies outside is cut off."""

    low: float
    high: float

    @property
    def scale(self) -> float:
        """Return the width of one of 256 steps."""
        return max(self.high - self.low, 1e-6) / 255

    @property
    def zero(self) -> int:
        """Return which step stands for 0."""
        return int(np.clip(round(-self.low / self.scale), 0, 255))


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A linear layer: `weight` has shape (in, out). Layers of one name share their weights."""

    name: str
    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Packing:
    """What the int8 form of a graph needs: see `packing`.

    `ranges` are those of the activations that linear layers read, `weights` those of the layers,
    under the names that both have in the graph.
    """

    ranges: Mapping[str, Range]
    weights: Mapping[str, Packed]


@dataclass(frozen=True, slots=True, eq=False)
class Norm:
    """A layer normalisation."""

    name: str
    weight: Floats
    bias: Floats
    epsilon: float


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Self-attention and a feed-forward part, each normalised with what went in.

    `attend` gives query, key and value, of `heads` heads each. `gelu` names the
    operator of ONNX Runtime's own between the two linear layers: Gelu, or FastGelu for the
    approximation by tanh.
    """

    heads: int
    attend: tuple[Linear, Linear, Linear]
    gather: Linear
    gather_norm: Norm
    widen: Linear
    gelu: str
    narrow: Linear
    narrow_norm: Norm


@dataclass(frozen=True, slots=True)
class _Node:
    kind: str
    inputs: list[str]
    output: str
    domain: str
    attributes: Mapping[str, object]


class Graph:
    """Nodes and constants as they are added, with names of their own.

    With a `packing` the linear layers are int8, else float32. Then `taps` says what a packing has
    to be for: activation -> the layers that read it.
    """

    def __init__(self, packing: Packing | None) -> None:
        self.packing = packing
        self.taps: dict[str, list[Linear]] = {}
        self._nodes: list[_Node] = []
        self._constants: dict[str, Array] = {}

    def constant(self, name: str, value: Array) -> str:
        """Add a constant; return its name."""
        self._constants[name] = value
        return name

    def add(self, kind: str, inputs: list[str], output: str, *, own: bool = False,
            **attributes: object) -> str:  # fmt: skip
        """Add a node; return the name of its output. `own`: the operator is ONNX Runtime's own."""
        self._nodes.append(_Node(kind, inputs, output, _ORT if own else "", attributes))
        return output

    def activation(self, hidden: str, own: Range) -> tuple[str, str, str]:
        """Return (activation in uint8, its scale, its zero point)."""
        taken, scale, zero = (f"{hidden}.{part}" for part in ("int8", "scale", "zero"))
        if scale not in self._constants:
            self.constant(scale, np.array(own.scale, np.float32))
            self.constant(zero, np.array(own.zero, np.uint8))
            self.add("QuantizeLinear", [hidden, scale, zero], taken)
        return taken, scale, zero

    def weight(self, name: str, own: Packed) -> tuple[str, str, str]:
        """Return (weight in int8, a scale per output, zero points)."""
        names = tuple(f"{name}.weight{part}" for part in ("", ".scale", ".zero"))
        if names[0] not in self._constants:
            packed, scale = own
            parts: tuple[Array, ...] = (packed, scale.reshape(-1), np.zeros(scale.size, np.int8))
            for name, value in zip(names, parts, strict=True):
                self.constant(name, value)
        return names[0], names[1], names[2]

    def linear(self, hidden: str, name: str, linear: Linear) -> str:
        """Return `hidden @ weight + bias`."""
        if self.packing is None:
            self.taps.setdefault(hidden, []).append(linear)
            return self.plain_linear(hidden, name, linear)
        taken, scale, zero = self.activation(hidden, self.packing.ranges[hidden])
        packed, weight_scale, weight_zero = self.weight(
            linear.name, self.packing.weights[linear.name]
        )
        offset = self.constant(f"{linear.name}.bias", linear.bias)
        inputs = [taken, packed, scale, weight_scale, zero, weight_zero, offset]
        return self.add("MatMulIntegerToFloat", inputs, name, own=True)

    def plain_linear(self, hidden: str, name: str, linear: Linear) -> str:
        """Return `hidden @ weight + bias`, in float32 always."""
        weight = self.constant(f"{linear.name}.weight", linear.weight)
        offset = self.constant(f"{linear.name}.bias", linear.bias)
        product = self.add("MatMul", [hidden, weight], f"{name}.product")
        return self.add("Add", [product, offset], name)

    def attention(self, hidden: str, real: str, name: str, layer: Layer) -> str:
        """Return self-attention over `hidden`, before the projection that gathers the heads.

        `real`, int32 of shape (rows, length), is 0 where there is padding. ONNX Runtime's
        QAttention (1.32), which has the three linear layers in it, takes a twelfth longer.
        """
        parts = [
            self.linear(hidden, f"{name}.{part}", linear)
            for part, linear in zip(("query", "key", "value"), layer.attend, strict=True)
        ]
        return self.add("MultiHeadAttention", [*parts, "", real], name, own=True,
                        num_heads=layer.heads)  # fmt: skip

    def added_norm(self, hidden: str, more: str, name: str, norm: Norm) -> str:
        """Return the layer normalisation of `hidden + more`.

        Two nodes: ONNX Runtime's fused one (1.32) takes six times as long as both.
        """
        return self.norm(self.add("Add", [hidden, more], f"{name}.sum"), name, norm)

    def norm(self, hidden: str, name: str, norm: Norm) -> str:
        """Return the layer normalisation of `hidden`."""
        gamma = self.constant(f"{norm.name}.weight", norm.weight)
        beta = self.constant(f"{norm.name}.bias", norm.bias)
        inputs = [hidden, gamma, beta]
        return self.add("LayerNormalization", inputs, name, epsilon=norm.epsilon)

    def layer(self, hidden: str, real: str, name: str, layer: Layer, *, first: bool = False) -> str:
        """Return `hidden` after a layer, or with `first` only its first token: (rows, width)."""
        attended = self.attention(hidden, real, f"{name}.attend", layer)
        if first:
            attended, hidden = (
                self.first_token(one, f"{name}.{part}.first")
                for one, part in ((attended, "attend"), (hidden, "before"))
            )
        gathered = self.linear(attended, f"{name}.gather", layer.gather)
        hidden = self.added_norm(hidden, gathered, f"{name}.gather_norm", layer.gather_norm)
        wide = self.linear(hidden, f"{name}.widen", layer.widen)
        wide = self.add(layer.gelu, [wide], f"{name}.gelu", own=True)
        narrow = self.linear(wide, f"{name}.narrow", layer.narrow)
        return self.added_norm(hidden, narrow, f"{name}.narrow_norm", layer.narrow_norm)

    def first_token(self, hidden: str, name: str) -> str:
        """Return the first token of each row."""
        return self.add(
            "Gather", [hidden, self.constant("first", np.array(0, np.int64))], name, axis=1
        )

    def rows_of(self, ids: str, name: str, table: Floats) -> str:
        """Return the rows of an embedding table that `ids` names; kept in int8, a scale per row."""
        packed, scale = packed_weight(table, axis=1)
        found = self.add("Gather", [self.constant(f"{name}.weight", packed), ids], f"{name}.int8")
        found = self.add("Cast", [found], f"{name}.float", to=FLOAT)
        scales = self.constant(f"{name}.scale", scale)
        return self.add("Mul", [found, self.add("Gather", [scales, ids], f"{name}.own")], name)

    def model(
        self,
        inputs: Iterable[tuple[str, int, tuple[str | int, ...]]],
        outputs: Iterable[tuple[str, int, tuple[str | int, ...]]],
    ) -> onnx.ModelProto:
        """Return the graph as ONNX; inputs and outputs are given as (name, type, shape)."""
        from onnx import helper, numpy_helper

        nodes = [
            helper.make_node(one.kind, one.inputs, [one.output], name=one.output,
                             domain=one.domain, **dict[str, Any](one.attributes))
            for one in self._nodes
        ]  # fmt: skip
        constants = [
            numpy_helper.from_array(np.asarray(value, order="C"), name)
            for name, value in self._constants.items()
        ]
        values = [
            [helper.make_tensor_value_info(*one) for one in ends] for ends in (inputs, outputs)
        ]
        body = helper.make_graph(nodes, "triage", values[0], values[1], constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_ORT, 1)]
        return helper.make_model(body, opset_imports=opsets, ir_version=_IR)


def packed_weight(weight: Floats, axis: int, steps: int = 127) -> Packed:
    """Return (int8, scale) with `int8 * scale` near the weight; one scale along `axis`."""
    scale = (np.abs(weight).max(axis=axis, keepdims=True) / steps).astype(np.float32)
    return np.rint(weight / np.maximum(scale, 1e-12)).astype(np.int8), scale
