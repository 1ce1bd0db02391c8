"""The compact scorer's features: hashed word and character n-grams of prepared texts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["FEATURES", "WIDTH", "features"]

FEATURES = "1"
"""The version of this module's choices: part of the compact scorer's version."""

_WORDS = r"(?u)\b\w+\b|[!?]+"
_WORD_COLUMNS = 2**18
_CHARACTER_COLUMNS = 2**19
WIDTH = _WORD_COLUMNS + _CHARACTER_COLUMNS
"""Columns: word n-grams first, character n-grams after them."""


def features(texts: Sequence[str]) -> csr_matrix:
    """Return a float32 matrix of shape (len(texts), WIDTH) for texts already prepared.

    Words (and runs of `!` and `?`) in n-grams of 1 to 2, characters within words in n-grams of
    3 to 5, each hashed with a sign (Weinberger et al. 2009, arXiv:0902.2206), counted as
    log(1 + n), and scaled to length 1 per block, so that neither long texts nor the many
    character n-grams drown the rest. A row depends on its own text only.
    """
    from scipy.sparse import hstack

    return hstack([_scaled(block.transform(texts)) for block in _blocks()], format="csr")


@cache
def _blocks() -> tuple[Any, Any]:
    """Return the two vectorizers; they hold no state but their settings."""
    import numpy as np
    from sklearn.feature_extraction.text import HashingVectorizer

    return (
        HashingVectorizer(
            n_features=_WORD_COLUMNS,
            ngram_range=(1, 2),
            token_pattern=_WORDS,
            norm=None,
            dtype=np.float32,
        ),
        HashingVectorizer(
            n_features=_CHARACTER_COLUMNS,
            ngram_range=(3, 5),
            analyzer="char_wb",
            norm=None,
            dtype=np.float32,
        ),
    )


def _scaled(counts: csr_matrix) -> csr_matrix:
    """Return signed counts as log(1 + n), each row divided by its length."""
    import numpy as np

    counts.data = np.sign(counts.data) * np.log1p(np.abs(counts.data))
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    lengths = np.sqrt(np.bincount(rows, counts.data**2, minlength=counts.shape[0]))
    lengths[lengths == 0.0] = 1.0  # two n-grams may cancel out
    counts.data /= lengths[rows].astype(np.float32)
    return counts
