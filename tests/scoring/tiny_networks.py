"""Tiny networks of Detoxify's four kinds, with random weights that are the same in every run."""

from __future__ import annotations

from typing import Any

KINDS = ("bert", "roberta", "xlm-roberta", "albert")
WORDS = 120
PADDING = 1
"""The id that takes no position in a RoBERTa."""


def tiny_network(kind: str, **changes: Any) -> Any:
    """Return a network in eval mode: 512 tokens long, with 6 outputs, or 16 for a RoBERTa."""
    import transformers

    shape: dict[str, Any] = {
        "vocab_size": WORDS,
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 512,
        "num_labels": 6,
    }
    if "roberta" in kind:
        shape |= {
            "max_position_embeddings": 514,
            "num_labels": 16,
            "type_vocab_size": 1,
            "pad_token_id": PADDING,
            "bos_token_id": 0,
            "eos_token_id": 2,
        }
    if kind == "albert":
        shape |= {"embedding_size": 16, "num_hidden_layers": 3}
    family = {
        "bert": "Bert", "roberta": "Roberta", "xlm-roberta": "XLMRoberta", "albert": "Albert",
    }[kind]  # fmt: skip
    config = getattr(transformers, f"{family}Config")(**shape | changes)
    return spread(getattr(transformers, f"{family}ForSequenceClassification")(config))


def spread(model: Any) -> Any:
    """Return a model with seeded weights, wide enough for scores to differ."""
    import torch

    draw = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, 0.3, generator=draw)
            elif name.endswith("LayerNorm.weight"):
                parameter.normal_(1.0, 0.1, generator=draw)
            else:
                parameter.normal_(0.0, 0.1, generator=draw)
    return model.eval()
