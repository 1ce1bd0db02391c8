"""Tiny models in Detoxify's own checkpoint format, with tokenizers made on the spot.

Their weights are random but spread, so that texts score differently, and the same in every run;
all else is as released: the checkpoint's keys and class names, sixteen outputs for the unbiased
model, 512 positions.
"""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest

from triage.scoring.checkpoint import MODELS

ORIGINAL_CLASSES = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
UNBIASED_CLASSES = [
    "toxicity", "severe_toxicity", "obscene", "identity_attack", "insult", "threat",
    "sexual_explicit",
]  # fmt: skip
HIDDEN_OUTPUTS = 9

PROSE = """
The library opens at nine and closes at six. We walked along the river until it rained. You are
wrong about the bridge, and here is the plan of the council. Nobody reads the small print, do
they? My neighbour paints boats: red, blue and green. I will not say it again! Please add a
source. What a silly, rotten, dreadful idea. Thank you for the soup, it was lovely.
""".strip()

needs_detoxify = pytest.mark.skipif(
    not os.environ.get("TRIAGE_REQUIRE_DETOXIFY")
    and any(find_spec(name) is None for name in ("torch", "transformers", "detoxify")),
    reason="needs the extra `detoxify`",
)


def write_original(models_dir: Path, name: str = "original", **changes: Any) -> Path:
    """Write `models_dir/name/` with a two-layer BERT of six outputs; return the checkpoint."""
    from transformers import BertConfig, BertForSequenceClassification

    folder = models_dir / name
    folder.mkdir(parents=True)
    size = _word_piece(folder)
    config = BertConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=512,
    )
    config.save_pretrained(folder)  # two labels, as the base model's own settings have
    config.num_labels = len(ORIGINAL_CLASSES)
    model = _spread(BertForSequenceClassification, config)
    return _save(
        folder / MODELS[name].file, model, ORIGINAL_CLASSES, "bert-base-uncased", "Bert", **changes
    )


def write_unbiased(models_dir: Path) -> Path:
    """Write `models_dir/unbiased/` with a two-layer RoBERTa of sixteen outputs."""
    from transformers import RobertaConfig, RobertaForSequenceClassification

    folder = models_dir / "unbiased"
    folder.mkdir(parents=True)
    size = _byte_pairs(folder)
    config = RobertaConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=514,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    config.save_pretrained(folder)
    config.num_labels = len(UNBIASED_CLASSES) + HIDDEN_OUTPUTS
    model = _spread(RobertaForSequenceClassification, config)
    file = folder / MODELS["unbiased"].file
    return _save(file, model, UNBIASED_CLASSES, "roberta-base", "Roberta")


def content_of(model: Any, classes: list[str], base: str, family: str) -> dict[str, Any]:
    """Return a checkpoint's content as Detoxify's convert_weights.py writes it."""
    arguments = {
        "num_classes": model.config.num_labels,
        "model_type": base,
        "model_name": f"{family}ForSequenceClassification",
        "tokenizer_name": f"{family}Tokenizer",
    }
    return {
        "state_dict": model.state_dict(),
        "config": {"arch": {"args": arguments}, "dataset": {"args": {"classes": classes}}},
    }


def _save(
    path: Path, model: Any, classes: list[str], base: str, family: str, **changes: Any
) -> Path:
    import torch

    content = content_of(model, classes, base, family)
    content["config"]["arch"]["args"] |= changes
    torch.save(content, path)
    return path


def _spread(model_class: Any, config: Any) -> Any:
    """Return a seeded model whose weights are wide enough for scores to differ."""
    import torch

    torch.manual_seed(5)
    model = model_class(config)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(0.0, 0.3)
    return model.eval()


def _word_piece(folder: Path) -> int:
    """Write a WordPiece vocabulary of the letters and words of PROSE; return its size.

    Training one breaks ties as it happens: each run of the tests would get another model.
    """
    words = re.findall(r"\w+|[^\w\s]", PROSE.lower())
    letters = sorted({*ascii_lowercase, *"".join(words)})
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = dict.fromkeys([*special, *letters, *(f"##{letter}" for letter in letters), *words])
    (folder / "vocab.txt").write_text("".join(f"{piece}\n" for piece in pieces), "utf-8")
    (folder / "tokenizer_config.json").write_text(
        '{"do_lower_case": true, "model_max_length": 512}', "utf-8"
    )
    return len(pieces)


def _byte_pairs(folder: Path) -> int:
    """Train a byte-level BPE vocabulary; return its size. Like some folders, without settings."""
    from tokenizers import ByteLevelBPETokenizer

    tokenizer = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator([PROSE] * 3, vocab_size=320, special_tokens=special)
    tokenizer.save_model(str(folder))
    return int(tokenizer.get_vocab_size())
