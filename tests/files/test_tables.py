"""Rows in: every row of the file is accounted for, on its right line."""

from __future__ import annotations

import csv
import json
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.comments import Problem
from triage.errors import ReadError, UsageError
from triage.files.tables import Row, TableFile, open_table


def table(tmp_path: Path, text: str, name: str = "a.csv") -> TableFile:
    path = tmp_path / name
    path.write_bytes(text.encode())
    return open_table(path)


def rows(tmp_path: Path, text: str, name: str = "a.csv") -> list[Row]:
    return list(table(tmp_path, text, name).rows())


def test_a_csv_row_is_its_cells_by_column_name(tmp_path: Path) -> None:
    assert rows(tmp_path, "id,text\n1,hello\n2,\n") == [
        Row(2, {"id": "1", "text": "hello"}),
        Row(3, {"id": "2", "text": ""}),
    ]


def test_a_table_can_be_read_more_than_once(tmp_path: Path) -> None:
    opened = table(tmp_path, "id,text\n1,hello\n")
    assert list(opened.rows()) == list(opened.rows()) != []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = f'id{delimiter}text\n1{delimiter}"a, b; c | d"\n2{delimiter}e\n'
    assert [row.values["text"] for row in rows(tmp_path, text)] == ["a, b; c | d", "e"]


def test_excel_may_name_the_delimiter_on_a_line_of_its_own(tmp_path: Path) -> None:
    assert rows(tmp_path, "sep=;\nid;text, all\n1;x,y\n") == [
        Row(3, {"id": "1", "text, all": "x,y"})
    ]


def test_commas_split_nothing_in_a_file_of_one_column(tmp_path: Path) -> None:
    assert [r.values for r in rows(tmp_path, "text\nWell, yes, no\n")] == [
        {"text": "Well, yes, no"}
    ]


def test_a_row_stands_on_the_line_where_it_begins(tmp_path: Path) -> None:
    text = 'id,text\n\n1,"two\nlines"\n2,one\n'
    assert [(row.line, row.values["text"]) for row in rows(tmp_path, text)] == [
        (3, "two\nlines"),
        (5, "one"),
    ]


def test_repeated_and_missing_column_names_are_told_apart(tmp_path: Path) -> None:
    assert table(tmp_path, "text,,text,text (2)\na,b,c,d\n").columns == (
        "text",
        "column 2",
        "text (3)",
        "text (2)",
    )


def test_a_ragged_row_is_kept_and_told(tmp_path: Path) -> None:
    short, long, litter, good = rows(tmp_path, "id,text,author\n1,a\n2,a,b,c\n3,a,b,,\n4,a,b\n")
    assert (short.values, short.problem) == (
        {"id": "1", "text": "a"},
        "2 fields where the header names 3",
    )
    assert long.values["author"] == "b"
    assert long.problem == "4 fields where the header names 3"
    assert litter.problem is None
    assert good.problem is None


def test_an_unclosed_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    text = 'id,text\n1,a\n2,"never closed\n3,b\n4,c\n'
    found = rows(tmp_path, text)
    assert [(row.line, row.values["id"]) for row in found] == [
        (2, "1"),
        (3, "2"),
        (4, "3"),
        (5, "4"),
    ]
    assert [row.line for row in found if row.problem] == [3]
    assert "never closed" in str(found[1].problem)


def test_an_unclosed_quote_is_found_though_a_later_cell_has_quotes(tmp_path: Path) -> None:
    text = 'id,text,author\n1,"oops,x\n2,b,y\n3,"c, d",z\n4,"e\nf",z\n'
    found = rows(tmp_path, text)
    assert [row.values["id"] for row in found] == ["1", "2", "3", "4"]
    assert [row.line for row in found if row.problem] == [2]
    assert found[3].values["text"] == "e\nf"


def test_a_field_may_be_longer_than_the_csv_module_likes(tmp_path: Path) -> None:
    long = "word " * 100_000
    assert rows(tmp_path, f'id,text\n1,"{long}"\n')[0].values["text"] == long


def test_an_array_on_one_line_is_read_as_it_comes_in(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    rows = [{"id": number, "text": "word " * 50} for number in range(60_000)]
    path.write_text(json.dumps(rows))
    del rows
    tracemalloc.start()
    count = sum(1 for _ in open_table(path).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 60_000
    assert peak < 10_000_000 < path.stat().st_size


def test_a_value_of_an_array_may_be_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    long = "word " * 800_000
    text = json.dumps([{"a": 1}, {"a": long}, {"a": 3}], indent=1)
    found = rows(tmp_path, text, "a.json")
    assert [(row.line, len(str(row.values["a"]))) for row in found] == [
        (2, 1),
        (5, len(long)),
        (8, 1),
    ]


def test_a_line_without_end_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    problems: list[Problem] = []
    text = '{"a": 1}\n{"a": "' + "x" * 17_000_000 + '"}\n{"a": 3}\n'
    opened = table(tmp_path, text, "a.jsonl")
    assert [(row.line, row.values["a"]) for row in opened.rows(problems.append)] == [(1, 1), (3, 3)]
    assert (problems[0].line, "none may have more" in problems[0].message) == (2, True)


def test_quoting_that_never_ends_does_not_take_forever(tmp_path: Path) -> None:
    # Read from any line on, the last quote of this one stays open.
    found = rows(tmp_path, "id,text\n" + 'x"y,"z\n' * 3_000)
    assert len(found) == 3_000
    assert all(row.problem for row in found)


CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=20
)


@given(
    header=st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=5, unique=True),
    body=st.data(),
    delimiter=st.sampled_from(",;\t|"),
)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    header: list[str],
    body: st.DataObject,
    delimiter: str,
) -> None:
    record = st.lists(CELLS, min_size=len(header), max_size=len(header))
    records: Sequence[Sequence[str]] = body.draw(st.lists(record, max_size=6))
    out = StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([header, *records])
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(out.getvalue().encode())
    found = list(open_table(path).rows())
    assert [tuple(row.values.values()) for row in found] == [tuple(one) for one in records]
    assert not any(row.problem for row in found)


def test_jsonl_columns_are_those_of_all_its_first_rows(tmp_path: Path) -> None:
    opened = table(tmp_path, '{"id": 1}\n\n{"id": 2, "text": "a"}\n', "a.jsonl")
    assert opened.columns == ("id", "text")
    assert list(opened.rows()) == [Row(1, {"id": 1}), Row(3, {"id": 2, "text": "a"})]


def test_a_broken_json_line_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    text = 'nonsense\n{"text": "a"}\n[1]\n{"text": "b"\n{"text": "c"}\n' + "[" * 100_000 + "\n"
    found = rows(tmp_path, text, "a.ndjson")
    assert [row.values.get("text") for row in found] == [None, "a", None, None, "c", None]
    assert [row.line for row in found if row.problem] == [1, 3, 4, 6]
    assert "a list" in str(found[2].problem)


def test_one_array_of_objects_is_a_table_too(tmp_path: Path) -> None:
    text = json.dumps([{"text": "a"}, {"text": "b\n"}, 3], indent=1)
    found = rows(tmp_path, text, "a.json")
    assert [(row.line, row.values.get("text")) for row in found] == [
        (2, "a"),
        (5, "b\n"),
        (8, None),
    ]
    cut = rows(tmp_path, '[{"text": "a"},\n {"text": "b"', "a.json")
    assert [row.values for row in cut] == [{"text": "a"}, {}]
    assert "from here on" in str(cut[1].problem)
    unclosed = rows(tmp_path, '[{"text": "a"}\n', "a.json")
    assert "cut short" in str(unclosed[1].problem)


def test_escapes_in_json_cannot_smuggle_in_what_a_database_refuses(tmp_path: Path) -> None:
    assert rows(tmp_path, '{"text": "a\\u0000b\\ud800c"}\n', "a.jsonl")[0].values == {
        "text": "a\ufffdb\ufffdc"
    }


def test_parquet_values_keep_their_types_and_rows_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    when = datetime(2020, 1, 2, tzinfo=UTC)
    written = pa.table({"id": [1, 2], "text": ["a\x00", None], "at": [when, None]})
    pq.write_table(written, path)
    opened = open_table(path)
    assert opened.columns == ("id", "text", "at")
    assert list(opened.rows()) == [
        Row(1, {"id": 1, "text": "a\ufffd", "at": when}),
        Row(2, {"id": 2, "text": None, "at": None}),
    ]


def test_a_parquet_text_that_all_rows_share_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    shared = pa.DictionaryArray.from_arrays(pa.array([0] * 600, pa.int32()), ["x" * 500_000])
    pq.write_table(pa.table({"text": shared}), path)
    assert path.stat().st_size < 50_000
    texts, problems = 0, []
    before, in_arrow = pa.total_allocated_bytes(), 0
    tracemalloc.start()
    for row in open_table(path).rows():
        in_arrow = max(in_arrow, pa.total_allocated_bytes() - before)
        texts += "text" in row.values
        problems += [row.problem] if row.problem else []
    assert tracemalloc.get_traced_memory()[1] + in_arrow < 80_000_000
    tracemalloc.stop()
    assert texts * 500_000 < 128 * 1024**2 < (texts + 17) * 500_000
    [problem] = problems
    assert "more than 250 times its size, as a bomb does" in problem
    assert f"reading ends at row {texts + 1}" in problem


def test_a_parquet_file_whose_pages_are_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = pa.table({"text": ["x" * 1_000_000] * 200})
    pq.write_table(texts, path, compression="zstd", use_dictionary=False)
    [row] = open_table(path).rows()
    assert "as a bomb does: reading ends at row 1" in str(row.problem)


def test_many_rows_of_few_words_are_no_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["the same"] * 100_000}), path)
    assert sum(row.problem is None for row in open_table(path).rows()) == 100_000


def test_a_time_beyond_python_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"at": pa.array([2**60], pa.timestamp("ms"))}), path)
    assert isinstance(next(open_table(path).rows()).values["at"], str)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b" \n\n", "is empty"),
        ("a.csv", b"PK\x03\x04....", "Excel workbook, not csv: save it as CSV"),
        ("a.jsonl", b'{\n "text": "a"\n}', "one object a line, or one array"),
        ("a.parquet", b"PAR1 and nothing else", "cannot be read|not a readable Parquet"),
        ("a.parquet", b"id,text\n1,a\n", "not a readable Parquet"),
    ],
)
def test_a_file_that_is_no_table_says_why(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadError, match=message):
        open_table(path)


def test_the_format_follows_from_the_suffix_or_is_named(tmp_path: Path) -> None:
    path = tmp_path / "comments.data"
    path.write_text("id,text\n1,a\n")
    with pytest.raises(UsageError, match=r"cannot tell the format; end the name in \.csv"):
        open_table(path)
    with pytest.raises(UsageError, match="unknown table format 'xml'; known are csv"):
        open_table(path, "xml")
    assert open_table(path, "csv").columns == ("id", "text")
