"""From a file to threads: which reader, why, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from triage.domain.comments import Problem, Thread
from triage.errors import ReadError, UsageError
from triage.files.encoding import looks_binary
from triage.intake.coral import CORAL
from triage.intake.discourse import DISCOURSE
from triage.intake.disqus import DISQUS
from triage.intake.flat_text import FLAT_TEXT
from triage.intake.nested_text import NESTED_TEXT
from triage.intake.reader import Columns, Contents, Reader, ReadOptions, Sample, Seam
from triage.intake.reddit import REDDIT
from triage.intake.sources import is_collection, parts_of
from triage.intake.tables import CSV, JSONL, PARQUET
from triage.intake.wxr import WXR
from triage.intake.youtube import YOUTUBE

__all__ = ["AUTO", "NONE", "READERS", "Reading", "known_readers", "read_all", "read_file"]

AUTO = "auto"
"""The key that leaves the choice of the reader to the file."""

NONE = "none"
"""What a Reading names as its reader where none could read that file of an archive or a folder."""

_OURS: tuple[Reader, ...] = (
    *(NESTED_TEXT, FLAT_TEXT, CSV, JSONL, PARQUET),
    *(WXR, DISQUS, REDDIT, YOUTUBE, DISCOURSE, CORAL),
)
READERS: Mapping[str, Reader] = MappingProxyType({reader.key: reader for reader in _OURS})
"""The readers that come with triage. Others join through the entry-point group below."""

ENTRY_POINTS = "triage.readers"
_LEAST = 0.2  # below this, a file is of no known layout
_MOST_PROBLEMS = 1_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A file being read: `threads` are read as they are iterated, and `problems` fill meanwhile.

    `reader` is the key of the reader, `why` one sentence on what it found and what made it choose
    so, `name` what to call the file; `columns` and `seam` are what a person may correct. At most
    1,000 problems are listed; a last one then says how many more there were.
    """

    reader: str
    why: str
    threads: Iterator[Thread] = field(repr=False)
    problems: list[Problem] = field(default_factory=list)
    name: str = ""
    columns: Columns | None = None
    seam: Seam | None = None


def known_readers() -> dict[str, Reader]:
    """Return key -> reader: those of installed packages, and our own, which no package replaces.

    Raises UsageError where a package's reader cannot be loaded.
    """
    return {**_installed_readers(), **READERS}


@cache
def _installed_readers() -> dict[str, Reader]:
    from importlib.metadata import entry_points

    readers: dict[str, Reader] = {}
    for entry in entry_points(group=ENTRY_POINTS):
        try:
            readers[entry.name] = entry.load()
        except Exception as error:
            raise UsageError(
                f"the reader {entry.name!r} ({entry.value}) cannot be loaded: {error}; mend or "
                "remove the package it comes from"
            ) from error
    return readers


def read_all(
    path: Path, *, reader: str = AUTO, options: ReadOptions | None = None
) -> Iterator[Reading]:
    """Open the files in a file, a gzip or ZIP archive or a dataset's folder, one after the other.

    Read the threads of one before asking for the next: it is gone then. A file among several that
    cannot be read is a Reading by the reader `none`, with its problem and without threads; anything
    else raises as `read_file` does.
    """
    path = Path(path)
    options = options or ReadOptions()
    _check(options)
    told: list[Problem] = []
    several = is_collection(path)
    for part in parts_of(path, told.append):
        options = replace(options, thread=part.thread)
        try:
            reading = read_file(part.path, reader=reader, options=options)
        except ReadError as error:
            if not several:
                raise
            # Where a file was unpacked to concerns nobody.
            why = str(error).replace(str(part.path), part.name)
            reading = Reading(NONE, why, iter(()), [Problem(part.name, None, why)])
        yield replace(reading, name=part.name, problems=reading.problems)
    if told:
        why = "part of it could not be unpacked"
        yield Reading(NONE, why, iter(()), told, name=path.name)


def read_file(path: Path, *, reader: str = AUTO, options: ReadOptions | None = None) -> Reading:
    """Open a file of comments with the reader named, or with the one that recognises it best.

    Raises ReadError for a file that is missing, unreadable, a folder, empty or of no known layout,
    UsageError for an unknown reader and for options that do not fit reader or file. Whatever is
    wrong with single rows goes to `problems` of the result.
    """
    path = Path(path)
    options = options or ReadOptions()
    _check(options)
    sample = Sample.of(path)
    if not sample.text.strip("\x00\ufeff \t\r\n"):
        raise ReadError(f"{path} is empty: there is nothing to read")
    chosen = _named(reader, options) if reader != AUTO else _recognised(path, sample, options)
    counter = _Counter(path.name)
    contents = chosen.read(path, options, counter.report)
    told = f"{contents.why}{_unusual_encoding(chosen, sample)}"
    if reader != AUTO:
        told += "; read so because you named the reader"
    threads = _until_end(contents, counter)
    return Reading(
        *(chosen.key, told, threads, counter.problems, path.name),
        columns=contents.columns,
        seam=contents.seam,
    )


def _unusual_encoding(reader: Reader, sample: Sample) -> str:
    """Say which encoding was used where that is a guess; a wrong one garbles accents."""
    if reader is PARQUET or sample.encoding in {"utf-8", "utf-8-sig"}:
        return ""
    return f"; read as {sample.encoding}"


def _check(options: ReadOptions) -> None:
    source = options.source
    if source is not None and (not source.strip() or not source.isprintable() or ":" in source):
        raise UsageError(f"a source is a short name without colons, not {source!r}")


def _named(key: str, options: ReadOptions) -> Reader:
    reader = READERS.get(key) or known_readers().get(key)
    if reader is None:
        known = ", ".join([AUTO, *known_readers()])
        raise UsageError(f"unknown reader {key!r}; known are {known}")
    for name in _given(options) - reader.takes:
        raise UsageError(f"the reader {key} takes no {name.replace('_', ' ')}")
    return reader


def _given(options: ReadOptions) -> frozenset[str]:
    """Return the names of the given options that not every reader takes."""
    given = {"first_comment": options.first_comment is not None, "columns": bool(options.columns)}
    return frozenset(name for name, is_given in given.items() if is_given)


def _recognised(path: Path, sample: Sample, options: ReadOptions) -> Reader:
    """Return the reader that is surest of the file, among those that take the given options."""
    given = _given(options)
    fitting = [reader for reader in known_readers().values() if given <= reader.takes]
    if not fitting:
        names = " and ".join(sorted(given)).replace("_", " ")
        raise UsageError(f"no reader takes {names} together: a text has no columns")
    sure, best = max(
        ((reader.recognises(sample), reader) for reader in fitting), key=lambda pair: pair[0]
    )
    if sure >= _LEAST:
        return best
    binary = looks_binary(sample.head)
    seems = f"it looks like {binary}" if binary else "its layout is none that is known here"
    keys = ", ".join(reader.key for reader in fitting)
    raise ReadError(f"{path} cannot be read: {seems}. If you know better, name the reader: {keys}")


class _Counter:
    """Lists problems, and from the thousandth on only counts them."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._more = 0
        self.problems: list[Problem] = []

    def report(self, problem: Problem) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self._more += 1

    def close(self) -> None:
        if self._more:
            message = f"{self._more} further problems are not listed"
            self.problems.append(Problem(self._where, None, message))
            self._more = 0


def _until_end(contents: Contents, counter: _Counter) -> Iterator[Thread]:
    try:
        yield from contents.threads
    finally:
        counter.close()
