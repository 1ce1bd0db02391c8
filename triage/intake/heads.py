"""The heads of comments in a nested thread: a number or bullet, an author, a `Posted` line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC

from triage.intake.dates import parse_time

__all__ = ["Head", "Line", "find_heads", "lines_of"]

_TAB = 4
_MARK = re.compile(
    r"(?:(?P<number>\d{1,6})[.)]|(?P<bullet>[•◦▪‣●○·∙⁃*+–—-]))(?:\s+(?P<rest>\S.*))?"
)
_LINK = r"(?:permalink|permanent link|link|reply|edit|quote|report)\b|#"
_TAIL = re.compile(
    rf"(?<!\s)\s*[|·•]\s*(?:{_LINK}).*$|(?<!\s)\s+(?:permalink|permanent link)$", re.IGNORECASE
)
_POSTED = re.compile(r"(?:posted|published|commented|written)(?:\s+on)?\s*:?\s+", re.IGNORECASE)
_RELATIVE = re.compile(
    r"(?:yesterday|today|(?:an?|\d+) (?:second|minute|hour|day|week|month|year)s? ago)\b.*",
    re.IGNORECASE,
)
_SAYS = re.compile(r"\s*(?:\bsays|\bsaid|\bwrote)?\s*:?$", re.IGNORECASE)
_CLOCK = re.compile(r"\d[:.]\d{2}|\d\s*[ap]\.?m\b", re.IGNORECASE)
_A_YEAR = re.compile(r"\b\d{4}\b")
_LONGEST_WHEN = 60
_LONGEST_LINE = 200
_LONGEST_AUTHOR = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its indent, which is counted in columns (a tab reaches the next fourth)."""

    number: int
    indent: int
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a comment begins: the indices of its first line and of the first line after its head.

    `below` says that the time stands below the mark, not beside it; `posted` is the time as it is
    written there; `number` is None under a bullet.
    """

    first: int
    body: int
    indent: int
    below: bool
    number: str | None
    author: str | None
    posted: str


def lines_of(text: str) -> list[Line]:
    """Split a text into lines with their indents; blank ones have an empty text."""
    lines = []
    for number, raw in enumerate(text.split("\n"), 1):
        bare = raw.strip()
        lead = raw[: len(raw) - len(raw.lstrip())]
        lines.append(Line(number, len(lead.expandtabs(_TAB)), bare))
    return lines


def find_heads(lines: Sequence[Line]) -> Iterator[Head]:
    """Yield every head, those that only seem to be (in the article, in a quotation) included.

    A number or bullet alone makes no head: a `Posted` line with a time must follow it, on the
    same line or, below the author, on one of the next two. That is what sets a comment apart from
    a list in a text.
    """
    for index, line in enumerate(lines):
        mark = _MARK.fullmatch(line.text)
        if mark is None:
            continue
        slots = _slots(lines, index, mark["rest"])
        for place, (at, text) in enumerate(slots):
            posted = _posted(text)
            if posted is None:
                continue
            author = _SAYS.sub("", slots[0][1][: _LONGEST_AUTHOR + 1]) if place == 1 else None
            if lines[at].indent >= line.indent and len(author or "") <= _LONGEST_AUTHOR:
                number, below = mark["number"], at > index
                yield Head(index, at + 1, line.indent, below, number, author or None, posted)
            break


def _slots(lines: Sequence[Line], index: int, rest: str | None) -> list[tuple[int, str]]:
    """Return where author and time may stand: two texts, with at most one blank line between."""
    slots = [(index, rest)] if rest else []
    blanks = 0
    for at in range(index + 1, len(lines)):
        if lines[at].text:
            slots.append((at, lines[at].text))
        else:
            blanks += 1
        if blanks > 1 or len(slots) > 1:
            break
    return slots[:2]


def _posted(text: str) -> str | None:
    """Return the time as a `Posted` line writes it, or None where the text is no such line.

    A time that cannot be read counts where the line is plainly of that kind.
    """
    if len(text) > _LONGEST_LINE:
        return None
    bare = _TAIL.sub("", text)
    told = _POSTED.match(bare)
    when = bare[told.end() :] if told else bare
    if len(when) > _LONGEST_WHEN:
        return None
    clock = _CLOCK.search(when) is not None
    if not (told or clock):
        return None
    try:
        parse_time(when, UTC, day_first=False)
    except ValueError:
        linked = bare != text
        plain = linked or _RELATIVE.fullmatch(when) or (clock and _A_YEAR.search(when))
        return when if told and plain else None
    return when
