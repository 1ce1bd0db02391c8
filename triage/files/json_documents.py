"""JSON exports of any shape, element by element: a line each, one array, or arrays in a document.

The last one is parsed as it comes in (ijson), so that a document may be larger than memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.domain.comments import Problem
from triage.errors import ReadError
from triage.files.encoding import (
    LONGEST_LINE,
    LONGEST_TEXT,
    detect,
    read_head,
    read_lines,
    read_pieces,
)
from triage.files.json_rows import JsonRow, read_array, read_objects
from triage.files.portion import PortionEndedError, in_portion

__all__ = ["JsonItem", "JsonSource", "open_json"]

_DEEPEST = 200
_SIZE = 8 * 1024
"""How much the parser gets at once: it names the whole path of every value, so that nesting costs
the square of this before anybody can stop it."""
_MOST_EVENTS = 1_000_000
"""How many names and values an element may have, and a document beside its elements."""
_MOST_CHARACTERS = 64 * 1024 * 1024
"""How many characters these may have together."""
_LONGEST_VALUE = 6 * LONGEST_TEXT
"""Characters of one value, of which each may be escaped: the parser begins anew with it at every
piece until it ends."""

Report = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class JsonItem:
    """An object: `place` is the array that it stands in (`post_stream.posts`), "" for none.

    `at` is its line, or its number where the source counts elements.
    """

    place: str
    at: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JsonSource:
    """An export: its shape in words, what `JsonItem.at` counts ("" for lines), and its objects."""

    shape: str
    counted: str
    items: Iterator[JsonItem]


def open_json(path: Path, places: Sequence[str], report: Report) -> JsonSource:
    """Open an export, whose objects come from the arrays at `places` and from the top.

    What is left of an object when its elements were yielded follows them. `report` is told of what
    is no JSON. Raises ReadError for a file that is none from its first character on.
    """
    head = read_head(path)
    encoding = detect(head)
    text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    if text.startswith("["):
        pieces = (piece for _, piece in read_pieces(path, report, encoding=encoding))
        rows = read_array(pieces)
        return JsonSource("one JSON array", "", _expanded(rows, path, places, report))
    if not text.startswith("{"):
        raise ReadError(f"{path} is no JSON: it begins with neither {{ nor [")
    if _is_whole(text.partition("\n")[0]):
        rows = read_objects(read_lines(path, report, encoding=encoding, longest=LONGEST_LINE))
        return JsonSource("one JSON object a line", "", _expanded(rows, path, places, report))
    return JsonSource("one JSON document", "element", _streamed(path, encoding, places, report))


def _is_whole(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _expanded(
    rows: Iterable[JsonRow], path: Path, places: Sequence[str], report: Report
) -> Iterator[JsonItem]:
    for row in in_portion(rows):
        if row.problem is not None:
            report(Problem(path.name, row.line, f"{row.problem}: left out"))
            continue
        for place in places:
            for one in _taken(row.values, place.split(".")):
                if isinstance(one, dict):
                    yield JsonItem(place, row.line, one)
        yield JsonItem("", row.line, row.values)


def _taken(values: dict[str, Any], names: list[str]) -> list[Any]:
    """Take the list at a place out of an object; an empty one where there is none."""
    here: Any = values
    for name in names[:-1]:
        here = here.get(name) if isinstance(here, dict) else None
    if isinstance(here, dict) and isinstance(here.get(names[-1]), list):
        found: list[Any] = here.pop(names[-1])
        return found
    return []


def _streamed(
    path: Path, encoding: str, places: Sequence[str], report: Report
) -> Iterator[JsonItem]:
    import ijson

    pieces = read_pieces(path, report, encoding=encoding, size=_SIZE)
    watched = _Watched(piece for _, piece in pieces)
    number = 0
    try:
        for place, values in _values(watched, {f"{place}.item": place for place in places}):
            number += bool(place)
            yield JsonItem(place, number, values)
    except PortionEndedError:
        return
    except (ijson.JSONError, _TooMuchError, UnicodeError) as error:
        why = str(error).split("\n")[0].strip()[:200]
        message = f"not valid JSON after element {number}: {why}; what follows is not read"
        report(Problem(path.name, None, message))


class _TooMuchError(Exception):
    """Nested too deeply, or too large; the message says which."""


class _Watched:
    """The text for the parser; `unfinished` counts what came since it last told of a value."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces = pieces
        self.unfinished = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.unfinished += len(piece)
            if self.unfinished > _LONGEST_VALUE:
                raise _TooMuchError(f"a value has more than {_LONGEST_VALUE:,} characters")
            yield piece.encode("utf-8", "replace")


class _Built:
    """An object that is built from events, within the limits."""

    def __init__(self) -> None:
        from ijson import ObjectBuilder

        self._builder = ObjectBuilder()
        self._events = self._characters = 0

    def add(self, event: str, value: Any) -> None:
        self._events += 1
        self._characters += len(value) if isinstance(value, str) else 0
        if self._events > _MOST_EVENTS:
            raise _TooMuchError(f"one object has more than {_MOST_EVENTS:,} values")
        if self._characters > _MOST_CHARACTERS:
            raise _TooMuchError(f"one object has more than {_MOST_CHARACTERS:,} characters")
        self._builder.event(event, value)

    @property
    def value(self) -> Any:
        return self._builder.value


def _values(watched: _Watched, wanted: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (place, element) as elements end, and ("", the rest) as each document ends."""
    import ijson

    source = ijson.from_iter(iter(watched))
    rest, item, inside, depth = _Built(), None, "", 0
    for prefix, event, value in ijson.parse(source, use_float=True, multiple_values=True):
        watched.unfinished = 0
        depth += event.startswith("start_")
        if depth > _DEEPEST:
            raise _TooMuchError(f"it is nested more than {_DEEPEST} deep")
        if item is None and event == "start_map" and prefix in wanted:
            item, inside = _Built(), prefix
        if item is not None:
            item.add(event, value)
        elif prefix not in wanted:
            rest.add(event, value)
        depth -= event.startswith("end_")
        if item is not None and event == "end_map" and prefix == inside:
            yield wanted[inside], item.value
            item = None
        elif depth == 0:
            if event == "end_map":
                yield "", rest.value
            rest = _Built()
