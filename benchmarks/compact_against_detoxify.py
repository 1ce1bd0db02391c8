"""The bundled scorer against what people would run instead: `Detoxify.predict`.

    python benchmarks/compact_against_detoxify.py [--comments 96] [--rounds 3]

Makes a BERT-base of full size with random weights (as fast as the released one, and nothing is
downloaded) and rates the same comments with it, one by one and in lists of 32 as they come, and
with `compact`, taking turns, after a warm-up, two threads each. Its tokenizer takes a word for one
token where the released one takes 1.3, which is in its favour. Prints the median comments per
second of all rounds and the ratios.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from statistics import median

os.environ["OMP_NUM_THREADS"] = "2"  # before anything that counts its threads is imported

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


def rate_of(work: Callable[[], object], count: int, at_least: float = 1.0) -> float:
    """Return how many comments a second `work` rates: it is run again until the time will do."""
    runs, start = 0, time.perf_counter()
    while time.perf_counter() - start < at_least:
        work()
        runs += 1
    taken = time.perf_counter() - start
    return runs * count / taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    texts = comments(options.comments)
    torch.set_num_threads(2)
    predictor, compact = full_size_detoxify(), CompactScorer()
    lists = [texts[at : at + 32] for at in range(0, len(texts), 32)]
    ways: dict[str, Callable[[], object]] = {
        "Detoxify.predict, one by one": lambda: [predictor.predict(text) for text in texts],
        "Detoxify.predict, lists of 32": lambda: [predictor.predict(part) for part in lists],
        "compact": lambda: compact.score(texts),
    }
    predictor.predict(lists[0])
    compact.score(texts)
    rates: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(options.rounds):
        for way, work in ways.items():
            rates[way].append(rate_of(work, len(texts)))
    middle = {way: median(found) for way, found in rates.items()}
    for way, rate in middle.items():
        print(f"{way:32}{rate:9.1f} comments/s ({min(rates[way]):.1f} to {max(rates[way]):.1f})")
    by_one, by_32, ours = middle.values()
    print(f"compact is {ours / by_one:.0f} times one by one, {ours / by_32:.0f} times lists of 32")


if __name__ == "__main__":
    main()
