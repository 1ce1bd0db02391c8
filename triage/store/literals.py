"""What every text holds that a pattern can be found in: cheap to look for before the pattern is.

Only plain letters and digits in a row count, outside groups and sets. Letters are compared without
case, in ASCII: of those that RE2 takes for another one beyond it there are two, k (the Kelvin sign)
and s (the long s), which therefore end a row. Where a pattern is not understood nothing is said.
"""

from __future__ import annotations

import re

__all__ = ["required"]

_FEWEST = 3  # letters; fewer are in most texts
_MOST = 2  # rows that are looked for
_PLAIN = frozenset("abcdefghijlmnopqrtuvwxyz0123456789 ")
_PLACES_AND_SETS = frozenset("bBdDwWsSAzntrfva")
_TIMES = re.compile(r"\{\d+(?:,\d*)?\}")
_FLAGS = re.compile(r"(?<=.)\(\?[imsU-]+\)", re.DOTALL)
_SET = re.compile(r"\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]", re.DOTALL)


def required(pattern: str) -> tuple[str, ...]:
    """Return the longest rows, in lower case, that every text holds in which a pattern is found."""
    rows = _rows(pattern) or []
    long = sorted({row for row in rows if len(row) >= _FEWEST}, key=lambda row: (-len(row), row))
    return tuple(long[:_MOST])


def _rows(pattern: str) -> list[str] | None:
    """Return every row of plain letters outside groups, None where nothing can be said."""
    rows, row, depth, place = [], "", 0, 0
    while place < len(pattern):
        here, width = pattern[place], 1
        letter = here.lower()
        if depth == 0 and here.isascii() and letter in _PLAIN:
            row, place = row + letter, place + 1
            continue
        if here == "\\":
            name = pattern[place + 1 : place + 2]
            if not name or (name.isalnum() and name not in _PLACES_AND_SETS):
                return None  # more may belong to it
            width = 2
        elif here == "[":
            held = _SET.match(pattern, place)
            if held is None:
                return None
            width = len(held[0])
        elif _FLAGS.match(pattern, place):
            return None  # what comes next may repeat what stands before
        elif here in "()":
            depth += 1 if here == "(" else -1
        elif here == "|" and depth == 0:
            return None
        elif times := _TIMES.match(pattern, place):
            row, width = row[:-1], len(times[0])
        elif here in "*?":
            row = row[:-1]  # what stands before need not be there
        rows.append(row)
        row, place = "", place + width
    return [*rows, row]
