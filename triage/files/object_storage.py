"""Folders in object storage, or wherever else fsspec reaches: S3, Google Cloud Storage, Azure, ...

Readers seek, and read a file more than once: so a file is copied to this machine to be read, and
written here before it is put in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

from triage.errors import ReadError, TriageError, UsageError
from triage.files.folders import FileSeen, Folder

__all__ = ["ObjectFolder"]

_WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "memory"})
"""Where an object is there when all of it has come, and never before. Elsewhere it is renamed."""
_STAMPS = ("ETag", "etag", "md5Hash", "generation", "checksum", "mtime", "LastModified")
_MORE_STAMPS = ("last_modified", "created")
"""What says of a file that it is another one, by the storage; the first that there is."""


@dataclass(frozen=True)
class ObjectFolder:
    """A folder by its URL. How it is reached (keys, endpoints), fsspec finds in the environment.

    `memory://` is the memory of one process, for tests.
    """

    url: str

    @classmethod
    def at(cls, url: str) -> ObjectFolder:
        """Return the folder; nothing is asked yet. Raises UsageError where it cannot be reached."""
        folder = cls(url)
        folder._place  # noqa: B018 - said at once
        return folder

    def __getstate__(self) -> dict[str, str]:
        return {"url": self.url}  # a connection stays where it was made

    @cached_property
    def _place(self) -> tuple[Any, str]:
        scheme = self.url.partition("://")[0]
        try:
            from fsspec.core import url_to_fs

            storage, path = url_to_fs(self.url)
        except ImportError as error:
            raise UsageError(
                f"{scheme}:// needs a package that is not here ({error}): "
                "pip install 'triage-workbench[storage]', and s3fs for S3, gcsfs for Google Cloud "
                "Storage or adlfs for Azure"
            ) from error
        except Exception as error:  # each storage has errors of its own
            raise UsageError(f"{scheme}:// cannot be used: {error}") from error
        return storage, str(path).rstrip("/")

    @property
    def _storage(self) -> Any:
        return self._place[0]

    def _path(self, name: str = "") -> str:
        return f"{self._place[1]}/{name}" if name else self._place[1]

    def shown(self, name: str = "") -> str:
        """Return the whole URL, without a password that one may hold."""
        return str(self._storage.unstrip_protocol(self._path(name)))

    def address(self) -> str:
        """Return its URL, in one spelling."""
        return self.shown()

    def is_folder(self) -> bool:
        """Whether there are files below it, rather than one of its name."""
        with self._plainly("cannot be looked into"):
            return bool(self._storage.isdir(self._path()))

    def find(self, pattern: str | None = None) -> list[FileSeen]:
        """Return every file at any depth, or those that match. Raises ReadError where it fails."""
        with self._plainly(f"{pattern or ''} cannot be looked into"):
            self._storage.invalidate_cache()
            if pattern is None:
                found = self._storage.find(self._path(), detail=True)
            else:
                found = self._storage.glob(self._path(pattern), detail=True)
        files = (facts for facts in found.values() if facts.get("type") == "file")
        return sorted((self._seen(facts) for facts in files), key=lambda one: one.name)

    def look(self, name: str) -> FileSeen | None:
        """Return a file as it is now."""
        with self._plainly(f"{name} cannot be looked at"):
            self._storage.invalidate_cache()
            try:
                return self._seen(self._storage.info(self._path(name)))
            except FileNotFoundError:
                return None

    def within(self, other: Folder) -> str | None:
        """Return the name of this folder in another one of the same storage."""
        if not isinstance(other, ObjectFolder) or other._storage != self._storage:
            return None  # another host or account may well have a folder of the same path
        own, outer = self._path(), other._path()
        if own == outer:
            return ""
        return own[len(outer) + 1 :] if own.startswith(f"{outer}/") else None

    @contextmanager
    def to_read(self, name: str) -> Iterator[Path]:
        """Yield a copy on this machine, which is gone when the block ends."""
        with TemporaryDirectory(prefix="triage-") as folder:
            local = Path(folder, PurePosixPath(name).name)
            with self._plainly(f"{name} cannot be read"):
                self._storage.get_file(self._path(name), str(local))
            yield local

    @contextmanager
    def to_write(self, name: str) -> Iterator[Path]:
        """Yield a path on this machine; what is there when the block ends is put in place."""
        with TemporaryDirectory(prefix="triage-") as folder:
            local = Path(folder, PurePosixPath(name).name)
            yield local
            with self._plainly(f"{name} cannot be written"):
                self._put(local, self._path(name))

    def read_all(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Return the content of small files, many at once where the storage can."""
        wanted = list(names)
        paths = [self._path(name) for name in wanted]
        with self._plainly("cannot be read"):
            found = self._storage.cat_ranges(paths, None, None, on_error="return")
            for one in found:
                if isinstance(one, Exception) and not isinstance(one, FileNotFoundError):
                    raise one
        return {
            name: content
            for name, content in zip(wanted, found, strict=True)
            if isinstance(content, bytes)
        }

    def write(self, name: str, content: bytes) -> None:
        """Write a small file whole."""
        with self.to_write(name) as local:
            local.write_bytes(content)

    def _put(self, local: Path, path: str) -> None:
        """Put a file in place, so that it is there whole or not at all."""
        schemes = self._storage.protocol
        if not _WHOLE.isdisjoint({schemes} if isinstance(schemes, str) else schemes):
            self._storage.put_file(str(local), path)
            return
        folder, _, last = path.rpartition("/")
        aside = f"{folder}/.{last[:40]}.{token_hex(4)}.part"
        self._storage.makedirs(folder, exist_ok=True)
        try:
            self._storage.put_file(str(local), aside)
            self._storage.mv(aside, path)
        except BaseException:
            if self._storage.exists(aside):
                self._storage.rm_file(aside)
            raise

    def _seen(self, facts: Mapping[str, Any]) -> FileSeen:
        name = str(facts["name"])[len(self._path()) :].lstrip("/")
        kept = (facts[key] for key in (*_STAMPS, *_MORE_STAMPS) if facts.get(key))
        return FileSeen(name, int(facts.get("size") or 0), str(next(kept, "")))

    @contextmanager
    def _plainly(self, what: str) -> Iterator[None]:
        """Say in words what a storage says: each one has errors of its own."""
        try:
            yield
        except TriageError:
            raise
        except FileNotFoundError as error:
            raise ReadError(f"{self.shown()}: {what}: it is not there") from error
        except Exception as error:
            why = str(error) or type(error).__name__
            raise TriageError(f"{self.shown()}: {what}: {why}; run it again to go on") from error
