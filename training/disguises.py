"""Words in disguise, as people write them to get past a filter: for training and for the check."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

__all__ = ["DISGUISES", "UNTRAINED", "disguised", "hard_places", "hard_words", "some_disguised"]

_WORD = re.compile(r"(?<!\w)[A-Za-z]{3,}(?!\w)")
# In no list of profanity, but what disguises are put on all the same.
_INSULTS = frozenset(
    ("idiot", "moron", "stupid", "loser", "scum", "pathetic", "dumb", "liar", "kill", "hate")
)

Disguise = Callable[[str, random.Random], str]

_LEET = str.maketrans("aeiostAEIOST", "4310$74310$7")
_SIGNS = {"a": "@4", "b": "8", "e": "3", "g": "9", "i": "1!|", "l": "1|", "o": "0", "s": "$5",
          "t": "7+"}  # fmt: skip
_POSING = str.maketrans("aeiocpyxACEOPX", "аеіосрухАСЕОРХ")
_MARKS = "\u0301\u0308\u0303\u0327\u0323"
_EMOJI = "🔥💥🍆🖕🤡😂🙃⭐❤💩"


def _somewhere(word: str, rng: random.Random) -> int:
    """Return a place inside a word: neither its first nor its last letter."""
    return rng.randrange(1, len(word) - 1)


def _vowel(word: str, rng: random.Random) -> int:
    places = [at for at in range(1, len(word) - 1) if word[at].lower() in "aeiou"]
    return rng.choice(places) if places else _somewhere(word, rng)


def _with(word: str, at: int, sign: str) -> str:
    return word[:at] + sign + word[at + 1 :]


def _masked(word: str, rng: random.Random) -> str:
    return _with(word, _vowel(word, rng), rng.choice("*#@%-_*"))


def _starred(word: str, rng: random.Random) -> str:
    if rng.random() < 0.5:
        return word[0] + "*" * (len(word) - 2) + word[-1]
    return word[0] + "*" * (len(word) - 1)


def _some_leet(word: str, rng: random.Random) -> str:
    return "".join(
        rng.choice(_SIGNS[char.lower()]) if char.lower() in _SIGNS and rng.random() < 0.6 else char
        for char in word
    )


def _drawn_out(word: str, rng: random.Random) -> str:
    at = _somewhere(word, rng)
    return word[:at] + word[at] * rng.randrange(2, 7) + word[at + 1 :]


def _swapped(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _left_out(word: str, rng: random.Random) -> str:
    at = _vowel(word, rng)
    return word[:at] + word[at + 1 :]


def _split(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word))
    return f"{word[:at]} {word[at:]}"


def _accented(word: str, rng: random.Random) -> str:
    at = _vowel(word, rng)
    return word[: at + 1] + rng.choice(_MARKS) + word[at + 1 :]


DISGUISES: Mapping[str, Disguise] = {
    "masked": _masked,
    "starred": _starred,
    "leet": _some_leet,
    "spaced": lambda word, _rng: " ".join(word),
    "divided": lambda word, rng: rng.choice(".-_").join(word),
    "drawn out": _drawn_out,
    "zero-width": lambda word, _rng: "\u200b".join(word),
    "homoglyphs": lambda word, _rng: word.translate(_POSING),
    "full-width": lambda word, _rng: "".join(
        chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in word
    ),
    "accents": _accented,
    "swapped letters": _swapped,
    "letter left out": _left_out,
    "split": _split,
    "emoji inside": lambda word, rng: _with(word, _vowel(word, rng), rng.choice(_EMOJI)),
    "emoji between": lambda word, rng: f"{rng.choice(_EMOJI)}{word}{rng.choice(_EMOJI)}",
}
"""Name -> what it does to a word of three letters or more."""

UNTRAINED: Mapping[str, Disguise] = {
    "struck through": lambda word, _rng: "".join(f"{char}\u0336" for char in word),
    "letters doubled": lambda word, _rng: "".join(char * 2 for char in word),
    "bold letters": lambda word, _rng: "".join(
        chr(0x1D41A + ord(char) - ord("a")) for char in word.lower()
    ),
    "in two lines": lambda word, _rng: f"{word[:2]}\n{word[2:]}",
}
"""The same, for the check alone."""


def hard_words(folder: Path) -> frozenset[str]:
    """Return single hard words in lower case, from the profanity lists in `folder`."""
    frame = pd.read_parquet(folder / "profanity_lexicon.parquet")
    listed = {word.lower() for word in frame["text"] if re.fullmatch("[A-Za-z]{3,}", word)}
    return frozenset(listed | _INSULTS)


def hard_places(text: str, words: frozenset[str]) -> list[tuple[int, int]]:
    """Return the spans of the hard words in a text."""
    return [match.span() for match in _WORD.finditer(text) if match[0].lower() in words]


def disguised(text: str, words: frozenset[str], disguise: Disguise, rng: random.Random) -> str:
    """Return a text with each of its hard words in one disguise."""
    return _replaced(text, hard_places(text, words), disguise, rng)


def some_disguised(
    text: str, words: frozenset[str], kinds: Sequence[str], rng: random.Random
) -> str:
    """Return a text with its hard words in disguise, or where it has none, one word of any kind.

    Were only abuse disguised, the disguise itself would pass for abuse.
    """
    places = hard_places(text, words)
    if not places:
        places = [match.span() for match in _WORD.finditer(text) if len(match[0]) > 3]
        places = [rng.choice(places)] if places else []
    return _replaced(text, places, DISGUISES[rng.choice(kinds)], rng)


def _replaced(
    text: str, places: Sequence[tuple[int, int]], disguise: Disguise, rng: random.Random
) -> str:
    for start, end in reversed(places):
        text = text[:start] + disguise(text[start:end], rng) + text[end:]
    return text
