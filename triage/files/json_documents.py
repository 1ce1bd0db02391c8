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
from triage.files.encoding import LONGEST_LINE, detect, read_head, read_lines, read_pieces
from triage.files.json_rows import JsonRow, read_array, read_objects

__all__ = ["JsonItem", "JsonSource", "open_json"]

_DEEPEST = 200
_SIZE = 8 * 1024
"""How much the parser gets at once: it names the whole path of every value, so that nesting costs
the square of this before anybody can stop it."""
_MOST_EVENTS = 1_000_000
"""How many names and values an element may have, and a document beside its elements."""

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
    for row in rows:
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
    source = ijson.from_iter(piece.encode("utf-8", "replace") for _, piece in pieces)
    number = 0
    try:
        for place, values in _values(source, {f"{place}.item": place for place in places}):
            number += bool(place)
            yield JsonItem(place, number, values)
    except (ijson.JSONError, _TooMuchError, UnicodeError) as error:
        why = str(error).split("\n")[0].strip()[:200]
        message = f"not valid JSON after element {number}: {why}; what follows is not read"
        report(Problem(path.name, None, message))


class _TooMuchError(Exception):
    """Nested too deeply, or too large; the message says which."""


def _values(source: Any, wanted: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (place, element) as elements end, and ("", the rest) as each document ends."""
    import ijson
    from ijson import ObjectBuilder

    rest, item, inside = ObjectBuilder(), None, ""
    depth = events = in_item = 0
    for prefix, event, value in ijson.parse(source, use_float=True, multiple_values=True):
        depth += event.startswith("start_")
        if depth > _DEEPEST:
            raise _TooMuchError(f"it is nested more than {_DEEPEST} deep")
        if item is None and event == "start_map" and prefix in wanted:
            item, inside, in_item = ObjectBuilder(), prefix, 0
        if item is not None:
            in_item += 1
            item.event(event, value)
        elif prefix not in wanted:
            events += 1
            rest.event(event, value)
        if max(events, in_item) > _MOST_EVENTS:
            raise _TooMuchError(f"one object has more than {_MOST_EVENTS:,} values")
        depth -= event.startswith("end_")
        if item is not None and event == "end_map" and prefix == inside:
            yield wanted[inside], item.value
            item = None
        elif depth == 0:
            if event == "end_map":
                yield "", rest.value
            rest, events = ObjectBuilder(), 0
