"""MinHash: a few numbers per text by which near copies find one another, in NumPy.

A text's signature is the smallest hash of its shingles under each of BANDS x ROWS functions; two
texts agree at one with the probability of their likeness j (Broder 1997). ROWS of them make a band
key. Two texts share one of BANDS keys with probability 1 - (1 - j^ROWS)^BANDS: .9994 at j = .8,
.59 at .5, .0001 at .05, where texts on one matter lie. See `benchmarks/near_copies.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from triage.domain.copies import SHINGLE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BANDS", "ROWS", "band_keys"]

BANDS, ROWS = 14, 4

_BASE = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio, and odd
_NUMBER_BITS = 4  # of a key say which band it is: no text has one key twice
_AT_ONCE = 100_000  # characters: what is worked on stays in a CPU's cache


def band_keys(texts: Sequence[str]) -> NDArray[np.int32]:
    """Return the band keys of each of some `comparable` texts: an array (texts, BANDS).

    The same on every machine: nothing here is Python's own hash, nor a float.
    """
    import numpy as np

    found = np.empty((len(texts), BANDS), np.int32)
    first = 0
    for portion in _portions(texts):
        found[first : first + len(portion)] = _keys(_signatures(portion))
        first += len(portion)
    return found


def _portions(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    start = size = 0
    for number, text in enumerate(texts):
        if size and size + len(text) > _AT_ONCE:
            yield texts[start:number]
            start, size = number, 0
        size += len(text)
    if size:
        yield texts[start:]


def _signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return an array (BANDS * ROWS, texts). Each text has at least SHINGLE characters."""
    import numpy as np

    encoded = "".join(texts).encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(encoded, "<u4").astype(np.uint64)
    count = len(codes) - SHINGLE + 1
    hashes = np.zeros(count, np.uint64)
    for at in range(SHINGLE):
        hashes *= np.uint64(_BASE)
        hashes += codes[at : at + count]
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths)
    whole = np.ones(count, bool)
    for over in range(1, SHINGLE):  # those that run over the end of their text
        whole[ends[:-1] - over] = False
    short = (_mixed(hashes[whole]) >> np.uint64(32)).astype(np.uint32)
    starts = np.concatenate(([0], np.cumsum(lengths - SHINGLE + 1)[:-1]))
    found = np.empty((BANDS * ROWS, len(texts)), np.uint32)
    hashed = np.empty_like(short)
    for row, factor, summand in zip(found, *_functions(), strict=True):
        np.multiply(short, factor, out=hashed)
        np.add(hashed, summand, out=hashed)
        np.minimum.reduceat(hashed, starts, out=row)
    return found


def _functions() -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Return the odd factors and the summands, modulo 2**32, of the hash functions."""
    import numpy as np

    steps = np.arange(1, 2 * BANDS * ROWS + 1, dtype=np.uint64) * np.uint64(_BASE)
    numbers = (_mixed(steps) >> np.uint64(32)).astype(np.uint32)
    return numbers[::2] | np.uint32(1), numbers[1::2]


def _keys(signatures: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return an array (texts, BANDS): of each band one number, with the band's own in it."""
    import numpy as np

    rows = signatures.astype(np.uint64).reshape(BANDS, ROWS, -1)
    keys = np.zeros((BANDS, rows.shape[2]), np.uint64)
    for row in range(ROWS):
        keys = _mixed(keys + rows[:, row])
    kept = (keys >> np.uint64(32)).astype(np.uint32) >> np.uint32(_NUMBER_BITS)
    numbered = (kept << np.uint32(_NUMBER_BITS)) | np.arange(BANDS, dtype=np.uint32)[:, None]
    return numbered.view(np.int32).T


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return every number mixed beyond recognition: the finish of SplitMix64 (Steele 2014)."""
    import numpy as np

    mixed = values + np.uint64(_BASE)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
