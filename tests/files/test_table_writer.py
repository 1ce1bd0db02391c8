from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import UsageError
from triage.files.table_writer import Column, Kind, TableFormat, safe_cell, write_rows

COLUMNS = [
    Column("id"),
    Column("score", Kind.NUMBER),
    Column("count", Kind.INTEGER),
    Column("seen", Kind.BOOLEAN),
    Column("at", Kind.TIME),
    Column("reasons"),
]
ROW = {
    "id": 'ä, "b"\nc',
    "score": 0.25,
    "count": 3,
    "seen": True,
    "at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    "reasons": ("insult", "threat"),
}


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_csv_holds_times_in_utc_and_lists_joined(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert write_rows(path, COLUMNS, [ROW, {"id": "only"}]) == 2
    first, second = read_csv(path)
    assert first == {
        "id": ROW["id"],
        "score": "0.25",
        "count": "3",
        "seen": "true",
        "at": "2026-11-22T09:30:00Z",
        "reasons": "insult|threat",
    }
    assert second == {**dict.fromkeys(first, ""), "id": "only"}


def test_jsonl_keeps_types_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    write_rows(path, COLUMNS, [ROW])
    row = json.loads(path.read_text(encoding="utf-8"))
    assert row == {**ROW, "at": "2026-11-22T09:30:00Z", "reasons": ["insult", "threat"]}


def test_parquet_types_its_columns_even_when_every_cell_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    write_rows(path, COLUMNS, [{"id": "a"}] * 5_001 + [ROW])
    table = pq.read_table(path)
    assert table.num_rows == 5_002
    assert [str(field.type) for field in table.schema] == [
        "string",
        "double",
        "int64",
        "bool",
        "timestamp[us, tz=UTC]",
        "string",
    ]
    assert table.to_pylist()[-1]["at"] == ROW["at"]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_failure_in_the_middle_leaves_no_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"

    def rows() -> Iterator[dict[str, object]]:
        yield ROW
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rows(path, COLUMNS, rows())
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_suffix_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.jsonl, \.parquet"):
        TableFormat.of(Path("out.xlsx"))


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x","y")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1+1",
    ],
)
def test_a_formula_is_neutralised(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-3", "+4.5", "-1e-7", "-12%", "a=b", "", "'quoted'"])
def test_a_plain_number_or_text_stays_as_it_is(cell: str) -> None:
    assert safe_cell(cell) == cell


@given(st.text())
def test_no_cell_starts_like_a_formula_unless_it_is_a_number(text: str) -> None:
    cell = safe_cell(text)
    assert cell.removeprefix("'") == text.removeprefix("'")
    if cell.startswith(("=", "@", "\t", "\r")):
        raise AssertionError(cell)
    if cell.startswith(("+", "-")):
        float(cell.rstrip("%").replace(",", ""))
