"""A model in ONNX form, run on every core: one batch to a core, each on one thread.

That wastes less than all cores on one batch, and leaves Python free meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["OnnxModel", "cores", "take_cores"]

Inputs = Mapping[str, "NDArray[np.int32]"]
Outputs = list["NDArray[np.float32]"]

_taken: list[int] = []
"""The most cores that this process may use, where somebody said so."""


class OnnxModel:
    """An ONNX graph, ready to run; threads may share it. Raises what onnxruntime raises.

    It is given as its content or its path, and run as it is written: it was put together for the
    CPU kernels it names.
    """

    def __init__(self, graph: bytes | Path, outputs: Sequence[str]) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.log_severity_level = 3
        self._session: Any = onnxruntime.InferenceSession(
            graph, options, providers=["CPUExecutionProvider"]
        )
        self._outputs = list(outputs)

    @property
    def facts(self) -> Mapping[str, str]:
        """What the graph's writer noted in it."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, batches: Iterable[Inputs]) -> Iterator[Outputs]:
        """Yield the outputs of each batch, in order."""
        ahead = iter(batches)
        first = list(islice(ahead, 2))
        if len(first) < 2 or cores() < 2:
            yield from map(self._run_one, chain(first, ahead))
            return
        with ThreadPoolExecutor(cores(), thread_name_prefix="onnx") as pool:
            yield from pool.map(self._run_one, chain(first, ahead))

    def _run_one(self, inputs: Inputs) -> Outputs:
        found: Outputs = self._session.run(self._outputs, dict(inputs))
        return found


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return min([len(os.sched_getaffinity(0)), *_taken])
    return min([os.cpu_count() or 1, *_taken])


def take_cores(count: int) -> None:
    """Have everything that computes in this process use so many cores at most.

    For a process that is one of several, at its beginning: torch and the tokenizers look when they
    are loaded, and what the environment says already stays.
    """
    _taken[:] = [max(count, 1)]
    for name in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ.setdefault(name, str(max(count, 1)))
