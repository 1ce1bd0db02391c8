"""What comes out of archives, and what a hostile one cannot do."""

from __future__ import annotations

import gzip
import io
import resource
import stat
import struct
import tarfile
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage.domain.comments import Problem
from triage.errors import ReadError
from triage.files.archives import Limits, is_archive, members

BOMB = b"\0" * 64 * 1024 * 1024


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def contents(path: Path, limits: Limits | None = None) -> tuple[dict[str, bytes], list[Problem]]:
    problems: list[Problem] = []
    found = {m.name: m.path.read_bytes() for m in members(path, problems.append, limits)}
    return found, problems


def test_a_gzip_file_is_the_file_in_it_under_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"id,text\n") + gzip.compress(b"1,a\n"))
    assert is_archive(path)
    [member] = [(m.name, m.path.name, m.path.read_bytes()) for m in members(path, print)]
    assert member == ("a.csv.gz", "a.csv", b"id,text\n1,a\n")


def test_a_member_is_gone_when_the_next_one_is_asked_for(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"one.csv": b"1", "deep/two.csv": b"2"})
    reading = members(path, print)
    first = next(reading)
    assert (first.name, first.path.name) == ("a.zip/one.csv", "one.csv")
    second = next(reading)
    assert not first.path.exists()
    assert (second.path.name, second.path.read_bytes()) == ("deep-two.csv", b"2")
    folder = second.path.parents[1]
    reading.close()
    assert not folder.exists()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "C:\\x\\..\\y.csv", "..", "a\nb"]
)
def test_no_member_is_written_where_it_wants(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", **{name: b"x"})
    for member in members(path, print):
        assert member.path.name.strip(".")
        assert not set("/\\:\n") & set(member.path.name)
        assert member.name.isprintable()


def test_what_an_operating_system_leaves_is_passed_over(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        **{"a/": b"", "__MACOSX/a.csv": b"x", "a/.DS_Store": b"x", "a/b.csv": b"1"},
    )
    assert contents(path) == ({"a.zip/a/b.csv": b"1"}, [])


def test_of_a_zip_bomb_the_rest_is_kept_in_bounded_time_and_memory(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"good.csv": b"1", "bomb.csv": BOMB, "more.csv": b"2"})
    tracemalloc.start()
    started = time.process_time()
    found, [problem] = contents(path)
    assert time.process_time() - started < 5
    assert tracemalloc.get_traced_memory()[1] < 32 * 1024 * 1024
    tracemalloc.stop()
    assert found == {"a.zip/good.csv": b"1", "a.zip/more.csv": b"2"}
    assert problem.where == "a.zip/bomb.csv"
    assert "250 times its size" in problem.message


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(BOMB))
    with pytest.raises(ReadError, match="as a bomb does"):
        contents(path)


def test_all_members_together_have_a_limit(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{f"{n}.csv": bytes(range(256)) * 8 for n in range(4)})
    found, problems = contents(path, Limits(total=5_000))
    assert len(found) == 2
    assert ["come out of the archive" in one.message for one in problems] == [True, True]


def test_too_many_members_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{f"{n}.csv": b"" for n in range(12)})
    with pytest.raises(ReadError, match="more than 10 files"):
        contents(path, Limits(members=10))


def with_zip64_records(data: bytes, end_record_says: int, zip64_says: int) -> bytes:
    """Return an archive that ends in a zip64 record, which `zipfile` believes over the other."""
    end = bytearray(data[-22:])
    size, offset = int.from_bytes(end[12:16], "little"), int.from_bytes(end[16:20], "little")
    end[8:12] = end_record_says.to_bytes(2, "little") * 2
    end[12:16] = (46 * end_record_says).to_bytes(4, "little")
    zip64 = struct.pack(
        "<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, zip64_says, zip64_says, size, offset
    )
    return data[:-22] + zip64 + struct.pack("<4sIQI", b"PK\6\7", 0, len(data) - 22, 1) + bytes(end)


@pytest.mark.parametrize("zip64_says", [12, 1])
def test_too_many_members_are_refused_whatever_the_records_say(
    tmp_path: Path, zip64_says: int
) -> None:
    path = zipped(tmp_path / "a.zip", **{f"{n}.csv": b"" for n in range(12)})
    path.write_bytes(with_zip64_records(path.read_bytes(), 1, zip64_says))
    assert len(zipfile.ZipFile(path).infolist()) == 12
    with pytest.raises(ReadError, match="more than 10 files"):
        contents(path, Limits(members=10))


def test_a_zip64_archive_within_the_limits_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", **{"a.csv": b"1"})
    path.write_bytes(with_zip64_records(path.read_bytes(), 0xFFFF, 1))
    assert contents(path) == ({"a.zip/a.csv": b"1"}, [])


def test_an_archive_within_an_archive_is_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", **{"a.csv": b"1"}).read_bytes()
    path = zipped(tmp_path / "a.zip", **{"in.zip": inner, "in.gz": gzip.compress(b"1"), "b": b"2"})
    found, problems = contents(path)
    assert found == {"a.zip/b": b"2"}
    assert all("an archive within an archive" in one.message for one in problems)
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(tar.getvalue()))
    with pytest.raises(ReadError, match="a tar archive"):
        contents(path)


def test_links_and_encrypted_members_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("secret.csv", "x")
    data = bytearray(path.read_bytes())
    data[data.rfind(b"PK\x01\x02") + 8] |= 1  # the flag of encryption, in the list of members
    path.write_bytes(data)
    found, problems = contents(path)
    assert found == {}
    assert ["link" in problems[0].message, "encrypted" in problems[1].message] == [True, True]


def test_what_can_be_read_of_a_damaged_archive_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    whole = gzip.compress(b"".join(b"%d,some text\n" % n for n in range(200_000)), compresslevel=1)
    path.write_bytes(whole[: len(whole) // 2])
    found, [problem] = contents(path)
    assert len(found["a.csv.gz"]) > 100_000
    assert "cut short" in problem.message
    path.write_bytes(b"\x1f\x8b broken")
    with pytest.raises(ReadError, match="not readable as gzip"):
        contents(path)
    bad = zipped(tmp_path / "a.zip", **{"a.csv": b"x" * 1000, "b.csv": b"2"})
    data = bytearray(bad.read_bytes())
    data[40] ^= 0xFF
    bad.write_bytes(data)
    found, [problem] = contents(bad)
    assert found == {"a.zip/b.csv": b"2"}
    assert "damaged" in problem.message


@pytest.fixture
def no_room() -> Iterator[None]:
    """Let no file grow beyond 64 KiB, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("suffix", [".gz", ".zip"])
def test_a_full_disk_is_no_damage_of_the_archive(
    tmp_path: Path, suffix: str, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / f"a.csv{suffix}"
    content = b"some text\n" * 20_000
    if suffix == ".gz":
        path.write_bytes(gzip.compress(content))
    else:
        zipped(path, **{"a.csv": content})
    request.getfixturevalue("no_room")
    with pytest.raises(ReadError, match=r"cannot be unpacked into .*free space there, or let TMPD"):
        contents(path)


def test_office_documents_and_broken_archives_say_what_to_do(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.xlsx", **{"[Content_Types].xml": b"<x/>"})
    with pytest.raises(ReadError, match="save the table as CSV"):
        contents(path)
    path.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(ReadError, match="cannot be opened"):
        contents(path)


def test_a_member_without_a_name_is_read_like_any_other(tmp_path: Path) -> None:
    # What fuzzing found (python -m tests.fuzzing archives).
    content = b"id,text\n1,a\n"
    sizes = struct.pack("<III", zlib.crc32(content), len(content), len(content))
    common = struct.pack("<HHHI", 20, 0, 0, 33 << 16) + sizes + bytes(4)
    local = b"PK\x03\x04" + common + content
    listed = b"PK\x01\x02" + struct.pack("<H", 20) + common + bytes(14)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listed), len(local), 0)
    path = tmp_path / "a.zip"
    path.write_bytes(local + listed + end)
    assert contents(path) == ({"a.zip/": content}, [])
