"""Rounding that minds what a layer gives, not each weight for itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.scoring.graph import packed_weight
from triage.scoring.rounding import rounded


def layer(seed: int, inputs: int = 24, outputs: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Return a weight, and inputs that rise and fall together as a network's do."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 6)) @ rng.normal(size=(6, inputs))
    x += 0.1 * rng.normal(size=x.shape)
    return rng.normal(size=(inputs, outputs)), x


def lost(weight: np.ndarray, x: np.ndarray, packed: tuple[np.ndarray, np.ndarray]) -> float:
    return float(((x @ weight - x @ (packed[0] * packed[1])) ** 2).mean())


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10_000), steps=st.sampled_from([7, 31, 63]))
def test_what_the_layer_gives_changes_less_than_with_each_weight_to_the_nearest(
    seed: int, steps: int
) -> None:
    weight, x = layer(seed)
    packed = rounded(weight, x.T @ x, steps)
    nearest = packed_weight(weight.astype(np.float32), axis=0, steps=steps)
    assert lost(weight, x, packed) < 0.5 * lost(weight, x, nearest)
    assert packed[0].dtype == np.int8
    assert np.abs(packed[0].astype(int)).max() <= steps
    assert packed[1] == pytest.approx(nearest[1])


def one_by_one(weight: np.ndarray, moment: np.ndarray, steps: int) -> np.ndarray:
    """Return what GPTQ gives where each input's change reaches all further ones at once."""
    left, count = weight.copy(), len(weight)
    scale = np.abs(weight).max(axis=0) / steps
    upper = np.linalg.cholesky(
        np.linalg.inv(moment + 0.01 * np.diag(moment).mean() * np.eye(count))
    ).T
    packed = np.empty(weight.shape, np.int8)
    for at in range(count):
        packed[at] = np.clip(np.rint(left[at] / scale), -steps, steps)
        error = (left[at] - packed[at] * scale) / upper[at, at]
        left -= np.outer(np.where(np.arange(count) > at, upper[at], 0), error)
    return packed


def test_many_inputs_are_made_up_for_as_few_are() -> None:
    weight, x = layer(11, inputs=300)
    x *= np.linspace(2, 1, 300)  # the greatest come first already
    x = x[:, np.argsort(-(x**2).sum(axis=0), kind="stable")]
    packed, _ = rounded(weight, x.T @ x, 63)
    assert (packed == one_by_one(weight, x.T @ x, 63)).mean() > 0.999


def test_inputs_that_have_nothing_to_do_with_one_another_leave_the_nearest() -> None:
    weight, _ = layer(3)
    packed, _ = rounded(weight, 400 * np.eye(len(weight)), 63)
    assert np.array_equal(packed, packed_weight(weight.astype(np.float32), 0, 63)[0])


def test_what_lies_on_the_steps_already_stays() -> None:
    weight, x = layer(5)
    packed, scale = rounded(weight, x.T @ x, 63)
    packed[0] = 63  # so that every output has its greatest
    again, same = rounded(packed * scale, x.T @ x, 63)
    assert np.array_equal(again, packed)
    assert same == pytest.approx(scale)


def test_an_input_that_is_always_nought_and_an_output_of_noughts_are_no_trouble() -> None:
    weight, x = layer(7)
    x[:, 2] = 0
    weight[:, 4] = 0
    packed, scale = rounded(weight, x.T @ x, 63)
    assert np.isfinite(packed * scale).all()
    assert not (packed * scale)[:, 4].any()


def test_inputs_that_are_all_nought_leave_the_nearest() -> None:
    weight, _ = layer(9)
    packed, _ = rounded(weight, np.zeros((len(weight), len(weight))), 63)
    assert np.array_equal(packed, packed_weight(weight.astype(np.float32), 0, 63)[0])
