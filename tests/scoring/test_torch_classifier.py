"""Real networks of Detoxify's four kinds, tiny, in every precision; on the CPU."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scoring.tiny_detoxify import needs_detoxify
from tests.scoring.tiny_networks import KINDS, PADDING, WORDS, tiny_network
from triage.errors import ScorerError
from triage.scoring import torch_classifier
from triage.scoring.processor import Precision, half_precision
from triage.scoring.torch_classifier import TorchClassifier, affordable

pytestmark = needs_detoxify

EXACT = 1e-5
HALF = [Precision.BFLOAT16, Precision.FLOAT16]


def windows(count: int = 60, seed: int = 2) -> list[list[int]]:
    """Return token ids of one token up to 512, among them a pad token that was typed."""
    draw = random.Random(seed)
    lengths = [1, 2, 15, 16, 511, 512, 512] + [
        max(1, min(512, round(draw.lognormvariate(3.7, 1)))) for _ in range(count - 8)
    ]
    texts = [[draw.randrange(3, WORDS) for _ in range(length)] for length in lengths]
    return [*texts, [0, 5, PADDING, 9, PADDING, 7, 2]]


WINDOWS = windows()


def one_by_one(model: Any, texts: list[list[int]]) -> np.ndarray:
    import torch

    with torch.inference_mode():
        rows = [
            torch.sigmoid(model(torch.tensor([text]), torch.ones(1, len(text)).long()).logits[0])
            for text in texts
        ]
    return torch.stack(rows).numpy()


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def shuffled(count: int) -> Iterator[list[int]]:
    for seed in range(3):
        yield random.Random(seed).sample(range(count), count)


def test_float32_computes_what_the_model_computes_one_by_one(kind: str) -> None:
    wanted = one_by_one(tiny_network(kind), WINDOWS)
    assert wanted.std(axis=0).min() > 500 * EXACT, "the texts do differ"
    for budget in (1, 300, 100_000, None):
        found = TorchClassifier(tiny_network(kind), budget=budget).outputs(WINDOWS)
        assert found == pytest.approx(wanted, abs=EXACT)


@pytest.mark.parametrize("precision", HALF)
def test_half_precision_stays_near_float32(kind: str, precision: Precision) -> None:
    gaps = abs(
        TorchClassifier(tiny_network(kind), precision=precision).outputs(WINDOWS)
        - one_by_one(tiny_network(kind), WINDOWS)
    )
    assert EXACT < gaps.max() < 0.05  # measured: 0.002 to 0.025 in bfloat16


@pytest.mark.parametrize("precision", HALF)
def test_in_half_precision_neighbours_do_not_move_a_score(kind: str, precision: Precision) -> None:
    """0.005 is what a score may move; of the same shape of batch comes the same score."""
    model = TorchClassifier(tiny_network(kind), precision=precision)
    together = model.outputs(WINDOWS)
    for order in shuffled(len(WINDOWS)):
        mixed = [WINDOWS[at] for at in order]
        parts = np.concatenate([model.outputs(mixed[:7]), model.outputs(mixed[7:])])
        assert abs(parts - together[order]).max() < 1e-6
    alone = np.concatenate([model.outputs([window]) for window in WINDOWS[:20]])
    assert abs(alone - together[:20]).max() < 1e-6


class Watched:
    """A network that remembers the batches it was asked for, and runs out of memory on demand."""

    def __init__(self, kind: str = "bert", room: int = 10**9, **changes: Any) -> None:
        self.room = room
        self.shapes: list[tuple[int, int]] = []
        self.padded: list[int] = []
        self.failed = 0
        self.model = tiny_network(kind, **changes)
        self.model.register_forward_pre_hook(self._look, with_kwargs=True)

    def _look(self, _model: Any, _inputs: Any, named: dict[str, Any]) -> None:
        import torch

        real = named["attention_mask"]
        if real.numel() > self.room:
            self.failed += 1
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        self.shapes.append((real.shape[0], real.shape[1]))
        self.padded.append(int((real.min(dim=1).values == 0).sum()))


@cache
def watched_in_half() -> tuple[Watched, TorchClassifier]:
    watched = Watched(hidden_size=8, intermediate_size=8)
    return watched, TorchClassifier(watched.model, precision=Precision.BFLOAT16)


def shapes_of(lengths: Iterable[int]) -> set[tuple[tuple[int, int], bool]]:
    """Return the shapes of the batches for windows of these lengths, and whether each is masked."""
    watched, classifier = watched_in_half()
    watched.shapes.clear()
    watched.padded.clear()
    classifier.outputs([[5] * length for length in lengths])
    for (rows, width), padded in zip(watched.shapes, watched.padded, strict=True):
        assert rows * width <= 512
        assert padded in {0, rows}, "a batch has a mask or none: other code runs"
    return set(zip(watched.shapes, (padded > 0 for padded in watched.padded), strict=True))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 512), min_size=1, max_size=12))
def test_in_half_precision_a_shape_hangs_on_the_length_alone(lengths: list[int]) -> None:
    apart = [shapes_of([length]) for length in set(lengths)]
    assert all(len(shapes) == 1 for shapes in apart)
    assert shapes_of(lengths) == set().union(*apart)


def test_in_half_precision_there_are_few_shapes() -> None:
    """What a library prepares for a shape is kept: memory grows with their number."""
    assert len(shapes_of(range(1, 513))) < 20


def test_windows_are_padded_little() -> None:
    watched, many = Watched(), windows(600)
    TorchClassifier(watched.model).outputs(many)
    tokens = sum(len(window) for window in many)
    assert sum(rows * width for rows, width in watched.shapes) < 1.3 * tokens


@pytest.mark.parametrize("precision", Precision)
@pytest.mark.parametrize("room", [512, 700, 1500])
def test_out_of_memory_halves_the_batches_and_loses_nothing(
    precision: Precision, room: int
) -> None:
    watched = Watched(room=room)
    model = TorchClassifier(watched.model, precision=precision, budget=16_384)
    found = model.outputs(WINDOWS)
    wanted = one_by_one(tiny_network("bert"), WINDOWS)
    assert found == pytest.approx(wanted, abs=EXACT if precision is Precision.FLOAT32 else 0.05)
    assert watched.failed
    assert model.budget <= room
    failed, done = watched.failed, len(watched.shapes)
    assert model.outputs(WINDOWS) == pytest.approx(found, abs=1e-6 if room == 512 else 1e-5)
    assert watched.failed == failed, "the smaller budget is kept"
    assert len(watched.shapes) <= 2 * done, "what was done was not done again"


def test_what_was_done_before_memory_ran_out_is_not_done_again() -> None:
    """The first batches fit; then another program takes most of the memory."""
    watched = Watched()
    model = TorchClassifier(watched.model, budget=2048)
    texts = [[5] * 500 for _ in range(16)]

    def squeeze(*_: Any) -> None:
        watched.room = 1100 if len(watched.shapes) == 2 else watched.room

    watched.model.register_forward_hook(squeeze)
    assert model.outputs(texts).shape == (16, 6)
    assert watched.shapes == [(4, 500)] * 2 + [(2, 500)] * 4
    assert watched.failed == 1


@pytest.mark.parametrize("precision", Precision)
def test_one_window_that_does_not_fit_is_an_error_that_says_so(precision: Precision) -> None:
    watched = Watched(room=100)
    model = TorchClassifier(watched.model, precision=precision)
    with pytest.raises(ScorerError, match=r"one window of 512 tokens does not fit .* on cpu"):
        model.outputs(WINDOWS)
    watched.room = 10**9
    assert model.outputs(WINDOWS[:1]).shape == (1, 6)


def test_a_better_budget_is_found_on_the_way_and_moves_no_score(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine on which a batch costs the same whatever is in it: the larger, the better."""
    model = tiny_network("bert")
    batches: list[None] = []
    model.register_forward_hook(lambda *_: batches.append(None))
    # Not this machine's clock, which also counts what else it does.
    monkeypatch.setattr(torch_classifier, "perf_counter", lambda: 0.03 * len(batches))
    classifier = TorchClassifier(model)
    assert classifier.budget == 1024
    texts = [[5, 6 + at % 50] * 64 for at in range(700)]
    first = classifier.outputs(texts)
    assert classifier.budget > 1024
    assert classifier.outputs(texts) == pytest.approx(first, abs=EXACT)


def test_what_the_model_cannot_read_is_refused(kind: str) -> None:
    model = TorchClassifier(tiny_network(kind))
    assert model.longest == 512
    for wrong in ([], [5] * 513):
        with pytest.raises(ValueError, match="between 1 and 512 tokens"):
            model.outputs([[5], wrong])
    for wrong in ([WORDS], [5, -1]):
        with pytest.raises(ValueError, match="id lies between 0 and"):
            model.outputs([[5], wrong])


def test_there_is_a_row_per_window_whatever_their_number(kind: str) -> None:
    model = TorchClassifier(tiny_network(kind))
    assert model.width == (16 if "roberta" in kind else 6)
    for count in (0, 1, 2):
        assert model.outputs(WINDOWS[:count]).shape == (count, model.width)


def test_a_model_too_large_for_half_precision_is_an_error_and_no_score() -> None:
    import torch

    model = tiny_network("bert")
    with torch.no_grad():
        model.classifier.weight.fill_(1e30)
        model.classifier.weight[:, ::2] = -1e30  # infinities of both signs in float16
    with pytest.raises(ScorerError, match=r"no numbers in float16.*need float32"):
        TorchClassifier(model, precision=Precision.FLOAT16).outputs([[5]])


@pytest.mark.parametrize("device", ["gpu", "cuda:nine", "meta", "", "cpu:x"])
def test_what_is_no_device_is_refused(device: str) -> None:
    with pytest.raises(ScorerError, match="is no device to rate on: cpu, cuda"):
        TorchClassifier(tiny_network("bert"), device=device)


def test_a_gpu_that_is_not_there_is_refused() -> None:
    with pytest.raises(ScorerError, match="torch finds no GPU 'cuda:99' here"):
        TorchClassifier(tiny_network("bert"), device="cuda:99")


def test_half_precision_on_a_cpu_needs_amx() -> None:
    import torch

    amx = torch.cpu.get_capabilities().get("amx_bf16", False)
    assert half_precision("cpu") is (Precision.BFLOAT16 if amx else None)
    assert half_precision("cuda:1") is Precision.FLOAT16


def test_a_gpus_budget_follows_its_free_memory() -> None:
    config = tiny_network("bert", hidden_size=768, intermediate_size=3072, num_attention_heads=12,
                          num_hidden_layers=1).config  # fmt: skip
    gib = 2**30
    found = [affordable(free * gib, config, 512, Precision.FLOAT16) for free in (0, 1, 4, 80)]
    assert found == sorted(found)
    assert found[0] == 512
    assert found[-1] == 8192
    assert affordable(gib, config, 512, Precision.FLOAT32) == found[1] // 2
    near = affordable(gib + 2**20, config, 512, Precision.FLOAT16)
    assert near == found[1], "a little more or less changes nothing"


@pytest.mark.parametrize("precision", [Precision.FLOAT32, Precision.FLOAT16])
def test_a_gpu_gives_what_the_cpu_gives(kind: str, precision: Precision) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("needs a GPU")
    model = TorchClassifier(tiny_network(kind), precision=precision, device="cuda")
    wanted = one_by_one(tiny_network(kind), WINDOWS)
    found = model.outputs(WINDOWS)
    assert found == pytest.approx(wanted, abs=EXACT if precision is Precision.FLOAT32 else 0.02)
    for order in shuffled(len(WINDOWS)):
        assert abs(model.outputs([WINDOWS[at] for at in order]) - found[order]).max() < 0.005
