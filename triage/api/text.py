"""Texts as clients count them: sentences, and places in UTF-16 code units."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left

__all__ = ["MOST_BYTES", "MOST_SENTENCES", "Utf16", "sentences", "too_long", "visible"]

MOST_BYTES = 20_480
"""Of a text that is rated over HTTP, in UTF-8: Perspective's 20 KB. A longer one holds up all."""

MOST_SENTENCES = 50
# A sentence ends with its mark and what closes it, before a blank; or with its line.
_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*(?=\s)|[。！？]+|\n+")


def sentences(text: str, most: int = MOST_SENTENCES) -> list[tuple[int, int]]:
    """Return the [start, end) characters of each sentence, without blanks around it.

    Where there are more than `most`, neighbours are taken together.
    """
    ends = [found.end() for found in _END.finditer(text)]
    found = []
    start = 0
    for end in [*ends, len(text)]:
        part = text[start:end]
        if stripped := part.strip():
            first = start + len(part) - len(part.lstrip())
            found.append((first, first + len(stripped)))
        start = end
    step = -(-len(found) // most)
    if step <= 1:
        return found
    groups = [found[at : at + step] for at in range(0, len(found), step)]
    return [(group[0][0], group[-1][1]) for group in groups]


def too_long(text: str) -> bool:
    """Whether a text is longer than is rated while others wait."""
    return len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES


def visible(text: str) -> bool:
    """Whether a text has a character that is neither blank nor a control or format character."""
    return any(unicodedata.category(char)[0] not in "CZ" for char in text)


class Utf16:
    """Places in a text in UTF-16 code units, as JavaScript and Perspective count."""

    def __init__(self, text: str) -> None:
        self._wide = [at for at, char in enumerate(text) if char > "\uffff"]

    def at(self, place: int) -> int:
        """Return the code units before the character at a place."""
        return place + bisect_left(self._wide, place)
