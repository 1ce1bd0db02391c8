"""Rows in from CSV, JSONL and Parquet: lazily, a few at a time, every row accounted for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeGuard

from triage.domain.comments import Problem
from triage.errors import ReadError, UsageError
from triage.files.delimited import column_names, read_records, sniff_delimiter
from triage.files.encoding import (
    LONGEST_LINE,
    clean,
    detect,
    looks_binary,
    read_head,
    read_lines,
    read_pieces,
    readable,
)
from triage.files.json_rows import JsonRow, read_array, read_objects
from triage.files.portion import in_portion
from triage.files.table_writer import TableFormat

__all__ = ["SUFFIXES", "Row", "TableFile", "open_table"]

SUFFIXES: Mapping[str, TableFormat] = {
    ".csv": TableFormat.CSV,
    ".tsv": TableFormat.CSV,
    ".jsonl": TableFormat.JSONL,
    ".ndjson": TableFormat.JSONL,
    ".json": TableFormat.JSONL,
    ".parquet": TableFormat.PARQUET,
    ".pq": TableFormat.PARQUET,
}
"""Which format a file's suffix names, in lower case."""

_SNIFFED_LINES = 100
_SNIFFED_ROWS = 1_000
_PARQUET_BATCH = 16
"""Rows that are unpacked at once: one stored text may be the cell of every row, and be long."""
_PARQUET_RATIO = 250
_PARQUET_FREE = 128 * 1024 * 1024
"""A file that unpacks to more than so many times its size is a bomb, from so many bytes on."""

Report = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `line` is the physical line it starts on (for Parquet the row's number), from 1.

    `values` maps a column's name to the value as the file has it (CSV: a str, `""` for an empty
    cell). A row with a `problem` is malformed, and `values` hold what could be read of it.
    """

    line: int
    values: Mapping[str, object]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table whose columns are known and whose rows are read on demand, as often as asked.

    `columns` come from the header, the schema, or for JSONL from the first 1,000 objects, so that
    a later row may hold names beyond them. `encoding` is None for Parquet, and only there are
    `types` the Arrow types of the columns whose values come through as they are: numbers, truth
    values, texts, dates and times.
    """

    path: Path
    format: TableFormat
    columns: tuple[str, ...]
    encoding: str | None
    _read: Callable[[Report], Iterator[Row]]
    types: Mapping[str, Any] = field(default_factory=dict)
    _untouched: Callable[[Report], Iterator[Row]] | None = None

    def rows(self, report: Report | None = None, *, untouched: bool = False) -> Iterator[Row]:
        r"""Yield every row in order; `report` is told of bytes that had to be repaired.

        In the cells of a CSV every line end is `\n`, unless they are wanted `untouched`.
        """
        read = self._untouched if untouched and self._untouched else self._read
        return in_portion(read(report or _ignore))


def open_table(path: Path, format: str | None = None) -> TableFile:  # noqa: A002 - the word for it
    """Open a table in the given format (`csv`, `jsonl`, `parquet`), else the one its suffix names.

    JSONL is one object a line, or one array of objects. Raises UsageError for an unknown format,
    ReadError for a file that is missing, empty, or not what its format promises.
    """
    kind = _format_of(path, format)
    head = read_head(path)
    if not head.strip():
        raise ReadError(f"{path} is empty: there are no rows to read")
    if kind is TableFormat.PARQUET:
        return _open_parquet(path)
    binary = looks_binary(head)
    if binary is not None:
        raise ReadError(f"{path} looks like {binary}, not {kind}: save it as CSV or JSONL first")
    return (_open_csv if kind is TableFormat.CSV else _open_json)(path, detect(head))


def _format_of(path: Path, name: str | None) -> TableFormat:
    if name is not None:
        try:
            return TableFormat(name)
        except ValueError:
            known = ", ".join(TableFormat)
            raise UsageError(f"unknown table format {name!r}; known are {known}") from None
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise UsageError(
            f"{path.name}: cannot tell the format; end the name in {', '.join(SUFFIXES)}"
        )
    return kind


def _ignore(_: Problem) -> None:
    """Drop what is reported: the file is read again later, and reports then."""


def _open_csv(path: Path, encoding: str) -> TableFile:
    lines = read_lines(path, _ignore, encoding=encoding, longest=LONGEST_LINE)
    sample = list(islice(in_portion(lines), _SNIFFED_LINES))
    delimiter, skipped = sniff_delimiter(sample)
    header = next(read_records(sample[skipped:], delimiter, first_line=skipped + 1), None)
    if header is None or header.problem is not None:
        why = "no line holds anything" if header is None else f"in its header {header.problem}"
        raise ReadError(f"{path} has no column names: {why}")
    columns = column_names(header.fields)
    read = partial(_csv_rows, path, encoding, delimiter, skipped, columns)
    raw = partial(read, untouched=True)
    return TableFile(path, TableFormat.CSV, columns, encoding, read, _untouched=raw)


def _csv_rows(
    path: Path,
    encoding: str,
    delimiter: str,
    skipped: int,
    columns: tuple[str, ...],
    report: Report,
    *,
    untouched: bool = False,
) -> Iterator[Row]:
    every = read_lines(path, report, encoding=encoding, longest=LONGEST_LINE, untouched=untouched)
    lines = islice(every, skipped, None)
    width = len(columns)
    records = read_records(lines, delimiter, first_line=skipped + 1, width=width)
    next(records)
    for record in records:
        fields, problem = record.fields, record.problem
        beyond = any(fields[width:])  # empty cells beyond the header are a spreadsheet's litter
        if problem is None and (beyond or len(fields) < width):
            problem = f"{len(fields)} fields where the header names {width}"
        yield Row(record.line, dict(zip(columns, fields, strict=False)), problem)


def _open_json(path: Path, encoding: str) -> TableFile:
    pieces = (text for _, text in read_pieces(path, _ignore, encoding=encoding))
    head = next((text for text in in_portion(pieces) if text.strip()), "")
    if head.lstrip().startswith("["):
        read = partial(_array_rows, path, encoding)
    else:
        read = partial(_object_rows, path, encoding)
    columns = dict.fromkeys(
        name for row in islice(in_portion(read(_ignore)), _SNIFFED_ROWS) for name in row.values
    )
    if not columns:
        raise ReadError(
            f"{path} is not a table in JSON: expected one object a line, or one array of objects"
        )
    return TableFile(path, TableFormat.JSONL, tuple(columns), encoding, read)


def _object_rows(path: Path, encoding: str, report: Report) -> Iterator[Row]:
    lines = read_lines(path, report, encoding=encoding, longest=LONGEST_LINE)
    return _plain(read_objects(lines))


def _array_rows(path: Path, encoding: str, report: Report) -> Iterator[Row]:
    return _plain(read_array(text for _, text in read_pieces(path, report, encoding=encoding)))


def _plain(rows: Iterable[JsonRow]) -> Iterator[Row]:
    return (Row(row.line, row.values, row.problem) for row in rows)


def _open_parquet(path: Path) -> TableFile:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with readable(path), ParquetFile(path) as file:
            schema = file.schema_arrow
            names = tuple(str(name) for name in schema.names)
    except (ArrowException, UnicodeDecodeError) as error:
        raise ReadError(f"{path} is not a readable Parquet file: {error}") from error
    if not names:
        raise ReadError(f"{path} has no columns")
    columns = column_names(names)
    kept = {
        column: kind
        for column, kind in zip(columns, schema.types, strict=True)
        if _comes_through(kind)
    }
    read = partial(_parquet_rows, path, columns)
    return TableFile(path, TableFormat.PARQUET, columns, None, read, kept)


def _comes_through(kind: Any) -> bool:
    """Whether values of an Arrow type become Python's and return unchanged."""
    from pyarrow import types

    return bool(
        types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_date(kind)
        or (types.is_timestamp(kind) and kind.unit != "ns")
    )


def _parquet_rows(path: Path, columns: tuple[str, ...], report: Report) -> Iterator[Row]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    number = unpacked = 0
    with readable(path), ParquetFile(path) as file:
        most = max(_PARQUET_FREE, _PARQUET_RATIO * path.stat().st_size)
        try:
            _check_unpacked(_said_to_unpack(file.metadata), most)
            for batch in file.iter_batches(batch_size=_PARQUET_BATCH, use_threads=False):
                tell = partial(_tell_odd_bytes, path.name, number + 1, report)
                cells = [_column_values(column, tell) for column in batch.columns]
                # In Arrow, a text that several rows share is there once.
                texts = sum(len(cell) for column in cells for cell in column if _is_text(cell))
                unpacked += max(batch.nbytes, texts)
                _check_unpacked(unpacked, most)
                for row in zip(*cells, strict=True):
                    number += 1
                    yield Row(number, dict(zip(columns, row, strict=True)))
        except _BombError:
            why = f"the file unpacks to more than {_PARQUET_RATIO} times its size, as a bomb does"
            yield Row(number + 1, {}, f"{why}: reading ends at row {number + 1}")
        except (ArrowException, OSError, UnicodeDecodeError) as error:
            why = f"the file is damaged from row {number + 1} on: {error}"
            yield Row(number + 1, {}, why)


class _BombError(Exception):
    """More comes out of a file than may."""


def _said_to_unpack(metadata: Any) -> int:
    groups = range(metadata.num_row_groups)
    return sum(int(metadata.row_group(group).total_byte_size) for group in groups)


def _check_unpacked(unpacked: int, most: int) -> None:
    if unpacked > most:
        raise _BombError


def _is_text(cell: object) -> TypeGuard[str | bytes]:
    return isinstance(cell, str | bytes)


def _tell_odd_bytes(name: str, first: int, report: Report, at: int) -> None:
    report(
        Problem(name, first + at, "not valid UTF-8 here; what could not be read is shown as \ufffd")
    )


def _column_values(column: Any, tell: Callable[[int], None]) -> list[object]:
    """Return a column as Python values; texts cleaned, times that Python cannot hold as text.

    `tell` hears which of them, from 0, are texts that are not valid UTF-8.
    """
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError):
        values = _repaired_texts(column, tell)
    return [clean(value) if isinstance(value, str) else value for value in values]


def _repaired_texts(column: Any, tell: Callable[[int], None]) -> list[object]:
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.dictionary.take(column.indices)
    if not (types.is_string(column.type) or types.is_large_string(column.type)):
        return list(column.cast("string").to_pylist())
    values: list[object] = []
    for at, cell in enumerate(column.cast("large_binary").to_pylist()):
        text = None if cell is None else cell.decode("utf-8", "replace")
        if text is not None and text.encode() != cell:
            tell(at)
        values.append(text)
    return values
