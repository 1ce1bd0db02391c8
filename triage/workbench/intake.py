"""Verbs that bring comments in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from triage.domain.automatic import Acted
from triage.domain.comments import Ids, Problem, Thread
from triage.errors import ReadError
from triage.files.portion import watched
from triage.intake.identity import align
from triage.intake.reader import ReadOptions
from triage.intake.reading import NONE, read_all
from triage.workbench.acting import Acting
from triage.workbench.parts import Tick

__all__ = ["ImportReport", "ImportedPart", "Intake"]

_EVERY = 0.5  # seconds between two ticks while nothing is stored


@dataclass(frozen=True, slots=True)
class ImportedPart:
    """One file that was read: what it is called, by which reader, and why by that one."""

    name: str
    reader: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one file brought: which reader and why, how many comments and threads, what was left.

    An archive or a folder has a part per file that could be read, anything else just one.
    `gone` counts comments of its threads that an earlier import held and this one does not: they
    are kept. It is known only where a whole thread is in one file. `acted` is what the policy
    decided by itself. `forgotten` counts what was left out because it is erased here.
    """

    parts: tuple[ImportedPart, ...]
    threads: int
    new: int
    revised: int
    unchanged: int
    gone: int
    problems: tuple[Problem, ...]
    acted: Acted = field(default_factory=Acted)
    forgotten: int = 0


class _Progress:
    """Tells how many comments are stored after each chunk, and now and then while a file is read.

    So a file of which nothing can be stored can be stopped, too: whoever is told may raise.
    """

    def __init__(self, tick: Tick | None) -> None:
        self._tick = tick
        self._done = 0
        self._next = monotonic() + _EVERY

    def stored(self, done: int) -> None:
        self._done = done
        self._tell()

    def read(self) -> None:
        if monotonic() >= self._next:
            self._tell()

    def _tell(self) -> None:
        self._next = monotonic() + _EVERY
        if self._tick is not None:
            self._tick(self._done, None)


class Intake(Acting):
    """Comments come in."""

    def import_file(
        self,
        path: Path,
        *,
        reader: str = "auto",
        first_comment: int | str | None = None,
        columns: Mapping[str, str] | None = None,
        source: str | None = None,
        on_progress: Tick | None = None,
    ) -> ImportReport:
        """Read a file, an archive or a dataset's folder into the database; twice changes nothing.

        Rows that cannot be used are reported, the rest is kept, and so is what was stored before a
        stop: the same import again goes on. Raises ReadError or UsageError where nothing can be
        read.
        """
        options = self._read_options(first_comment, columns, source)
        parts: list[ImportedPart] = []
        problems: list[Problem] = []

        def threads() -> Iterator[Thread]:
            for reading in read_all(path, reader=reader, options=options):
                if reading.reader != NONE:
                    parts.append(ImportedPart(reading.name, reading.reader, reading.why))
                yield from reading.threads
                problems.extend(reading.problems)

        gone: dict[str, int] = {}
        admission = self.admission()
        progress = _Progress(on_progress)
        with watched(progress.read):
            saved = self.store.threads.save(
                self._aligned(map(admission.admit, threads()), gone), on_progress=progress.stored
            )
        if not parts:
            why = "; ".join(map(str, problems[:3])) or "it is empty"
            raise ReadError(f"{path} holds nothing that can be read: {why}")
        acted = self._act()  # a text that was rated before has its scores at once
        self.store.settle(saved.new + saved.revised)
        return ImportReport(
            parts=tuple(parts),
            threads=len(gone),
            new=saved.new,
            revised=saved.revised,
            unchanged=saved.unchanged,
            gone=sum(gone.values()),
            problems=(*problems, *saved.problems),
            acted=acted,
            forgotten=admission.left_out + saved.forgotten,
        )

    def _read_options(
        self,
        first_comment: int | str | None,
        columns: Mapping[str, str] | None,
        source: str | None,
    ) -> ReadOptions:
        return ReadOptions(
            first_comment=first_comment,
            columns=columns or {},
            timezone=self.settings.timezone,
            source=source,
        )

    def _aligned(self, threads: Iterable[Thread], gone: dict[str, int]) -> Iterator[Thread]:
        """Yield threads with the ids their comments already have; count per thread what is gone."""
        for thread in threads:
            gone.setdefault(thread.id, 0)
            known = self.store.threads.known(thread.id) if thread.ids is Ids.DERIVED else []
            if not known:
                yield thread
                continue
            aligned = align(known, thread)
            here = {comment.id for comment in aligned.comments}
            gone[thread.id] += sum(one.id not in here for one in known)
            yield aligned
