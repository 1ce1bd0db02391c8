"""Emoji read by their names: a tokenizer trained on words knows hardly any of the signs."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

__all__ = ["EMOJI", "emoji_words"]

_JOINED = "\u200d\ufe0e\ufe0f\u20e3"
EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u2b1b\u2b1c\u231a\u231b]"
    f"[{_JOINED}]*"
)
"""One emoji, with the selectors and joiners behind it."""

_SKIN = dict(
    zip(range(0x1F3FB, 0x1F400), ("light", "light", "brown", "brown", "dark"), strict=True)
)
_FIRST_LETTER = 0x1F1E6  # of the regional indicators, which come in pairs: a country's flag
# Where Unicode's name hides what everybody sees.
_PLAINLY = {
    "🖕": "middle finger",
    "💩": "pile of shit",
    "🍆": "eggplant",
    "🤮": "face vomiting",
    "🤬": "face swearing",
    "❤": "red heart",
}


def emoji_words(signs: str) -> str:
    """Return a run of emoji in words, lower-case, with blanks between; one repeated is read once.

    Any string will do: what has no name is left out.
    """
    words = [_words(match[0][0]) for match in EMOJI.finditer(signs)]
    return " ".join(
        word for at, word in enumerate(words) if word and (at == 0 or word != words[at - 1])
    )


@cache
def _words(sign: str) -> str:
    code = ord(sign)
    if tone := _SKIN.get(code):
        return f"{tone} skin"
    if _FIRST_LETTER <= code < _FIRST_LETTER + 26:
        return chr(ord("a") + code - _FIRST_LETTER)
    return _PLAINLY.get(sign) or unicodedata.name(sign, "").lower().replace("-", " ")
