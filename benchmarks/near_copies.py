"""Near copies: our own MinHash beside two libraries', in one run.

    pip install rensa datasketch
    python benchmarks/near_copies.py [--texts 33000]

Texts are made up and seeded; to one in ten of them another one is written that differs in one to
three characters or words. All three get the same folded texts, and make as many band keys of as
many rows from runs of five characters: what differs is how. Prints the CPU seconds from texts to
band keys, and of the planted pairs that are near copies (Jaccard's index of .8 or more) the share
that has a key in common.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence

import numpy as np
from store_speed import text_of

from triage.domain.copies import comparable, likeness, shingles
from triage.store.minhash import BANDS, ROWS, band_keys

try:
    import rensa
    from datasketch import MinHash
except ImportError as missing:
    raise SystemExit(f"{missing}; run: pip install rensa datasketch") from missing

Keys = Sequence[Sequence[object]]
PERMUTATIONS = BANDS * ROWS
CHUNK = 2_000  # texts that an import enters at once


def ours(texts: Sequence[str]) -> Keys:
    chunks = [band_keys(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
    return [list(enumerate(row)) for row in np.concatenate(chunks).tolist()]


def with_rensa(texts: Sequence[str]) -> Keys:
    made = []
    for text in texts:
        one = rensa.RMinHash(num_perm=PERMUTATIONS, seed=1)
        one.update(list(shingles(text)))
        made.append(_bands(tuple(one.digest())))
    return made


def with_datasketch(texts: Sequence[str]) -> Keys:
    made = []
    for text in texts:
        one = MinHash(num_perm=PERMUTATIONS, seed=1)
        one.update_batch([run.encode() for run in shingles(text)])
        made.append(_bands(tuple(one.hashvalues.tolist())))
    return made


def _bands(signature: tuple[int, ...]) -> list[object]:
    return [(band, signature[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]


def changed(chance: random.Random, text: str) -> str:
    """Return the text with one to three characters or words of it replaced."""
    words = text.split()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(words))
        word = words[at]
        if chance.random() < 0.5:
            words[at] = chance.choice(words)
        else:
            letter = chance.randrange(len(word))
            words[at] = word[:letter] + chance.choice("aeiou") + word[letter + 1 :]
    return " ".join(words)


def corpus(count: int) -> tuple[list[str], list[tuple[int, int]]]:
    """Return folded texts, and the places of pairs of which one was made from the other."""
    chance = random.Random(1)
    written = [text_of(chance, number) for number in range(count - count // 11)]
    sources = chance.sample(range(len(written)), count // 11)
    copies = [changed(chance, written[source]) for source in sources]
    pairs = list(zip(sources, range(len(written), count), strict=False))
    return [comparable(text) or "too short to be compared" for text in written + copies], pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=33_000)
    texts, pairs = corpus(parser.parse_args().texts)
    near = [(a, b) for a, b in pairs if likeness(shingles(texts[a]), texts[b])]
    print(f"{len(texts):,} texts, {len(near):,} pairs of near copies among those planted")
    first = None
    ways: list[tuple[str, Callable[[Sequence[str]], Keys]]] = [
        ("ours", ours),
        ("rensa", with_rensa),
        ("datasketch", with_datasketch),
    ]
    for name, way in ways:
        way(texts[:10])  # what is loaded once
        start = time.process_time()
        keys = way(texts)
        taken = time.process_time() - start
        first = first or taken
        found = sum(not set(keys[a]).isdisjoint(keys[b]) for a, b in near) / len(near)
        print(f"{name:12}{taken:7.2f} CPU s{taken / first:7.1f} x{found:9.2%} found", flush=True)


if __name__ == "__main__":
    main()
