"""A file or a folder that is whole or not there at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from stat import S_IMODE, S_ISDIR, S_ISREG

from triage.errors import TriageError, UsageError

__all__ = ["atomic_file", "atomic_folder", "check_place"]

_SHOWN = 40  # characters of the name that the temporary one repeats: names have a limit


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success it replaces `path`, else it is removed.

    A reader of `path` sees the old file or the new one, never half of one, also after Ctrl+C or
    on a full disk. A symbolic link stays one, and the file it leads to is written; a file that is
    there keeps its permissions. Raises UsageError where no file can be put at `path`, TriageError
    where the operating system stops the writing, in the block or after it.
    """
    target, mode = _target(path)
    part = target.with_name(f".{target.name[:_SHOWN]}.{token_hex(4)}.part")
    try:
        # What replaces a file of limited permissions is kept to oneself until it has the same.
        made_with = 0o666 if mode is None else 0o600
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, made_with))
    except OSError as error:
        raise UsageError(f"cannot write {path}: {_why(error)}; choose another place") from error
    try:
        yield part
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        if mode is not None:
            part.chmod(mode)
        part.replace(target)
    except OSError as error:
        if error.errno is None or error.filename not in {None, str(part)}:
            raise  # it is about something else than this file
        raise TriageError(
            f"cannot write {path}: {_why(error)}; make room, or choose another place, and run it "
            "again"
        ) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder beside `path`; on success it becomes `path`, else it is removed.

    Raises UsageError where something that is no empty folder lies at `path`, or none can be made
    there, TriageError where the operating system stops the writing.
    """
    try:
        taken = path.is_symlink() or (path.exists() and not path.is_dir()) or any(_inside(path))
        if taken:
            raise UsageError(f"cannot write {path}: something lies there; name a new folder")
        target = path.resolve()
        part = target.with_name(f".{target.name[:_SHOWN]}.{token_hex(4)}.part")
        part.mkdir()
    except OSError as error:
        raise UsageError(f"cannot write {path}: {_why(error)}; choose another place") from error
    try:
        yield part
        if target.exists():
            target.rmdir()
        part.rename(target)
    except OSError as error:
        if error.errno is None:
            raise
        raise TriageError(
            f"cannot write {path}: {_why(error)}; make room, or choose another place, and run it "
            "again"
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _inside(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def check_place(path: Path) -> None:
    """Raise UsageError where no file can be put at `path`: to know before the work, not after it.

    Whether its folder may be written to, only the writing shows.
    """
    _target(path)


def _target(path: Path) -> tuple[Path, int | None]:
    """Return the file that `path` leads to, and its permissions where there is one already.

    Raises UsageError for a folder, a device, a pipe, and for links that lead round in a circle.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return path.resolve(), None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {_why(error)}; choose another place") from error
    if S_ISDIR(found.st_mode):
        raise UsageError(f"cannot write {path}: it is a folder; name a file in it")
    if not S_ISREG(found.st_mode):
        raise UsageError(
            f"cannot write {path}: it is no ordinary file, and only such a one can be put in place "
            "whole; name a file"
        )
    return path.resolve(), S_IMODE(found.st_mode)


def _why(error: OSError) -> str:
    """Return the system's words; some libraries put their own in front of them."""
    return str(error) if error.errno is None else os.strerror(error.errno)
