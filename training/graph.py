"""The trained encoder as an ONNX graph, with its two heads and their calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from training.encoder import HEADS, LAYERS, Encoder
from triage.scoring.compact import LABELS
from triage.scoring.graph import FLOAT, INT32, Graph, Layer, Linear, Norm, Packing

__all__ = ["UNCALIBRATED", "Calibration", "build", "tapped", "unpacked"]

Array = NDArray[np.float32]
_EPSILON = 1e-12
_PARTS = ("words", "places", "norm", "layers.", "sentence", "token")
_ATTEND = ("query", "key", "value")


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


def build(
    model: Encoder, packing: Packing | None, calibration: Calibration = UNCALIBRATED
) -> onnx.ModelProto:
    """Return the graph (ids, real) -> (labels, spans), both probabilities.

    `ids` and `real` (1 for a token, 0 in the padding) are int32 of shape (rows, length); `labels`
    has shape (rows, labels), `spans` (rows, length). With a `packing` the linear layers are int8,
    else float32; the word embeddings are int8, a scale per word, in both.
    """
    return _model(_graph(model, packing, calibration))


def _graph(model: Encoder, packing: Packing | None, calibration: Calibration) -> Graph:
    state = {name: value.detach().numpy() for name, value in model.float().state_dict().items()}
    graph = Graph(packing)
    hidden = _embedded(graph, state)
    for at in range(LAYERS):
        layer = _layer(state, f"layers.{at}")
        hidden = graph.layer(hidden, "real", f"layers.{at}", layer)
    labels, spans = _heads(graph, hidden, _linear(state, "sentence"), _linear(state, "token"))
    _calibrated(graph, labels, spans, calibration)
    return graph


def _linear(state: Mapping[str, Array], name: str) -> Linear:
    return Linear(name, state[f"{name}.weight"].T, state[f"{name}.bias"])


def _norm(state: Mapping[str, Array], name: str) -> Norm:
    return Norm(name, state[f"{name}.weight"], state[f"{name}.bias"], _EPSILON)


def _layer(state: Mapping[str, Array], name: str) -> Layer:
    return Layer(
        heads=HEADS,
        attend=_thirds(_linear(state, f"{name}.attend")),
        gather=_linear(state, f"{name}.gather"),
        gather_norm=_norm(state, f"{name}.gather_norm"),
        widen=_linear(state, f"{name}.widen"),
        gelu="Gelu",
        narrow=_linear(state, f"{name}.narrow"),
        narrow_norm=_norm(state, f"{name}.narrow_norm"),
    )


def _thirds(linear: Linear) -> tuple[Linear, Linear, Linear]:
    """Return query, key and value, which the encoder computes beside each other."""
    weights, biases = np.split(linear.weight, 3, axis=1), np.split(linear.bias, 3)
    query, key, value = (
        Linear(f"{linear.name}.{part}", weight, bias)
        for part, weight, bias in zip(_ATTEND, weights, biases, strict=True)
    )
    return query, key, value


def _embedded(graph: Graph, state: Mapping[str, Array]) -> str:
    """Add the embeddings; return their name."""
    found = graph.rows_of("ids", "words", state["words.weight"])
    length = graph.add("Shape", ["ids"], "length", start=1, end=2)
    zero = graph.constant("zero", np.array([0], np.int64))
    places = graph.constant("places.weight", state["places.weight"])
    places = graph.add("Slice", [places, zero, length, zero], "places")
    return graph.norm(graph.add("Add", [found, places], "summed"), "norm", _norm(state, "norm"))


def _heads(graph: Graph, hidden: str, sentence: Linear, token: Linear) -> tuple[str, str]:
    """Add mean and strongest of the tokens, and the two heads on them; return their logits."""
    width = graph.constant("two", np.array([2], np.int64))
    one = graph.constant("one", np.array([1], np.int64))
    inside = graph.add("Cast", ["real"], "inside", to=FLOAT)
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
    labels = graph.plain_linear(pooled, "sentence", sentence)
    weight = graph.constant("token.weight", token.weight)
    spans = graph.add("MatMul", [hidden, weight], "token.product")
    spans = graph.add("Squeeze", [spans, width], "token.flat")
    return labels, graph.add("Add", [spans, graph.constant("token.bias", token.bias)], "token")


def _calibrated(graph: Graph, labels: str, spans: str, calibration: Calibration) -> None:
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


def _model(graph: Graph) -> onnx.ModelProto:
    table = ("rows", "length")
    outputs = [("labels", FLOAT, ("rows", "labels")), ("spans", FLOAT, table)]
    taps = [(name, FLOAT, (*table, f"{name}.width")) for name in graph.taps]
    return graph.model([(name, INT32, table) for name in ("ids", "real")], [*outputs, *taps])


def tapped(model: Encoder) -> tuple[onnx.ModelProto, dict[str, list[Linear]]]:
    """Return the float32 graph with further outputs, and which linear layers read which of them.

    The last output, `sentence`, is the logits of the labels.
    """
    graph = _graph(model, None, UNCALIBRATED)
    built = _model(graph)
    logits = helper.make_tensor_value_info("sentence", FLOAT, ("rows", "labels"))
    built.graph.output.append(logits)
    return built, graph.taps


def unpacked(content: bytes) -> dict[str, NDArray[np.float32]]:
    """Return the encoder's weights in a graph of `build`, by their names in torch.

    Those that are int8 in it come back in float32, as they were rounded. The graphs of earlier
    versions, whose attention was one layer, are read as well.
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
        elif layer in ("sentence", "token") and weight.ndim == 2:
            # A head has fewer outputs than inputs; which way round it lies has changed.
            weight = weight if weight.shape[0] < weight.shape[1] else weight.T
        state[name] = np.ascontiguousarray(weight)
    for attend in {name.rpartition(".query.")[0] for name in state if ".query." in name}:
        for kind in ("weight", "bias"):
            parts = [state.pop(f"{attend}.{part}.{kind}") for part in _ATTEND]
            state[f"{attend}.{kind}"] = np.concatenate(parts)
    return state
