"""JSON objects out of a file: one a line, or the elements of one array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from triage.files.encoding import clean

__all__ = ["JsonRow", "read_array", "read_objects"]

_LEAST_HELD = 256 * 1024
_MOST_HELD = 64 * 1024 * 1024
_BLANK = re.compile(r"[ \t\r\n]*")
_BETWEEN = re.compile(r"[ \t\r\n]*,?[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One object, the line it starts on, and what is wrong with it."""

    line: int
    values: dict[str, object] = field(default_factory=dict)
    problem: str | None = None


def read_objects(lines: Iterable[str]) -> Iterator[JsonRow]:
    """Yield one row per line that is not blank; a line that is no JSON object says so."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _row(number, json.loads(line))
            except (ValueError, RecursionError) as error:
                yield JsonRow(number, problem=f"not valid JSON: {_why(error)}")


def read_array(pieces: Iterable[str]) -> Iterator[JsonRow]:
    """Yield the elements of a JSON array as its text comes in; where one is broken, say so, stop.

    What follows a broken element cannot be told apart from it, other than in a file with one
    object a line. One element, of at most 64 Mi characters, is held at a time.
    """
    text = _Window(pieces)
    text.skip(_BLANK)
    text.at += 1
    while text.skip(_BETWEEN) and text.held[text.at] != "]":
        line = text.line
        try:
            value = text.element()
        except (ValueError, RecursionError) as error:
            yield JsonRow(line, problem=f"not valid JSON from here on: {_why(error)}")
            return
        yield _row(line, value)
    if text.at >= len(text.held):
        yield JsonRow(text.line, problem="the array is not closed: the file may be cut short")


class _Window:
    """The part of a text that is held: `held[at:]` is what is still to be read."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = iter(pieces)
        self._decoder = json.JSONDecoder()
        self.held = ""
        self.at = 0
        self.line = 1

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Go beyond what matches; return whether anything is left."""
        while True:
            self._go(_skip(pattern, self.held, self.at))
            if self.at < len(self.held):
                return True
            if not self._more(1):
                return False

    def element(self) -> object:
        """Return the value that begins here. Raises ValueError or RecursionError for none.

        A value that ends with what is held may be cut short, and so may one that is not valid:
        then twice as much is tried, as long as there is more.
        """
        while True:
            wanted = max(_LEAST_HELD, 2 * (len(self.held) - self.at))
            try:
                value, end = self._decoder.raw_decode(self.held, self.at)
            except ValueError:
                if wanted > _MOST_HELD or not self._more(wanted):
                    raise
                continue
            if end < len(self.held) or not self._more(1):
                self._go(end)
                return value

    def _go(self, at: int) -> None:
        self.line += self.held.count("\n", self.at, at)
        self.at = at

    def _more(self, wanted: int) -> bool:
        """Hold at least so many characters from here on, if there are; return if any came."""
        parts = [self.held[self.at :]]
        length = before = len(parts[0])
        for piece in self._pieces:
            parts.append(piece)
            length += len(piece)
            if length >= wanted and length > before:
                break
        self.held, self.at = "".join(parts), 0
        return length > before


def _row(line: int, value: object) -> JsonRow:
    if not isinstance(value, dict):
        return JsonRow(line, problem=f"expected an object with named values, not {_kind(value)}")
    return JsonRow(line, {clean(key): _clean(cell) for key, cell in value.items()})


def _clean(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return at if match is None else match.end()


def _kind(value: object) -> str:
    kinds = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)
