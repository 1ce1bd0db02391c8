"""What a person names, a file, an archive or a folder -> the files to read in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from triage.domain.comments import Problem
from triage.errors import ReadError
from triage.files.archives import is_archive, members
from triage.intake.reader import Report

__all__ = ["Part", "is_collection", "parts_of"]

_SHARD = re.compile(r"(?P<split>.+?)-\d{5}-of-\d{5}(?:-[0-9a-f]+)?")
_SHARDS = (".parquet", ".csv", ".jsonl", ".ndjson", ".json", ".gz")
_METADATA = frozenset(
    {"dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "README.md"}
)
"""What lies beside the tables of a dataset and holds no comments."""
_DEEPEST = 3
_MOST_FILES = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """One file to read: what to call it, where it lies, and the thread of rows that name none."""

    name: str
    path: Path
    thread: str | None = None


def is_collection(path: Path) -> bool:
    """Whether several files may be in it: then one that cannot be read does not stop the rest."""
    return path.is_dir() or (is_archive(path) and path.suffix.lower() != ".gz")


def parts_of(path: Path, report: Report) -> Iterator[Part]:
    """Yield the files in a file, a gzip or ZIP archive, or a folder of a Hugging Face dataset.

    One out of an archive is gone when the next is asked for. What cannot be used is told to
    `report`. Raises ReadError where nothing can be.
    """
    if path.is_dir():
        name = path.resolve().name
        for file in _shards(path):
            inside = file.relative_to(path)
            split = _SHARD.fullmatch(file.name.split(".")[0])
            configuration = [part for part in inside.parts[:-1] if part != "data"]
            thread = "/".join([name, *configuration, split["split"]]) if split else None
            shown = f"{name}/{inside.as_posix()}"
            try:
                for part in _opened(file, report):
                    yield Part(shown, part.path, thread)
            except ReadError as error:
                report(Problem(shown, None, str(error)))
    else:
        yield from _opened(path, report)


def _opened(path: Path, report: Report) -> Iterator[Part]:
    if not is_archive(path):
        yield Part(path.name, path)
        return
    for member in members(path, report):
        name = PurePosixPath(member.name.replace("\\", "/")).name
        if name not in _METADATA:
            yield Part(member.name, member.path)


def _shards(folder: Path) -> list[Path]:
    """Return a dataset's files, those of one split together and in order.

    The Hub's layout has them in `data/`, in a folder per configuration or at the top.
    """
    found: list[Path] = []
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if hidden or len(inside.parts) > _DEEPEST or path.is_symlink() or not path.is_file():
            continue
        if path.suffix.lower() in _SHARDS and path.name not in _METADATA:
            found.append(path)
        if len(found) > _MOST_FILES:
            raise ReadError(f"{folder} holds more than {_MOST_FILES:,} files: name a folder in it")
    parquet = [path for path in found if path.suffix.lower() == ".parquet"]
    if not found:
        raise ReadError(
            f"{folder} is a folder without tables: name a file in it, or the folder of a Hugging "
            "Face dataset (Parquet files in data/)"
        )
    return sorted(parquet or found)
