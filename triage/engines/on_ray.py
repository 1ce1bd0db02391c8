"""Shards rated by Ray Data: a pool of actors, on this machine or on a cluster, GPUs included.

What travels is the names of shards and what became of them; an actor reads and writes the files
itself, so that they must be where every machine of the cluster finds them.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread, current_thread, main_thread
from typing import Any

from triage.engines.job import Event, Heard, Job, rate_shard
from triage.engines.shards import Shard
from triage.errors import ScorerError, TriageError, UsageError
from triage.scoring.onnx_runtime import cores, take_cores
from triage.scoring.panel import Panel

__all__ = ["OnRay"]

_STORE = 128 * 1024 * 1024
"""Bytes of Ray's object store, where it is started here: nothing large goes through it."""
_PAUSE = 0.5


class OnRay:
    """The engine of several machines, or of one. Without `workers` there are as many as fit.

    The cluster is the one that `RAY_ADDRESS` names; else Ray is started here and ended again.
    `device` is where the scorers compute: `cuda` gives every actor a GPU of its own. Raises
    UsageError where Ray is not installed.
    """

    def __init__(self, workers: int | None, device: str) -> None:
        # Ray counts its users over the network unless told not to.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray.data  # noqa: F401 - to know before the work
        except ImportError as error:
            raise UsageError(
                f"--engine ray needs Ray ({error}): pip install 'triage-workbench[ray]'"
            ) from error
        self._workers = workers
        self._gpus = 0 if device.startswith("cpu") else 1

    def rate(self, job: Job, shards: Sequence[Shard], heard: Heard) -> None:
        """Rate the shards, the largest first; one whose actor dies is given to another.

        Whatever `heard` raises ends it at once: a shard on disk keeps what is rated of it.
        """
        with _connected(self._workers, len(shards)):
            for told in _heard_of(self._outcomes(job, shards), heard):
                if isinstance(told, TriageError):
                    raise told
                heard(told)

    def _outcomes(self, job: Job, shards: Sequence[Shard]) -> Any:
        """Return a dataset of what becomes of the shards; they are rated as it is read."""
        import ray
        from ray.data import ActorPoolStrategy, DataContext

        context = DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        context.execution_no_progress_timeout_s = -1  # a shard may take hours
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        kind = "GPU" if self._gpus else "CPU"
        fitting = int(ray.cluster_resources().get(kind, 0))
        if not fitting:
            raise UsageError(
                f"Ray finds no {kind} here: start a machine with one, or choose another"
            )
        count = min(self._workers or fitting, len(shards))
        largest_first = sorted(shards, key=lambda shard: -shard.file.size)
        named = [{"shard": pickle.dumps(shard)} for shard in largest_first]
        return ray.data.from_items(named, override_num_blocks=len(named)).map(
            _Actor,
            fn_constructor_args=(job,),
            # One at a time, or one actor would hold what another could begin.
            compute=ActorPoolStrategy(
                min_size=1, max_size=count, initial_size=count, max_tasks_in_flight_per_actor=1
            ),
            num_cpus=1,
            num_gpus=self._gpus,
        )


class _Actor:
    """Rates the shards that it is given with the scorer that it loaded for the first one."""

    def __init__(self, job: Job) -> None:
        take_cores(1)
        self._job = job
        self._panel: Panel | None = None

    def __call__(self, row: Mapping[str, bytes]) -> dict[str, bytes]:
        told: Event | TriageError
        try:
            self._panel = self._panel or self._job.panel()
            shard: Shard = pickle.loads(row["shard"])  # noqa: S301 - our own, through Ray
            told = rate_shard(self._job, self._panel, shard, lambda _event: None)
        except ScorerError as error:
            told = ScorerError(str(error))
        except TriageError as error:
            told = TriageError(str(error))
        return {"told": pickle.dumps(told)}


@contextmanager
def _connected(workers: int | None, shards: int) -> Iterator[None]:
    """Have Ray in the block: the cluster that is named, or one on this machine alone."""
    import ray

    if ray.is_initialized():
        yield
        return
    quiet: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if not os.environ.get("RAY_ADDRESS"):
        quiet |= {"address": "local", "include_dashboard": False, "object_store_memory": _STORE}
        quiet["num_cpus"] = max(min(workers or 1, shards), cores())
    handler = signal.getsignal(signal.SIGTERM)
    try:
        try:
            ray.init(**quiet)
        except Exception as error:  # of many kinds, from gRPC's to the system's
            raise TriageError(f"Ray cannot be started or reached: {error}") from error
        if current_thread() is main_thread():
            signal.signal(signal.SIGTERM, handler)  # Ray puts its own there, which ends at once
        yield
    finally:
        ray.shutdown()


def _heard_of(outcomes: Any, heard: Heard) -> Iterator[Event | TriageError]:
    """Yield what the actors say, and have `heard` asked now and then while they say nothing."""
    said: SimpleQueue[Any] = SimpleQueue()

    def listen() -> None:
        try:
            for row in outcomes.iter_rows():
                said.put(pickle.loads(row["told"]))  # noqa: S301 - our own actors'
            said.put(None)
        except Exception as error:  # noqa: BLE001 - Ray has many: a machine is gone, no memory
            said.put(TriageError(f"Ray gave up: {error}; the same command goes on"))

    Thread(target=listen, name="ray", daemon=True).start()
    while True:
        try:
            told = said.get(timeout=_PAUSE)
        except Empty:
            heard(None)
            continue
        if told is None:
            return
        yield told
