"""One piece of long work at a time, in a thread of its own: imports, then scores.

Whoever began it may leave: it goes on, and everybody can see how far it is. Whatever ends it, what
was finished is stored, and the same again goes on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from triage.errors import ConflictError, InputError, TriageError
from triage.workbench.intake import ImportReport
from triage.workbench.parts import Tick
from triage.workbench.scoring import ScoreReport

__all__ = ["Run", "Runs", "Step", "ToImport"]

_PATIENCE = 5.0  # seconds that closing waits for what is at hand


class Step(StrEnum):
    """How far a run is."""

    IMPORTING = "importing"
    RATING = "rating"
    DONE = "done"
    STOPPED = "stopped"
    """Somebody stopped it."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ToImport:
    """A file to import, and what a person said of it: `options` as `import_file` takes them.

    `comments` is how many there are, where that is known beforehand.
    """

    path: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    comments: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a run is doing and what came of it so far; `number` tells it from an earlier one.

    `done` of `total` (where that is known) counts comments of the file at hand, then texts to
    score; `seconds` is how long this took so far. `imported` are the files that were read, `unread`
    those that could not be and why. `error` says what made it fail.
    """

    number: int
    step: Step
    file: str = ""
    done: int = 0
    total: int | None = None
    seconds: float = 0.0
    imported: tuple[tuple[str, ImportReport], ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    scored: ScoreReport | None = None
    error: str = ""
    stopping: bool = False

    @property
    def going(self) -> bool:
        """Whether it is still at work."""
        return self.step in {Step.IMPORTING, Step.RATING}

    @property
    def left(self) -> float | None:
        """Seconds that this step takes yet, if it goes on as it did; None where nobody knows."""
        if not self.going or not self.done or not self.total or self.total < self.done:
            return None
        return self.seconds * (self.total - self.done) / self.done


class _StopError(Exception):
    """Somebody wants the run to end; what is at hand is stored."""


class Runs:
    """The run at work or the last one there was. Threads may share it."""

    def __init__(
        self,
        read: Callable[[ToImport, Tick], ImportReport],
        rate: Callable[[Tick], ScoreReport],
    ) -> None:
        self._read = read
        self._rate = rate
        self._lock = Lock()
        self._stop = Event()
        self._thread: Thread | None = None
        self._run: Run | None = None
        self._since = 0.0

    @property
    def last(self) -> Run | None:
        """The run at work, else the last one; None before the first."""
        return self._run

    def start(
        self, files: Sequence[ToImport], *, rate: bool, on_end: Callable[[], object] | None = None
    ) -> Run:
        """Begin to import files and, with `rate`, to score what has no scores; return at once.

        `on_end` is called when it is over, however it ended. Raises ConflictError while another
        run is at work.
        """
        with self._lock:
            if self._run is not None and self._run.going:
                raise ConflictError("comments are being imported or rated: wait, or stop that")
            number = 1 if self._run is None else self._run.number + 1
            self._stop.clear()
            self._run = Run(number, Step.IMPORTING if files else Step.RATING)
            # Whatever kills the process leaves whole transactions: nobody need wait for it.
            self._thread = Thread(
                target=self._work, args=(tuple(files), rate, on_end), name="run", daemon=True
            )
            self._thread.start()
            return self._run

    def stop(self) -> None:
        """Ask the run at work to end with what is at hand; return at once."""
        self._stop.set()
        self._tell(stopping=True)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the run at work is over."""
        if self._thread is not None:
            self._thread.join(seconds)

    def close(self) -> None:
        """Stop, and wait a little for what is at hand."""
        self._stop.set()
        self.wait(_PATIENCE)

    def _tell(self, **news: Any) -> None:
        with self._lock:
            if self._run is not None and self._run.going:
                self._run = replace(self._run, **news)

    def _begin(self, **news: Any) -> None:
        self._since = monotonic()
        self._tell(done=0, seconds=0.0, **news)

    def _tick(self, done: int, total: int | None) -> None:
        self._tell(done=done, total=total, seconds=monotonic() - self._since)
        if self._stop.is_set():
            raise _StopError

    def _work(
        self, files: Sequence[ToImport], rate: bool, on_end: Callable[[], object] | None
    ) -> None:
        try:
            self._import(files)
            if rate:
                self._begin(step=Step.RATING, file="", total=None)
                self._tell(scored=self._rate(self._tick))
            self._tell(step=Step.DONE)
        except _StopError:
            self._tell(step=Step.STOPPED)
        except TriageError as error:
            self._tell(step=Step.FAILED, error=str(error))
        except Exception:
            logging.getLogger("triage").exception("a run failed")
            why = "a fault of ours; the log of the command that opened the dashboard says where"
            self._tell(step=Step.FAILED, error=why)
        finally:
            if on_end is not None:
                on_end()

    def _import(self, files: Sequence[ToImport]) -> None:
        read: list[tuple[str, ImportReport]] = []
        unread: list[tuple[str, str]] = []
        for one in files:
            self._begin(step=Step.IMPORTING, file=one.path.name, total=one.comments)

            def tick(done: int, _: int | None, total: int | None = one.comments) -> None:
                self._tick(done, total)

            try:
                read.append((one.path.name, self._read(one, tick)))
            except InputError as error:  # the other files are not to blame
                unread.append((one.path.name, str(error).replace(str(one.path), one.path.name)))
            self._tell(imported=tuple(read), unread=tuple(unread))
