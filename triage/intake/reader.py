"""What a reader is: it turns one layout of file into threads of comments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Protocol

from triage.domain.comments import Problem, Thread
from triage.files.encoding import detect, read_head

__all__ = ["Columns", "Contents", "ReadOptions", "Reader", "Report", "Sample", "Seam"]

Report = Callable[[Problem], None]
"""Where a reader says what it could not use."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person may say about a file; each reader takes what concerns it.

    `first_comment` (flat text): where the comments begin, as the number, from 1, of a line among
    those that are not blank, or as the text that it starts with. `columns` (tables): role -> name
    of the column, "" for none (see `triage.intake.columns`). `timezone` holds for times without
    one. `source` is a namespace: ids become `<source>:<id>`. `thread` (tables) is the thread of
    rows that have an id and name no thread; without it that is the file.
    """

    first_comment: int | str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    timezone: tzinfo = UTC
    source: str | None = None
    thread: str | None = None

    def named(self, given: str) -> str:
        """Return an id in this source's namespace."""
        return given if self.source is None else f"{self.source}:{given}"


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file, by which readers judge whether it is theirs.

    `encoding` is a guess that means nothing where the file is no text; `text` has its newlines
    normalised and may end in the middle of a line.
    """

    name: str
    suffix: str
    head: bytes
    encoding: str
    text: str

    @classmethod
    def of(cls, path: Path) -> Sample:
        """Look at a file. Raises ReadError where it cannot be read."""
        head = read_head(path)
        encoding = detect(head)
        text = head.decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")
        return cls(path.name, path.suffix.lower(), head, encoding, text)


@dataclass(frozen=True, slots=True)
class Columns:
    """A table's columns, which of them has which role, and what its first rows hold, shortened."""

    names: tuple[str, ...]
    chosen: Mapping[str, str]
    rows: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Seam:
    """Where an article ends and its comments begin: `first_comment` as in ReadOptions.

    `lines` are those that are not blank, shortened; `likely` are (line, probability) of where the
    comments may begin, the likeliest first.
    """

    lines: tuple[str, ...]
    first_comment: int
    likely: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Contents:
    """What a reader found: the threads, read as they are asked for, and one sentence on why.

    `columns` and `seam` are what a person may correct, where there is such a thing.
    """

    why: str
    threads: Iterator[Thread]
    columns: Columns | None = None
    seam: Seam | None = None


class Reader(Protocol):
    """Reads one layout. `takes` names the options that concern it: `first_comment`, `columns`."""

    @property
    def key(self) -> str:
        """The name by which it is chosen: `nested-text`."""
        ...

    @property
    def description(self) -> str:
        """What the layout looks like, in one line."""
        ...

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffixes such files usually have, in lower case with the dot."""
        ...

    @property
    def takes(self) -> frozenset[str]:
        """The names of those ReadOptions that not every reader takes."""
        ...

    def recognises(self, sample: Sample) -> float:
        """Return how sure it is that the file is in its layout, from 0 to 1."""
        ...

    def read(self, path: Path, options: ReadOptions, report: Report) -> Contents:
        """Open a file; its rows may be read later, while the threads are iterated.

        A row that cannot be used is told to `report` and skipped. Raises ReadError where nothing
        can be read, UsageError for an option that does not fit the file.
        """
        ...
