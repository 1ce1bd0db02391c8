"""Folders on disk and in object storage: the same promises, kept in both."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from triage.errors import ReadError, TriageError, UsageError
from triage.files.atomic import atomic_file
from triage.files.folders import Folder, is_plain, open_folder
from triage.files.object_storage import ObjectFolder


@pytest.fixture(params=["disk", "memory", "file"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Folder]:
    """An empty folder: on disk, in a store of objects, in one of files that are renamed."""
    place = {"disk": str(tmp_path / "f"), "memory": "memory://b/f", "file": f"file://{tmp_path}/f"}
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    yield open_folder(place[request.param])
    memory.store.clear()


def write(folder: Folder, name: str, text: str) -> None:
    with folder.to_write(name) as place, atomic_file(place) as part:
        part.write_text(text)


def fail_midway(folder: Folder) -> None:
    with folder.to_write("a.csv") as place, atomic_file(place) as part:
        part.write_text("half")
        raise ZeroDivisionError


def test_what_was_written_is_found_and_read(folder: Folder) -> None:
    write(folder, "b.csv", "second")
    write(folder, "deep/er/a.csv", "first")
    assert [(one.name, one.size) for one in folder.find()] == [("b.csv", 6), ("deep/er/a.csv", 5)]
    with folder.to_read("deep/er/a.csv") as path:
        assert (path.name, path.read_text()) == ("a.csv", "first")
    assert [one.name for one in folder.find("deep/*/*.csv")] == ["deep/er/a.csv"]
    assert folder.read_all(["b.csv", "gone"]) == {"b.csv": b"second"}
    folder.write("_notes/x.json", b"{}")
    assert folder.read_all(["_notes/x.json"]) == {"_notes/x.json": b"{}"}


def test_a_file_that_cannot_be_read_is_not_taken_for_one_that_is_not_there(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> bytes:
        raise PermissionError(13, "not for you")

    write(folder, "a.csv", "first")
    monkeypatch.setattr(type(fsspec.filesystem("memory")), "cat_file", fail)
    monkeypatch.setattr(LocalFileSystem, "cat_file", fail)
    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(TriageError, match="not for you"):
        folder.read_all(["a.csv"])


def test_another_account_has_other_folders_of_the_same_path() -> None:
    ours, theirs = ObjectFolder("memory://b/f"), ObjectFolder("memory://b")
    assert ours.within(theirs) == "f"
    theirs.__dict__["_place"] = (fsspec.filesystem("memory", account="theirs"), "/b")
    assert ours.within(theirs) is None


def test_a_file_that_was_written_again_is_seen_to_be_another(folder: Folder) -> None:
    write(folder, "a.csv", "first")
    first = folder.look("a.csv")
    assert folder.look("a.csv") == first
    write(folder, "a.csv", "other")
    assert folder.look("a.csv") != first
    assert folder.look("gone") is None


def test_what_fails_midway_leaves_nothing(folder: Folder) -> None:
    write(folder, "a.csv", "first")
    with pytest.raises(ZeroDivisionError):
        fail_midway(folder)
    assert folder.read_all(["a.csv"]) == {"a.csv": b"first"}
    assert [one.name for one in folder.find()] == ["a.csv"]


def test_another_process_finds_the_same_folder(folder: Folder) -> None:
    write(folder, "a.csv", "first")
    other = pickle.loads(pickle.dumps(folder))
    assert other.shown("a.csv") == folder.shown("a.csv")
    assert other.look("a.csv") == folder.look("a.csv")


def test_a_folder_knows_whether_it_lies_in_another(folder: Folder) -> None:
    place = folder.shown()
    assert folder.within(open_folder(place)) == ""
    assert open_folder(f"{place}/out").within(folder) == "out"
    assert open_folder(f"{place}x").within(folder) is None
    assert folder.within(open_folder("memory://elsewhere")) is None


def test_a_file_that_is_not_there_is_named(folder: Folder) -> None:
    write(folder, "a.csv", "first")
    missing = pytest.raises((ReadError, FileNotFoundError), match=r"gone\.csv")
    with missing, folder.to_read("gone.csv") as path:
        path.read_bytes()


def test_a_put_that_fails_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = open_folder(f"file://{tmp_path}/f")
    write(folder, "a.csv", "first")

    def full(self: object, local: str, aside: str, **_: object) -> None:
        Path(aside).write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalFileSystem, "put_file", full)
    with pytest.raises(TriageError, match=r"a\.csv cannot be written.*No space left"):
        write(folder, "a.csv", "second")
    assert [path.name for path in (tmp_path / "f").iterdir()] == ["a.csv"]
    assert (tmp_path / "f" / "a.csv").read_text() == "first"


@pytest.mark.parametrize(
    ("url", "words"),
    [("gs://bucket/in", "gcsfs"), ("nonsense://bucket/in", "nonsense:// cannot be used")],
)
def test_a_storage_that_nothing_here_reaches_says_what_to_install(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        open_folder(url)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        *(("a.csv", True), ("a/b c.csv", True), ("a:b.csv", os.name != "nt")),
        *((bad, False) for bad in ("../a", "a//b", "a/./b", "/a", "..\\a", "")),
    ],
)
def test_a_plain_name_stays_below_its_folder(name: str, plain: bool) -> None:
    assert is_plain(name) is plain
