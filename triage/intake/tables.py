"""Readers for CSV, JSONL and Parquet: one comment a row, columns by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from triage.domain.comments import Problem, Thread, one_line
from triage.errors import NoTextError
from triage.files.delimited import column_names, read_records, sniff_delimiter
from triage.files.table_writer import TableFormat
from triage.files.tables import TableFile, open_table
from triage.intake.columns import choose_columns, guess_columns
from triage.intake.old_scores import OldScores
from triage.intake.own_tables import as_exported, is_own
from triage.intake.reader import Columns, Contents, ReadOptions, Report, Sample
from triage.intake.table_rows import threads_from_rows

__all__ = ["CSV", "JSONL", "PARQUET", "TableReader"]

_SNIFFED_LINES = 20
_FIRST_ROWS = 3
_SEEN = 200  # characters of a cell that is shown


@dataclass(frozen=True, slots=True)
class TableReader:
    """Reads one table format; which column is which is asked for or guessed by name."""

    format: TableFormat
    description: str
    suffixes: tuple[str, ...]
    takes: frozenset[str] = frozenset({"columns"})

    @property
    def key(self) -> str:
        """The format's name."""
        return self.format.value

    def recognises(self, sample: Sample) -> float:
        """Return how sure it is: a suffix says most, then the beginning of the content."""
        if self.format is TableFormat.PARQUET:
            return 1.0 if sample.head.startswith(b"PAR1") else 0.0
        if sample.suffix in self.suffixes:
            return 0.9
        like = _like_csv if self.format is TableFormat.CSV else _like_json
        return 0.6 if like(sample.text) else 0.0

    def read(self, path: Path, options: ReadOptions, report: Report) -> Contents:
        """Open the table and choose its columns; the rows are read with the threads."""
        table = open_table(path, self.format)
        try:
            columns = choose_columns(path.name, table.columns, options.columns)
        except NoTextError as error:
            error.rows = _first_rows(table)
            raise
        chosen = ", ".join(
            f"{role} = {name!r}" if role != name else role for role, name in columns.items()
        )
        scores = OldScores.among(table.columns, list(columns.values()))
        why = f"a table in {self.format.value.upper()}, columns: {chosen}{scores.why}"
        threads = _threads(table, path, columns, options, report, scores)
        return Contents(why, threads, columns=Columns(table.columns, columns))


def _first_rows(table: TableFile) -> tuple[Mapping[str, str], ...]:
    """Return the first rows, shortened, for whoever is to say what their columns are."""
    return tuple(
        {name: one_line(str(cell), _SEEN) for name, cell in row.values.items() if cell is not None}
        for row in islice(table.rows(), _FIRST_ROWS)
    )


def _threads(
    table: TableFile,
    path: Path,
    columns: dict[str, str],
    options: ReadOptions,
    report: Report,
    scores: OldScores,
) -> Iterator[Thread]:
    told = False

    def tell(problem: Problem) -> None:
        nonlocal told
        told = True
        report(problem)

    empty = True
    own = table.format is TableFormat.CSV and is_own(table.columns)
    rows = table.rows(tell, untouched=own)
    if own:
        rows = as_exported(rows)
    for thread in threads_from_rows(rows, path, columns, options, tell, scores):
        empty = False
        yield thread
    if empty and not told:
        report(Problem(path.name, None, "the table has column names and no rows"))


def _like_csv(text: str) -> bool:
    """Whether the first line names a comment's text and something else, and more lines follow."""
    lines = text.splitlines(keepends=True)[:_SNIFFED_LINES]
    if len(lines) < 2:
        return False
    delimiter, skipped = sniff_delimiter(lines)
    header = next(islice(read_records(lines[skipped:], delimiter), 1), None)
    names = column_names(header.fields) if header is not None else ()
    return len(names) > 1 and "text" in guess_columns(names)


def _like_json(text: str) -> bool:
    return re.match(r'\s*(?:\[\s*)?\{\s*["}]', text) is not None


CSV = TableReader(
    TableFormat.CSV, "a table with a header line, one comment a record", (".csv", ".tsv")
)
JSONL = TableReader(
    TableFormat.JSONL,
    "one JSON object a line, or one array of objects",
    (".jsonl", ".ndjson", ".json"),
)
PARQUET = TableReader(TableFormat.PARQUET, "a Parquet file", (".parquet", ".pq"))
