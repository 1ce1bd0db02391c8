"""A classifier in ONNX form (see `quantise`), run on token ids; needs no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from triage.errors import ScorerError
from triage.scoring.batching import batches, check_windows, padded
from triage.scoring.onnx_runtime import OnnxModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["FORMAT", "OUTPUTS", "OnnxClassifier"]

FORMAT = {"triage": "classifier 1"}
"""What a graph says of itself, so that no other is taken for one."""
OUTPUTS = "outputs"

_BUDGET = 512  # tokens in a batch, padding included: what stays in a core's cache


class OnnxClassifier:
    """A graph made by `quantise`, from its content or its path; threads may share it.

    `longest` is how many tokens it reads at once, `width` how many outputs it has. Raises
    ScorerError where the graph is damaged or none of ours.
    """

    def __init__(self, graph: bytes | Path) -> None:
        named = graph if isinstance(graph, Path) else "the converted model"
        again = "convert the model again"
        try:
            self._model = OnnxModel(graph, [OUTPUTS])
        except Exception as error:  # onnxruntime raises a dozen classes of its own
            first = str(error).strip().partition("\n")[0]
            raise ScorerError(f"{named} is damaged or missing ({first}): {again}") from error
        facts = self._model.facts
        try:
            self.longest, self.width, self._words = (
                int(facts[name]) for name in ("longest", "outputs", "words")
            )
        except (KeyError, ValueError):
            facts = {}
        if not FORMAT.items() <= facts.items():
            raise ScorerError(f"{named} was not converted by this version of triage: {again}")

    def outputs(
        self, windows: Sequence[Sequence[int]], budget: int = _BUDGET
    ) -> NDArray[np.float32]:
        """Return the sigmoid of every output for every window, in order: (windows, outputs).

        A window is the token ids of a text, the model's special tokens included. Windows of like
        length are rated together, `budget` tokens at once; what a window gets does not hang on
        it. Raises ValueError for a window that is empty, too long, or has an unknown id.
        """
        import numpy as np

        check_windows(windows, self.longest, self._words)
        order = list(batches([len(window) for window in windows], budget))
        found = np.empty((len(windows), self.width), np.float32)
        results = self._model.run(padded([windows[at] for at in batch]) for batch in order)
        for batch, (rows,) in zip(order, results, strict=True):
            found[batch] = rows
        return found
