"""Figures and calibration, on data of their own: the labelled sets are not needed."""

from __future__ import annotations

import numpy as np
import pytest

from training.figures import bands, bootstrap, label_figures, span_f1
from triage.domain.scores import ToxicSpan

RNG = np.random.default_rng(3)


def test_figures_of_a_perfect_and_of_a_blind_scorer() -> None:
    draw = np.random.default_rng(5)
    truth = (draw.random(600) < 0.3).astype(float)
    perfect = label_figures(truth, truth, seed=1, draws=50)
    assert (perfect["auc"], perfect["ece"], perfect["auc_95"]) == (1.0, 0.0, [1.0, 1.0])
    blind = label_figures(truth, draw.random(600), seed=1, draws=50)
    assert blind["auc_95"][0] < 0.5 < blind["auc_95"][1]
    assert blind["ece"] > 0.2, "random scores average a half, and 3 in 10 are positive"
    assert sum(band["positive"]["of"] for band in bands(truth, truth)) == 600


def test_an_interval_holds_the_mean_and_a_draw_without_a_figure_does_not_count() -> None:
    values = RNG.normal(1.0, 1.0, 500)

    def mean(rows: np.ndarray) -> float:
        return float("nan") if rows[0] % 5 == 0 else float(values[rows].mean())

    low, high = bootstrap(mean, 500, seed=2, draws=200)
    assert low < values.mean() < high
    assert high - low < 0.3


@pytest.mark.parametrize(
    ("marked", "spans", "f1"),
    [
        ("xx....", [(0, 2)], 1.0),
        ("xx....", [(0, 4)], 2 / 3),
        ("xx....", [], 0.0),
        ("......", [(4, 5)], 0.0),
        ("......", [], 1.0),
        ("x...xx", [(0, 1), (4, 6)], 1.0),
    ],
)
def test_span_f1_is_counted_in_characters(
    marked: str, spans: list[tuple[int, int]], f1: float
) -> None:
    truth = np.array([char == "x" for char in marked], np.float32)
    found = [ToxicSpan(start, end, 1.0) for start, end in spans]
    assert span_f1([truth], [found]) == pytest.approx(f1)


def test_span_f1_is_the_mean_over_texts() -> None:
    truth = np.array([1, 0], np.float32)
    assert span_f1([truth, truth], [[ToxicSpan(0, 1, 1.0)], []]) == 0.5
