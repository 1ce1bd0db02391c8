"""Abusive words in disguise: `f#ck`, `sh1t`, `a s s`, `f.u.c.k`, `fuuuck`.

A disguise is undone only where it spells a word of the list below, whole, so that clean text
is left as it stands: prices, product codes, C3PO, A S A P and grades are no words of the list.
The list decides nothing else; the scorer's weights are learned from labelled comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

__all__ = ["fold_lookalikes", "spaced_words", "undisguise"]

# Order matters where a mask fits several words: `s***` is read as the first that fits.
_PROFANITY = (
    "fuck motherfuck shit bullshit bitch asshole ass bastard cunt dick cock pussy whore slut "
    "damn goddamn piss crap cum tits wank twat prick bollocks arse arsehole dumbass jackass "
    "dickhead shithead fuckhead cocksuck douche douchebag jerkoff skank hooker bugger porn rape "
    "shitty bitchy crappy"
)
_SLURS = (
    "nigger nigga faggot fag retard kike spic chink gook wetback tranny dyke coon paki towelhead "
    "raghead sandnigger libtard fucktard"
)
_INSULTS = (
    "idiot moron stupid loser scum pathetic imbecile dumb ugly trash pervert pedo pedophile kill "
    "suicide clown garbage liar jerk freak creep coward troll lunatic vermin filth filthy hate"
)
# With a star behind, these are themselves with a footnote.
_WHOLE = frozenset({"as", "hat", "dam", "tit", "rap", "chin", "coo", "pus"})
_ENDINGS = "s es ed er ers ing in y ty ting ter face faces wit wits boy head heads hole holes"

_OWN_SIGNS = {
    "a": "@4", "b": "8", "c": "(¢", "e": "3€", "g": "9", "i": "1!|", "l": "1|£", "o": "0",
    "s": "$5", "t": "7+",
}  # fmt: skip
_ANY_LETTER = "*#%"
_ANY_VOWEL = "@!^&._-"
_DIVIDERS = frozenset("!^&._-")
_VOWELS = frozenset("aeiou")

# Letters drawn like Latin ones. Cyrillic and Greek ones count only beside a Latin letter.
_OTHER_ALPHABET = dict(
    zip(
        "асеіјорѕухһԁԛԝкмтвнАВСЕНІЈКМОРЅТХУԌοιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aceijopsyxhdqwkmtbhABCEHIJKMOPSTXYGoiABEZHIKMNOPTYX",
        strict=True,
    )
)
_STYLED = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɡɑ", "abcdefghijklmnoprstuvwyzga", strict=True))
# White on black: U+1F150 in circles, U+1F170 in squares.
_STYLED |= {chr(base + i): chr(0x61 + i) for base in (0x1F150, 0x1F170) for i in range(26)}
_LOOKALIKES = str.maketrans(_OTHER_ALPHABET | _STYLED)

_SIGN = r"[A-Za-z0-9@$!*#]"
_SPACED = re.compile(rf"(?<![\w@$*#]){_SIGN}(?:[ \t\xa0]{{1,3}}{_SIGN}){{2,23}}(?![\w@$*#])")
_DOTTED = re.compile(r"[A-Za-z0-9@$](?:[.\-_*/|,~+'][A-Za-z0-9@$!]){2,23}")
_DRAWN_OUT = re.compile(r"(.)\1\1")
_ONE_LETTER_WORDS = frozenset("aiurn")
_MAX_LENGTH = 40


def fold_lookalikes(token: str) -> str:
    """Return the token in Latin letters, where it mixes Latin with their lookalikes only.

    A token wholly in another alphabet is returned as it is, as is one with a letter that looks
    like no Latin one (`Δt`, `Привет-hello`).
    """
    folded = token.translate(_LOOKALIKES)
    if folded == token or not all(char.isascii() for char in folded if char.isalpha()):
        return token
    posing = not _OTHER_ALPHABET.keys().isdisjoint(token)
    latin = any(char.isascii() and char.isalpha() for char in token)
    return token if posing and not latin else folded


def undisguise(token: str, *, accents: bool = False) -> str | None:
    """Return the listed word that a token spells in disguise, else None.

    `accents` says that accents were taken off the token: then insults are not looked for, since
    some of them are words and names elsewhere (Morón). Capitals stay capitals.
    """
    if _DOTTED.fullmatch(token):
        return _spelled(token[::2])
    if not 3 <= len(token) <= _MAX_LENGTH or not _plausible(token):
        return None
    lowered = token.lower()
    if not accents and _openly(lowered):
        return None
    found = _listed(lowered, insults=not accents)
    if found is None:
        return None
    return found.upper() if token.isupper() else found


def spaced_words(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, word) for each listed word spelled with blanks between: `a s s`.

    One-letter words (`a`, `i`, `u`) on either side of the spelled one are left standing.
    """
    for match in _SPACED.finditer(text, start, end):
        places = [at for at in range(*match.span()) if not text[at].isspace()]
        letters = "".join(text[at] for at in places)
        for first, stop in ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0)):
            last = len(letters) - stop
            left_over = letters[:first] + letters[last:]
            if not _ONE_LETTER_WORDS.issuperset(left_over.lower()):
                continue
            if word := _spelled(letters[first:last]):
                yield places[first], places[last - 1] + 1, word
                break


def _openly(lowered: str) -> bool:
    """Whether a token disguises nothing: letters none of them drawn out, or those and a star."""
    bare = lowered.rstrip(_ANY_LETTER)
    return (
        bare.isalpha()
        and not _DRAWN_OUT.search(bare)
        and (bare == lowered or bare in _WHOLE or _listed(bare, insults=True) is not None)
    )


def _spelled(letters: str) -> str | None:
    """Return the listed word that these letters are, openly or in disguise."""
    openly = letters.isalpha() and _listed(letters.lower(), insults=True) is not None
    return letters if openly else undisguise(letters)


def _listed(lowered: str, *, insults: bool) -> str | None:
    """Return the listed word that fits, rather one without an ending, else None."""
    fits = [
        (word, match["ending"] or "")
        for word, pattern in _patterns(insults).get(lowered[:1], ())
        if (match := pattern.fullmatch(lowered))
    ]
    if not fits:
        return None
    word, ending = min(fits, key=lambda fit: fit[1] != "")
    return word + _plain(ending)


def _plausible(token: str) -> bool:
    """Whether a token looks like a word in disguise rather than a number, a code or a grade."""
    letters = sum(char.isalpha() for char in token)
    digits = sum(char.isdigit() for char in token)
    divided = not _DIVIDERS.isdisjoint(token[1:])
    if not letters or (digits and divided):
        return False
    if len(token) == 3:  # A55 is a road and A** a grade, but `a$$` is neither
        return not digits and not divided and letters + sum(char in "@$" for char in token) > 1
    if digits >= letters:
        return not any(char.isupper() for char in token) and digits <= letters + 1
    return True


@cache
def _patterns(insults: bool) -> dict[str, tuple[tuple[str, re.Pattern[str]], ...]]:
    """Return first character -> (word, pattern) in the order of the list."""
    ending = "|".join("".join(_letter(char) for char in one) for one in _ENDINGS.split())
    table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for word in (_PROFANITY + " " + _SLURS + (" " + _INSULTS if insults else "")).split():
        body = "".join(_letter(char, first=at == 0) for at, char in enumerate(word))
        pattern = re.compile(f"{body}(?P<ending>{ending})?")
        for first in word[0] + _OWN_SIGNS.get(word[0], ""):
            table.setdefault(first, []).append((word, pattern))
    return {first: tuple(rows) for first, rows in table.items()}


def _letter(char: str, *, first: bool = False) -> str:
    """Return the pattern of one letter: itself, drawn out, or one sign in its place.

    A sign stands for one letter only, so that matching takes linear time.
    """
    signs = _OWN_SIGNS.get(char, "")
    if not first:
        signs += _ANY_LETTER + (_ANY_VOWEL if char in _VOWELS else "")
    return f"(?:{char}+|[{re.escape(signs)}])" if signs else f"{char}+"


@cache
def _plain(ending: str) -> str:
    """Return the listed ending that fits, with its signs read as letters."""
    return next(
        (
            one
            for one in _ENDINGS.split()
            if re.fullmatch("".join(_letter(char) for char in one), ending)
        ),
        "",
    )
