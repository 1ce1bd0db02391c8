"""The bundled scorer against what people would run instead: `Detoxify.predict`.

    python benchmarks/compact_against_detoxify.py [--comments 96]

Makes a BERT-base of full size with random weights (as fast as the released one, and nothing is
downloaded) and rates the same comments with it, one by one and in lists of 32 as they come, and
with `compact`. Prints comments per second and ratios of one run, two threads.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import torch
from compact_speed import WORDS, comments
from detoxify import Detoxify
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from triage.scoring.compact import CompactScorer

CLASSES = ["toxicity", "severe_toxicity", "obscene", "threat", "insult", "identity_attack"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def full_size_detoxify() -> Detoxify:
    """Return Detoxify around a random BERT-base; only its words, not its size, are ours."""
    pieces = [*SPECIAL, *dict.fromkeys(WORDS.split()), *"abcdefghijklmnopqrstuvwxyz."]
    vocabulary = {piece: number for number, piece in enumerate(dict.fromkeys(pieces))}
    words = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    predictor = Detoxify.__new__(Detoxify)
    predictor.model = BertForSequenceClassification(BertConfig(num_labels=len(CLASSES))).eval()
    predictor.tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", model_max_length=512
    )
    predictor.class_names, predictor.device = CLASSES, "cpu"
    return predictor


def rate_of(work: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=96)
    texts = comments(parser.parse_args().comments)
    torch.set_num_threads(2)
    predictor, compact = full_size_detoxify(), CompactScorer()
    predictor.predict(texts[:2])
    compact.score(texts[:2])
    many = texts * (5_000 // len(texts))
    distinct = [f"{text} {number}" for number, text in enumerate(many)]

    by_one = rate_of(lambda: [predictor.predict(text) for text in texts], len(texts))
    lists = [texts[at : at + 32] for at in range(0, len(texts), 32)]
    by_32 = rate_of(lambda: [predictor.predict(part) for part in lists], len(texts))
    ours = rate_of(lambda: compact.score(distinct), len(distinct))
    print(f"{'Detoxify.predict, one by one':32}{by_one:9.1f} comments/s")
    print(f"{'Detoxify.predict, lists of 32':32}{by_32:9.1f} comments/s")
    print(f"{'compact':32}{ours:9.1f} comments/s")
    print(f"compact is {ours / by_one:.0f} times one by one, {ours / by_32:.0f} times lists of 32")


if __name__ == "__main__":
    main()
