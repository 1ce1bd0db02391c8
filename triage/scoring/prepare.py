"""What is done to a text before it is rated, in one place.

1. Quoted text is set apart (see `quotes`): the author's own words are rated. Where nothing but
   quotation remains, the whole is rated.
2. Invisible characters go: zero-width, bidirectional marks, soft hyphens, control characters.
3. Unicode NFKC: full-width, mathematical and circled letters become plain ones.
4. Letters of other alphabets posing as Latin ones are read as what they look like.
5. Words in disguise (see `disguise`) are spelled out, where they are listed words, and so is abuse
   in initials.
6. In a word of letters only, one repeated more than three times is repeated three times.
7. Emoji are read by their names (see `emoji`); between letters, each may hide one.
8. More than 50 letters or digits without a blank are cut into pieces of 50: a tokenizer takes a
   word of more than 100 for one it does not know.

A prepared text is the original with edits applied, so an offset into the one can be traced to
the other. Ordinary text has no edits.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import filterfalse

from triage.domain.normal_form import composed, decomposed
from triage.scoring.disguise import fold_lookalikes, spaced_words, undisguise
from triage.scoring.emoji import EMOJI, emoji_words
from triage.scoring.quotes import quoted_spans

__all__ = ["PREPARATION", "Edit", "Prepared", "prepare", "strip_invisible"]

PREPARATION = "4"
"""The version of these rules: part of the version of every scorer that uses them."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U000e0000-\U000e0fff]"
)
# Joiners and variation selectors build emoji and Indic or Persian words; beside a Latin letter
# they are only there to split it from the next. A run is looked at once, from its beginning: from
# each of its characters would take quadratic time.
_JOIN = r"[\u200c\u200d\ufe00-\ufe0f]"
_JOINER = re.compile(rf"(?<=[A-Za-z0-9]){_JOIN}++|(?<!{_JOIN}){_JOIN}++(?=[A-Za-z0-9])")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# Abuse in initials, which a tokenizer cuts to pieces that mean nothing.
_INITIALS = {
    "kys": "kill yourself",
    "stfu": "shut the fuck up",
    "gtfo": "get the fuck out",
    "gtfoh": "get the fuck out of here",
    "gfy": "go fuck yourself",
    "foad": "fuck off and die",
}
# Plain words, with the punctuation that goes with them, are passed over without a second look.
_PLAIN_WORD = r"[\"'(\[]*[A-Za-z]+(?:['’][A-Za-z]+)*[.,;:?!)\"'\]]*"
_LOOK_AT = re.compile(
    rf"(?<!\S)(?:(?!{_PLAIN_WORD}(?!\S))|(?=\S*([A-Za-z])\1\1)|(?=\S{{51}})"
    rf"|(?=[\"'(\[]*(?i:{'|'.join(_INITIALS)})(?!\w)))\S+"
)
_LONG_RUN = re.compile(r"([^\W\d_])\1{3,}")
_BEFORE = "\"'“‘([<"
_AFTER = ".,;:?!)\"'”’]>"
_SIGNS = re.compile(f"((?:{EMOJI.pattern})+)")
_HIDDEN_LETTER = re.compile(rf"(?<=[^\W\d_])(?:{EMOJI.pattern})+(?=[^\W\d_])")
_ENDLESS = re.compile(r"[A-Za-z0-9]{50}(?=[A-Za-z0-9])")
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
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Where in the prepared text each edit's own text begins.
        starts, shift = [], 0
        for edit in self.edits:
            starts.append(edit.start + shift)
            shift += len(edit.text) - (edit.end - edit.start)
        object.__setattr__(self, "_starts", tuple(starts))

    def original_offset(self, offset: int) -> int:
        """Return where in the original the prepared character at `offset` comes from.

        Within a replaced stretch that is the start of the stretch. Raises ValueError for an
        offset outside the prepared text; its length is allowed, as the end of a span.
        """
        return self._origin(offset)[0]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original characters behind the prepared ones from `start` to `end`.

        A replaced stretch is taken whole. Raises ValueError unless 0 <= start < end <= length.
        """
        if not start < end:
            raise ValueError(f"a span runs forward: {start}-{end}")
        if end > len(self.text):
            raise ValueError(f"{end} lies outside a text of {len(self.text)} characters")
        return self._origin(start)[0], self._origin(end - 1)[1]

    def _origin(self, offset: int) -> tuple[int, int]:
        """Return the [start, end) original characters behind one prepared character."""
        if not 0 <= offset <= len(self.text):
            raise ValueError(f"offset {offset} lies outside a text of {len(self.text)} characters")
        at = bisect_right(self._starts, offset) - 1
        if at < 0:
            return offset, offset + 1
        edit, beyond = self.edits[at], offset - self._starts[at] - len(self.edits[at].text)
        if beyond < 0:
            return edit.start, edit.end
        return edit.end + beyond, edit.end + beyond + 1


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
        for first, last in _clear_of(spelled, _looked_at(text, start, end)):
            token, read = text[first:last], _read(text[first:last])
            if first > start and EMOJI.match(token) and not text[first - 1].isspace():
                read = f" {read}"
            if read != token:
                yield _narrowed(first, token, read)


def _narrowed(start: int, token: str, read: str) -> Edit:
    """Return the edit that makes `token` read as `read`, without what both begin and end with."""
    head = _alike(token, read)
    tail = _alike(token[head:][::-1], read[head:][::-1])
    return Edit(start + head, start + len(token) - tail, read[head : len(read) - tail])


def _alike(one: str, other: str) -> int:
    """Return how many characters two strings begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _looked_at(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches to read token by token, of `text[start:end]`.

    What was set apart before `start` ends no blank: a token may begin right behind a quotation.
    """
    for match in _LOOK_AT.finditer(text[start:end]):
        yield start + match.start(), start + match.end()


def _clear_of(edits: Iterable[Edit], spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the parts of the spans that no edit covers.

    Both come in order: one walk along them will do.
    """
    ahead = iter(edits)
    edit = next(ahead, None)
    for at, end in spans:
        while edit is not None and edit.start < end:
            if at < edit.start:
                yield at, edit.start
            at = max(at, edit.end)
            if edit.end > end:
                break
            edit = next(ahead, None)
        if at < end:
            yield at, end


def _complement(spans: list[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return what lies between the spans, up to `length`."""
    edges = [0, *(edge for span in spans for edge in span), length]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def _read(token: str) -> str:
    """Return one blank-delimited token as it is rated, emoji and all."""
    masked = _HIDDEN_LETTER.sub("*", token)
    read = _parts_read(masked)
    if masked != token and "*" in read:
        read = _parts_read(token)
    return _ENDLESS.sub(r"\g<0> ", read)


def _parts_read(token: str) -> str:
    """Return a token with its emoji in words and what lies between them as it is rated."""
    parts = _SIGNS.split(token)
    words = [emoji_words(part) if at % 2 else _token(part) for at, part in enumerate(parts)]
    return " ".join(filter(None, words))


def _token(token: str) -> str:
    """Return one blank-delimited token without emoji as it is rated."""
    token = composed(strip_invisible(token))
    if not token or _is_link(token):
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
    for candidate in dict.fromkeys((core, core.strip("*_~"))):
        if word := _revealed(candidate):
            return word
    parts = _JOINTS.split(core)
    if len(parts) > 1:
        core = "".join(_revealed(part) or part for part in parts)
    return _LONG_RUN.sub(r"\1\1\1", core) if core.isalpha() else core


def _revealed(word: str) -> str | None:
    """Return what is behind initials, or the listed word behind signs, marks or dots between."""
    if found := _INITIALS.get(word.lower()) or undisguise(word):
        return found
    if word.isascii():
        return None
    bare = "".join(filterfalse(unicodedata.combining, decomposed(word)))
    return undisguise(bare, accents=True) if bare != word and bare.isascii() else None
