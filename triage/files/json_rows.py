"""JSON objects out of a file: one a line, or the elements of one array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from triage.files.encoding import clean

__all__ = ["JsonRow", "read_array", "read_objects"]

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


def read_array(text: str) -> Iterator[JsonRow]:
    """Yield the elements of a JSON array, given whole; where one is broken, say so and stop.

    What follows a broken element cannot be told apart from it, other than in a file with one
    object a line.
    """
    decoder = json.JSONDecoder()
    at = _skip(_BLANK, text, 0) + 1
    line, counted = 1, 0
    while (at := _skip(_BETWEEN, text, at)) < len(text) and text[at] != "]":
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield JsonRow(line, problem=f"not valid JSON from here on: {_why(error)}")
            return
        yield _row(line, value)
    if at >= len(text):
        end = 1 + text.count("\n")
        yield JsonRow(end, problem="the array is not closed: the file may be cut short")


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
