"""Ranges of activations: what is common is kept fine, what is rare may be cut."""

from __future__ import annotations

import numpy as np
import pytest

from triage.errors import ScorerError
from triage.scoring.graph import Range
from triage.scoring.ranges import best_range, counted


def error(values: np.ndarray, own: Range) -> float:
    steps = np.clip(np.rint(values / own.scale) + own.zero, 0, 255)
    return float((((steps - own.zero) * own.scale - values) ** 2).mean())


def values(seed: int, count: int = 200_000) -> np.ndarray:
    return np.random.default_rng(seed).normal(0.3, 1.0, count).astype(np.float32)


def test_a_range_holds_what_is_common() -> None:
    own = best_range(counted(values(1)))
    assert -5.0 < own.low < -2.5
    assert 3.0 < own.high < 5.5


def test_a_lone_outlier_is_cut_and_many_are_kept() -> None:
    lone = np.append(values(2), np.float32(60))
    many = np.append(values(2), np.full(2000, 60, np.float32))
    assert best_range(counted(lone)).high < 50
    assert best_range(counted(many)).high > 55


@pytest.mark.parametrize("outliers", [0, 1, 20, 400, 8000])
def test_no_plain_rule_is_better(outliers: int) -> None:
    given = np.append(values(3), np.full(outliers, 25, np.float32))
    own = error(given, best_range(counted(given)))
    rules = [Range(float(given.min()), float(given.max()))] + [
        Range(*np.quantile(given, (1 - share, share))) for share in (0.999, 0.9999, 0.99999)
    ]
    assert own <= 1.05 * min(error(given, rule) for rule in rules)


def test_zero_is_in_every_range_and_has_a_step_of_its_own() -> None:
    for shift in (-40.0, 40.0):
        own = best_range(counted(values(4) + np.float32(shift)))
        assert own.low <= 0.0 <= own.high
        assert error(np.zeros(1, np.float32), own) == 0.0


def test_nothing_but_zero_has_a_range_too() -> None:
    own = best_range(counted(np.zeros(10, np.float32)))
    assert own.scale > 0
    assert error(np.zeros(1, np.float32), own) == 0.0


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(wrong: float) -> None:
    with pytest.raises(ScorerError, match="infinite"):
        best_range(counted(np.append(values(5, 10), np.float32(wrong))))
