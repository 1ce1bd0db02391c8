r"""Regular expressions over comment texts, in one dialect on both engines: RE2's.

RE2 takes time in proportion to the text whatever the pattern, so that none hangs the server; it
has neither look-around nor back-references (https://github.com/google/re2/wiki/Syntax). In SQLite
it runs itself. PostgreSQL has an engine of its own, so there a pattern is checked by RE2 and then
written as PostgreSQL means it (its "." takes line ends, its "\b" is a backspace;
https://www.postgresql.org/docs/15/functions-matching.html). What has no equal there is refused.
Upper and lower case are the same, unless a pattern begins with (?-i).

SQLite asks Python about every text, for RE2 as for letters beyond ASCII, and that takes most of the
time of a search. So it first looks by itself for what a text must hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Boolean, Column, ColumnElement, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Text, TypeDecorator

from triage.errors import UsageError
from triage.store.literals import required

__all__ = ["check_pattern", "contains", "found_in", "matches"]

_LONGEST = 1_000  # characters of a pattern
_MOST_TIMES = 255  # a repetition in PostgreSQL
_DIGIT, _WORD, _SPACE = "0-9", "0-9A-Za-z_", r"\t\n\f\r "
_SETS = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_PLAIN = frozenset("tnrfva")
_PLACES = {"b": r"\y", "B": r"\Y", "A": r"\A", "z": r"\Z"}
_NAMED_GROUP = re.compile(r"\(\?P?<\w+>")
_TIMES = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_HEX = re.compile(r"x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))")
_NAMED_SET = re.compile(r"\[:\^?\w+:\]")


def contains(column: Column[str], part: str) -> ColumnElement[bool]:
    """Return the condition that a text holds a part, taken literally and in any case."""
    if not part.isascii():
        return column.icontains(part, autoescape=True)
    kind = _contains_odd if _ODD & set(part.lower()) else _contains
    return kind(column, _like(part.lower()))


_ODD = frozenset("ki")
"""Letters of ASCII that are the lower case of another one, too: of the Kelvin sign, and of İ."""


def _like(part: str) -> BindParameter[str]:
    for sign in "/%_":
        part = part.replace(sign, f"/{sign}")
    return bindparam(None, f"%{part}%", type_=Text(), unique=True)


class _contains(FunctionElement[bool]):  # noqa: N801
    """The condition that a text holds letters of ASCII: of these LIKE knows both cases itself."""

    type = Boolean()
    inherit_cache = True


class _contains_odd(_contains):  # noqa: N801
    """The same where a letter beyond ASCII may stand for one of them."""

    inherit_cache = True


@compiles(_contains)
def _contains_anywhere(element: _contains, compiler: SQLCompiler, **options: Any) -> str:
    column, part = (compiler.process(one, **options) for one in element.clauses)
    return f"(lower({column}) LIKE {part} ESCAPE '/')"


@compiles(_contains, "sqlite")
def _contains_in_sqlite(element: _contains, compiler: SQLCompiler, **options: Any) -> str:
    column, part = (compiler.process(one, **options) for one in element.clauses)
    return f"({column} LIKE {part} ESCAPE '/')"


@compiles(_contains_odd, "sqlite")
def _contains_odd_in_sqlite(element: _contains_odd, compiler: SQLCompiler, **options: Any) -> str:
    column, part = (compiler.process(one, **options) for one in element.clauses)
    beyond_ascii = f"length({column}) < length(CAST({column} AS BLOB))"
    # Of "x OR y" as a value, which the condition is to SQLite, both sides would be computed.
    return (
        f"CASE WHEN {column} LIKE {part} ESCAPE '/' THEN 1 "
        f"WHEN {beyond_ascii} THEN lower({column}) LIKE {part} ESCAPE '/' ELSE 0 END"
    )


class matches(FunctionElement[bool]):  # noqa: N801
    """The condition that a text holds what a pattern describes."""

    type = Boolean()
    inherit_cache = True

    def __init__(self, column: Column[str], pattern: str) -> None:
        asked = bindparam(None, pattern, type_=_Pattern(), unique=True)
        super().__init__(asked, column, *(_like(row) for row in required(pattern)))


@compiles(matches, "sqlite")
def _in_sqlite(element: matches, compiler: SQLCompiler, **options: Any) -> str:
    pattern, column, *rows = (compiler.process(one, **options) for one in element.clauses)
    # As bytes, which RE2 reads as they are: in two thirds of the time.
    found = f"found_in({pattern}, CAST({column} AS BLOB))"
    first = " AND ".join(f"{column} LIKE {row} ESCAPE '/'" for row in rows)
    return f"CASE WHEN {first} THEN {found} ELSE 0 END" if rows else found


@compiles(matches)
def _in_postgres(element: matches, compiler: SQLCompiler, **options: Any) -> str:
    pattern, column, *_ = (compiler.process(one, **options) for one in element.clauses)
    return f"({column} ~ {pattern})"


class _Pattern(TypeDecorator[str]):
    """A pattern on its way to an engine, as that engine reads it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Write it as the engine means it."""
        return value if value is None or dialect.name == "sqlite" else _as_postgres(value)


def check_pattern(pattern: str, *, sqlite: bool) -> None:
    """Raise a UsageError that says what is wrong with a pattern, and where."""
    if len(pattern) > _LONGEST:
        raise UsageError(f"the pattern has {len(pattern):,} characters; use at most {_LONGEST:,}")
    _compiled(pattern)
    if not sqlite:
        _as_postgres(pattern)


def found_in(pattern: str, text: bytes | None) -> bool:
    """Whether a text in UTF-8 holds what a pattern describes: what SQLite calls for every row."""
    return text is not None and _compiled(pattern).search(text) is not None


@lru_cache(maxsize=32)
def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    try:
        if "\0" in pattern:
            raise _refused(pattern, pattern.index("\0"), "a NUL character is in no text")
        return re2.compile(pattern.encode(), options)
    except UnicodeEncodeError as error:
        raise _refused(pattern, error.start, "half a character") from error
    except re2.error as error:
        said: Any = error.args[0] if error.args else ""
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        why, _, part = words.partition(": ")
        # Of what is not closed RE2 names the whole pattern.
        place = len(pattern) if part == pattern else max(pattern.find(part), 0)
        raise _refused(pattern, place, why) from error


def _refused(pattern: str, place: int, why: str) -> UsageError:
    where = "at its end" if place >= len(pattern) else f"at character {place + 1}"
    rest = pattern[place : place + 20]
    return UsageError(f"the pattern cannot be used, {where}{rest and f' ({rest!r})'}: {why}")


def _as_postgres(pattern: str) -> str:
    """Return an RE2 pattern as an advanced regular expression of PostgreSQL's."""
    for flags, prefix in (("(?i)", "(?i)"), ("(?-i)", "")):
        if pattern.startswith(flags):
            return prefix + "".join(_translated(pattern, len(flags)))
    return "(?i)" + "".join(_translated(pattern, 0))


def _translated(pattern: str, start: int) -> Iterator[str]:
    place = start
    while place < len(pattern):
        here = pattern[place]
        if here == "\\":
            piece, place = _escape(pattern, place, within=False)
        elif here == "[":
            piece, place = _set(pattern, place)
        elif here == "(" and pattern.startswith("(?", place):
            group = _NAMED_GROUP.match(pattern, place)
            if group is None and not pattern.startswith("(?:", place):
                raise _no_equal(pattern, place)
            piece, place = ("(", group.end()) if group else ("(?:", place + 3)
        elif here == "{" and (times := _TIMES.match(pattern, place)):
            if max(int(one) for one in times.groups() if one) > _MOST_TIMES:
                raise _no_equal(pattern, place)
            piece, place = times[0], times.end()
        else:
            piece, place = (r"[^\n]" if here == "." else here), place + 1
        yield piece


def _set(pattern: str, place: int) -> tuple[str, int]:
    """Return a set in brackets, and where it ends."""
    opening = "[^" if pattern.startswith("[^", place) else "["
    parts, place = [opening], place + len(opening)
    first = True
    while first or pattern[place] != "]":
        first = False
        named = _NAMED_SET.match(pattern, place)
        if named:
            if "^" in named[0]:
                raise _no_equal(pattern, place)
            piece, place = named[0], named.end()
        elif pattern[place] == "\\":
            piece, place = _escape(pattern, place, within=True)
        else:
            here = pattern[place]
            piece, place = (f"\\{here}" if here in "[]" else here), place + 1
        parts.append(piece)
    return "".join([*parts, "]"]), place + 1


def _escape(pattern: str, place: int, *, within: bool) -> tuple[str, int]:
    """Return what a backslash and what follows it mean, and where they end."""
    name, after = pattern[place + 1], place + 2
    if (held := _SETS.get(name.lower())) is not None:
        if within:
            if name.isupper():
                raise _no_equal(pattern, place)
            return held, after
        return f"[{'^' if name.isupper() else ''}{held}]", after
    if name in _PLAIN or not name.isalnum():
        return f"\\{name}", after
    if name in _PLACES and not within:
        return _PLACES[name], after
    if code := _HEX.match(pattern, place + 1):
        char = chr(int(code[1] or code[2], 16))
        if char != "\0" and not 0xD800 <= ord(char) <= 0xDFFF:
            return (char if char.isalnum() or char.isspace() else f"\\{char}"), code.end()
    raise _no_equal(pattern, place)


def _no_equal(pattern: str, place: int) -> UsageError:
    return _refused(pattern, place, "PostgreSQL has nothing like it")
