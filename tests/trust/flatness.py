"""Whether a process stays as it is over a long run: what it holds, and what an act takes of it.

A figure is flat where a line through it rises by no more than its limit. The line is Theil's and
Sen's, the median of the slopes of all pairs, which a slice that was disturbed from outside does not
move (Sen 1968, https://doi.org/10.1080/01621459.1968.10480934). Nor does a step, taken at once and
never given back: so memory and files are compared at both ends of the run as well.
"""

from __future__ import annotations

import os
import threading
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median

import numpy as np
from scipy.stats import theilslopes

__all__ = ["EACH", "FIGURES", "Figure", "Recorder", "Sample", "Trend", "Turns", "Verdict", "trend"]

EACH = 10_000
"""Acts that a slope is told for."""

_WARMING = 0.2  # of a run: caches fill at its start, which says nothing of what comes after
_WARM = 0.03  # of a whole one, below which a shorter one is not warm, either
_SURE = 0.95
_LEAST = 8  # slices, below which no line is drawn


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured over one slice of a run, which ended after so many acts.

    Memory in MiB and open files are those at its end, the others of its acts: CPU time of the
    process each, and the median and the 99th percentile of their latencies, in milliseconds.
    """

    acts: int
    memory: float
    files: int
    cpu: float
    middle: float
    late: float

    def __str__(self) -> str:
        return (
            f"{self.acts:9,} {self.memory:8.1f} MiB {self.files:4} files "
            f"{self.cpu:8.3f} ms CPU, p50 {self.middle:8.2f} ms, p99 {self.late:8.2f} ms"
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of the samples, and by how much it may grow over a whole run.

    `relative` ones are told in percent of their median.
    """

    name: str
    of: Callable[[Sample], float]
    unit: str
    most: float
    relative: bool = False


FIGURES = (
    Figure("memory", lambda one: one.memory, "MiB", 10),
    Figure("open files", lambda one: one.files, "files", 2),
    Figure("CPU an act", lambda one: one.cpu, "%", 20, relative=True),
    Figure("latency, p50", lambda one: one.middle, "%", 20, relative=True),
    Figure("latency, p99", lambda one: one.late, "%", 50, relative=True),
)


class Verdict(StrEnum):
    """What a line through a figure says; `UNSURE` where it is too short, or too noisy."""

    FLAT = "flat"
    GROWS = "GROWS"
    UNSURE = "cannot be told"


@dataclass(frozen=True, slots=True)
class Trend:
    """By how much a figure grows in 10,000 acts, with its interval of 95 %, and by how much it may.

    `typical` is its median over the run, warming up left out; `risen` by how much its end stands
    above its beginning, of what a process holds, in parts of what it may.
    """

    figure: Figure
    typical: float
    slope: float
    low: float
    high: float
    limit: float
    risen: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """Flat or growing where the whole interval is on that side of the limit."""
        if self.risen > 1:
            return Verdict.GROWS
        if self.high <= self.limit:
            return Verdict.FLAT
        return Verdict.GROWS if self.low > self.limit else Verdict.UNSURE

    def __str__(self) -> str:
        unit = "ms" if self.figure.relative else self.figure.unit
        beginning = f"{self.figure.name:13} {self.typical:9.2f} {unit:5}"
        if np.isinf(self.high):
            return f"{beginning} {self.verdict}: too short a run"
        return (
            f"{beginning} {self.slope:+8.3f} "
            f"({self.low:+.3f} to {self.high:+.3f}) {self.figure.unit} in {EACH:,}, "
            f"limit {self.limit:g}: {self.verdict}"
        )


def trend(figure: Figure, samples: Sequence[Sample], whole: int) -> Trend:
    """Draw the line through a figure of a run; `whole` is how many acts its limit is for."""
    done = samples[-1].acts if samples else 0
    cold = max(_WARMING * done, _WARM * whole)
    kept = [one for one in samples if one.acts > cold]
    values = [figure.of(one) for one in kept]
    typical = median(values or map(figure.of, samples)) if samples else 0.0
    limit = figure.most * EACH / whole
    if len(kept) < _LEAST:
        return Trend(figure, typical, 0.0, -np.inf, np.inf, limit)
    acts = np.array([one.acts for one in kept]) / EACH
    shown = np.array(values) * (100 / (typical or 1.0) if figure.relative else 1.0)
    line = theilslopes(shown, acts, _SURE)
    slope, low, high = float(line.slope), float(line.low_slope), float(line.high_slope)
    risen = 0.0 if figure.relative else _risen(values) / figure.most
    return Trend(figure, typical, slope, low, high, limit, risen)


def _risen(values: Sequence[float]) -> float:
    """Return how far the last tenth of some values stands above the first, by their medians."""
    end = max(len(values) // 10, 2)
    return median(values[-end:]) - median(values[:end])


class Recorder:
    """Hears of every act, from many threads, and takes a sample of a process at each slice's end.

    It keeps the times of one slice only, so that what it holds does not grow with the run, either.
    """

    def __init__(self, pid: int, size: int, told: Callable[[Sample], object]) -> None:
        self._pid = pid
        self._size = size
        self._told = told
        self._lock = threading.Lock()
        self._times = array("d")
        self._cpu = _cpu(pid)
        self._closed = 0
        self.acts = 0
        self.samples: list[Sample] = []

    def add(self, seconds: float, acts: int = 1) -> None:
        """Note what took so long; `acts` that came as one count as so many."""
        with self._lock:
            self._times.append(seconds)
            self.acts += acts
            if self.acts - self._closed >= self._size:
                self._close()

    def _close(self) -> None:
        cpu = _cpu(self._pid)
        middle, late = np.quantile(self._times, (0.5, 0.99)) * 1e3
        sample = Sample(
            acts=self.acts,
            memory=_memory(self._pid),
            files=sum(1 for _ in Path(f"/proc/{self._pid}/fd").iterdir()),
            cpu=(cpu - self._cpu) * 1e3 / (self.acts - self._closed),
            middle=float(middle),
            late=float(late),
        )
        self._cpu, self._closed, self._times = cpu, self.acts, array("d")
        self.samples.append(sample)
        self._told(sample)


class Turns:
    """So many turns, handed out to threads until there are none, or no time, left."""

    def __init__(self, many: int, minutes: float) -> None:
        self._left = many
        self._until = time.monotonic() + 60 * minutes
        self._lock = threading.Lock()

    def take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0 and time.monotonic() < self._until

    @contextmanager
    def failing_together(self) -> Iterator[None]:
        """Hand out no more to anybody once what a thread does in here fails."""
        try:
            yield
        except BaseException:
            with self._lock:
                self._left = 0
            raise


def _memory(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a process and of all its threads, in user and kernel mode."""
    behind_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(behind_name[11]) + int(behind_name[12])) / os.sysconf("SC_CLK_TCK")
