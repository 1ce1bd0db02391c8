"""Tables that `triage export` wrote: what was put into CSV for a spreadsheet's sake comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from triage.domain.comments import text_digest
from triage.files.table_writer import bare_cell
from triage.files.tables import Row

__all__ = ["as_exported", "is_own"]

_TELLING = frozenset({"comment_id", "thread_id", "text", "text_sha256"})


def is_own(columns: Sequence[str]) -> bool:
    """Whether a table's columns are those of our exports of comments with their text."""
    return set(columns) >= _TELLING


def as_exported(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows of a CSV of ours with the cells as they were before they were written.

    A `'` in front of what a spreadsheet would run is taken off. Line ends are all alike once a CSV
    is read: where the text's digest says that they were Windows', they are so again.
    """
    for row in rows:
        values = {
            name: bare_cell(value) if isinstance(value, str) else value
            for name, value in row.values.items()
        }
        text = values.get("text")
        if isinstance(text, str) and "\n" in text:
            other = text.replace("\n", "\r\n")
            if text_digest(other) == values.get("text_sha256"):
                values["text"] = other
        yield replace(row, values=values)
