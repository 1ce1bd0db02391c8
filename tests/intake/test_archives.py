"""Archives and dataset folders: every file that can be read is, and each says by which reader."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from triage.domain.comments import Ids, Problem, Thread
from triage.errors import ReadError
from triage.intake import ReadOptions, read_all

CSV = "id,text\n1,a\n2,b\n"


def read(path: Path, **options: object) -> tuple[dict[str, str], list[Thread], list[Problem]]:
    """Return name of the file -> reader, the threads, and the problems."""
    readers, threads, problems = {}, [], []
    for reading in read_all(path, options=ReadOptions(**options)):
        readers[reading.name] = reading.reader
        threads += reading.threads
        problems += reading.problems
    return readers, threads, problems


def test_a_packed_file_is_the_same_source_as_the_file(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(CSV)
    packed.write_bytes(gzip.compress(CSV.encode()))
    assert read(plain)[1:] == read(packed)[1:]
    assert read(packed)[0] == {"a.csv.gz": "csv"}


def test_every_readable_file_of_a_zip_is_read_and_the_rest_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one/a.csv", CSV)
        archive.writestr("two/a.jsonl", '{"id": 9, "text": "c"}\nbroken\n')
        archive.writestr("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100))
        archive.writestr("empty.csv", b"")
    readers, threads, problems = read(path)
    assert readers == {
        "a.zip/one/a.csv": "csv",
        "a.zip/two/a.jsonl": "jsonl",
        "a.zip/photo.jpg": "none",
        "a.zip/empty.csv": "none",
    }
    assert [(thread.id, len(thread.comments)) for thread in threads] == [("one-a", 2), ("two-a", 1)]
    assert [one.where for one in problems] == ["two-a.jsonl", "a.zip/photo.jpg", "a.zip/empty.csv"]
    assert not any("/tmp" in str(one) or str(tmp_path) in str(one) for one in problems)


def test_corals_collections_in_a_zip_have_stories_and_the_ids_of_authors(tmp_path: Path) -> None:
    export = json.loads((Path(__file__).parent / "exports" / "coral.json").read_text())
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in sorted(export.items()):
            archive.writestr(f"{name}.json", "".join(json.dumps(row) + "\n" for row in rows))
    readers, threads, _ = read(path)
    assert {name for name, reader in readers.items() if reader == "coral"} == {
        "a.zip/comments.json",
        "a.zip/stories.json",
    }
    assert {(thread.id, thread.title) for thread in threads if thread.title} == {
        ("s-1", "Ducks & drakes")
    }
    authors = [comment.author for thread in threads for comment in thread.comments]
    assert authors == ["u-1", "u-2", "u-9", None]


def test_a_single_packed_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b""))
    with pytest.raises(ReadError, match="is empty"):
        read(path)


def dataset(folder: Path, *, ids: bool) -> Path:
    (folder / "data").mkdir(parents=True)
    for split, shard, first in (("train", 0, 0), ("train", 1, 3), ("test", 0, 6)):
        columns = {"text": [f"text {n}" for n in range(first, first + 3)]}
        if ids:
            columns["comment_id"] = [str(n) for n in range(first, first + 3)]
        total = 2 if split == "train" else 1
        name = f"{split}-{shard:05d}-of-{total:05d}.parquet"
        pq.write_table(pa.table(columns), folder / "data" / name)
    (folder / "README.md").write_text("---\nconfigs: []\n---\n")
    (folder / "dataset_info.json").write_text("{}")
    return folder


def test_a_split_of_a_dataset_is_one_thread_however_many_shards(tmp_path: Path) -> None:
    readers, threads, problems = read(dataset(tmp_path / "civil", ids=True))
    assert list(readers.values()) == ["parquet"] * 3
    assert "civil/data/train-00001-of-00002.parquet" in readers
    sizes = [(thread.id, len(thread.comments), thread.ids) for thread in threads]
    assert sizes == [
        ("civil/test", 3, Ids.GIVEN),
        ("civil/train", 3, Ids.GIVEN),
        ("civil/train", 3, Ids.GIVEN),
    ]
    assert problems == []


def test_configurations_are_kept_apart_and_a_broken_file_does_not_stop_the_rest(
    tmp_path: Path,
) -> None:
    for name in ("en", "fr"):
        (tmp_path / "civil" / name).mkdir(parents=True)
        file = tmp_path / "civil" / name / "train-00000-of-00001.jsonl.gz"
        file.write_bytes(gzip.compress(b'{"id": 1, "text": "a"}\n'))
    (tmp_path / "civil" / "aa.jsonl.gz").write_bytes(b"\x1f\x8b broken")
    _, threads, [problem] = read(tmp_path / "civil")
    assert [thread.id for thread in threads] == ["civil/en/train", "civil/fr/train"]
    assert problem.where == "civil/aa.jsonl.gz"


def test_shards_without_ids_are_threads_of_their_own(tmp_path: Path) -> None:
    _, threads, _ = read(dataset(tmp_path / "civil", ids=False))
    assert [thread.id for thread in threads] == [
        "test-00000-of-00001",
        "train-00000-of-00002",
        "train-00001-of-00002",
    ]


def test_a_folder_without_tables_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(ReadError, match="folder without tables: name a file in it"):
        read(tmp_path)
