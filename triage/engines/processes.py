"""Shards rated by worker processes on this machine, each with a scorer and cores of its own."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from traceback import format_exception_only

from triage.engines.job import Event, Failed, Finished, Heard, Job, rate_shard
from triage.engines.shards import Shard
from triage.errors import ScorerError, TriageError
from triage.scoring.onnx_runtime import cores, take_cores

__all__ = ["Processes", "workers_here"]

_EVERY = 0.2
"""Seconds between two words about a shard that is underway."""
_WORTH_A_WORKER = 256 * 1024
"""Bytes of input: a few seconds of scoring, which is what a worker takes to begin."""
_ENDINGS = (signal.SIGINT, signal.SIGTERM)
_LIGHT, _HEAVY = 512 * 1024**2, 1536 * 1024**2
"""Bytes that a worker may take, without and with a model of Detoxify's in float32."""


class Processes:
    """The engine of one machine. A worker that nobody talks to any more ends by itself."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def rate(self, job: Job, shards: Sequence[Shard], heard: Heard) -> None:
        """Rate the shards, the largest first.

        Whatever `heard` raises ends it: each worker finishes and keeps the texts at hand, unless a
        second interruption comes. Raises TriageError where a worker dies.
        """
        waiting = deque(sorted(shards, key=lambda shard: -shard.file.size))
        count = min(self._workers, len(waiting))
        crew: list[_Worker] = []
        try:
            for _ in range(count):
                crew.append(_Worker(job, max(1, cores() // count)))
                crew[-1].give(waiting)
            while any(worker.shard for worker in crew):
                wait([worker.line for worker in crew if worker.shard], timeout=0.5)
                for worker in crew:
                    for event in worker.said():
                        heard(event)
                        if isinstance(event, Failed | Finished):
                            worker.give(waiting)
                heard(None)
        finally:
            _dismiss(crew)


def workers_here(shards: Sequence[Shard], scorers: Sequence[str], device: str) -> int:
    """Return how many workers are worth it: a core each, as far as work and memory go.

    On a GPU it is one: what is beside the model takes little there. `scorers` are their keys.
    """
    if not device.startswith("cpu"):
        return 1
    each = _HEAVY if any(key.startswith("detoxify:") for key in scorers) else _LIGHT
    work = sum(shard.file.size for shard in shards) // _WORTH_A_WORKER
    return max(1, min(cores(), len(shards), work, _memory() // 2 // each))


def _memory() -> int:
    """Return how many bytes of memory this machine has; where it does not say, enough."""
    with suppress(AttributeError, OSError, ValueError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return 2**50


class _Worker:
    """A process that rates shards, and the line to it."""

    def __init__(self, job: Job, threads: int) -> None:
        context = get_context("spawn")  # a fork would copy threads that hold locks
        self.line, far = context.Pipe()
        self.shard: Shard | None = None
        self.process = context.Process(target=_work, args=(far, job, threads), daemon=True)
        with _undisturbed():
            self.process.start()
        far.close()

    def give(self, waiting: deque[Shard]) -> None:
        """Give it the next shard, if there is one."""
        self.shard = waiting.popleft() if waiting else None
        if self.shard is not None:
            with suppress(OSError):  # one that died is noticed where it should answer
                self.line.send(self.shard)

    def said(self) -> list[Event]:
        """Return what it said since; raise what went wrong with it."""
        events: list[Event] = []
        try:
            while self.shard is not None and self.line.poll():
                told = self.line.recv()
                if isinstance(told, TriageError):
                    raise told
                events.append(told)
                if isinstance(told, Failed | Finished):
                    break
        except (EOFError, OSError) as error:
            self.process.join(5)
            name = self.shard.name if self.shard else ""
            raise TriageError(
                f"a worker process died at {name} (exit code {self.process.exitcode}; -9 is often "
                "for want of memory): the same command goes on, with fewer --workers if need be"
            ) from error
        return events

    def stop(self) -> None:
        """Ask it to end once the texts at hand are kept."""
        with suppress(OSError):
            self.line.send(None)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Have what is started in the block hear of no Ctrl+C: the terminal tells it to all at once."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _dismiss(crew: Sequence[_Worker]) -> None:
    """Have all workers end, and wait for it; a second interruption does not wait."""
    try:
        for worker in crew:
            worker.stop()
        for worker in crew:
            # What it still has to say must not keep it from ending.
            while worker.process.is_alive():
                with suppress(EOFError, OSError):
                    while worker.line.poll():
                        worker.line.recv()
                worker.process.join(0.05)
    finally:
        for worker in crew:
            worker.process.kill()
            worker.process.join()
            worker.line.close()


class _StoppedError(Exception):
    """Whoever gave the work wants no more of it, or is gone."""


def _work(line: Connection, job: Job, threads: int) -> None:
    """Rate one shard after the other, until there is None; this is what the process runs."""
    for one in _ENDINGS:  # whoever gave the work says what follows
        signal.signal(one, signal.SIG_IGN)
    take_cores(threads)
    last = 0.0

    def heard(event: Event | None) -> None:
        nonlocal last
        if line.poll():  # no shard is given while one is underway: it is the end
            raise _StoppedError
        if event is not None and time.monotonic() - last > _EVERY:
            last = time.monotonic()
            _say(line, event)

    with suppress(_StoppedError, EOFError, OSError):
        try:
            panel = None
            while (shard := line.recv()) is not None:
                panel = panel or job.panel()
                _say(line, rate_shard(job, panel, shard, heard))
        except ScorerError as error:
            _say(line, ScorerError(str(error)))
        except TriageError as error:
            _say(line, TriageError(str(error)))
        except (_StoppedError, EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - said where somebody reads it
            _say(line, TriageError("".join(format_exception_only(error)).strip()))


def _say(line: Connection, told: Event | TriageError) -> None:
    try:
        line.send(told)
    except OSError as error:
        raise _StoppedError from error
