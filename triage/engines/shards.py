"""Which files of a folder are rated, and what each one's output is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path, PurePosixPath

from triage.errors import ReadError, UsageError
from triage.files.folders import FileSeen, Folder, is_plain, is_url, open_folder
from triage.files.table_writer import TableFormat
from triage.files.tables import SUFFIXES

__all__ = ["Shard", "Shards", "find_shards", "is_many"]

_MAGIC = re.compile(r"[*?\[]")
_WRITTEN_AS = {".tsv": ".csv", ".json": ".jsonl"}
"""What is written under another suffix than it was read from; all others keep theirs."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of many files: as it was seen, and the name of what is made of it."""

    file: FileSeen
    output: str

    @property
    def name(self) -> str:
        """Its name below the folder of the input."""
        return self.file.name


@dataclass(frozen=True, slots=True)
class Shards:
    """The files to rate, in order of their names; `others` counts those that are no tables."""

    source: Folder
    all: tuple[Shard, ...]
    others: int


def is_many(source: str, output: str) -> bool:
    """Whether these name a folder, a pattern or object storage, rather than one file and another.

    A file on this machine, rated into another one, is no folder, whatever it is called.
    """
    if is_url(source) or is_url(output):
        return True
    with suppress(OSError, ValueError):  # what is no name of a file is none of a folder
        return Path(source).is_dir() or bool(_MAGIC.search(source) and not Path(source).exists())
    return False


def find_shards(source: str, output: Folder, table_format: TableFormat | None = None) -> Shards:
    """Find the tables in a folder, at any depth, or those that a pattern such as `in/*.csv` names.

    What begins with a dot or an underscore is left out, as are outputs that lie in the input. Each
    table is written in its own format, unless `table_format` names another. Raises ReadError where
    there is none, UsageError where two would be written to one place, or over themselves.
    """
    folder, pattern = _opened(source)
    below = output.within(folder)
    if below == "":
        raise UsageError(f"{output.shown()} is the folder of the input: name another one")
    found = [one for one in folder.find(pattern) if not _hidden(one.name)]
    if below is not None:
        found = [one for one in found if not one.name.startswith(f"{below}/")]
    tables = [one for one in found if PurePosixPath(one.name).suffix.lower() in SUFFIXES]
    if not tables:
        raise ReadError(
            f"{source}: there is no table to rate; what is read ends in {', '.join(SUFFIXES)}"
        )
    shards = tuple(Shard(one, _output(one.name, table_format)) for one in tables)
    _check(shards)
    return Shards(folder, shards, len(found) - len(tables))


def _opened(source: str) -> tuple[Folder, str | None]:
    """Return the folder that a source is about, and a pattern below it; None for all in it."""
    scheme, sign, rest = source.rpartition("://")
    there = not sign and Path(source).exists()
    if _MAGIC.search(rest) and not there:
        parts = rest.split("/")
        first = next(at for at, part in enumerate(parts) if _MAGIC.search(part))
        root = "/".join(parts[:first]) or ("/" if rest.startswith("/") else ".")
        return open_folder(f"{scheme}{sign}{root}"), "/".join(parts[first:])
    folder = open_folder(source)
    if _is_file(source, folder):
        parent, _, name = rest.rstrip("/").rpartition("/")
        root = parent or ("/" if rest.startswith("/") else ".")
        return open_folder(f"{scheme}{sign}{root}"), escape(name)
    return folder, None


def _is_file(source: str, folder: Folder) -> bool:
    from triage.files.object_storage import ObjectFolder

    if isinstance(folder, ObjectFolder):
        suffix = PurePosixPath(source).suffix.lower()
        return suffix in SUFFIXES and not folder.is_folder()
    return Path(source).is_file()


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "_")) for part in name.split("/"))


def _output(name: str, table_format: TableFormat | None) -> str:
    path = PurePosixPath(name)
    if table_format is not None:
        return str(path.with_suffix(f".{table_format}"))
    return str(path.with_suffix(_WRITTEN_AS.get(path.suffix.lower(), path.suffix)))


def _check(shards: Sequence[Shard]) -> None:
    """Raise UsageError for a name that leads elsewhere, and for two outputs of one name."""
    made_of: dict[str, str] = {}
    for shard in shards:
        if not is_plain(shard.name):
            raise UsageError(
                f"{shard.name!r} is no name to write an output under: rename it, or leave it out "
                "by a pattern"
            )
        if (other := made_of.get(shard.output)) is not None:
            raise UsageError(
                f"{other} and {shard.name} would both be written to {shard.output}: rename one, or "
                "rate them into two folders"
            )
        made_of[shard.output] = shard.name
