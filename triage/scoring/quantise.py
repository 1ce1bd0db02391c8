"""From one of Detoxify's models in torch to an ONNX graph that a CPU computes in int8.

Done once per model; what comes out needs neither torch nor transformers: see `onnx_classifier`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from triage.scoring.batching import batches, padded
from triage.scoring.calibration_texts import LANGUAGES, calibration_texts
from triage.scoring.graph import FLOAT, INT32, Graph, Linear, Packing
from triage.scoring.networks import Network, read_network
from triage.scoring.onnx_classifier import FORMAT, OUTPUTS, OnnxClassifier
from triage.scoring.onnx_runtime import OnnxModel
from triage.scoring.packing import packing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Quantised", "calibration_windows", "exact_graph", "own_texts", "quantised"]

_BUDGET = 512  # tokens at once in the graph that gives the activations of every layer
_HELD_OUT = 5  # every fifth text says what the graph is worth, and is not measured on


@dataclass(frozen=True, slots=True)
class Quantised:
    """A graph in int8, and how far its scores are from the model's own in float32.

    `mean` and `greatest` are differences over all outputs, on texts that were not measured on.
    """

    graph: bytes
    mean: float
    greatest: float


def quantised(model: Any, windows: Sequence[Sequence[int]]) -> Quantised:
    """Return a model's graph in int8, fitted to some windows (see `packing`).

    `model` is a transformers model for sequence classification in torch, in eval mode. Windows
    are token ids as it reads them, special tokens included; see `calibration_windows`. Takes a
    minute or two for a BERT-base on two cores. Raises ScorerError for a model that cannot be
    converted (see `read_network`), ValueError for fewer than ten windows.
    """
    if len(windows) < 2 * _HELD_OUT:
        raise ValueError(f"{len(windows)} windows say too little of a network's activations")
    network = read_network(model)
    held_out = windows[::_HELD_OUT]
    seen = [one for at, one in enumerate(windows) if at % _HELD_OUT]
    graph = _written(network, _packing(network, seen))
    gaps = np.abs(OnnxClassifier(graph).outputs(held_out) - _by_torch(model, held_out))
    return Quantised(graph, mean=float(gaps.mean()), greatest=float(gaps.max()))


def exact_graph(model: Any) -> bytes:
    """Return a model's graph in float32, which computes what torch computes."""
    return _written(read_network(model), None)


def calibration_windows(
    model: Any, tokenizer: Any, texts: Sequence[str] | None = None
) -> list[list[int]]:
    """Return texts as a model reads them, cut at its length; `own_texts` where none are given."""
    if texts is None:
        texts = own_texts(model)
    longest = min(read_network(model).longest, tokenizer.model_max_length)
    found: list[list[int]] = tokenizer(list(texts), truncation=True, max_length=longest)[
        "input_ids"
    ]
    return found


def own_texts(model: Any) -> list[str]:
    """Return our own texts for a model.

    They are English, and for an XLM-R in the languages of Detoxify's multilingual model.
    """
    many = "XLMRoberta" in type(model).__name__
    return calibration_texts(languages=LANGUAGES if many else ("en",))


def _packing(network: Network, windows: Sequence[Sequence[int]]) -> Packing:
    """Return what the graph in int8 needs, measured on some windows."""
    taps: dict[str, list[Linear]] = {}
    order = batches([len(one) for one in windows], _BUDGET)
    # Neither the graph nor its model has a name here: each is as large as the network, and is to
    # be gone as soon as it is not needed.
    return packing(
        OnnxModel(_written(network, None, taps), list(taps)),
        taps,
        (padded([windows[at] for at in batch]) for batch in order),
    )


def _by_torch(model: Any, windows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Return the sigmoid of every output of the model itself, window by window."""
    import torch

    with torch.inference_mode():
        tables = [torch.tensor([window]) for window in windows]
        rows = [model(one, attention_mask=torch.ones_like(one)).logits[0] for one in tables]
        found: NDArray[np.float32] = torch.sigmoid(torch.stack(rows)).float().numpy()
    return found


def _written(
    network: Network, packed: Packing | None, taps: dict[str, list[Linear]] | None = None
) -> bytes:
    """Return the graph (ids, real) -> outputs as a file holds it, with the facts its runner needs.

    With `taps`, the activations that are to be quantised are outputs as well, and named there;
    their graph has its words in int8 already, which spares a gigabyte on the multilingual model.
    """
    from onnx import helper

    graph = Graph(packed)
    hidden = _embedded(graph, network, in_int8=packed is not None or taps is not None)
    for at, layer in enumerate(network.layers):
        last = at == len(network.layers) - 1
        hidden = graph.layer(hidden, "real", f"layers.{at}", layer, first=last)
    dense = graph.plain_linear(hidden, "head.dense", network.dense)
    logits = graph.plain_linear(graph.add("Tanh", [dense], "head.tanh"), "head", network.final)
    graph.add("Sigmoid", [logits], OUTPUTS)
    table = ("rows", "length")
    written = graph.model(
        [(name, INT32, table) for name in ("ids", "real")],
        [(OUTPUTS, FLOAT, ("rows", network.outputs))],
    )
    if taps is not None:
        taps |= graph.taps
        written.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in taps)
    facts = {
        "longest": str(network.longest),
        "outputs": str(network.outputs),
        "words": str(len(network.words)),
    }
    helper.set_model_props(written, FORMAT | facts)
    content: bytes = written.SerializeToString()
    return content


def _embedded(graph: Graph, network: Network, *, in_int8: bool) -> str:
    """Add words, positions and what follows them up to the first layer; return their name."""
    if in_int8:
        words = graph.rows_of("ids", "words", network.words)
    else:
        words = graph.add("Gather", [graph.constant("words.weight", network.words), "ids"], "words")
    places = graph.constant("places.weight", network.places)
    if network.padding is None:
        zero = graph.constant("zero", np.array([0], np.int64))
        length = graph.add("Shape", ["ids"], "length", start=1, end=2)
        placed = graph.add("Slice", [places, zero, length, zero], "places")
    else:
        placed = graph.add("Gather", [places, _counted(graph, network.padding)], "places")
    hidden = graph.add("Add", [words, placed], "summed")
    hidden = graph.norm(hidden, "embedded", network.norm)
    if network.projection is not None:
        hidden = graph.plain_linear(hidden, "projected", network.projection)
    return hidden


def _counted(graph: Graph, padding: int) -> str:
    """Add the positions of a RoBERTa: from `padding + 1` on, passing over the padding's id.

    That id is passed over where it stands in a text, too: transformers'
    `create_position_ids_from_input_ids`.
    """
    hole = graph.constant("padding", np.array(padding, np.int32))
    one = graph.constant("one", np.array(1, np.int32))
    holes = graph.add("Cast", [graph.add("Equal", ["ids", hole], "equal")], "holes", to=INT32)
    words = graph.add("Sub", [one, holes], "places.words")
    along = graph.add("CumSum", [words, one], "places.along")
    return graph.add("Add", [graph.add("Mul", [along, words], "places.own"), hole], "places.ids")
