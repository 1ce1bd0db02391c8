"""What in a text may tell of a person: for texts that are published and must tell of none.

A filter for accidents, not a proof: it knows the forms of addresses, and the names and words that
it is handed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["RUN", "names_among", "personal_forms", "words_in_common"]

RUN = 4
"""Words in a row that two texts share by quotation rather than by chance."""
_SHORTEST_NAME = 3  # characters
_FORMS = (
    ("an e-mail address", re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]{2,}")),
    (
        "an e-mail address",
        re.compile(r"[^\s@<>()\[\]]+ ?[(\[] ?at ?[)\]] ?[^\s@<>()\[\]]+", re.IGNORECASE),
    ),
    (
        "an address with a user's name",
        re.compile(
            r"\w+://[^\s/]*@|[/.]@\w|[/?&](?:u|users?|profiles?|members?|authors?|accounts?)[/=]\w",
            re.IGNORECASE,
        ),
    ),
    (
        "an address with a user's name",
        re.compile(
            r"(?<![\w-])(?:(?:facebook|instagram|linkedin|tiktok|twitter|x)\.com|t\.me"
            r"|threads\.net|bsky\.app)/\w",
            re.IGNORECASE,
        ),
    ),
    (
        "a bank account's number",
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}[A-Z0-9 ]{0,4}\b"),
    ),
    ("a user's name", re.compile(r"(?<![\w/.])@\w")),
    (
        "a phone number",
        re.compile(r"(?<![\w.,-])(?:\+|00|\(?0)[\d()][\d ()/.-]{5,}\d(?!\w)"),
    ),
)
_WORD = re.compile(r"\w+")


def personal_forms(text: str) -> Iterator[str]:
    """Yield what a text holds that has the form of somebody's address or number, each once."""
    for what, form in _FORMS:
        if (found := form.search(text)) is not None:
            yield f"{what} ({found[0].strip()[:40]!r})"


def names_among(text: str, names: Iterable[str]) -> Iterator[str]:
    """Yield those names of three characters or more that are whole words of a text, in any case."""
    folded = text.casefold()
    for name in names:
        own = re.escape(name.casefold())
        if len(name) >= _SHORTEST_NAME and re.search(rf"(?<!\w){own}(?!\w)", folded):
            yield name


def words_in_common(text: str, other: str, run: int = RUN) -> str | None:
    """Return the first `run` words in a row, in any case, that two texts share; None for none."""
    theirs = {" ".join(words) for words in _runs(other, run)}
    return next((" ".join(one) for one in _runs(text, run) if " ".join(one) in theirs), None)


def _runs(text: str, run: int) -> Iterator[list[str]]:
    words = _WORD.findall(text.casefold())
    return (words[place : place + run] for place in range(len(words) - run + 1))
