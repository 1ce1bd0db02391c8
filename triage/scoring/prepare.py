"""What is done to a text before it is rated, in one place.

1. Quoted text is set apart (see `quotes`): the author's own words are rated. Where nothing but
   quotation remains, the whole is rated.
2. Invisible characters go: zero-width, bidirectional marks, soft hyphens, control characters.
3. Unicode NFKC: full-width, mathematical and circled letters become plain ones.
4. Letters of other alphabets posing as Latin ones are read as what they look like.
5. Words in disguise (see `disguise`) are spelled out, where they are listed words.
6. In a word of letters only, one repeated more than three times is repeated three times.

A prepared text is the original with edits applied, so an offset into the one can be traced to
the other. Ordinary text has no edits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from triage.scoring.disguise import fold_lookalikes, spaced_words, undisguise
from triage.scoring.quotes import quoted_spans

__all__ = ["PREPARATION", "Edit", "Prepared", "prepare", "strip_invisible"]

PREPARATION = "1"
"""The version of these rules: part of the version of every scorer that uses them."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]"
)
# Joiners and variation selectors build emoji and Indic or Persian words; beside a Latin letter
# they are only there to split it from the next.
_JOINER = re.compile(
    r"(?<=[A-Za-z0-9])[\u200c\u200d\ufe00-\ufe0f]+|[\u200c\u200d\ufe00-\ufe0f]+(?=[A-Za-z0-9])"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# Plain words, with the punctuation that goes with them, are passed over without a second look.
_PLAIN_WORD = r"[\"'(\[]*[A-Za-z]+(?:['’][A-Za-z]+)*[.,;:?!)\"'\]]*"
_LOOK_AT = re.compile(rf"(?<!\S)(?:(?!{_PLAIN_WORD}(?!\S))|(?=\S*([A-Za-z])\1\1))\S+")
_LONG_RUN = re.compile(r"([^\W\d_])\1{3,}")
_BEFORE = "\"'“‘([<"
_AFTER = ".,;:?!)\"'”’]>"
_JOINTS = re.compile(r"([/—–,;:…]+|\.{2,}|-)")


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement: `original[start:end]` is rated as `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text as it is rated, with the edits that made it: in order, disjoint."""

    text: str
    edits: tuple[Edit, ...] = ()

    def original_offset(self, offset: int) -> int:
        """Return where in the original the prepared character at `offset` comes from.

        Within a replaced stretch that is the start of the stretch. Raises ValueError for an
        offset outside the prepared text; its length is allowed, as the end of a span.
        """
        if not 0 <= offset <= len(self.text):
            raise ValueError(f"offset {offset} lies outside a text of {len(self.text)} characters")
        shift = 0
        for edit in self.edits:
            if offset + shift < edit.start:
                break
            if offset + shift < edit.start + len(edit.text):
                return edit.start
            shift += (edit.end - edit.start) - len(edit.text)
        return offset + shift


def prepare(text: str) -> Prepared:
    """Return a text as it is rated: see the module's rules. Any string will do."""
    edits = sorted(_edits(text), key=lambda edit: edit.start)
    if not edits:
        return Prepared(text)
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    parts.append(text[at:])
    return Prepared("".join(parts), tuple(edits))


def strip_invisible(text: str) -> str:
    """Return a text without invisible characters; a lone surrogate becomes U+FFFD.

    All the preparation that Detoxify's models get: their tokenizers were trained on raw text.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _SURROGATE.sub("\ufffd", text)
    return _JOINER.sub("", _INVISIBLE.sub("", text))


def _edits(text: str) -> Iterator[Edit]:
    """Yield the edits for a text, in no particular order, disjoint."""
    own = [(0, len(text))]
    if quoted := quoted_spans(text):
        left = _complement(quoted, len(text))
        if any(strip_invisible(text[start:end]).strip() for start, end in left):
            own = left
            yield from (Edit(start, end, "") for start, end in quoted)
    for start, end in own:
        spelled = [Edit(*found) for found in spaced_words(text, start, end)]
        yield from spelled
        taken = [(edit.start, edit.end) for edit in spelled]
        for match in _LOOK_AT.finditer(text, start, end):
            if any(match.start() < stop and begin < match.end() for begin, stop in taken):
                continue
            if (token := _token(match[0])) != match[0]:
                yield Edit(match.start(), match.end(), token)


def _complement(spans: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return what lies between the spans, up to `length`."""
    edges = [0, *(edge for span in spans for edge in span), length]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def _token(token: str) -> str:
    """Return one blank-delimited token as it is rated."""
    token = unicodedata.normalize("NFKC", strip_invisible(token))
    if _is_link(token):
        return token
    token = fold_lookalikes(token)
    opened = token.lstrip(_BEFORE)
    core = opened.rstrip(_AFTER)
    before, after = token[: len(token) - len(opened)], opened[len(core) :]
    return f"{before}{_word(core)}{after}"


def _is_link(token: str) -> bool:
    """Whether a token is a web or mail address."""
    user, at, host = token.rpartition("@")
    return (
        "://" in token
        or token.lower().startswith("www.")
        or (at == "@" and len(user) > 1 and "." in host.strip("."))
    )


def _word(core: str) -> str:
    """Return a token without its edges: spelled out where it hides a listed word."""
    for candidate in (core, core.strip("*_~")):
        if word := _revealed(candidate):
            return word
    parts = _JOINTS.split(core)
    if len(parts) > 1:
        core = "".join(_revealed(part) or part for part in parts)
    return _LONG_RUN.sub(r"\1\1\1", core) if core.isalpha() else core


def _revealed(word: str) -> str | None:
    """Return the listed word behind a disguise: signs, marks over letters, or dots between."""
    if found := undisguise(word):
        return found
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return undisguise(bare, accents=True) if bare != word and bare.isascii() else None
