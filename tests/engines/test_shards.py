"""Which files are rated, and what their outputs are called."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from triage.engines.shards import find_shards, is_many
from triage.errors import ReadError, UsageError
from triage.files.folders import open_folder
from triage.files.table_writer import TableFormat


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("text\nhello\n")


def names(source: object, output: object, table_format: TableFormat | None = None) -> list[str]:
    found = find_shards(str(source), open_folder(str(output)), table_format)
    return [f"{one.name} > {one.output}" for one in found.all]


def test_every_table_at_any_depth_is_a_shard_and_keeps_its_name(tmp_path: Path) -> None:
    touch(tmp_path / "in", "b.parquet", "lang=en/a.csv", "a.ndjson", "c.tsv", "d.json")
    assert names(tmp_path / "in", tmp_path / "out") == [
        "a.ndjson > a.ndjson",
        "b.parquet > b.parquet",
        "c.tsv > c.csv",
        "d.json > d.jsonl",
        "lang=en/a.csv > lang=en/a.csv",
    ]


def test_one_format_can_be_written_for_all(tmp_path: Path) -> None:
    touch(tmp_path / "in", "a.csv", "b.jsonl")
    assert names(tmp_path / "in", tmp_path / "out", TableFormat.PARQUET) == [
        "a.csv > a.parquet",
        "b.jsonl > b.parquet",
    ]


def test_what_is_hidden_or_no_table_is_left_out_and_counted(tmp_path: Path) -> None:
    touch(tmp_path / "in", "a.csv", "_SUCCESS", ".a.csv.crc", "_old/b.csv", "notes.txt")
    found = find_shards(str(tmp_path / "in"), open_folder(str(tmp_path / "out")))
    assert [one.name for one in found.all] == ["a.csv"]
    assert found.others == 1, "the notes"


def test_a_pattern_chooses_below_the_folder_that_it_begins_with(tmp_path: Path) -> None:
    touch(tmp_path / "in", "2026-01/a.csv", "2026-02/a.csv", "2025-12/a.csv")
    pattern = tmp_path / "in" / "2026-*" / "*.csv"
    assert names(pattern, tmp_path / "out") == [
        "2026-01/a.csv > 2026-01/a.csv",
        "2026-02/a.csv > 2026-02/a.csv",
    ]


def test_outputs_that_lie_in_the_input_are_no_input(tmp_path: Path) -> None:
    touch(tmp_path, "a.csv", "out/a.csv")
    assert names(tmp_path, tmp_path / "out") == ["a.csv > a.csv"]
    with pytest.raises(UsageError, match="is the folder of the input"):
        names(tmp_path, tmp_path)
    with pytest.raises(UsageError, match="is the folder of the input"):
        names(tmp_path / "*.csv", tmp_path)


def test_two_tables_are_never_written_to_one_place(tmp_path: Path) -> None:
    touch(tmp_path / "in", "a.csv", "a.tsv")
    with pytest.raises(UsageError, match=r"a\.csv and a\.tsv would both be written to a\.csv"):
        names(tmp_path / "in", tmp_path / "out")


def test_a_folder_without_tables_or_none_at_all_says_so(tmp_path: Path) -> None:
    touch(tmp_path / "in", "notes.txt")
    with pytest.raises(ReadError, match="there is no table to rate; what is read ends in"):
        names(tmp_path / "in", tmp_path / "out")
    with pytest.raises(ReadError, match="there is no folder"):
        names(tmp_path / "gone" / "*.csv", tmp_path / "out")


def test_no_name_in_object_storage_leads_out_of_the_output(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pipe_file("/bucket/in/a.csv", b"text\n1\n")
    memory.pipe_file("/bucket/in/../../etc/b.csv", b"text\n1\n")
    assert names("memory://bucket/in", tmp_path / "out") == ["a.csv > a.csv"], "dots are hidden"
    memory.pipe_file("/bucket/in/x\\..\\b.csv", b"text\n1\n")
    with pytest.raises(UsageError, match="is no name to write an output under"):
        names("memory://bucket/in", tmp_path / "out")


def test_one_file_in_object_storage_is_a_folder_of_one(tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pipe_file("/bucket/in/a.csv", b"text\n1\n")
    memory.pipe_file("/bucket/in/deeper/b.csv", b"text\n1\n")
    assert names("memory://bucket/in/a.csv", tmp_path / "out") == ["a.csv > a.csv"]
    assert len(names("memory://bucket/in", tmp_path / "out")) == 2
    assert names("memory://bucket/*/deeper/*.csv", tmp_path / "out") == [
        "in/deeper/b.csv > in/deeper/b.csv"
    ]


@pytest.mark.parametrize(
    ("source", "output", "many"),
    [
        ("in", "out", True),
        ("in/*.csv", "out", True),
        ("s3://bucket/in", "out", True),
        ("in/a.csv", "s3://bucket/out", True),
        ("in/a.csv", "out.csv", False),
        ("in/[odd] name?.csv", "out.csv", False),
        ("gone.csv", "out.csv", False),
    ],
)
def test_a_folder_a_pattern_and_a_url_are_many_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, output: str, many: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    touch(tmp_path / "in", "a.csv", "[odd] name?.csv")
    assert is_many(source, output) is many
