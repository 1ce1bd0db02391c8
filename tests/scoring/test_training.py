"""The parts that made the weights, on data of their own: the labelled sets are not needed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from training import own_examples
from training.calibration import fit_calibration
from training.figures import bands, calibration_error, label_figures
from training.linear import fit
from training.train_compact import quantised
from triage.scoring.compact import calibrated, unpacked

RNG = np.random.default_rng(3)


def test_a_fit_finds_the_column_that_matters_and_ignores_what_is_unknown() -> None:
    table = (RNG.random((400, 20)) < 0.3).astype(np.float32)
    targets = np.stack([table[:, 4], 1 - table[:, 9]], axis=1)
    targets[::3, 0] = np.nan
    weights, bias = fit(
        csr_matrix(table), targets, np.ones_like(targets), penalty=1.0, iterations=50
    )
    assert int(np.argmax(weights[:, 0])) == 4
    assert int(np.argmin(weights[:, 1])) == 9
    assert bias[0] < 0 < bias[1]


def test_a_row_without_weight_changes_nothing() -> None:
    table = (RNG.random((100, 5)) < 0.5).astype(np.float32)
    targets = table[:, :1].copy()
    counted = np.ones_like(targets)
    counted[50:] = 0
    one, _ = fit(csr_matrix(table), targets, counted, penalty=1.0, iterations=50)
    targets[50:] = 1 - targets[50:]
    other, _ = fit(csr_matrix(table), targets, counted, penalty=1.0, iterations=50)
    assert one == pytest.approx(other)


def test_calibration_makes_overconfident_logits_mean_what_they_say() -> None:
    honest = RNG.normal(-2, 1.5, 20_000)
    truth = (RNG.random(20_000) < 1 / (1 + np.exp(-honest))).astype(float)
    loud = 3 * honest + 1
    found = calibrated(loud[:, None], fit_calibration(loud, truth)[None, :])[:, 0]
    before = 1 / (1 + np.exp(-loud))
    assert calibration_error(truth, found) < 0.01 < calibration_error(truth, before)
    assert (np.argsort(found) == np.argsort(honest)).mean() > 0.99


def test_packed_weights_come_back_close_also_the_small_ones() -> None:
    weights = RNG.laplace(0, 0.1, (5000, 2)).astype(np.float32)
    packed, scale = quantised(weights)
    back = unpacked(packed, scale)
    assert packed.dtype == np.int8
    assert np.abs(back - weights).max() < 0.02
    assert np.corrcoef(back[:, 0], weights[:, 0])[0, 1] > 0.9995


def test_figures_of_a_perfect_and_of_a_blind_scorer() -> None:
    draw = np.random.default_rng(5)
    truth = (draw.random(600) < 0.3).astype(float)
    perfect = label_figures(truth, truth, seed=1, draws=50)
    assert (perfect["auc"], perfect["ece"], perfect["auc_95"]) == (1.0, 0.0, [1.0, 1.0])
    blind = label_figures(truth, draw.random(600), seed=1, draws=50)
    assert blind["auc_95"][0] < 0.5 < blind["auc_95"][1]
    assert blind["ece"] > 0.2, "random scores average a half, and 3 in 10 are positive"
    assert sum(int(band["rows"]) for band in bands(truth, truth)) == 600


def test_the_bias_check_is_not_what_was_trained_on() -> None:
    trained = {*own_examples.kind_sentences(), *own_examples.compliments()}
    trained |= set(own_examples.plain_sentences())
    checked = own_examples.check_sentences() + own_examples.attacking_sentences()
    assert trained.isdisjoint(sentence for _, sentence in checked)
    assert {group for group, _ in checked} == set(own_examples.IDENTITIES)
