"""Rows out to CSV, JSONL or Parquet, one by one, into a file that is whole or not there."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Protocol

from triage.errors import TriageError, UsageError
from triage.files.atomic import atomic_file

__all__ = [
    "Column",
    "Kind",
    "TableFormat",
    "TableWriter",
    "bare_cell",
    "safe_cell",
    "write_rows",
    "write_table",
]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?%?")
_PARQUET_BATCH = 5_000


class TableFormat(StrEnum):
    """The table formats that are written, named by their suffix."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"

    @classmethod
    def of(cls, path: Path) -> TableFormat:
        """Return the format that a file's suffix names. Raises UsageError for any other."""
        suffix = path.suffix.lower().lstrip(".")
        try:
            return cls({"ndjson": "jsonl", "pq": "parquet"}.get(suffix, suffix))
        except ValueError:
            known = ", ".join(f".{one}" for one in cls)
            raise UsageError(
                f"{path.name}: cannot tell the format; end the name in {known}"
            ) from None


class Kind(StrEnum):
    """What a column holds, for the formats that type their columns."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name and what it holds.

    `arrow` is the Arrow type of a column that comes from a Parquet file, and goes into the next
    one as it is; it outranks `kind` there.
    """

    name: str
    kind: Kind = Kind.TEXT
    arrow: Any = None


class TableWriter(Protocol):
    """Takes rows as mappings; a column that a row lacks is empty there."""

    def write(self, row: Mapping[str, object]) -> None:
        """Add one row."""
        ...


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet runs as a formula.

    A leading `= + - @` (full-width forms too), tab, CR or LF gets a `'` in front; plain numbers
    such as `-3` stay as they are. CWE-1236; OWASP, "CSV Injection". What begins with a `'` before
    all that gets another one, so that `bare_cell` gives every text back.
    """
    return f"'{text}" if _runs(text) else text


def bare_cell(cell: str) -> str:
    """Return the text that `safe_cell` made a cell of."""
    return cell[1:] if cell.startswith("'") and _runs(cell) else cell


def _runs(text: str) -> bool:
    """Whether a spreadsheet would run a text, once any `'` in front of it is gone."""
    bare = text.lstrip("'")
    return bare.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(bare)


@contextmanager
def write_table(
    path: Path, columns: Sequence[Column], table_format: TableFormat | None = None
) -> Iterator[TableWriter]:
    """Open a table for writing; it appears at `path` when the block ends without an error.

    Times are written in UTC, ISO 8601, in CSV and JSONL, where NaN and infinities become an empty
    cell or null. CSV cells are made formula-safe (see `safe_cell`), and every text is in quotation
    marks, so that a program that splits at semicolons too finds no cell inside one. JSONL and
    Parquet keep every text as it is. Raises UsageError where the place cannot be written to,
    TriageError where the writing fails.
    """
    chosen = table_format or TableFormat.of(path)
    with atomic_file(path) as part:
        if chosen is TableFormat.PARQUET:
            with _ParquetRows(part, columns) as writer:
                yield writer
            return
        with part.open("w", encoding="utf-8", newline="") as handle:
            yield (_CsvRows if chosen is TableFormat.CSV else _JsonRows)(handle, columns)


def _plain(value: object) -> object:
    """Return a value as CSV and JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return None if isinstance(value, float) and not math.isfinite(value) else value


class _CsvRows:
    def __init__(self, handle: IO[str], columns: Sequence[Column]) -> None:
        self._names = [column.name for column in columns]
        self._handle = handle
        self._put(self._names)

    def write(self, row: Mapping[str, object]) -> None:
        self._put(row.get(name) for name in self._names)

    def _put(self, values: Iterable[object]) -> None:
        # A line with nothing on it would be no record.
        self._handle.write((",".join(map(self._cell, values)) or '""') + "\r\n")

    @staticmethod
    def _cell(value: object) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, dict) or (
            isinstance(value, list | tuple) and any(isinstance(one, list | tuple) for one in value)
        ):
            value = _as_json(value)
        elif isinstance(value, list | tuple):
            value = "|".join(str(one) for one in value)
        value = _plain(value)
        if value is None or isinstance(value, int | float):
            return "" if value is None else str(value)
        quoted = safe_cell(str(value)).replace('"', '""')
        return f'"{quoted}"'


class _JsonRows:
    def __init__(self, handle: IO[str], columns: Sequence[Column]) -> None:
        self._names = [column.name for column in columns]
        self._handle = handle

    def write(self, row: Mapping[str, object]) -> None:
        plain = {name: row.get(name) for name in self._names}
        self._handle.write(_as_json(plain) + "\n")


def _as_json(value: object) -> str:
    """Return a value as JSON, which knows neither NaN nor infinities: they become null."""
    try:
        return json.dumps(value, ensure_ascii=False, default=_json, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, default=_json)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return _plain(value)


def _json(value: object) -> object:
    """Return what json cannot hold by itself in a form that it can."""
    plain = _plain(value)
    return plain if plain is not value else str(value)


class _ParquetRows:
    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        types = {
            Kind.TEXT: pa.string(),
            Kind.NUMBER: pa.float64(),
            Kind.INTEGER: pa.int64(),
            Kind.BOOLEAN: pa.bool_(),
            Kind.TIME: pa.timestamp("us", tz="UTC"),
        }
        self._columns = list(columns)
        self._schema = pa.schema(
            [(column.name, column.arrow or types[column.kind]) for column in columns]
        )
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[Mapping[str, object]] = []
        self._table: Any = pa.Table
        self._misfit: type[Exception] = pa.ArrowException

    def __enter__(self) -> _ParquetRows:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._flush()
        self._writer.close()

    def write(self, row: Mapping[str, object]) -> None:
        self._waiting.append(row)
        if len(self._waiting) >= _PARQUET_BATCH:
            self._flush()

    def _flush(self) -> None:
        columns = {
            column.name: [self._value(column, row.get(column.name)) for row in self._waiting]
            for column in self._columns
        }
        try:
            table = self._table.from_pydict(columns, schema=self._schema)
        except (self._misfit, TypeError, OverflowError) as error:
            raise TriageError(
                f"a value does not fit the type of its column in Parquet ({error}): write CSV or "
                "JSONL instead"
            ) from error
        self._writer.write_table(table)
        self._waiting = []

    @staticmethod
    def _value(column: Column, value: object) -> object:
        if column.arrow is not None or column.kind is not Kind.TEXT or value is None:
            return value
        if isinstance(value, str):
            return value
        if isinstance(value, list | tuple | dict):
            return _as_json(value)
        plain = _plain(value)
        return None if plain is None else str(plain)


def write_rows(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, object]],
    table_format: TableFormat | None = None,
) -> int:
    """Write all `rows` to `path` and return how many there were."""
    count = 0
    with write_table(path, columns, table_format) as table:
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last count is the result
            table.write(row)
    return count
