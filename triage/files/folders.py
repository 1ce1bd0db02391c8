"""Folders of files, on this machine's disk or in object storage: what is there, and whole files in.

A name in a folder is a path below it, with `/` between its parts on every system. Folders can be
handed to another process, and looked into there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from triage.errors import ReadError, TriageError
from triage.files.atomic import atomic_file

__all__ = ["DiskFolder", "FileSeen", "Folder", "is_plain", "is_url", "open_folder"]


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A file as it was when somebody looked: `stamp` is another one once the file was written."""

    name: str
    size: int
    stamp: str


class Folder(Protocol):
    """Where files are read or written. Its methods raise TriageError where the place does not."""

    def shown(self, name: str = "") -> str:
        """Return the whole name of the folder, or of a file in it, as a person reads it."""
        ...

    def address(self) -> str:
        """Return what tells it from every other folder, wherever a command is run."""
        ...

    def find(self, pattern: str | None = None) -> list[FileSeen]:
        """Return every file at any depth, or those that match a pattern such as `2026-*/*.csv`."""
        ...

    def look(self, name: str) -> FileSeen | None:
        """Return a file as it is now; None where there is none."""
        ...

    def within(self, other: Folder) -> str | None:
        """Return the name of this folder in another one: empty for the same one, None for none."""
        ...

    def to_read(self, name: str) -> AbstractContextManager[Path]:
        """Yield a path on this machine where the file can be read. Raises ReadError for none."""
        ...

    def to_write(self, name: str) -> AbstractContextManager[Path]:
        """Yield a path to write a whole file to; when the block ends well, it is there."""
        ...

    def read_all(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Return the content of small files, of those that are there.

        Raises TriageError where one is there and cannot be read.
        """
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write a small file whole."""
        ...


def is_url(place: str) -> bool:
    """Whether a place is named by a URL: `s3://bucket/comments`."""
    return "://" in place


def open_folder(place: str) -> Folder:
    """Return the folder at a path or a URL; nothing is looked at, and none has to be there.

    Raises UsageError for a URL that no installed package understands.
    """
    if not is_url(place):
        return DiskFolder(Path(place).absolute(), place)
    from triage.files.object_storage import ObjectFolder

    return ObjectFolder.at(place)


def is_plain(name: str) -> bool:
    """Whether a name stays below its folder, whoever made it up."""
    if "\\" in name or (os.name == "nt" and ":" in name):
        return False
    return not {"", ".", ".."}.intersection(name.split("/"))


def _refuse(error: OSError) -> None:
    raise error


@dataclass(frozen=True, slots=True)
class DiskFolder:
    """A folder on this machine. `named` is what a person called it."""

    path: Path
    named: str

    def shown(self, name: str = "") -> str:
        """Return the whole name of the folder, or of a file in it."""
        return str(Path(self.named, name))

    def address(self) -> str:
        """Return its whole path."""
        return str(self.path.resolve())

    def find(self, pattern: str | None = None) -> list[FileSeen]:
        """Return every file at any depth, or those that match; links to folders are not followed.

        Raises ReadError where there is no folder that can be read.
        """
        if not self.path.is_dir():
            raise ReadError(f"there is no folder {self.named}")
        try:
            if pattern is None:
                walk = os.walk(self.path, onerror=_refuse)  # or what it may not read were left out
                paths = [Path(top, name) for top, _, names in walk for name in names]
            else:
                paths = list(self.path.glob(pattern))
        except (OSError, ValueError) as error:
            raise ReadError(
                f"{self.shown(pattern or '')} cannot be looked into: {error}"
            ) from error
        names = (path.relative_to(self.path).as_posix() for path in paths if path.is_file())
        return [seen for name in sorted(names) if (seen := self.look(name)) is not None]

    def look(self, name: str) -> FileSeen | None:
        """Return a file as it is now."""
        with suppress(OSError):
            facts = (self.path / name).stat()
            return FileSeen(name, facts.st_size, str(facts.st_mtime_ns))
        return None

    def within(self, other: Folder) -> str | None:
        """Return the name of this folder in another one on this machine."""
        if not isinstance(other, DiskFolder):
            return None
        with suppress(ValueError):
            inside = self.path.resolve().relative_to(other.path.resolve())
            return "" if inside == Path() else inside.as_posix()
        return None

    @contextmanager
    def to_read(self, name: str) -> Iterator[Path]:
        """Yield the file itself."""
        yield self.path / name

    @contextmanager
    def to_write(self, name: str) -> Iterator[Path]:
        """Yield its place, in folders that are there; whoever writes there does it whole."""
        path = self.path / PurePosixPath(name)
        self._make(path.parent)
        yield path

    def read_all(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Return the content of small files."""
        found: dict[str, bytes] = {}
        for name in names:
            try:
                found[name] = (self.path / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise ReadError(f"{self.shown(name)} cannot be read: {error.strerror}") from error
        return found

    def write(self, name: str, content: bytes) -> None:
        """Write a small file whole."""
        with self.to_write(name) as place, atomic_file(place) as part:
            part.write_bytes(content)

    def _make(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TriageError(
                f"no folder {folder} can be made: {error.strerror}; choose another place"
            ) from error
