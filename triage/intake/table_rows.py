"""Rows of a table -> pieces of threads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from triage.domain.comments import MOST_REACH, Comment, Ids, Problem, SourceState, Thread
from triage.domain.scores import Scores
from triage.domain.seen_ids import SeenIds
from triage.files.encoding import LONGEST_TEXT, clean
from triage.files.tables import Row
from triage.intake.dates import day_comes_first, parse_time
from triage.intake.derived import IdMaker
from triage.intake.gathering import PIECE, fit
from triage.intake.old_scores import OldScores, given
from triage.intake.reader import ReadOptions, Report

__all__ = ["PIECE", "threads_from_rows"]

_LOOKED_AT_FOR_DATES = 1_000
_COUNT = re.compile(
    r"([-+\u2212]?)(\d{1,30}|\d{1,3}(?:[ ,'\u00a0\u202f]\d{3}){1,9})(?:\.0)?", re.ASCII
)
_WHOLE_FLOAT = re.compile(r"(\d+)\.0")


def threads_from_rows(
    rows: Iterable[Row],
    path: Path,
    columns: Mapping[str, str],
    options: ReadOptions,
    report: Report,
    scores: OldScores | None = None,
) -> Iterator[Thread]:
    """Yield threads in pieces of at most PIECE comments, or whole where their ids are derived.

    Without ids a thread must be aligned with what is known of it, so that the table is held in
    memory then. A thread's positions go on across its pieces. `columns` maps roles to columns,
    `scores` reads those of Perspective's scores. `report` is told of a row without a text and of
    the second row with an id, which are left out, and of an unreadable time or id, whose row is
    kept.
    """
    rows = iter(rows)
    first = list(islice(rows, _LOOKED_AT_FOR_DATES))
    dates = columns.get("created_at", "")
    day_first = day_comes_first(row.values.get(dates) for row in first)
    table = _Table(path, columns, options, report, day_first, scores or OldScores())
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
    scores: dict[str, Scores] = field(default_factory=dict)


class _Table:
    """What must be remembered from row to row: ids seen, positions reached."""

    def __init__(
        self,
        path: Path,
        columns: Mapping[str, str],
        options: ReadOptions,
        report: Report,
        day_first: bool | None,
        scores: OldScores,
    ) -> None:
        self._path = path
        self._columns = columns
        self._options = options
        self._report = report
        self._day_first = day_first
        self._scores = scores
        self._ids = Ids.GIVEN if "id" in columns else Ids.DERIVED
        self._maker = IdMaker()
        self._positions: dict[str, int] = {}
        self._seen = SeenIds()
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
            if (old := self._scores.of(row, self._tell)) is not None:
                draft.scores.setdefault(comment.text_sha256, old)
        for thread_id, draft in drafts.items():
            yield Thread(
                thread_id,
                title=draft.title,
                url=draft.url,
                source=self._path.name,
                ids=self._ids,
                comments=tuple(draft.comments),
                scores=given(draft.scores),
            )

    def _tell(self, line: int, message: str) -> None:
        self._report(Problem(self._path.name, line, message))

    def _cell(self, row: Row, role: str) -> str | None:
        """Return a cell as text; None where the table, the row or the cell has no value."""
        column = self._columns.get(role)
        return None if column is None else _as_text(row.values.get(column))

    def _comment_text(self, row: Row) -> str | None:
        """Return the comment's text, or None after telling what is wrong."""
        value = row.values.get(self._columns["text"])
        text = None if isinstance(value, list | dict) else _as_text(value)
        if text is not None and len(text) > LONGEST_TEXT:
            self._tell(row.line, f"a text of more than {LONGEST_TEXT:,} characters: left out")
            return None
        if not text and len(row.values) > 1 and not any(map(_says_something, row.values.values())):
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
            # Without ids a thread comes whole, and what a second file does not hold would be gone.
            shared = self._options.thread if self._ids is Ids.GIVEN else None
            return self._options.named(fit(shared or self._path.stem.strip() or "table"))
        return self._options.named(fit(given))

    def _comment(self, row: Row, thread_id: str, text: str) -> Comment | None:
        """Return the row's comment, or None after telling that its id is taken."""
        author = (self._cell(row, "author") or "").strip() or None
        created_at = self._time(row)
        comment_id = self._comment_id(row)
        if comment_id is None:
            when = None if created_at is None else created_at.isoformat()
            comment_id = self._maker.make(thread_id, author, when, text)
        before = self._seen.add(comment_id, row.line)
        if before is not None:
            where = f"already stands on line {before}"
            self._tell(row.line, f"id {comment_id!r} {where}: the row was left out")
            return None
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
            reach=self._reach(row),
            state=self._state(row),
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

    def _reach(self, row: Row) -> int | None:
        given = self._cell(row, "reach")
        if given is None or not given.strip():
            return None
        try:
            return _count(given)
        except ValueError as error:
            self._tell(row.line, f"unreadable reach {given[:40]!r}: {error}; kept without one")
            return None

    def _state(self, row: Row) -> SourceState | None:
        given = (self._cell(row, "state") or "").strip().lower()
        if not given:
            return None
        try:
            return SourceState(given)
        except ValueError:
            self._tell(
                row.line,
                f"unknown state {given[:40]!r}: known are {', '.join(SourceState)}; kept without",
            )
            return None

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


def _count(given: str) -> int:
    """Return a count as a page prints it: `1,200` too. Votes below zero reach nobody further.

    Raises ValueError for anything else.
    """
    found = _COUNT.fullmatch(given.strip())
    if found is None:
        raise ValueError("it is no whole number")
    count = int(re.sub(r"\D", "", found[2]))
    if count > MOST_REACH:
        raise ValueError(f"it is more than {MOST_REACH:,}")
    return 0 if found[1] in {"-", "\u2212"} else count


def _says_something(cell: object) -> bool:
    return cell is not None and cell != ""


def _as_text(value: object) -> str | None:
    """Return a cell's value as text: None for null and NaN, `12` for the number 12.0."""
    if isinstance(value, str):
        return value
    if value is None or value != value:  # NaN alone differs from itself
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bytes):
        return clean(value.decode("utf-8", "replace"))
    return clean(str(value))
