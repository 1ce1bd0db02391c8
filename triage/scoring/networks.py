"""Detoxify's four kinds of network, read from transformers into one description.

BERT, RoBERTa, XLM-R and ALBERT differ in how they number positions, in what stands between the
embeddings and the layers, in the names of their weights and in their heads; from the layers on
they are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triage.errors import ScorerError
from triage.scoring.graph import Layer, Linear, Norm

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Network", "read_network"]

State = Mapping[str, "NDArray[np.float32]"]

_GELUS = {"gelu": "Gelu", "gelu_new": "FastGelu", "gelu_pytorch_tanh": "FastGelu"}


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A classifier: embeddings, layers (one may come more than once), and a head.

    `places` is the table of positions, with what every token gets for being of the first segment.
    `padding` is the id that takes no position of its own in a RoBERTa, whose positions begin one
    above it; None where positions are counted from 0, whatever the ids. `projection` widens the
    embeddings of an ALBERT. The head reads the first token: `dense`, tanh, `final`.
    """

    words: NDArray[np.float32]
    places: NDArray[np.float32]
    padding: int | None
    norm: Norm
    projection: Linear | None
    layers: tuple[Layer, ...]
    dense: Linear
    final: Linear

    @property
    def longest(self) -> int:
        """Return how many tokens it reads at once."""
        return len(self.places) - (0 if self.padding is None else self.padding + 1)

    @property
    def outputs(self) -> int:
        """Return how many outputs it has."""
        return len(self.final.bias)


@dataclass(frozen=True, slots=True)
class _Names:
    """What the parts of a layer are called in a kind of network."""

    query: str
    key: str
    value: str
    gather: str
    gather_norm: str
    widen: str
    narrow: str
    narrow_norm: str


_BERT = _Names(
    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
    "attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm",
)  # fmt: skip
_ALBERT = _Names(
    "attention.query", "attention.key", "attention.value", "attention.dense",
    "attention.LayerNorm", "ffn", "ffn_output", "full_layer_layer_norm",
)  # fmt: skip


def read_network(model: Any) -> Network:
    """Return the description of a transformers model for sequence classification.

    Its weights are shared with the model, not copied, where that can be. Raises ScorerError for a
    network of another kind, or with settings that none of Detoxify's models has.
    """
    config = model.config
    kind = type(model).__name__.removesuffix("ForSequenceClassification")
    if kind not in {"Bert", "Roberta", "XLMRoberta", "Albert"}:
        raise ScorerError(
            f"a {type(model).__name__} cannot be converted: only BERT, RoBERTa, XLM-R and ALBERT "
            "for sequence classification can, as Detoxify's models are"
        )
    _check(config)
    state = {name: value.detach().float().numpy() for name, value in model.state_dict().items()}
    root = {"Bert": "bert", "Albert": "albert"}.get(kind, "roberta")
    embeddings = f"{root}.embeddings"
    segment = state[f"{embeddings}.token_type_embeddings.weight"][0]
    heads = {
        "bert": ("bert.pooler.dense", "classifier"),
        "albert": ("albert.pooler", "classifier"),
        "roberta": ("classifier.dense", "classifier.out_proj"),
    }
    dense, final = (_linear(state, name) for name in heads[root])
    mapping = f"{root}.encoder.embedding_hidden_mapping_in"
    names = _ALBERT if root == "albert" else _BERT
    order = list(_layers(root, config))
    layers = {name: _layer(state, name, names, config) for name in dict.fromkeys(order)}
    return Network(
        words=state[f"{embeddings}.word_embeddings.weight"],
        places=state[f"{embeddings}.position_embeddings.weight"] + segment,
        padding=int(config.pad_token_id) if root == "roberta" else None,
        norm=_norm(state, f"{embeddings}.LayerNorm", config),
        projection=_linear(state, mapping) if root == "albert" else None,
        layers=tuple(layers[name] for name in order),
        dense=dense,
        final=final,
    )


def _check(config: Any) -> None:
    """Raise ScorerError for settings under which a network computes something else."""
    usual: dict[str, tuple[object, ...]] = {
        "hidden_act": tuple(_GELUS),
        "position_embedding_type": ("absolute", None),
        "is_decoder": (False, None),
        "add_cross_attention": (False, None),
    }
    for name, known in usual.items():
        if (found := getattr(config, name, known[0])) not in known:
            raise ScorerError(
                f"a network with {name}={found!r} cannot be converted: Detoxify's models have "
                f"{known[0]!r}. Use it in its exact mode"
            )


def _layers(root: str, config: Any) -> Iterator[str]:
    """Yield the name of each layer in the order of use; ALBERT's groups are used again and again.

    Which group: transformers' `AlbertTransformer.forward`.
    """
    for at in range(config.num_hidden_layers):
        if root == "albert":
            group = int(at / (config.num_hidden_layers / config.num_hidden_groups))
            for inner in range(config.inner_group_num):
                yield f"albert.encoder.albert_layer_groups.{group}.albert_layers.{inner}"
        else:
            yield f"{root}.encoder.layer.{at}"


def _layer(state: State, name: str, names: _Names, config: Any) -> Layer:
    return Layer(
        heads=int(config.num_attention_heads),
        attend=(
            _linear(state, f"{name}.{names.query}"),
            _linear(state, f"{name}.{names.key}"),
            _linear(state, f"{name}.{names.value}"),
        ),
        gather=_linear(state, f"{name}.{names.gather}"),
        gather_norm=_norm(state, f"{name}.{names.gather_norm}", config),
        widen=_linear(state, f"{name}.{names.widen}"),
        gelu=_GELUS[config.hidden_act],
        narrow=_linear(state, f"{name}.{names.narrow}"),
        narrow_norm=_norm(state, f"{name}.{names.narrow_norm}", config),
    )


def _linear(state: State, name: str) -> Linear:
    return Linear(name, state[f"{name}.weight"].T, state[f"{name}.bias"])


def _norm(state: State, name: str, config: Any) -> Norm:
    weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
    return Norm(name, weight, bias, float(config.layer_norm_eps))
