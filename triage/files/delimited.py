"""CSV and its kin, record by record: right line numbers, and no quote that swallows the file."""

from __future__ import annotations

import csv
import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Record", "column_names", "read_records", "sniff_delimiter"]

_DELIMITERS = (",", ";", "\t", "|")
_ONE_COLUMN = "\x1f"  # splits nothing: commas in a file of one column belong to the text
_SEP_LINE = re.compile(r"sep=(.)\n?")  # Excel's own first line
# How many lines a record may take: hostile quoting could make every line run on to the end. So the
# reader looks half as far after each quote that is not closed, and further again with good lines.
_MOST_LINES = 10_000
_FEWEST_LINES = 10
_GAIN = 5
_UNCLOSED = "a quote opens here and is never closed; the line was read by itself"


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one record, the physical line it starts on, and what is wrong with it."""

    line: int
    fields: list[str]
    problem: str | None = None


def allow_long_fields() -> None:
    """Raise the csv module's limit of 131,072 characters a field: a comment may be longer."""
    limit = min(sys.maxsize, 2**31 - 1)  # the module keeps it in a C long, 32 bits on Windows
    if csv.field_size_limit() < limit:
        csv.field_size_limit(limit)


def sniff_delimiter(lines: Sequence[str]) -> tuple[str, int]:
    """Return the delimiter, and how many lines to skip before the header (Excel's `sep=;`).

    The delimiter is the one of `, ; tab |` that splits the header and then most evenly the rest;
    where none occurs in the header, the file has one column and nothing splits it.
    """
    allow_long_fields()
    if lines and (told := _SEP_LINE.fullmatch(lines[0])):
        return told[1], 1
    best, best_rank = _ONE_COLUMN, (0.0, 1)
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        if widths and widths[0] > 1:
            rank = (round(widths.count(widths[0]) / len(widths), 1), widths[0])
            if rank > best_rank:
                best, best_rank = delimiter, rank
    return best, 0


def column_names(header: Sequence[str]) -> tuple[str, ...]:
    """Return usable names: blank ones become `column 3`, repeated ones `text (2)`."""
    names: dict[str, None] = {}
    taken = {name.strip() for name in header}
    reached: dict[str, int] = {}
    for place, cell in enumerate(header, 1):
        wanted = cell.strip() or f"column {place}"
        again = reached.get(wanted, 1)
        name = wanted if again == 1 else f"{wanted} ({again})"
        while name in names or (again > 1 and name in taken):
            again += 1
            name = f"{wanted} ({again})"
        reached[wanted] = again
        names[name] = None
    return tuple(names)


class _Feed:
    """Hands lines to csv.reader, remembers those of the record at hand, and takes lines back."""

    def __init__(self, lines: Iterable[str], line: int) -> None:
        self._lines = iter(lines)
        self._back: deque[str] = deque()
        self.start = line
        self.taken: list[str] = []
        self.limit = _MOST_LINES
        self.ran_out = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= self.limit:
            self.ran_out = True
            raise StopIteration
        line = self._back.popleft() if self._back else next(self._lines, None)
        if line is None:
            self.ran_out = True
            raise StopIteration
        self.taken.append(line)
        return line

    def record_done(self) -> None:
        self.start += len(self.taken)
        self.limit = min(_MOST_LINES, self.limit + _GAIN * len(self.taken))
        self.taken = []

    def keep_only_first_line(self) -> None:
        """Take back all but the first line of the record, to be read again from there."""
        self._back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        self.ran_out = False
        self.limit = max(_FEWEST_LINES, self.limit // 2)


def read_records(
    lines: Iterable[str], delimiter: str, *, first_line: int = 1, width: int | None = None
) -> Iterator[Record]:
    """Yield the records of delimited text, blank lines left out.

    A quote that is never closed is told of, and costs its own line only: the lines after it are
    read afresh. So is one that closes at the next cell's quote, which shows in a record over
    several lines with other than `width` fields and quotes in the wrong places. A record may take
    10,000 lines, fewer after such quotes, and at least 10.
    """
    allow_long_fields()
    feed = _Feed(lines, first_line)
    again = True
    while again:
        again = False
        for fields in csv.reader(feed, delimiter=delimiter):
            # csv.reader asks for a line beyond the last one only while a quote is open.
            if feed.ran_out or _ran_on(feed.taken, fields, delimiter, width):
                feed.keep_only_first_line()
                yield Record(feed.start, _alone(feed.taken[0], delimiter), _UNCLOSED)
                feed.record_done()
                again = True
                break
            if fields:
                yield Record(feed.start, fields)
            feed.record_done()


def _ran_on(taken: Sequence[str], fields: Sequence[str], delimiter: str, width: int | None) -> bool:
    """Whether a record runs over several lines only because its quotes pair up wrongly."""
    if len(taken) == 1 or width is None or len(fields) == width:
        return False
    try:
        list(csv.reader(taken, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    return False


def _alone(line: str, delimiter: str) -> list[str]:
    fields = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    return [field.removesuffix("\n") for field in fields]
