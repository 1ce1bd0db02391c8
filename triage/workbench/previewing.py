"""The verb that looks into a file before anything of it is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic

from triage.domain.comments import Comment, Problem, SourceState, Thread
from triage.errors import NoTextError, ReadError
from triage.files.portion import Portion, only
from triage.intake.columns import ROLES
from triage.intake.reader import Columns, Seam
from triage.intake.reading import AUTO, NONE, Reading, known_readers, read_all
from triage.workbench.intake import ImportedPart, Intake

__all__ = ["COLUMN_ROLES", "Preview", "Previewing", "SeenThread"]

COLUMN_ROLES = tuple(ROLES)
"""What a column of a table can be."""

_MOST_COMMENTS = 5_000
_MOST_CHARACTERS = 16 * 1024 * 1024  # of one file
_MOST_SECONDS = 3.0  # of reading: what was read is then looked up in the database
_SHOWN_COMMENTS = 20
_SHOWN_THREADS = 100


@dataclass(frozen=True, slots=True)
class SeenThread:
    """A thread as far as it was read: its name, and how many comments were seen."""

    id: str
    title: str
    comments: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds, as far as it was read: `whole` says whether that is all of it.

    `comments`, `authors`, `undated`, `states` (at the source), `reports` (comments that readers
    objected to) and `rated` (by scorers elsewhere) are counts; `first_at` and `last_at` are the
    earliest and the latest time. `new`, `revised` and `unchanged` say what an import would bring,
    `gone` what it would keep of an earlier one that is not in the file any more, where that is
    known; `forgotten` is left out because it was erased here. `shown` are the first comments,
    `threads` the first threads of `thread_count`.
    `lacking` is a table that cannot be read before somebody says which column holds the text.
    """

    parts: tuple[ImportedPart, ...]
    whole: bool
    comments: int = 0
    thread_count: int = 0
    threads: tuple[SeenThread, ...] = ()
    authors: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    undated: int = 0
    states: Mapping[SourceState, int] = field(default_factory=dict)
    reports: int = 0
    rated: int = 0
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    gone: int = 0
    forgotten: int = 0
    shown: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()
    columns: Columns | None = None
    seam: Seam | None = None
    lacking: bool = False

    @property
    def told(self) -> str:
        """How much of what there is, in one line."""
        if not self.comments:
            return "no comment" if self.whole else "no comment in its first part, which was read"
        told = "" if self.whole else "the first "
        told += f"{_many(self.comments, 'comment')} in {_many(self.thread_count, 'thread')}"
        if self.authors:
            told += f" by {_many(self.authors, 'author')}"
        if self.first_at is not None and self.last_at is not None:
            told += f", from {self.first_at:%Y-%m-%d} to {self.last_at:%Y-%m-%d}"
        if self.states:
            states = ", ".join(f"{count:,} {state}" for state, count in self.states.items())
            told += f"; at the source: {states}"
        if self.reports:
            told += f"; {self.reports:,} reported by readers"
        if self.forgotten:
            told += f"; {self.forgotten:,} are forgotten here, and are left out"
        if self.rated:
            told += f"; {_many(self.rated, 'text')} with scores from elsewhere"
        return told

    @property
    def reader(self) -> str:
        """The reader of all parts; "" where they have different ones."""
        readers = {part.reader for part in self.parts}
        return readers.pop() if len(readers) == 1 else ""


class Previewing(Intake):
    """A file is looked at."""

    def readers(self) -> Mapping[str, str]:
        """Return the readers that can be named: key -> what such a file looks like."""
        return {key: reader.description for key, reader in known_readers().items()}

    def look_at(
        self,
        path: Path,
        *,
        reader: str = AUTO,
        first_comment: int | str | None = None,
        columns: Mapping[str, str] | None = None,
        source: str | None = None,
    ) -> Preview:
        """Read a file as `import_file` does, and store nothing: tell what would come of it.

        Of a large one the first portion is read, which takes a second or two: about 5,000
        comments and 16 Mi characters of each file in it, and what three seconds are enough for.
        Raises ReadError or UsageError where nothing can be read; a table without a column for the
        text is `lacking` instead.
        """
        options = self._read_options(first_comment, columns, source)
        until = monotonic() + _MOST_SECONDS
        portion = Portion(_MOST_CHARACTERS, _MOST_COMMENTS, until=until)
        seen = _Seen(portion)
        with only(portion):
            try:
                pieces = list(seen.threads(read_all(path, reader=reader, options=options)))
            except NoTextError as error:
                name = Path(path).name
                why = str(error).removeprefix(f"{name.removesuffix('.gz')}: ")
                problem = Problem(name, None, why)
                return Preview(
                    parts=(),
                    whole=True,
                    problems=(problem,),
                    columns=Columns(error.columns, error.chosen, error.rows),
                    lacking=True,
                )
        if not seen.parts:
            why = "; ".join(map(str, seen.problems[:3])) or "it is empty"
            raise ReadError(f"{path} holds nothing that can be read: {why}")
        return self._preview(seen, pieces)

    def _preview(self, seen: _Seen, pieces: list[Thread]) -> Preview:
        gone: dict[str, int] = {}
        admission = self.admission()
        aligned = list(self._aligned(map(admission.admit, pieces), gone))
        saved = self.store.threads.look(aligned)
        comments = [comment for thread in aligned for comment in thread.comments]
        times = [comment.created_at for comment in comments if comment.created_at is not None]
        threads = _threads(aligned)
        return Preview(
            parts=tuple(seen.parts),
            whole=not seen.cut,
            comments=len(comments),
            thread_count=len(threads),
            threads=threads[:_SHOWN_THREADS],
            authors=len({comment.author for comment in comments} - {None}),
            first_at=min(times, default=None),
            last_at=max(times, default=None),
            undated=len(comments) - len(times),
            states=Counter(comment.state for comment in comments if comment.state is not None),
            reports=sum(bool(comment.reports) for comment in comments),
            rated=sum(len(one.by_text) for thread in aligned for one in thread.scores),
            new=saved.new,
            revised=saved.revised,
            unchanged=saved.unchanged,
            gone=0 if seen.cut else sum(gone.values()),
            forgotten=admission.left_out + saved.forgotten,
            shown=tuple(comments[:_SHOWN_COMMENTS]),
            problems=(*seen.problems, *saved.problems),
            columns=seen.columns,
            seam=seen.seam,
        )


class _Seen:
    """What comes out of a file while it is looked at."""

    def __init__(self, portion: Portion) -> None:
        self._portion = portion
        self._readings: list[Reading] = []
        self._comments = 0
        self.parts: list[ImportedPart] = []
        self.problems: list[Problem] = []

    @property
    def cut(self) -> bool:
        return self._portion.cut

    def threads(self, readings: Iterator[Reading]) -> Iterator[Thread]:
        """Yield threads until it is enough."""
        for reading in readings:
            if self.parts and self._enough():
                return
            before = self._comments
            yield from self._threads_of(reading)
            if reading.reader != NONE:
                self._readings.append(reading)
                self.parts.append(ImportedPart(reading.name, reading.reader, reading.why))
            # Where the portion ends before the first comment, nobody knows that there is none.
            unknown = self.cut and self._comments == before
            self.problems += [one for one in reading.problems if one.line or not unknown]

    def _threads_of(self, reading: Reading) -> Iterator[Thread]:
        for thread in reading.threads:
            if self._comments and self._enough():
                return
            self._comments += len(thread.comments)
            yield thread

    def _enough(self) -> bool:
        """Whether that was it, asked where more is to come."""
        enough = self._comments >= _MOST_COMMENTS or self._portion.late
        self._portion.cut = self._portion.cut or enough
        return enough

    @property
    def columns(self) -> Columns | None:
        """The columns of all parts, where they have the same ones."""
        first = self._readings[0].columns if self._readings else None
        return first if all(one.columns == first for one in self._readings) else None

    @property
    def seam(self) -> Seam | None:
        """Where the comments begin, in a file alone: elsewhere one line fits no other file."""
        return self._readings[0].seam if len(self._readings) == 1 else None


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _threads(pieces: list[Thread]) -> tuple[SeenThread, ...]:
    """Return the threads that pieces belong to, in the order of their first ones."""
    titles: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for piece in pieces:
        titles[piece.id] = titles.get(piece.id) or piece.title
        counts[piece.id] += len(piece.comments)
    return tuple(SeenThread(name, title, counts[name]) for name, title in titles.items())
