"""The files that one session dropped, each in a folder of its own, until they are imported.

A file's folder is its owner's alone (0700), and is deleted with the last that knows of it: when it
is taken out, when its import is over, when the session ends, and when the server does. What a
server left that was killed is swept away days later.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import time
from typing import IO, Any

import streamlit as st

from triage.errors import ReadError, TriageError
from triage.workbench import Preview, ToImport, Workbench

__all__ = ["Dropped", "Tray", "forget_all", "tray"]

_MOST_BYTES = 200  # of a name; file systems take 255
_PREFIX = "triage-import-"
_OLD = 3 * 86_400.0  # seconds: no session is that long
_dropped: weakref.WeakSet[Dropped] = weakref.WeakSet()


class Dropped:
    """One file: where it lies, what a person said of it, and how that was understood.

    `said` are options of `look_at` and `import_file`. `number` tells it from others of its name,
    `turn` counts the readers that were chosen: what corrects one begins anew with the next.
    """

    def __init__(self, number: int, name: str, content: IO[bytes]) -> None:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self.discard = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.number = number
        self.turn = 0
        self.path = folder / _file_name(name)
        self.said: dict[str, Any] = {}
        self._seen: dict[object, Preview | TriageError] = {}
        try:
            with self.path.open("wb") as out:
                shutil.copyfileobj(content, out)
        except OSError as error:
            self.discard()
            raise ReadError(
                f"{self.path.name} cannot be kept in {tempfile.gettempdir()}: "
                f"{error.strerror or error}: free space there, or let TMPDIR name another folder"
            ) from error
        _dropped.add(self)

    @property
    def name(self) -> str:
        """What to call it."""
        return self.path.name

    @property
    def keyed(self) -> str:
        """What the keys of its widgets end with that correct how it is read."""
        return f"{self.number}.{self.turn}"

    def look(self, bench: Workbench) -> Preview | TriageError:
        """Return how it is understood, or why it is not; looked at once for what is said of it."""
        run = bench.run()
        key = (repr(sorted(self.said.items())), run and (run.number, run.step))
        if key not in self._seen:
            try:
                self._seen = {key: bench.look_at(self.path, **self.said)}
            except TriageError as error:
                self._seen = {key: error}
        return self._seen[key]

    def to_import(self, seen: Preview) -> ToImport:
        """Return it as the workbench takes it."""
        return ToImport(self.path, dict(self.said), seen.comments if seen.whole else None)

    def say(self, **news: object) -> None:
        """Change what is said of it; None takes it back."""
        said = {**self.said, **news}
        self.said = {name: value for name, value in said.items() if value is not None}


def _file_name(given: str) -> str:
    """Return the name that the browser gave as one that is no path.

    Beyond that it stays as it is: threads without a name are called after it, and the same file
    read by `triage import` is to be the same thread.
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(char if char.isprintable() else "-" for char in last).lstrip(".")
    return plain.encode()[-_MOST_BYTES:].decode(errors="ignore") or "file"


class Tray:
    """The files of one session, in the order they were dropped."""

    def __init__(self) -> None:
        self.files: list[Dropped] = []
        self._count = 0

    def add(self, name: str, content: IO[bytes]) -> None:
        """Keep a file. Raises ReadError where there is no room."""
        self._count += 1
        self.files.append(Dropped(self._count, name, content))

    def remove(self, file: Dropped) -> None:
        """Delete a file that nobody wants."""
        self.files = [one for one in self.files if one is not file]
        file.discard()

    def hand_over(self, files: Sequence[Dropped]) -> None:
        """Let somebody else delete these files."""
        self.files = [one for one in self.files if one not in files]

    def clear(self) -> None:
        """Delete what is left."""
        for file in self.files:
            file.discard()
        self.files = []


@st.cache_resource(scope="session", show_spinner=False, on_release=Tray.clear)
def tray() -> Tray:
    """Return the tray of this session."""
    _sweep()
    return Tray()


def forget_all() -> None:
    """Delete the files of every session: the server ends."""
    for file in list(_dropped):
        file.discard()


def _sweep() -> None:
    """Delete what servers left behind that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.lstat().st_mtime < time() - _OLD:
                shutil.rmtree(folder, ignore_errors=True)
