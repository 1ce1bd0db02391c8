"""Near copies: texts that say the same in nearly the same words, and what differs between two."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from unicodedata import category

from triage.domain.normal_form import composed

__all__ = [
    "ALIKE",
    "LONGEST",
    "MOST",
    "SHINGLE",
    "SHORTEST",
    "Difference",
    "are_copies",
    "comparable",
    "differences",
    "has_copies",
    "likeness",
    "shingles",
]

ALIKE = 0.8
"""From this likeness on two texts are near copies: a word in ten may differ, not one in five."""
SHINGLE = 5
"""Characters of a shingle: three would be shared by any two long texts of a language."""
SHORTEST = 20
"""Characters of a text that may have copies: "Thanks!" means one thing here and another there."""
LONGEST = 10_000
"""Of a text with more characters only the very same one is a copy: all of it would be compared."""
MOST = 500
"""Copies of a comment that are looked for: of a greater wave the rest is the next group."""

_MOST_WORDS = 400  # on each side of what differs; beyond, matching them costs its square
_REMEMBERED = 10_000
_PROBES = 300


class _Folding(dict[int, int | str | None]):
    """What a character becomes: punctuation and controls a space, what is invisible nothing."""

    def __missing__(self, code: int) -> int | str | None:
        kind, sign = category(chr(code)), code < 128 and not chr(code).isalnum()
        becomes = None if kind == "Cf" else " " if sign or kind[0] in "PZC" else code
        if len(self) < _REMEMBERED:
            self[code] = becomes
        return becomes


_FOLDING = _Folding()


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of one text, and those which another one has in their place; "" for none."""

    here: str
    there: str


def comparable(text: str) -> str | None:
    """Return a text without its case, spacing and punctuation; None where it is not compared.

    That is where it, or what is left of it, is shorter than SHORTEST or longer than LONGEST.
    Emoji and other symbols stay, and where there is nothing but punctuation that stays, too.
    """
    if not SHORTEST <= len(text) <= LONGEST:
        return None
    left = _folded(text)
    return left if SHORTEST <= len(left) <= LONGEST else None


def has_copies(text: str) -> bool:
    """Whether a text says enough to mean the same wherever it stands."""
    return len(text) >= SHORTEST and len(_folded(text[:LONGEST])) >= SHORTEST


def _folded(text: str) -> str:
    plain = composed(text).casefold()
    return " ".join(plain.translate(_FOLDING).split()) or " ".join(plain.split())


def shingles(text: str) -> frozenset[str]:
    """Return every run of SHINGLE characters of a `comparable` text."""
    return frozenset(text[at : at + SHINGLE] for at in range(len(text) - SHINGLE + 1))


def likeness(ours: frozenset[str], other: str) -> float:
    """Return the share of shingles that two texts have in common, in [ALIKE, 1]; below it 0.

    `ours` are the shingles of the one, `other` is the other, as `comparable` returns it. The share
    is Jaccard's index: of all shingles in either, those in both.
    """
    missing, bearable = 0, (1.0 - ALIKE) * len(ours)
    for one in islice(ours, _PROBES):  # most of what is compared is not alike
        if one not in other:
            missing += 1
            if missing > bearable:
                return 0.0
    theirs = shingles(other)
    shared = len(ours & theirs)
    share = shared / (len(ours) + len(theirs) - shared)
    return share if share >= ALIKE else 0.0


def are_copies(one: str, other: str) -> bool:
    """Whether two texts are near copies: the very same, or alike, and long enough to mean it."""
    if one == other:
        return has_copies(one)
    here, there = comparable(one), comparable(other)
    return bool(here and there and likeness(shingles(here), there))


def differences(here: str, there: str) -> list[Difference]:
    """Return what one text says in place of another, word by word; empty if only spaces differ."""
    ours, theirs = here.split(), there.split()
    start = 0
    for mine, other in zip(ours, theirs, strict=False):
        if mine != other:
            break
        start += 1
    end = 0
    for mine, other in zip(reversed(ours[start:]), reversed(theirs[start:]), strict=False):
        if mine != other:
            break
        end += 1
    ours, theirs = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    if max(len(ours), len(theirs)) > _MOST_WORDS:
        return [Difference(" ".join(ours), " ".join(theirs))]
    matched = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    return [
        Difference(" ".join(ours[a:b]), " ".join(theirs[c:d]))
        for kind, a, b, c, d in matched
        if kind != "equal"
    ]
