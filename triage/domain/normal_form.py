"""Unicode's compatibility forms, in time that grows with the length of a text.

Canonical ordering in CPython is an insertion sort, quadratic in a run of combining marks: one text
of ten thousand takes seconds. So a long text is decomposed and each of its runs put in order first,
which changes no result.
"""

from __future__ import annotations

import re
from functools import partial
from unicodedata import combining, normalize

__all__ = ["composed", "decomposed"]

_LONG = 100  # characters
_MARKS = re.compile(rb"[^\0]{2,}")  # in combining classes: a starter's is 0


def composed(text: str) -> str:
    """Return a text in NFKC."""
    if len(text) <= _LONG or text.isascii():
        return normalize("NFKC", text)
    loose = decomposed(text)
    parts: list[str] = []
    at = 0
    for run in _MARKS.finditer(bytes(map(combining, loose))):
        start, end = run.span()
        parts += [loose[at:start], *sorted(loose[start:end], key=combining)]
        at = end
    return normalize("NFKC", "".join([*parts, loose[at:]]))


def decomposed(text: str) -> str:
    """Return a text in NFKD; in a long one, marks stay in the order they stand in."""
    if len(text) <= _LONG:
        return normalize("NFKD", text)
    return "".join(map(partial(normalize, "NFKD"), text))
