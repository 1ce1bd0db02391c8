"""Which reader reads a file, and what happens where none can."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from triage.domain.comments import Thread
from triage.errors import ReadError, UsageError
from triage.intake import READERS, ReadOptions, known_readers, read_file
from triage.intake.reader import Contents, Report, Sample

NESTED = "Title\n\nText.\n\n1. Ada\n   Posted March 1, 2020 at 9:00 am\n\n   Hello.\n"
FLAT = "Title\nThe mayor said so on Monday.\nWhat?! You are joking.\n"


def test_the_table_of_readers_is_what_the_documentation_says() -> None:
    assert list(READERS) == [
        *("nested-text", "flat-text", "csv", "jsonl", "parquet"),
        *("wxr", "disqus", "reddit", "youtube", "discourse", "coral"),
    ]
    assert all(reader.key == key and reader.description for key, reader in READERS.items())


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("a.txt", NESTED, "nested-text"),
        ("a.txt", FLAT, "flat-text"),
        ("a", NESTED, "nested-text"),
        ("a.md", FLAT, "flat-text"),
        ("a.csv", "id,text\n1,a\n", "csv"),
        ("a.TSV", "id\ttext\n1\ta\n", "csv"),
        ("a.txt", "id,text\n1,a\n", "csv"),
        ("a.jsonl", '{"text": "a"}\n', "jsonl"),
        ("a.txt", '{"text": "a"}\n', "jsonl"),
        ("export.log", '[ {"text": "a"} ]\n', "jsonl"),
        ("a.csv", f'text\n"{NESTED}"\n', "csv"),
    ],
)
def test_a_file_is_read_by_the_reader_that_recognises_it(
    tmp_path: Path, name: str, content: str, reader: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    reading = read_file(path)
    assert reading.reader == reader
    assert sum(len(thread.comments) for thread in reading.threads) == 1


def test_options_narrow_the_choice(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(NESTED)
    assert read_file(path, options=ReadOptions(first_comment=2)).reader == "flat-text"
    with pytest.raises(UsageError, match="reader nested-text takes no first comment"):
        read_file(path, reader="nested-text", options=ReadOptions(first_comment=2))
    with pytest.raises(UsageError, match="no reader takes columns and first comment together"):
        read_file(path, options=ReadOptions(first_comment=2, columns={"text": "a"}))


def test_an_unknown_reader_is_told_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FLAT)
    with pytest.raises(UsageError, match="'xml'; known are auto, nested-text, flat-text, csv"):
        read_file(path, reader="xml")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "is empty"),
        ("a.csv", b"\xef\xbb\xbf \n", "is empty"),
        ("a.txt", b"%PDF-1.7 and so on\n", "looks like a PDF"),
        ("a.xlsx", b"PK\x03\x04 and so on\n", "looks like a ZIP archive or an Excel workbook"),
        ("a.html", b"<html>\n<p>Hello\n</html>\n", "none that is known here.*name the reader"),
    ],
)
def test_a_file_of_no_known_layout_says_what_to_do(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ReadError, match=message):
        read_file(path)


def test_a_file_that_is_missing_or_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="does not exist"):
        read_file(tmp_path / "missing.txt")
    with pytest.raises(ReadError, match="is a folder"):
        read_file(tmp_path)


@pytest.mark.parametrize("source", ["", " ", "a:b", "a\nb"])
def test_a_source_that_would_garble_ids_is_refused(tmp_path: Path, source: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(FLAT)
    with pytest.raises(UsageError, match="a source is a short name"):
        read_file(path, options=ReadOptions(source=source))


def test_a_guessed_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id,text\n1,déjà vu à l’école\n".encode("cp1252"))
    reading = read_file(path)
    assert reading.why.endswith("; read as cp1252")
    assert next(reading.threads).comments[0].text == "déjà vu à l’école"


class OneComment:
    """A reader as another package may bring it."""

    key = "one"
    description = "files that begin with ONE"
    suffixes = (".one",)
    takes = frozenset[str]()

    def recognises(self, sample: Sample) -> float:
        return 1.0 if sample.text.startswith("ONE") else 0.0

    def read(self, path: Path, options: ReadOptions, report: Report) -> Contents:
        threads: Iterator[Thread] = iter([Thread(path.stem)])
        return Contents("it begins with ONE", threads)


ONE = OneComment()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """Yield the entry points of packages that are not really installed."""
    entries: list[EntryPoint] = []
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: entries)
    known_readers.__globals__["_installed_readers"].cache_clear()
    yield entries
    known_readers.__globals__["_installed_readers"].cache_clear()


def test_a_package_can_bring_a_reader(
    tmp_path: Path, installed: list[EntryPoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "brought", type("Module", (), {"one": ONE}))
    installed.append(EntryPoint("one", "brought:one", "triage.readers"))
    path = tmp_path / "a.one"
    path.write_text("ONE\n")
    assert read_file(path).reader == "one"
    assert list(known_readers()) == ["one", *READERS]


def test_a_package_whose_reader_is_broken_is_named(
    tmp_path: Path, installed: list[EntryPoint]
) -> None:
    installed.append(EntryPoint("bad", "no_such_package:reader", "triage.readers"))
    path = tmp_path / "a.txt"
    path.write_text(FLAT)
    with pytest.raises(UsageError, match=r"the reader 'bad' .* cannot be loaded"):
        read_file(path)
    assert read_file(path, reader="flat-text").reader == "flat-text"
