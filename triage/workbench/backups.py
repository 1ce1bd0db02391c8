"""Verbs that keep everything a second time, and bring it back."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from triage.domain.chain import Verified
from triage.errors import ReadError, StoreError, UsageError
from triage.files.atomic import atomic_file
from triage.store import HEAD, Copied, Store
from triage.workbench.parts import Parts, Tick

__all__ = ["BackupReport", "Backups"]

_SIGN = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds: comments, decisions and rows in all, and its size in bytes.

    `chain` says whether the chain over its logs holds.
    """

    comments: int
    decisions: int
    rows: int
    size: int
    chain: Verified


class Backups(Parts):
    """Everything is kept a second time, and brought to this version's schema."""

    def migrate(self) -> tuple[str | None, str]:
        """Bring the database to this version's schema; return the one it had, and this one.

        None for a database that was made just now. Every verb does so at its first use; this one
        does nothing else, for a deployment that wants it done before any server starts.
        """
        return self.store.earlier, HEAD

    def back_up(self, path: Path, *, on_progress: Tick | None = None) -> BackupReport:
        """Write one state of the whole database to a file, check it, and say what it holds.

        The file is an SQLite database, whatever engine this one is on, and only its owner may read
        it. Work goes on meanwhile. Raises UsageError where a file is there already (a backup
        overwrites nothing), StoreError where what was written is not what was read.
        """
        if path.exists():
            raise UsageError(f"{path} is there already, and a backup overwrites nothing")
        with atomic_file(path) as part:
            part.chmod(0o600)
            copied = self.store.back_up(part, on_progress or _untold)
            size = part.stat().st_size
        return _report(copied, size)

    def take_back(self, path: Path, *, on_progress: Tick | None = None) -> BackupReport:
        """Fill this database, in which there is nothing yet, with what a backup holds.

        It may be on another engine than the backup came from. All or nothing; the backup itself is
        only read. Raises ReadError where the file is no backup, UsageError where the database is in
        use, StoreError where either cannot be used.
        """
        _check(path)
        with TemporaryDirectory(prefix="triage-") as folder:
            copy = Path(folder) / "backup.db"
            try:
                shutil.copyfile(path, copy)
            except OSError as error:
                raise ReadError(f"{path} cannot be copied to {folder}: {error.strerror}") from error
            try:
                copied = Store.take_back(self.settings.database_url, copy, on_progress or _untold)
            except StoreError as error:  # where the copy lay concerns nobody
                raise StoreError(str(error).replace(str(copy), str(path))) from error
        return _report(copied, path.stat().st_size)


def _report(copied: Copied, size: int) -> BackupReport:
    counts = copied.counts
    rows = sum(counts.values())
    return BackupReport(counts["comment"], counts["decision"], rows, size, copied.chain)


def _check(path: Path) -> None:
    try:
        with path.open("rb") as handle:
            begins = handle.read(len(_SIGN))
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror}") from error
    if begins != _SIGN:
        raise ReadError(f"{path} is no backup: `triage backup` writes SQLite databases")
    if path.with_name(path.name + "-wal").exists():
        raise UsageError(
            f"{path} is a database in use (there is a -wal file beside it): make a backup of it "
            f"first, with: triage --database sqlite:///{path} backup FILE"
        )


def _untold(_done: int, _of: int | None) -> None:
    """Tell nobody of the progress."""
