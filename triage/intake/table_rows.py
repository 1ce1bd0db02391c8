"""Rows of a table -> pieces of threads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path

from triage.domain.comments import Comment, Ids, Problem, Thread
from triage.files.encoding import clean
from triage.files.tables import Row
from triage.intake.dates import day_comes_first, parse_time
from triage.intake.derived import IdMaker, short_digest
from triage.intake.reader import ReadOptions, Report

__all__ = ["PIECE", "fit", "threads_from_rows"]

PIECE = 2_000
"""How many rows are held at once; a longer thread comes in several pieces.

Without ids a thread must be aligned with what is known of it, and comes whole: then the table is
held in memory.
"""

_LOOKED_AT_FOR_DATES = 1_000
_LONGEST_ID = 300  # characters; a database's index refuses much longer ones
_CONTROL = re.compile(r"[\x00-\x1f]")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0")


def threads_from_rows(
    rows: Iterable[Row],
    path: Path,
    columns: Mapping[str, str],
    options: ReadOptions,
    report: Report,
) -> Iterator[Thread]:
    """Yield threads in pieces of at most PIECE comments, or whole where their ids are derived.

    A thread's positions go on across its pieces. `columns` maps roles to columns. `report` is told
    of a row without a text and of the second row with an id, which are left out, and of an
    unreadable time or id, whose row is kept.
    """
    rows = iter(rows)
    first = list(islice(rows, _LOOKED_AT_FOR_DATES))
    dates = columns.get("created_at", "")
    day_first = day_comes_first(row.values.get(dates) for row in first)
    table = _Table(path, columns, options, report, day_first)
    rows = chain(first, rows)
    size = PIECE if "id" in columns else None
    while piece := list(islice(rows, size)):
        yield from table.threads(piece)


@dataclass(slots=True)
class _Draft:
    """A thread while its rows are gathered."""

    title: str = ""
    url: str | None = None
    comments: list[Comment] = field(default_factory=list)


class _Table:
    """What must be remembered from row to row: ids seen, positions reached."""

    def __init__(
        self,
        path: Path,
        columns: Mapping[str, str],
        options: ReadOptions,
        report: Report,
        day_first: bool | None,
    ) -> None:
        self._path = path
        self._columns = columns
        self._options = options
        self._report = report
        self._day_first = day_first
        self._ids = Ids.GIVEN if "id" in columns else Ids.DERIVED
        self._maker = IdMaker()
        self._positions: dict[str, int] = {}
        self._lines: dict[bytes, int] = {}
        if "parent_id" in columns and "id" not in columns:
            self._tell(
                1, f"column {columns['parent_id']!r} is not used: there is no id to reply to"
            )

    def threads(self, rows: Iterable[Row]) -> Iterator[Thread]:
        """Yield the threads that some rows belong to, in the order of their first rows."""
        drafts: dict[str, _Draft] = {}
        for row in rows:
            text = self._comment_text(row)
            if text is None:
                continue
            thread_id = self._thread_id(row)
            comment = self._comment(row, thread_id, text)
            if comment is None:
                continue
            draft = drafts.setdefault(thread_id, _Draft())
            draft.title = draft.title or (self._cell(row, "title") or "").strip()
            draft.url = draft.url or self._cell(row, "url") or None
            draft.comments.append(comment)
        for thread_id, draft in drafts.items():
            yield Thread(
                thread_id,
                title=draft.title,
                url=draft.url,
                source=self._path.name,
                ids=self._ids,
                comments=tuple(draft.comments),
            )

    def _tell(self, line: int, message: str) -> None:
        self._report(Problem(self._path.name, line, message))

    def _cell(self, row: Row, role: str) -> str | None:
        """Return a cell as text; None where the table, the row or the cell has no value."""
        return _as_text(row.values.get(self._columns.get(role, "")))

    def _comment_text(self, row: Row) -> str | None:
        """Return the comment's text, or None after telling what is wrong."""
        value = row.values.get(self._columns["text"])
        text = None if isinstance(value, list | dict) else _as_text(value)
        if len(row.values) > 1 and all(cell is None or cell == "" for cell in row.values.values()):
            text = None
        if row.problem is not None:
            outcome = "left out" if text is None else "kept as far as it could be read"
            self._tell(row.line, f"{row.problem} ({outcome})")
        elif text is None:
            name = self._columns["text"]
            what = "a list or an object" if isinstance(value, list | dict) else "no text"
            self._tell(row.line, f"{what} in column {name!r}: the row was left out")
        return text

    def _thread_id(self, row: Row) -> str:
        given = self._cell(row, "thread")
        if given is None or not given.strip():
            return self._options.named(fit(self._path.stem.strip() or "table"))
        return self._options.named(fit(given))

    def _comment(self, row: Row, thread_id: str, text: str) -> Comment | None:
        """Return the row's comment, or None after telling that its id is taken."""
        author = (self._cell(row, "author") or "").strip() or None
        created_at = self._time(row)
        comment_id = self._comment_id(row)
        if comment_id is None:
            when = None if created_at is None else created_at.isoformat()
            comment_id = self._maker.make(thread_id, author, when, text)
        key = _key(comment_id)
        if key in self._lines:
            where = f"already stands on line {self._lines[key]}"
            self._tell(row.line, f"id {comment_id!r} {where}: the row was left out")
            return None
        self._lines[key] = row.line
        position = self._positions.get(thread_id, 0)
        self._positions[thread_id] = position + 1
        return Comment(
            comment_id,
            thread_id,
            text,
            position=position,
            parent_id=self._parent_id(row, comment_id),
            author=author,
            created_at=created_at,
        )

    def _comment_id(self, row: Row) -> str | None:
        """Return the given id in its namespace; None where it must be derived."""
        if "id" not in self._columns:
            return None
        given = self._cell(row, "id") or ""
        if given.strip() and fit(given) == given:
            return self._options.named(given)
        why = "it has no id" if not given.strip() else "its id is too long or holds a line break"
        self._tell(row.line, f"{why}: one was derived from its author, time and text")
        return None

    def _parent_id(self, row: Row, comment_id: str) -> str | None:
        given = self._cell(row, "parent_id") or ""
        if not given.strip() or "id" not in self._columns:
            return None
        # A column of whole numbers with gaps is often saved as 12.0 beside the ids' 12.
        if (whole := _WHOLE_FLOAT.fullmatch(given)) and (self._cell(row, "id") or "").isdecimal():
            given = whole[1]
        parent_id = self._options.named(given)
        if parent_id == comment_id:
            self._tell(row.line, "it names itself as its parent: kept as a top-level comment")
            return None
        if fit(given) != given:
            self._tell(row.line, "its parent's id is unusable: kept as a top-level comment")
            return None
        return parent_id

    def _time(self, row: Row) -> datetime | None:
        value = row.values.get(self._columns.get("created_at", ""))
        if _as_text(value) in {None, ""}:
            return None
        try:
            return parse_time(value, self._options.timezone, day_first=self._day_first)
        except ValueError as error:
            shown = str(value)[:40]
            self._tell(row.line, f"unreadable time {shown!r}: {error}; kept without a time")
            return None


def _as_text(value: object) -> str | None:
    """Return a cell's value as text: None for null and NaN, `12` for the number 12.0."""
    if value is None or value != value:  # NaN alone differs from itself
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bytes):
        return clean(value.decode("utf-8", "replace"))
    return clean(str(value))


def fit(given: str) -> str:
    """Return an id that a database can index: as it is, or shortened and without controls."""
    plain = _CONTROL.sub(" ", given)
    if len(plain) <= _LONGEST_ID and plain == given:
        return given
    return f"{plain[: _LONGEST_ID - 20]}-{short_digest(given)}"


def _key(comment_id: str) -> bytes:
    """Return 16 bytes for an id: a million ids need not be held in full."""
    return blake2b(comment_id.encode("utf-8", "surrogatepass"), digest_size=16).digest()
