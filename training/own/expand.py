"""From frames to sentences: slots filled, typed as commenters type, amid other sentences."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from training.own.identities import IDENTITIES
from training.own.kinds import Example, Family, lines

__all__ = ["examples", "filled"]

_T = TypeVar("_T")
_SLOT = re.compile(r"\{(\w+)\}")
_WRONG_ARTICLE = re.compile(r"(?<=\b[aA]) (?=[aeioAEIO])(?!(?:one|eu))")
_IDENTITY_SLOTS = frozenset({"adj", "a_adj", "one", "a_one", "many"})
_TRIES = 4
"""How many draws a row may take before its frame counts as exhausted."""

_OPENINGS = lines("""
Honestly,
Look,
Well,
So,
imo
Sorry, but
And
Just saying:
""")
# Said beside attacks and kindness alike, so that length and company tell nothing.
_COMPANY = lines("""
I read the piece twice this morning.
The meeting starts at six.
It rained all day yesterday.
My train was late again.
There is a bakery next to the town hall.
The photo above is from last summer.
I have lived here since 1998.
See the third paragraph.
Just my two cents.
The bus to the harbour takes twenty minutes.
I posted this in the other thread too.
We had soup for lunch.
The survey ran from March to May.
Edit: fixed a typo.
The library closes at eight on Fridays.
Sorry for the long post.
My sister told me about this site.
The number of visitors rose a little last year.
Anyway, back to work.
I watched the debate on television.
The garden needs water every other day.
Our street is quiet at night.
The second half of the film was better than the first.
That is all I have to say.
""")


def examples(families: Sequence[Family], seed: int) -> list[Example]:
    """Return the sentences of all families, each once; the same seed gives the same ones."""
    rng = random.Random(seed)
    seen: set[str] = set()
    return [
        Example(text, family.targets)
        for family in families
        for frame in family.frames
        for text in _sentences(family, frame, rng, seen)
    ]


def filled(frame: str, words: dict[str, str]) -> str:
    """Return the frame with its slots filled, beginning with a capital if it has a full stop.

    Frames without one are typed carelessly, and keep the case they have.
    """
    text = _SLOT.sub(lambda slot: words[slot[1]], frame)
    text = _WRONG_ARTICLE.sub("n ", text)
    careless = frame[0].islower() and frame[-1] not in ".!?"
    return text if careless else re.sub(r"(^|[.!?] )([a-z])", _capital, text)


def _capital(match: re.Match[str]) -> str:
    return match[1] + match[2].upper()


def _sentences(family: Family, frame: str, rng: random.Random, seen: set[str]) -> Iterator[str]:
    """Yield new sentences of one frame: its own form first, then typed in other ways."""
    slots = list(dict.fromkeys(_SLOT.findall(frame)))
    fills = {slot: _in_turn(family.slots[slot], rng) for slot in slots if slot in family.slots}
    groups = _in_turn(IDENTITIES, rng)
    made = 0
    for attempt in range(_TRIES * family.rows):
        words = {slot: next(fill) for slot, fill in fills.items()}
        if not _IDENTITY_SLOTS.isdisjoint(slots):
            words |= next(groups).forms(attempt)
        plain = filled(frame, words)
        text = plain if attempt == 0 else _among(_typed(plain, rng), rng)
        if text.casefold() not in seen:
            seen.add(text.casefold())
            yield text
            made += 1
        if made == (family.rows if slots else min(family.rows, family.literal)):
            return


def _in_turn(values: Sequence[_T], rng: random.Random) -> Iterator[_T]:
    """Yield all values in a random order, then all in another, without end."""
    while True:
        yield from rng.sample(values, len(values))


def _typed(text: str, rng: random.Random) -> str:
    """Return a text as somebody might type it: mostly as it is."""
    if rng.random() < 0.1:
        start = text if text.startswith(("I ", "I'")) else text[0].lower() + text[1:]
        text = f"{rng.choice(_OPENINGS)} {start}"
    draw = rng.random()
    if draw < 0.2:
        return text.lower()
    if draw < 0.27:
        return text.lower().rstrip(".").replace("'", "").replace(",", "")
    if draw < 0.32:
        return text.rstrip(".!") + "!!" if text[-1] in ".!" else text
    if draw < 0.34:
        return text.upper()
    if draw < 0.38:
        return _slipped(text, rng)
    return text


def _slipped(text: str, rng: random.Random) -> str:
    """Return a text with two neighbouring letters of a long word swapped."""
    words = list(re.finditer(r"[a-z]{5,}", text))
    if not words:
        return text
    at = rng.choice(words).start() + rng.randrange(1, 3)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _among(text: str, rng: random.Random) -> str:
    """Return a text alone (mostly), beside a plain sentence, or inside a paragraph."""
    draw = rng.random()
    if draw < 0.8:
        return text
    count = 1 if draw < 0.94 else rng.randrange(3, 7)
    company = rng.sample(_COMPANY, count)
    company.insert(rng.randrange(count + 1), text if text[-1] in ".!?" else f"{text}.")
    return " ".join(company)
