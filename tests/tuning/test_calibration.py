"""Beta calibration and reliability, on labels drawn here and against betacal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.tuning.bounds import wilson
from triage.tuning.calibration import Beta, NotCalibrated, bent, calibrated, fit_beta, logits
from triage.tuning.reliability import calibration_error, reliability

RNG = np.random.default_rng(3)


def test_calibration_makes_overconfident_logits_mean_what_they_say() -> None:
    honest = RNG.normal(-2, 1.5, 20_000)
    truth = (RNG.random(20_000) < 1 / (1 + np.exp(-honest))).astype(float)
    loud = 3 * honest + 1
    found = bent(loud, fit_beta(loud, truth))
    before = 1 / (1 + np.exp(-loud))
    assert calibration_error(truth, found) < 0.01 < calibration_error(truth, before)
    assert (np.argsort(found) == np.argsort(honest)).mean() > 0.99


def test_calibration_with_1_1_0_is_the_sigmoid_and_keeps_order() -> None:
    logits = np.linspace(-40, 40, 81)
    assert bent(logits, np.array([1.0, 1.0, 0.0])) == pytest.approx(1 / (1 + np.exp(-logits)))
    found = bent(logits, np.array([0.5, 2.0, -1.0]))
    assert (np.diff(found) >= 0).all()
    assert 0.0 <= found.min() <= found.max() <= 1.0


@pytest.mark.parametrize("seed", range(5))
def test_without_a_pull_it_is_betacal(seed: int) -> None:
    betacal = pytest.importorskip("betacal")
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.01, 0.99, 3_000)
    truth = rng.random(3_000) < scores**2 / (scores**2 + 2 * (1 - scores))
    theirs = betacal.BetaCalibration(parameters="abm").fit(scores, truth).predict(scores)
    found = fit_beta(logits(scores), truth.astype(float), pull=0.0)
    ours = bent(logits(scores), found)
    assert ours == pytest.approx(theirs, abs=1e-3), "betacal stops a little early"
    likelihood = [np.log(np.where(truth, p, 1 - p)).sum() for p in (ours, theirs)]
    assert likelihood[0] >= likelihood[1]


@pytest.mark.parametrize(
    ("labels", "positives", "fits"),
    [(59, 20, False), (60, 4, False), (60, 56, False), (60, 5, True), (60, 55, True)],
)
def test_too_few_labels_calibrate_nothing(labels: int, positives: int, fits: bool) -> None:
    scores = np.linspace(0.05, 0.95, labels)
    truth = np.arange(labels) >= labels - positives
    found = calibrated(scores, truth)
    if fits:
        assert isinstance(found, Beta)
    else:
        assert found == NotCalibrated(labels, positives)


def test_perfectly_separated_labels_give_a_tame_map() -> None:
    scores = np.linspace(0, 1, 80)
    found = calibrated(scores, scores > 0.5)
    assert isinstance(found, Beta)
    assert max(found.a, found.b) < 20
    assert np.isfinite(found.probability(scores)).all()


@given(st.floats(0.01, 5), st.floats(0.01, 5), st.floats(-5, 5), st.floats(0.001, 0.999))
def test_a_calibration_keeps_the_order_and_has_an_inverse(
    a: float, b: float, c: float, wanted: float
) -> None:
    beta = Beta(a, b, c)
    means = beta.probability(np.linspace(0, 1, 101))
    assert (np.diff(means) >= 0).all()
    at = beta.score_at(wanted)
    if at is None:
        assert beta.probability(1.0) < wanted
    else:
        assert beta.probability(at) >= wanted
        assert at == 0 or beta.probability(np.nextafter(at, 0)) < wanted


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80))
def test_every_label_falls_in_one_band(rows: list[tuple[float, bool]]) -> None:
    scores, truth = np.array([s for s, _ in rows]), np.array([t for _, t in rows], float)
    bands = reliability(truth, scores)
    assert sum(band.labels for band in bands) == len(rows)
    assert sum(band.labels * band.share for band in bands) == pytest.approx(truth.sum())
    for band in bands:
        assert band.low <= band.mean_score <= band.high
        low, high = wilson(band.share, band.labels)
        assert (band.share_low, band.share_high) == (low, high)


def test_a_band_begins_at_its_edge_and_scores_outside_all_are_left_out() -> None:
    scores = np.array([0.1, 0.5, 0.5, 1.0, 0.05])
    bands = reliability(np.array([0, 1, 0, 1, 1.0]), scores, edges=(0.1, 0.5, 1.0))
    assert [(band.low, band.labels, band.share) for band in bands] == [
        (0.1, 1, 0.0),
        (0.5, 3, pytest.approx(2 / 3)),
    ]


def test_calibration_error_of_few_rows_is_their_mean_gap() -> None:
    assert calibration_error(np.array([1.0, 0.0]), np.array([0.75, 0.5])) == pytest.approx(0.375)
