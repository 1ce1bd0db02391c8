"""Words, pairs of words and pieces of words as hashed features: what a site's own words are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

from triage.domain.normal_form import composed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BUCKETS", "NGRAMS", "Grams", "grams"]

BUCKETS = 1 << 16
NGRAMS = "1"
"""The version of this: what is learned on one kind of features means nothing on another."""

_PIECE = 4  # characters
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Grams:
    """Features of some texts as a sparse matrix of as many rows, BUCKETS wide.

    Row i has the columns `column[start[i]:start[i + 1]]`, each once and rising, each with the value
    `value[i]`, so that the squares of a row add up to 1; a text without a word has none.
    """

    column: NDArray[np.int64]
    start: NDArray[np.int64]
    value: NDArray[np.float64]

    @property
    def row(self) -> NDArray[np.int64]:
        """Which row each entry of `column` belongs to."""
        import numpy as np

        return np.repeat(np.arange(len(self.value)), np.diff(self.start))

    def times(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of each row's weights; a row's sum hangs on no other row."""
        import numpy as np

        sums = np.bincount(self.row, weights[self.column], minlength=len(self.value))
        return np.asarray(self.value * sums)


def grams(texts: Sequence[str]) -> Grams:
    """Return the features of texts, in order."""
    import numpy as np

    rows = [sorted(set(_hashed(text))) for text in texts]
    sizes = np.array([len(one) for one in rows], np.int64)
    return Grams(
        column=np.array([column for one in rows for column in one], np.int64),
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        value=1 / np.sqrt(np.maximum(sizes, 1)),
    )


def _hashed(text: str) -> Iterator[int]:
    """Yield the buckets of a text's features: of words, neighbours, and pieces of four letters."""
    before = ""
    for word in _WORD.findall(composed(text).casefold()):
        yield from _of_word(word)
        yield _bucket(f"p {before} {word}")
        before = word


@lru_cache(maxsize=50_000)  # the same words come again and again
def _of_word(word: str) -> tuple[int, ...]:
    framed = f"<{word}>"
    pieces = [framed[at : at + _PIECE] for at in range(len(framed) - _PIECE + 1)]
    return (_bucket(f"w {word}"), *(_bucket(f"c {one}") for one in pieces))


def _bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS
