"""Tiny models in Detoxify's own checkpoint format, of every family, with tokenizers made here.

Their weights are random but spread, so that texts score differently, and the same in every run;
all else is as released: the checkpoint's keys and class names, the name of a hub model, sixteen
outputs for the unbiased models, 512 positions.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest

from triage.scoring.models.catalogue import MODELS

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

FAMILIES = tuple(MODELS)

needs_detoxify = pytest.mark.skipif(
    not os.environ.get("TRIAGE_REQUIRE_DETOXIFY")
    and any(find_spec(name) is None for name in ("torch", "transformers", "detoxify")),
    reason="needs the extra `detoxify`",
)

_SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
}
_ROBERTA = {
    "max_position_embeddings": 514,
    "type_vocab_size": 1,
    "pad_token_id": 1,
    "bos_token_id": 0,
    "eos_token_id": 2,
}


def write_tiny(models_dir: Path, name: str) -> Path:
    """Write `models_dir/name/` with a two-layer model of the right family; return the checkpoint.

    It is what a person makes by hand: the checkpoint, the base model's config.json, which knows
    two outputs, and its vocabulary.
    """
    match name:
        case "original":
            return write_original(models_dir)
        case "unbiased":
            return write_unbiased(models_dir)
        case "multilingual":
            return write_multilingual(models_dir)
    return write_small(models_dir, name)


def write_original(models_dir: Path, name: str = "original", **changes: Any) -> Path:
    """Write a BERT of six outputs."""
    folder = _folder(models_dir, name)
    settings = {"vocab_size": _word_piece(folder), "max_position_embeddings": 512}
    return _write(folder, name, "Bert", settings, ORIGINAL_CLASSES, "bert-base-uncased", **changes)


def write_unbiased(models_dir: Path) -> Path:
    """Write a RoBERTa of sixteen outputs."""
    folder = _folder(models_dir, "unbiased")
    settings = {"vocab_size": _byte_pairs(folder)} | _ROBERTA
    return _write(folder, "unbiased", "Roberta", settings, UNBIASED_CLASSES, "roberta-base")


def write_multilingual(models_dir: Path) -> Path:
    """Write an XLM-R of sixteen outputs with a sentencepiece vocabulary."""
    folder = _folder(models_dir, "multilingual")
    pieces = _sentence_pieces(folder / "sentencepiece.bpe.model", unk_id=0, bos_id=1, eos_id=2)
    settings = {"vocab_size": pieces + 2} | _ROBERTA  # XLM-R shifts ids by one and adds <mask>
    base = "xlm-roberta-base"
    return _write(folder, "multilingual", "XLMRoberta", settings, UNBIASED_CLASSES, base)


def write_small(models_dir: Path, name: str) -> Path:
    """Write an ALBERT with a sentencepiece vocabulary: six outputs, or sixteen."""
    folder = _folder(models_dir, name)
    pieces = _sentence_pieces(
        folder / "spiece.model",
        pad_id=0,
        unk_id=1,
        bos_id=-1,
        eos_id=-1,
        control_symbols="[CLS],[SEP],[MASK]",
    )
    settings = {"vocab_size": pieces, "embedding_size": 16, "max_position_embeddings": 512}
    classes = ORIGINAL_CLASSES if name == "original-small" else UNBIASED_CLASSES
    return _write(folder, name, "Albert", settings, classes, "albert-base-v2")


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


def change(path: Path, edit: Callable[[dict[str, Any]], object]) -> Path:
    """Change what is in a checkpoint; return its path."""
    import torch

    content = torch.load(path, weights_only=True)
    edit(content)
    torch.save(content, path)
    return path


def by_the_package(path: Path) -> Any:
    """Return Detoxify's own object over a checkpoint, made to find its base model in its folder."""
    import torch
    from detoxify import Detoxify

    content = torch.load(path, weights_only=True)
    content["config"]["arch"]["args"]["model_type"] = str(path.parent)
    copy = path.with_suffix(".offline")
    torch.save(content, copy)
    try:
        return Detoxify(checkpoint=str(copy))
    finally:
        copy.unlink()


class Payload:
    """Pickles to a call that leaves a file behind when it is loaded carelessly."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.mark,))


def poison(path: Path, mark: Path) -> Path:
    """Put code into a checkpoint that makes the file `mark` when it runs; return the checkpoint."""

    def edit(content: dict[str, Any]) -> None:
        content["config"]["extra"] = Payload(mark)

    return change(path, edit)


def _folder(models_dir: Path, name: str) -> Path:
    folder = models_dir / name
    folder.mkdir(parents=True)
    return folder


def _write(
    folder: Path,
    name: str,
    family: str,
    settings: dict[str, Any],
    classes: list[str],
    base: str,
    **changes: Any,
) -> Path:
    import torch
    import transformers

    model_class = getattr(transformers, f"{family}ForSequenceClassification")
    config = model_class.config_class(**_SMALL | settings)
    config.save_pretrained(folder)  # two labels, as the base model's own settings have
    config.num_labels = len(classes) + (HIDDEN_OUTPUTS if classes is UNBIASED_CLASSES else 0)
    content = content_of(_spread(model_class, config), classes, base, family)
    content["config"]["arch"]["args"] |= changes
    path = folder / MODELS[name].file
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


def _sentence_pieces(path: Path, **ids: Any) -> int:
    """Train a sentencepiece vocabulary; return its size."""
    from sentencepiece import SentencePieceProcessor, SentencePieceTrainer

    words = path.with_name("words")
    words.write_text(f"{PROSE}\n" * 20, "utf-8")
    SentencePieceTrainer.train(
        input=str(words),
        model_prefix=str(path.with_suffix("")),
        vocab_size=120,
        hard_vocab_limit=False,
        minloglevel=2,
        num_threads=1,
        **ids,
    )
    for by_product in (words, path.with_suffix(".vocab")):
        by_product.unlink()
    return int(SentencePieceProcessor(model_file=str(path)).get_piece_size())


def _byte_pairs(folder: Path) -> int:
    """Train a byte-level BPE vocabulary; return its size. Like some folders, without settings."""
    from tokenizers import ByteLevelBPETokenizer

    tokenizer = ByteLevelBPETokenizer()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator([PROSE] * 3, vocab_size=320, special_tokens=special)
    tokenizer.save_model(str(folder))
    return int(tokenizer.get_vocab_size())
