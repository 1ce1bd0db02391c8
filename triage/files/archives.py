"""What is in a gzip or ZIP file, one member at a time, within limits that a bomb cannot pass.

A member is unpacked into a temporary folder of our own (`TMPDIR` moves it) under a name made from
the member's, and deleted when the next one is asked for. No path that an archive names is ever
written to, nothing in it is executed, and an archive within an archive is refused.
"""

from __future__ import annotations

import errno
import gzip
import lzma
import re
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from triage.domain.comments import Problem
from triage.errors import ReadError
from triage.files.encoding import read_head, readable
from triage.files.portion import wanted

__all__ = ["Limits", "Member", "is_archive", "members"]

_GZIP, _ZIP, _PARQUET = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06"), b"PAR1"
_COPIED = 1024 * 1024
_LAST_RECORDS = 56 + 20 + 22 + 65_535  # those that end a ZIP file, with the longest comment
_OFFICE = ("[Content_Types].xml", "mimetype")
_NOT_A_NAME = re.compile(r"[^\w. ()+,-]+")
_LONGEST_NAME = 100
_MOST_BYTES = 240  # file systems take 255
_BOMBS = 8
_BROKEN = (BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, EOFError, OSError)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_UNKNOWN = (NotImplementedError, RuntimeError)  # a method or an encryption that zipfile lacks

Report = Callable[[Problem], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may come out of an archive.

    `ratio` is bytes out by bytes of the archive; it is looked at from `free` bytes on, since a
    short text may repeat itself, and from eight times as many for all members together, so that the
    rest is read beside a bomb. `total` counts all members. Text is packed to a tenth
    or a twentieth; a bomb to a thousandth.
    """

    ratio: int = 250
    free: int = 16 * 1024 * 1024
    total: int = 32 * 1024**3
    members: int = 10_000


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: where it lies for now, and what to call it (`a.zip/b/c.csv`)."""

    name: str
    path: Path


class _TooMuchError(Exception):
    """More comes out than may; the message says so."""


def is_archive(path: Path) -> bool:
    """Whether a file is gzip or ZIP, by its first bytes. Raises ReadError as reading would."""
    return read_head(path, 4).startswith((_GZIP, *_ZIP))


def members(path: Path, report: Report, limits: Limits | None = None) -> Iterator[Member]:
    """Yield the files in an archive; each is gone when the next one is asked for.

    What cannot be used is told to `report` and left out. Raises ReadError where the archive as a
    whole cannot be read.
    """
    limits = limits or Limits()
    with (
        readable(path),
        tempfile.TemporaryDirectory(prefix="triage-") as folder,
        path.open("rb") as handle,
    ):
        budget = _Budget(limits, path.stat().st_size)
        if handle.read(2) == _GZIP:
            handle.seek(0)
            yield from _gunzipped(path, handle, Path(folder), budget, report)
        else:
            yield from _unzipped(path, handle, Path(folder), budget, report)


class _Budget:
    """Counts what comes out of one archive."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self._limits = limits
        self._packed = max(packed, 1)
        self._out = 0
        self.members = limits.members

    def copy(self, source: IO[bytes] | gzip.GzipFile, target: IO[bytes], packed: int) -> None:
        """Copy a member of which the archive holds `packed` bytes. Raises _TooMuchError.

        Where only a portion of it is wanted, no more than that is unpacked.
        """
        written, most = 0, None
        while part := source.read(_COPIED):
            written += len(part)
            self._out += len(part)
            self._check(written, packed, self._limits.free)
            self._check(self._out, self._packed, _BOMBS * self._limits.free)
            target.write(part)
            if written == len(part):
                most = _wanted_bytes(part)
            if most is not None and written >= most:
                return

    def _check(self, out: int, packed: int, free: int) -> None:
        if out > free and out > self._limits.ratio * packed:
            raise _TooMuchError(
                f"it unpacks to more than {self._limits.ratio} times its size, as a bomb does: "
                "if it is none, unpack it yourself"
            )
        if self._out > self._limits.total:
            raise _TooMuchError(
                f"more than {self._limits.total // 1024**2:,} MiB come out of the archive: "
                "unpack it yourself, and import its files"
            )


def _wanted_bytes(first: bytes) -> int | None:
    """Return how many bytes hold the portion that is wanted; None for all.

    A character has four bytes at most, so that the portion ends before what was unpacked does.
    Parquet keeps its table of contents at its end, and is unpacked whole.
    """
    portion = wanted()
    if portion is None or first.startswith(_PARQUET):
        return None
    return 4 * portion.characters + _COPIED


def _gunzipped(
    path: Path, handle: IO[bytes], folder: Path, budget: _Budget, report: Report
) -> Iterator[Member]:
    name = path.name.removesuffix(".gz").removesuffix(".GZ") or "file"
    target = folder / _safe(name)
    try:
        with gzip.GzipFile(fileobj=handle) as source, target.open("wb") as out:
            budget.copy(source, out, path.stat().st_size)
    except _TooMuchError as error:
        raise ReadError(f"{path} is not read: {error}") from None
    except _BROKEN as error:
        _check_room(path, error)
        if not target.exists() or not target.stat().st_size:
            raise ReadError(f"{path} is not readable as gzip: {error}") from error
        message = f"the gzip file is damaged or cut short ({error}): what comes before is read"
        report(Problem(path.name, None, message))
    nested = _archive_in(target)
    if nested:
        raise ReadError(f"{path} holds {nested}: unpack it, and import the files in it")
    yield Member(path.name, target)


def _unzipped(
    path: Path, handle: IO[bytes], folder: Path, budget: _Budget, report: Report
) -> Iterator[Member]:
    _check_end(path, handle, budget.members)
    try:
        archive = ZipFile(handle)
    except (*_BROKEN, *_UNKNOWN, ValueError) as error:
        raise ReadError(
            f"{path} looks like a ZIP archive or an Excel workbook and cannot be opened: {error}"
        ) from error
    with archive:
        if archive.namelist()[:1] and archive.namelist()[0] in _OFFICE:
            raise ReadError(
                f"{path} looks like an Excel workbook or another office document: save the table "
                "as CSV"
            )
        if len(archive.infolist()) > budget.members:
            raise _too_many(path, budget.members)
        for number, info in enumerate(archive.infolist()):
            if _is_litter(info):
                continue
            shown = f"{path.name}/{_shown(info.filename)}"
            target = folder / str(number) / _safe(info.filename)
            target.parent.mkdir()
            with _deleted(target):
                why = _extract(path, archive, info, target, budget)
                if why is not None:
                    report(Problem(shown, None, f"left out: {why}"))
                    continue
                yield Member(shown, target)


def _check_end(path: Path, handle: IO[bytes], most: int) -> None:
    """Raise ReadError for more members than there may be, before their list is held in memory.

    The numbers are those of the end record and of the zip64 record before it, which `zipfile`
    believes where there is one. An archive that hides them is refused once its list is read.
    """
    handle.seek(0, 2)
    handle.seek(max(0, handle.tell() - _LAST_RECORDS))
    tail = handle.read()
    at = tail.rfind(b"PK\x05\x06")
    members_told, size_told = tail[at + 10 : at + 12], tail[at + 12 : at + 16]
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        zip64 = tail[at - 76 : at - 20]
        members_told, size_told = zip64[32:40], zip64[40:48]
    listed = int.from_bytes(size_told, "little")
    if at >= 0 and (int.from_bytes(members_told, "little") > most or listed > 400 * max(most, 1)):
        raise _too_many(path, most)
    handle.seek(0)


def _too_many(path: Path, most: int) -> ReadError:
    return ReadError(
        f"{path} holds more than {most:,} files: unpack it, and import those with comments"
    )


def _extract(
    path: Path, archive: ZipFile, info: ZipInfo, target: Path, budget: _Budget
) -> str | None:
    """Unpack one member; return why it cannot be, if so. Raises ReadError where it has no room."""
    if info.flag_bits & 0x1:
        return "it is encrypted: unpack it with its password first"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link, and links in archives are not followed"
    try:
        with archive.open(info) as source, target.open("wb") as out:
            budget.copy(source, out, info.compress_size)
    except _TooMuchError as error:
        return str(error)
    except (*_BROKEN, *_UNKNOWN) as error:
        _check_room(path, error)
        return f"it is damaged or packed in an unknown way ({error})"
    nested = _archive_in(target)
    return f"it is {nested}: unpack it, and import it by itself" if nested else None


def _check_room(path: Path, error: Exception) -> None:
    """Raise ReadError for a full disk: that is no fault of the archive, and the rest fails too."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        raise ReadError(
            f"{path} cannot be unpacked into {tempfile.gettempdir()}: {error.strerror}: free space "
            "there, or let TMPDIR name another folder"
        ) from error


@contextmanager
def _deleted(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _is_litter(info: ZipInfo) -> bool:
    """Whether a member is a folder, or what an operating system leaves beside the files."""
    parts = info.filename.split("/")
    return info.filename.endswith("/") or parts[0] == "__MACOSX" or parts[-1].startswith(".")


def _archive_in(path: Path) -> str | None:
    head = read_head(path, 512)
    if head.startswith(_GZIP) or head.startswith(_ZIP):
        return "an archive within an archive"
    return "a tar archive" if head[257:262] == b"ustar" else None


def _safe(name: str) -> str:
    """Return a name for a file of ours: that of the member, its folders put before it by hyphens.

    The suffix stays, as readers go by it, and so does the name, as threads are named after it.
    """
    plain = _NOT_A_NAME.sub("-", name.replace("\\", "/").strip("/")).lstrip(".- ")
    fitting = plain[-_LONGEST_NAME:].encode()[-_MOST_BYTES:].decode(errors="ignore")
    return fitting or "file"


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in name)[-2 * _LONGEST_NAME :]
