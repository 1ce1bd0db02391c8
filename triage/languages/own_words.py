"""What of a comment its author says in their own language: without names, addresses, code, quotes.

Whatever a text repeats, little is tried twice: patterns end at bounds, or give nothing back (`*+`).
"""

from __future__ import annotations

import re
from unicodedata import category

__all__ = ["own_words"]

MOST = 200
"""Characters that are looked at: a language shows within them, and more only cost more."""
_READ = 4_000  # characters of the text that these are found in

_NOT_WORDS = re.compile(
    r"""
      (?:https?://|www\.)\S++             # addresses
    | (?<![^\s@])[^\s@]{1,64}+@[\w-]{1,63}\.\S{1,190}  # of mail, too: tried once a word
    | (?<!\w)@\w[\w.-]*+                  # names that are spoken to
    | ```.{0,2000}?(?:```|\Z) | `[^`\n]{0,200}`
    | </?[A-Za-z][^<>]{0,300}>            # markup
    | ^[ \t]*+>(?![:;._=<-])[^\n]*+$      # lines that quote somebody
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_DRAWN_OUT = re.compile(r"(\w)\1{2,}")
_APOSTROPHES = "'’"
_REMEMBERED = 10_000


class _Letters(dict[int, int | str | None]):
    r"""What a character becomes: letters, their marks and apostrophes stay, all else is a blank.

    `\w` is no help: it has no vowel signs, without which Hindi is not Hindi.
    """

    def __missing__(self, code: int) -> int | str | None:
        kind = category(chr(code))
        stays = kind[0] in "LM" or chr(code) in _APOSTROPHES
        becomes = code if stays else None if kind == "Cf" else " "
        if len(self) < _REMEMBERED:
            self[code] = becomes
        return becomes


_LETTERS = _Letters()


def own_words(text: str) -> str:
    """Return the words of a text, one blank between them, in small letters if all are capitals.

    Words that are drawn out ("soooo") are shortened: their letters would outvote the others.
    Combining marks stay with their letters. A text that quotes nothing but others says nothing.
    """
    words = " ".join(_NOT_WORDS.sub(" ", text[:_READ]).translate(_LETTERS).split())
    words = _DRAWN_OUT.sub(r"\1\1", words)[:MOST].rstrip()
    return words.lower() if words.isupper() else words
