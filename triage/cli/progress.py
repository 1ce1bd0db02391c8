"""How far the work is, how fast it goes, how long it takes yet; and how it is stopped cleanly."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.table import Column
from rich.text import Text

from triage.cli.printing import err, inert

if TYPE_CHECKING:
    from triage.workbench import Tick

__all__ = ["progress"]

_SPEED_SECONDS = 60.0
"""The speed is that of the last minute: it takes a few portions to be one."""
_STOPPING = "Stopping after what is at hand; Ctrl+C again stops at once."


@contextmanager
def progress(
    what: str,
    *,
    unit: str = "",
    passing: str = "",
    in_bytes: bool = False,
    then: Callable[[], str] | None = None,
    every: float = 10.0,
) -> Iterator[Tick]:
    """Show how far the work in the block is, by what the yielded function is told.

    On a terminal that is a bar, elsewhere a line `every` so many seconds. What is counted is called
    `unit`, and `passing` while nobody knows how much it is in all.

    The first Ctrl+C (or SIGTERM) lets the work go on to where it tells of its progress next, which
    is where what it did is kept, and ends it there with KeyboardInterrupt; the second ends it at
    once. Where the block fails or is stopped after it did something, what `then` returns is
    printed: what is kept, and how to go on.
    """
    shown = _Shown(what, unit, passing or f"{unit} so far", every, in_bytes=in_bytes)
    try:
        with shown.bar, _handled(shown.stop):
            yield shown.tick
    except BaseException:
        if shown.moved:
            shown.tell_where()
            if then is not None and (words := then()):
                err.print(inert(words), soft_wrap=True)
        raise


@contextmanager
def _handled(stop: Callable[[], None]) -> Iterator[None]:
    """Let `stop` decide what a request to stop does, in the block."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        for one in before:
            signal.signal(one, lambda _number, _frame: stop())
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


class _Shown:
    """One piece of work on the screen. A change of what is counted begins a new count."""

    def __init__(self, what: str, unit: str, passing: str, every: float, *, in_bytes: bool) -> None:
        self._what, self._unit, self._passing = inert(what).plain, unit, passing
        self._in_bytes = in_bytes
        self.bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=16),
            _Facts(self._facts),
            console=err,
            transient=True,
            disable=not err.is_terminal,
            speed_estimate_period=_SPEED_SECONDS,
        )
        self.moved = False
        self._told: tuple[float, float | None] | None = None
        self._stopping = False
        self._counts: tuple[TaskID, int | None] | None = None
        self._every = every
        self._next_line = time.monotonic() + every
        self._count(None)

    def tick(self, done: int, total: int | None) -> None:
        """Take note of how far the work is. Raises KeyboardInterrupt where it is to stop."""
        task = self._count(total)
        self.bar.update(task, completed=done)
        self.moved = self.moved or (done > 0 and total is not None)
        if self.bar.disable and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + self._every
            self.tell_where()
        if self._stopping:
            raise KeyboardInterrupt

    def stop(self) -> None:
        """Ask the work to stop at its next tick. Raises KeyboardInterrupt at the second time."""
        if self._stopping:
            raise KeyboardInterrupt
        self._stopping = True
        if self.bar.disable:
            # Whatever the signal interrupted may be writing to the stream: go past it.
            with suppress(OSError):
                os.write(2, f"{_STOPPING}\n".encode())
            return
        for task in self.bar.task_ids:
            self.bar.update(task, description=f"{self._what}. {_STOPPING}")

    def tell_where(self) -> None:
        """Print how far the work is, as a line, unless that was the last one printed."""
        for task in self.bar.tasks:
            at = (task.completed, task.total)
            if at != self._told:
                self._told = at
                err.print(Text(f"{self._what}: {self._facts(task)}"), soft_wrap=True)

    def _count(self, total: int | None) -> TaskID:
        """Return the count at hand; begin another where the total is another."""
        if self._counts is not None and self._counts[1] == total:
            return self._counts[0]
        if self._counts is not None:
            self.bar.remove_task(self._counts[0])
        task = self.bar.add_task(self._what, total=total)
        self._counts = (task, total)
        return task

    def _facts(self, task: Task) -> str:
        """Return how far a count is, in words."""
        done, total = int(task.completed), task.total
        if total is None:
            return f"{self._number(done)} {self._passing}, {_clock(task.elapsed or 0)}"
        unit = "MB" if self._in_bytes else self._unit
        share = f" ({done / total:.0%})" if total else ""
        facts = [f"{self._number(done)} of {self._number(total)} {unit}{share}"]
        if speed := task.speed:
            facts.append(f"{self._number(speed, exact=True)} {unit}/s")
        if task.time_remaining:
            facts.append(f"{_clock(task.time_remaining)} left")
        return ", ".join(facts)

    def _number(self, count: float, *, exact: bool = False) -> str:
        """Return a number as it is shown: bytes in millions, speeds with a decimal."""
        if self._in_bytes:
            return f"{count / 1e6:,.1f}"
        return f"{count:,.1f}" if exact else f"{count:,.0f}"


class _Facts(ProgressColumn):
    """Draws the facts of a task beside its bar."""

    def __init__(self, facts: Callable[[Task], str]) -> None:
        super().__init__(Column(no_wrap=True))
        self._facts = facts

    def render(self, task: Task) -> Text:
        """Return the facts."""
        return Text(self._facts(task))


def _clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds."""
    minutes, seconds = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{int(seconds):02}"
