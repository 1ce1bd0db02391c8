"""A classifier of transformers' in torch, run on token ids: on a CPU or a GPU, exactly or in half.

In float32 a batch may have any shape: scores move by a millionth. In half precision the order in
which a product is summed up shows, and that order hangs on the shape of the batch. There the shape
hangs on nothing but the length of the window itself, so that neighbours cannot move its scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

from triage.errors import ScorerError
from triage.scoring.batching import check_windows, padded
from triage.scoring.pace import Pace
from triage.scoring.processor import CPU, Precision

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TorchClassifier"]

_CPU_HALF = 512  # tokens in a batch: fixed, since a trial's outcome would show in the scores
_GPU = 8192  # tokens: enough to keep a GPU busy, few enough for short batches to be filled up
_GPU_LEAST = 512
_ON_THE_CPU = "rate on the CPU (TRIAGE_DEVICE=cpu)"
_STEP = 16  # places: widths are multiples of it, as the tiles of matrix units are


class TorchClassifier:
    """A transformers model for sequence classification in torch, which it takes over.

    `model` is in eval mode; `device` is torch's name of one (`cpu`, `cuda`, `cuda:1`). `budget` is
    how many tokens a batch holds, padding included; unless given it is found by the first batches
    in float32 on a CPU (see `Pace`), and by the memory that is free on a GPU. `longest` is how
    many tokens the model reads at once, `width` how many outputs it has. One thread at a time may
    use it. Raises ScorerError where the device is none, is not there, or is too small.
    """

    def __init__(
        self,
        model: Any,
        *,
        precision: Precision = Precision.FLOAT32,
        device: str = CPU,
        budget: int | None = None,
    ) -> None:
        import torch

        self._precision = precision
        self._device = _device(device)
        try:
            self._model = model.to(device=self._device, dtype=getattr(torch, precision))
        except torch.OutOfMemoryError as error:
            raise ScorerError(
                f"the model does not fit into the memory that is free on {self._device}: "
                f"free some, or {_ON_THE_CPU}"
            ) from error
        self.longest = _longest(model.config)
        self.width = int(model.config.num_labels)
        self._words = int(model.config.vocab_size)
        if budget is None and self._on_gpu:
            free, _ = torch.cuda.mem_get_info(self._device)
            budget = affordable(free, model.config, self.longest, precision)
        elif budget is None and precision is not Precision.FLOAT32:
            budget = _CPU_HALF
        self._pace = Pace() if budget is None else Pace(budget, least=budget, most=budget)

    @property
    def budget(self) -> int:
        """How many tokens the next batch may hold."""
        return self._pace.budget

    def outputs(self, windows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Return the sigmoid of every output for every window, in order: (windows, outputs).

        A window is the token ids of a text, the model's special tokens included. Where a GPU runs
        out of memory its batches are halved, from then on too. Raises ScorerError where one window
        alone is too much for it, and where half precision is too coarse for the model; ValueError
        for a window that is empty, too long, or has an unknown id.
        """
        import numpy as np

        check_windows(windows, self.longest, self._words)
        found = np.empty((len(windows), self.width), np.float32)
        done: list[tuple[list[int], Any]] = []
        for group in self._groups([len(window) for window in windows]):
            done += self._rate(windows, group)
        for batch, rows in done:  # only now, so that a GPU waits for nobody meanwhile
            found[batch] = rows.cpu().numpy()[: len(batch)]
        if not np.isfinite(found).all():
            raise ScorerError(
                f"the model gives no numbers in {self._precision}: its weights are damaged"
                + ("" if self._exact else ", or need float32")
            )
        return found

    @property
    def _exact(self) -> bool:
        return self._precision is Precision.FLOAT32

    @property
    def _on_gpu(self) -> bool:
        return bool(self._device.type == "cuda")

    def _groups(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Yield the indices of windows that may share a batch, those that are longest first.

        So what does not fit is known at once, and memory that was taken once is enough.
        """
        order = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
        if self._exact:
            yield order
            return
        groups: dict[tuple[int, bool], list[int]] = {}
        for index in order:
            groups.setdefault(self._shape(lengths[index]), []).append(index)
        yield from groups.values()

    def _shape(self, length: int) -> tuple[int, bool]:
        """Return how wide the batch of a window is in half precision, and whether that fills it.

        A batch without any padding is computed by other means, without a mask. So there is a place
        more than tokens in all that a batch holds, or in none.
        """
        if length == self.longest:
            return length, True
        step = max(_STEP, 2 ** (length.bit_length() - 3))
        return min(self.longest, (length // step + 1) * step), False

    def _rate(
        self, windows: Sequence[Sequence[int]], group: list[int]
    ) -> Iterator[tuple[list[int], Any]]:
        """Yield batches of a group, and their rows on the device."""
        start = 0
        while start < len(group):
            budget = self.budget
            longest = len(windows[group[start]])
            width = longest if self._exact else self._shape(longest)[0]
            size = max(1, budget // width)
            batch = group[start : start + size]
            some = [windows[index] for index in batch]
            if not self._exact:  # a short batch is filled up: its shape is that of a full one
                some += some[:1] * (size - len(some))
            began = perf_counter()
            rows = self._outputs_of(some, width)
            if rows is None:
                self._make_room(len(some), width)
                continue
            tokens = sum(map(len, some))
            self._pace.took(budget, len(some) * width, tokens, perf_counter() - began)
            yield batch, rows
            start += len(batch)

    def _outputs_of(self, windows: Sequence[Sequence[int]], width: int) -> Any:
        """Return the rows of one batch on the device; None where its memory is too small."""
        import torch

        inputs = padded(windows, width)
        try:
            with torch.inference_mode():
                ids, real = self._moved(inputs["ids"]), self._moved(inputs["real"])
                logits = self._model(input_ids=ids, attention_mask=real)[0]
                return torch.sigmoid(logits.float())
        except torch.OutOfMemoryError:
            return None  # left with what the failed batch held: only then is there room again

    def _moved(self, table: NDArray[np.int32]) -> Any:
        import torch

        tensor = torch.from_numpy(table)
        return tensor.pin_memory().to(self._device, non_blocking=True) if self._on_gpu else tensor

    def _make_room(self, rows: int, width: int) -> None:
        """Have batches of half the size from now on. Raises ScorerError for one of one window."""
        import torch

        if self._on_gpu:
            torch.cuda.empty_cache()
        if rows == 1:
            raise ScorerError(
                f"one window of {width} tokens does not fit into the memory that is free on "
                f"{self._device}: free some, or {_ON_THE_CPU}"
            )
        self._pace.limit(rows // 2 * width)


def affordable(free: int, config: Any, longest: int, precision: Precision) -> int:
    """Return how many tokens a batch may hold in `free` bytes, half of which it leaves.

    Rounded down to a power of two, so that the same GPU gets the same batches from one day to the
    next. A layer holds, per token, some copies of its states, of those inside its feed-forward
    part, and at worst two of its row of attention weights.
    """
    numbers = 8 * config.hidden_size + 4 * config.intermediate_size
    numbers += 2 * config.num_attention_heads * longest
    size = 4 if precision is Precision.FLOAT32 else 2
    tokens = max(_GPU_LEAST, min(_GPU, free // 2 // (size * numbers)))
    return int(2 ** (tokens.bit_length() - 1))


def _device(name: str) -> Any:
    """Return a device that is there. Raises ScorerError for another."""
    import torch

    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is not None and device.type == CPU:
        return device
    if device is None or device.type != "cuda":
        raise ScorerError(f"{name!r} is no device to rate on: cpu, cuda, or one GPU, as cuda:1")
    if (device.index or 0) >= torch.cuda.device_count():
        raise ScorerError(
            f"torch finds no GPU {name!r} here (it sees {torch.cuda.device_count()}): "
            f"{_ON_THE_CPU}, or install torch for the driver of this machine"
        )
    return device


def _longest(config: Any) -> int:
    """Return how many tokens a model reads at once.

    A tokenizer says so only where its settings file is there; the model's position table always
    does. RoBERTa numbers positions from its padding id on.
    """
    first = config.pad_token_id + 1 if "roberta" in config.model_type else 0
    return int(config.max_position_embeddings - first)
