from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.files.delimited import column_names, read_records


def test_a_long_record_is_whole_although_many_quotes_before_it_never_close() -> None:
    stray = ['1,"never closed\n', *(f"{number},good\n" for number in range(500))] * 20
    comment = ["2,", '"first line\n', *["another line\n"] * 2_000, 'last line"\n']
    comment[:2] = ["".join(comment[:2])]
    *_, last = read_records([*stray, *comment], ",", width=2)
    assert last.problem is None
    assert last.fields[1].count("\n") == 2_001


@given(st.lists(st.sampled_from(["", "a", "b", "a (2)", "a (3)", "column 2", " a"]), max_size=12))
def test_column_names_differ_and_those_given_once_stay(header: list[str]) -> None:
    names = column_names(header)
    assert len(set(names)) == len(header)
    bare = [cell.strip() for cell in header]
    assert all(
        name == cell
        for name, cell in zip(names, bare, strict=True)
        if bare.count(cell) == 1 and cell and not cell.startswith("column")
    )


@pytest.mark.parametrize("cell", ["a", " ", "a (2)"])
def test_a_header_of_very_many_equal_names_takes_no_time(cell: str) -> None:
    started = time.process_time()
    assert len(set(column_names([cell] * 100_000))) == 100_000
    assert time.process_time() - started < 3.0


@pytest.mark.parametrize("bait", ['"a","\n', '"\n', '"a\nb\n', '"a\n"b\n', '"a","b\n', 'a,"'])
def test_the_time_hostile_quotes_take_grows_with_their_number_only(bait: str) -> None:
    lines = ["text,id\n", *(bait * 100_000)[:200_000].splitlines(keepends=True)]
    started = time.process_time()
    for _ in read_records(lines, ",", width=2):
        pass
    assert time.process_time() - started < 4.0
