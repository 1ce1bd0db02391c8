"""Detoxify's own `predict` against our exact and fast modes: speed, memory, and what scores move.

    python benchmarks/detoxify_speed.py [--texts 300] [--variants all chunks one exact fast ...]
                                        [--many 10000]

Makes a BERT-base of full size with random weights in Detoxify's checkpoint format (as fast as the
released one, and nothing is downloaded) and 300 texts of generated words, lognormal in length:
median 40 words, 400 at most, 1.4 tokens a word. Each variant rates them in a fresh process, on two
cores, after a warm-up of three texts:

    all      Detoxify.predict on the whole list
    chunks   Detoxify.predict on lists of 32 as they come
    one      Detoxify.predict on one text after another
    exact    DetoxifyScorer: torch in float32, length-sorted under a budget of tokens
    fast     DetoxifyScorer: the same checkpoint converted to int8, in ONNX Runtime; every score as
             the graph gives it, none made exact because a threshold is near
    half     DetoxifyScorer in bfloat16: where the processor has AMX, or where it is asked for
    gpu      DetoxifyScorer in float32 on a GPU, where torch finds one
    gpu16    the same in float16

With `--many`, `exact` rates that many texts too, for the memory that they take.

Prints comments per second, the processor's seconds (twice the others on two quiet cores), the
greatest memory, how much faster each is than `chunks` and `one`, how far scores are from those of
`one` (texts that fit the model: the two scorers read longer ones in windows, Detoxify cuts them),
and how far a score of ours moves when texts come in another order and number.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

VARIANTS = ("all", "chunks", "one", "exact", "fast", "half", "gpu", "gpu16")
OURS = VARIANTS[3:]
CORES = 2
CHUNK = 32
CLASSES = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,!?'-"
WORDS, LONGEST = 30_522, 512
CHECKPOINT = "original/toxic_original-c1212f89.ckpt"

Rate = Callable[[list[str]], list[list[float]]]


def syllables() -> Iterator[str]:
    """Yield made-up words of two and three syllables, without end to speak of."""
    parts = ["".join(one) for one in product("bdfglmnprstvz", "aeiou")]
    yield from ("".join(one) for size in (2, 3) for one in product(parts, repeat=size))


def vocabulary() -> list[str]:
    pieces = [*SPECIAL, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    endings = [f"##{''.join(one)}" for one in product("klmnrst", "aeiou", "dlnrst")]
    words = syllables()
    pieces += endings
    return pieces + [next(words) for _ in range(WORDS - len(pieces))]


def comments(count: int, seed: int = 1) -> list[str]:
    """Return texts of words that are one token, or two for four in ten."""
    draw, pieces = random.Random(seed), vocabulary()
    endings = [one[2:] for one in pieces if one.startswith("##") and len(one) == 5]
    words = pieces[-25_000:]
    texts = []
    for _ in range(count):
        length = max(1, min(400, round(draw.lognormvariate(3.69, 0.95))))
        chosen = (
            draw.choice(words) + (draw.choice(endings) if draw.random() < 0.35 else "")
            for _ in range(length)
        )
        texts.append(" ".join(chosen).capitalize() + ".")
    return texts


def make_checkpoint(folder: Path) -> None:
    """Write what Detoxify reads: the checkpoint, and its base model's settings and words."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    own = folder / "original"
    own.mkdir()
    (own / "vocab.txt").write_text("".join(f"{one}\n" for one in vocabulary()), "utf-8")
    settings = {"do_lower_case": True, "model_max_length": LONGEST}
    (own / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    torch.manual_seed(5)
    config = BertConfig(vocab_size=WORDS, num_labels=len(CLASSES))
    config.save_pretrained(own)
    model = BertForSequenceClassification(config)
    with torch.no_grad():  # wide enough for texts to score differently
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.normal_(0.0, 0.3 if name.startswith("classifier") else 0.04)
    arguments = {
        "num_classes": len(CLASSES),
        "model_type": str(own),
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
    }
    settings = {"arch": {"args": arguments}, "dataset": {"args": {"classes": CLASSES}}}
    torch.save({"state_dict": model.state_dict(), "config": settings}, folder / CHECKPOINT)
    by_scorer(folder)(["a word"])  # converts it, which is done once and is no part of rating


def convert(folder: Path) -> None:
    from triage.scoring.models.card import INT8
    from triage.scoring.models.int8 import write_int8
    from triage.scoring.models.shelf import Shelf

    Shelf(folder).convert("original", fast=False)
    started = time.perf_counter()
    # Of the text's own kind, as released models get texts of real words.
    made = write_int8(folder / "original", comments(300, seed=2)).int8
    size = (folder / "original" / INT8).stat().st_size
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"converted in {time.perf_counter() - started:.0f} s with {peak:.0f} MiB at most, to "
        f"{size / 2**20:.0f} MiB; on texts "
        f"kept apart scores differ by {made.mean:.4f} on average, {made.greatest:.4f} at most"
    )


def detoxify(folder: Path) -> Any:
    import torch
    from detoxify import Detoxify

    torch.set_num_threads(CORES)
    return Detoxify(checkpoint=str(folder / CHECKPOINT))


def by_package(folder: Path, size: int | None) -> Rate:
    package = detoxify(folder)

    def rate(texts: list[str]) -> list[list[float]]:
        step = size or len(texts)
        rows: list[list[float]] = []
        for start in range(0, len(texts), step):
            found = package.predict(texts[start : start + step])
            # A list of one comes back as numbers, not as lists.
            columns = [one if isinstance(one, list) else [one] for one in found.values()]
            rows += [list(row) for row in zip(*columns, strict=True)]
        return rows

    return rate


def by_scorer(
    folder: Path, mode: str = "exact", precision: str = "float32", device: str = "cpu"
) -> Rate:
    import torch

    from triage.domain.scores import Mode
    from triage.scoring.detoxify import DetoxifyScorer
    from triage.scoring.processor import Precision

    torch.set_num_threads(CORES)
    scorer = DetoxifyScorer(
        "original",
        models_dir=folder,
        mode=Mode(mode),
        precision=Precision(precision),
        device=device,
    )
    return lambda texts: [list(one.values.values()) for one in scorer.score(texts)]


RATES: dict[str, Callable[[Path], Rate]] = {
    "all": lambda folder: by_package(folder, None),
    "chunks": lambda folder: by_package(folder, CHUNK),
    "one": lambda folder: by_package(folder, 1),
    "exact": by_scorer,
    "fast": lambda folder: by_scorer(folder, "fast"),
    "half": lambda folder: by_scorer(folder, precision="bfloat16"),
    "gpu": lambda folder: by_scorer(folder, device="cuda"),
    "gpu16": lambda folder: by_scorer(folder, precision="float16", device="cuda"),
}


def measure(variant: str, folder: Path, count: int) -> None:
    """Rate the texts in this process; leave scores in the folder and print the rest as JSON."""
    texts = comments(count)
    rate = RATES[variant](folder)
    rate(texts[:3])
    started, worked = time.perf_counter(), time.process_time()
    rows = rate(texts)
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    np.save(folder / f"{variant}.npy", np.array(rows, np.float64))
    found = {"seconds": seconds, "work": work, "peak": peak}
    if variant in OURS:
        # In another order and half as many at a time, each text has other neighbours.
        order = random.Random(1).sample(range(count), min(count, 300))
        half = len(order) // 2
        again = [
            *rate([texts[at] for at in order[:half]]),
            *rate([texts[at] for at in order[half:]]),
        ]
        found["moved"] = float(np.abs(np.array(again) - np.array(rows)[order]).max())
    print(json.dumps(found))


def child(step: str, folder: Path, count: int) -> str:
    """Run one step in a fresh process on two cores; return its last line."""
    environment = os.environ | {
        "OMP_NUM_THREADS": str(CORES),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
    }
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder)]
    done = subprocess.run(
        [*command, "--texts", str(count)], env=environment, check=True, stdout=subprocess.PIPE,
        stderr=None if "--loud" in sys.argv else subprocess.DEVNULL, text=True,
    )  # fmt: skip
    return done.stdout.strip().rpartition("\n")[2]


def table(variants: list[str], found: dict[str, dict[str, float]], folder: Path, fit: list[int],
          count: int) -> Iterator[str]:  # fmt: skip
    heads = (
        "seconds", "CPU s", "comments/s", "x chunks", "x one", "peak MiB", "mean diff", "max diff",
        "moved",
    )  # fmt: skip
    yield "variant" + "".join(f"{head:>11}" for head in heads)
    for name in variants:
        own = found[name]
        ratios = [
            f"{found[other]['seconds'] / own['seconds']:.2f}" if other in found else "-"
            for other in ("chunks", "one")
        ]
        mean = most = "-"
        if "one" in found:
            one, rows = (np.load(folder / f"{which}.npy")[fit] for which in ("one", name))
            gaps = np.abs(one - rows)
            mean, most = f"{gaps.mean():.1e}", f"{gaps.max():.1e}"
        moved = f"{own['moved']:.1e}" if "moved" in own else "-"
        cells = (
            f"{own['seconds']:.1f}", f"{own['work']:.1f}", f"{count / own['seconds']:.2f}", *ratios,
            f"{own['peak']:.0f}", mean, most, moved,
        )  # fmt: skip
        yield f"{name:<7}" + "".join(f"{cell:>11}" for cell in cells)


def run(variants: list[str], count: int, folder: Path, many: int) -> None:
    from tokenizers import BertWordPieceTokenizer

    child("make", folder, count)
    tokenizer = BertWordPieceTokenizer(str(folder / "original" / "vocab.txt"), lowercase=True)
    texts = comments(count)
    lengths = [len(one.ids) for one in tokenizer.encode_batch(texts)]
    fit = [at for at, length in enumerate(lengths) if length <= LONGEST]
    print(
        f"{count} texts: words median {np.median([len(one.split()) for one in texts]):.0f}, tokens "
        f"median {np.median(lengths):.0f}, mean {np.mean(lengths):.0f}, {count - len(fit)} too long"
    )
    if "fast" in variants:
        print(child("convert", folder, count), flush=True)
    found = {}
    for name in variants:
        found[name] = json.loads(child(name, folder, count))
        print(f"  {name}: {count / found[name]['seconds']:.2f} comments/s", flush=True)
    if "one" in found:
        spread = np.load(folder / "one.npy").std(axis=0).mean()
        print(f"the scores of `one` have a standard deviation of {spread:.2f}")
    print(*table(variants, found, folder, fit, count), sep="\n")
    if many:
        more = json.loads(child("exact", folder, many))
        print(f"exact, {many} texts: peak {more['peak']:.0f} MiB, {many / more['seconds']:.2f} "
              "comments/s")  # fmt: skip


def worth_it() -> list[str]:
    """Return the variants that this machine has the processor for."""
    import torch

    from triage.scoring.processor import half_precision

    there = {"half": half_precision() is not None}
    there |= dict.fromkeys(("gpu", "gpu16"), torch.cuda.is_available())
    return [name for name in VARIANTS if there.get(name, True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=None)
    parser.add_argument("--many", type=int, default=0, help="rate that many texts as well")
    parser.add_argument("--loud", action="store_true", help="show what the processes warn of")
    parser.add_argument("--step", choices=("make", "convert", *VARIANTS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    if given.step == "make":
        make_checkpoint(given.folder)
    elif given.step == "convert":
        convert(given.folder)
    elif given.step:
        measure(given.step, given.folder, given.texts)
    else:
        with TemporaryDirectory() as folder:
            run(given.variants or worth_it(), given.texts, Path(folder), given.many)


if __name__ == "__main__":
    main()
