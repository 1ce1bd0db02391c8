from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import TriageError, UsageError
from triage.files.table_writer import Column, Kind, TableFormat, safe_cell, write_rows
from triage.files.tables import open_table

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


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_none_is_empty_in_csv_and_null_in_jsonl(
    tmp_path: Path, number: float
) -> None:
    row = {"id": "a", "score": number, "reasons": {"deep": [number, 0.5]}}
    write_rows(tmp_path / "out.csv", COLUMNS, [row])
    (cells,) = read_csv(tmp_path / "out.csv")
    assert cells["score"] == ""
    assert cells["reasons"] == '{"deep": [null, 0.5]}'
    write_rows(tmp_path / "out.jsonl", COLUMNS, [row])
    line = (tmp_path / "out.jsonl").read_text()
    values = json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert (values["score"], values["reasons"]) == (None, {"deep": [None, 0.5]})


def test_every_text_in_csv_is_in_quotation_marks_and_nothing_else_is(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_rows(path, COLUMNS, [{**ROW, "id": "a;=1+1", "reasons": None}])
    header, line = path.read_bytes().decode().split("\r\n")[:2]
    assert header == '"id","score","count","seen","at","reasons"'
    assert line == '"a;=1+1",0.25,3,true,"2026-11-22T09:30:00Z",'


def test_an_empty_cell_alone_is_still_a_record(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_rows(path, [Column("text")], [{"text": None}, {"text": ""}, {"text": "a"}])
    assert [row.values["text"] for row in open_table(path).rows()] == ["", "", "a"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)))
def test_what_is_written_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.getbasetemp() / "back.csv"
    columns = [Column("text"), Column("number", Kind.INTEGER)]
    write_rows(path, columns, [{"text": text, "number": 1} for text in texts])
    assert [row["text"] for row in read_csv(path)] == [safe_cell(text) for text in texts]


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_full_disk_is_told_of_in_every_format(tmp_path: Path, suffix: str) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    rows = [{**ROW, "id": f"{number} {token_hex(100)}"} for number in range(20_000)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, hard))
    try:
        with pytest.raises(TriageError, match=r"cannot write .*: File too large; make room"):
            write_rows(tmp_path / f"out{suffix}", COLUMNS, rows)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


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
