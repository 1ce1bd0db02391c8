"""The trained encoder as an ONNX graph that ONNX Runtime computes quickly on a CPU.

Written layer by layer rather than exported, because the int8 form needs what no exporter offers:
activation ranges that are fixed beforehand. (Dynamic quantisation takes them from the batch at
hand, so that a comment's score changes with its neighbours.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.encoder import HEADS, LAYERS, Encoder
from triage.scoring.compact import LABELS

__all__ = ["UNCALIBRATED", "Calibration", "Range", "build", "tapped", "unpacked"]

Array = NDArray[np.generic]
_OPSET, _IR = 21, 10
_ORT = "com.microsoft"
_EPSILON = 1e-12
# 7 bits: on a processor without VNNI, sums of two products are kept in 16 bits, which 8-bit weights
# can overflow. Scores are to be the same everywhere.
_WEIGHT_STEPS = 63
_PARTS = ("words", "places", "norm", "layers.", "sentence", "token")


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns logits into probabilities.

    `labels` has a row (a, b, c) per label of a beta calibration (Kull, Silva Filho and Flach 2017,
    AISTATS): with p = sigmoid(logit), sigmoid(a ln p - b ln(1 - p) + c). `marks` is added to the
    logit of a token, so that 0.5 is the weight from which a token is best marked.
    """

    labels: NDArray[np.float64]
    marks: float = 0.0


UNCALIBRATED = Calibration(np.tile([1.0, 1.0, 0.0], (len(LABELS), 1)))
"""The plain sigmoid."""


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


class _Graph:
    """Nodes and constants as they are added, with names of their own."""

    def __init__(self, ranges: Mapping[str, Range] | None) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.ranges = ranges
        self.taps: list[str] = []

    def constant(self, name: str, value: Array) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, *, own: bool = False,
            **attributes: object) -> str:  # fmt: skip
        domain = _ORT if own else ""
        self.nodes.append(
            helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes)
        )
        return output

    def activation(self, hidden: str) -> tuple[str, str, str]:
        """Return (activation in uint8, its scale, its zero point); see `Range`."""
        assert self.ranges is not None
        own = self.ranges[hidden]
        scale = self.constant(f"{hidden}.scale", np.array(own.scale, np.float32))
        zero = self.constant(f"{hidden}.zero", np.array(own.zero, np.uint8))
        return self.add("QuantizeLinear", [hidden, scale, zero], f"{hidden}.int8"), scale, zero

    def weight(self, name: str, weight: NDArray[np.float32]) -> tuple[str, str, str]:
        """Return (weight of shape (in, out) in int8, a scale per output, zero points)."""
        packed, scale = packed_weight(weight, axis=0, steps=_WEIGHT_STEPS)
        return (
            self.constant(f"{name}.weight", packed),
            self.constant(f"{name}.weight.scale", scale.reshape(-1)),
            self.constant(f"{name}.weight.zero", np.zeros(scale.size, np.int8)),
        )

    def linear(self, hidden: str, name: str, weight: NDArray[np.float32],
               bias: NDArray[np.float32]) -> str:  # fmt: skip
        """Return `hidden @ weight + bias`."""
        offset = self.constant(f"{name}.bias", bias)
        if self.ranges is None:
            self.taps.append(hidden)
            product = self.add("MatMul", [hidden, self.constant(f"{name}.weight", weight)],
                               f"{name}.product")  # fmt: skip
            return self.add("Add", [product, offset], name)
        taken, scale, zero = self.activation(hidden)
        packed, weight_scale, weight_zero = self.weight(name, weight)
        inputs = [taken, packed, scale, weight_scale, zero, weight_zero, offset]
        return self.add("MatMulIntegerToFloat", inputs, name, own=True)

    def attention(self, hidden: str, real: str, name: str, weight: NDArray[np.float32],
                  bias: NDArray[np.float32]) -> str:  # fmt: skip
        """Return self-attention over `hidden`, before the projection that gathers the heads."""
        offset = self.constant(f"{name}.bias", bias)
        if self.ranges is None:
            self.taps.append(hidden)
            plain = self.constant(f"{name}.weight", weight)
            return self.add("Attention", [hidden, plain, offset, real], name, own=True,
                            num_heads=HEADS)  # fmt: skip
        taken, scale, zero = self.activation(hidden)
        packed, weight_scale, weight_zero = self.weight(name, weight)
        inputs = [taken, packed, offset, scale, weight_scale, real, zero, weight_zero]
        return self.add("QAttention", inputs, name, own=True, num_heads=HEADS)

    def added_norm(self, hidden: str, more: str, name: str, norm: Mapping[str, Array]) -> str:
        """Return the layer normalisation of `hidden + more`.

        Two nodes: ONNX Runtime's fused one (1.32) takes six times as long as both.
        """
        return self.norm(self.add("Add", [hidden, more], f"{name}.sum"), name, norm)

    def norm(self, hidden: str, name: str, norm: Mapping[str, Array]) -> str:
        """Return the layer normalisation of `hidden`."""
        gamma = self.constant(f"{name}.weight", norm["weight"])
        beta = self.constant(f"{name}.bias", norm["bias"])
        return self.add("LayerNormalization", [hidden, gamma, beta], name, epsilon=_EPSILON)


def packed_weight(
    weight: NDArray[np.float32], axis: int, steps: int = 127
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return (int8, scale) with `int8 * scale` near the weight; one scale along `axis`."""
    scale = (np.abs(weight).max(axis=axis, keepdims=True) / steps).astype(np.float32)
    return np.rint(weight / np.maximum(scale, 1e-12)).astype(np.int8), scale


def build(
    model: Encoder, ranges: Mapping[str, Range] | None, calibration: Calibration = UNCALIBRATED
) -> onnx.ModelProto:
    """Return the graph (ids, real) -> (labels, spans), both probabilities.

    `ids` and `real` (1 for a token, 0 in the padding) are int32 of shape (rows, length); `labels`
    has shape (rows, labels), `spans` (rows, length). With `ranges` (see `tapped`) weights and
    activations of the linear layers are int8, else float32; the word embeddings are int8, a
    scale per word, in both.
    """
    state = {name: value.detach().numpy() for name, value in model.float().state_dict().items()}
    graph = _Graph(ranges)
    hidden = _embedded(graph, state)
    for at in range(LAYERS):
        name = f"layers.{at}"
        own = part(state, f"{name}.attend")
        attended = graph.attention(hidden, "real", f"{name}.attend", own["weight"].T, own["bias"])
        own = part(state, f"{name}.gather")
        gathered = graph.linear(attended, f"{name}.gather", own["weight"].T, own["bias"])
        hidden = graph.added_norm(hidden, gathered, f"{name}.gather_norm",
                                  part(state, f"{name}.gather_norm"))  # fmt: skip
        own = part(state, f"{name}.widen")
        wide = graph.linear(hidden, f"{name}.widen", own["weight"].T, own["bias"])
        wide = graph.add("Gelu", [wide], f"{name}.gelu", own=True)
        own = part(state, f"{name}.narrow")
        narrow = graph.linear(wide, f"{name}.narrow", own["weight"].T, own["bias"])
        hidden = graph.added_norm(hidden, narrow, f"{name}.narrow_norm",
                                  part(state, f"{name}.narrow_norm"))  # fmt: skip
    labels, spans = _heads(graph, hidden, part(state, "sentence"), part(state, "token"))
    _calibrated(graph, labels, spans, calibration)
    return _model(graph)


def part(state: Mapping[str, Array], prefix: str) -> dict[str, Array]:
    """Return weight and bias of one layer."""
    return {kind: state[f"{prefix}.{kind}"] for kind in ("weight", "bias")}


def _embedded(graph: _Graph, state: Mapping[str, Array]) -> str:
    """Add the embeddings; return their name."""
    packed, scale = packed_weight(np.asarray(state["words.weight"], np.float32), axis=1)
    words = graph.constant("words.weight", packed)
    scales = graph.constant("words.scale", scale)
    found = graph.add("Gather", [words, "ids"], "words.int8")
    found = graph.add("Cast", [found], "words.float", to=TensorProto.FLOAT)
    found = graph.add("Mul", [found, graph.add("Gather", [scales, "ids"], "words.own")], "words")
    length = graph.add("Shape", ["ids"], "length", start=1, end=2)
    zero = graph.constant("zero", np.array([0], np.int64))
    places = graph.constant("places.weight", state["places.weight"])
    places = graph.add("Slice", [places, zero, length, zero], "places")
    summed = graph.add("Add", [found, places], "summed")
    return graph.norm(summed, "norm", part(state, "norm"))


def _heads(
    graph: _Graph, hidden: str, sentence: Mapping[str, Array], token: Mapping[str, Array]
) -> tuple[str, str]:
    """Add mean and strongest of the tokens, and the two heads on them; return their logits."""
    width = graph.constant("two", np.array([2], np.int64))
    one = graph.constant("one", np.array([1], np.int64))
    inside = graph.add("Cast", ["real"], "inside", to=TensorProto.FLOAT)
    inside = graph.add("Unsqueeze", [inside, width], "inside.wide")
    kept = graph.add("Mul", [hidden, inside], "kept")
    count = graph.add("ReduceSum", [inside, one], "count", keepdims=0)
    total = graph.add("ReduceSum", [kept, one], "total", keepdims=0)
    mean = graph.add("Div", [total, count], "mean")
    far = graph.constant("far", np.array(1e4, np.float32))
    unit = graph.constant("unit", np.array(1.0, np.float32))
    outside = graph.add("Mul", [graph.add("Sub", [unit, inside], "outside"), far], "outside.far")
    sunk = graph.add("Sub", [kept, outside], "sunk")
    strongest = graph.add("ReduceMax", [sunk, one], "strongest", keepdims=0)
    pooled = graph.add("Concat", [mean, strongest], "pooled", axis=1)
    weight = graph.constant("sentence.weight", sentence["weight"])
    bias = graph.constant("sentence.bias", sentence["bias"])
    labels = graph.add("Gemm", [pooled, weight, bias], "sentence", transB=1)
    weight = graph.constant("token.weight", token["weight"].T)
    spans = graph.add("MatMul", [hidden, weight], "token.product")
    spans = graph.add("Squeeze", [spans, width], "token.flat")
    return labels, graph.add("Add", [spans, graph.constant("token.bias", token["bias"])], "token")


def _calibrated(graph: _Graph, labels: str, spans: str, calibration: Calibration) -> None:
    """Add what turns both heads' logits into probabilities; see `Calibration`.

    ln p is -softplus(-logit), and ln(1 - p) is -softplus(logit).
    """
    a, b, c = (
        graph.constant(f"calibration.{name}", column.astype(np.float32))
        for name, column in zip("abc", calibration.labels.T, strict=True)
    )
    negative = graph.add("Neg", [labels], "calibration.negative")
    log_p = graph.add("Softplus", [negative], "calibration.log_p")
    log_not_p = graph.add("Softplus", [labels], "calibration.log_not_p")
    raised = graph.add("Mul", [b, log_not_p], "calibration.raised")
    lowered = graph.add("Mul", [a, log_p], "calibration.lowered")
    bent = graph.add("Sub", [raised, lowered], "calibration.bent")
    graph.add("Sigmoid", [graph.add("Add", [bent, c], "calibration.logit")], "labels")
    shift = graph.constant("calibration.marks", np.array(calibration.marks, np.float32))
    graph.add("Sigmoid", [graph.add("Add", [spans, shift], "token.shifted")], "spans")


def _model(graph: _Graph) -> onnx.ModelProto:
    def value(name: str, kind: int, *shape: str | int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    inputs = [value(name, TensorProto.INT32, "rows", "length") for name in ("ids", "real")]
    outputs = [
        value("labels", TensorProto.FLOAT, "rows", "labels"),
        value("spans", TensorProto.FLOAT, "rows", "length"),
    ]
    outputs += [value(name, TensorProto.FLOAT, "rows", "length", "w") for name in graph.taps]
    body = helper.make_graph(graph.nodes, "triage", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_ORT, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=_IR)


def tapped(model: Encoder) -> tuple[onnx.ModelProto, list[str]]:
    """Return the float32 graph with further outputs, and which are activations to be quantised.

    The last output, `sentence`, is the logits of the labels.
    """
    built = build(model, None)
    names = [one.name for one in built.graph.output[2:]]
    logits = helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ("rows", "labels"))
    built.graph.output.append(logits)
    return built, names


def unpacked(content: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the encoder's weights in a graph of `build`, by their names in torch.

    Those that are int8 in it come back in float32, each within half a step of what it was.
    """
    graph = onnx.load_model_from_string(content).graph
    found = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    state: dict[str, NDArray[np.float32]] = {}
    for name, value in found.items():
        layer, _, kind = name.rpartition(".")
        if not layer.startswith(_PARTS) or kind not in ("weight", "bias"):
            continue
        weight = value.astype(np.float32)
        if name == "words.weight":
            weight = weight * found["words.scale"]
        elif layer.startswith("layers.") and weight.ndim == 2:
            weight = (weight * found.get(f"{name}.scale", np.float32(1.0))).T
        elif name == "token.weight":
            weight = weight.T
        state[name] = np.ascontiguousarray(weight)
    return state
