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

    A `'` in front of what a spreadsheet would run is taken off. A program that saved the table
    again may have made all line ends alike: where the text's digest says what they were, they are
    so again.
    """
    for row in rows:
        values = {
            name: bare_cell(value) if isinstance(value, str) else value
            for name, value in row.values.items()
        }
        text = values.get("text")
        if isinstance(text, str) and ("\n" in text or "\r" in text):
            values["text"] = _as_stored(text, values.get("text_sha256"))
        yield replace(row, values=values)


def _as_stored(text: str, digest: object) -> str:
    """Return a text with the line ends that its digest is of; of an edited one, as any CSV's."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    ways = (text, *(plain.replace("\n", end) for end in ("\n", "\r\n", "\r")))
    return next((way for way in ways if text_digest(way) == digest), plain)
