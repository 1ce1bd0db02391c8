"""The threshold with which as much is flagged as before, and how well a sample knows it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import binomtest, quantile_test

from triage.tuning.matching import NOTHING, match_rate, match_scores

SCORES = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=60)

# A busy machine is no fault.
CALM_CLOCK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def array(*values: float) -> NDArray[np.float64]:
    return np.array(values, np.float64)


def test_a_share_is_matched_by_the_score_that_flags_it() -> None:
    found = match_rate(array(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95), 0.2)
    assert (found.at, found.flagged, found.comments) == (0.9, 2, 10)


def test_a_threshold_has_no_more_digits_than_it_takes() -> None:
    assert match_rate(array(0.123456, 0.3141592, 0.7), 0.66).at == 0.31
    assert match_rate(array(0.123456, 0.3141592, 0.314159, 0.7), 0.5).at == 0.3141592
    assert match_rate(array(0.004, 0.001), 0.4).at == 0.004


def test_equal_scores_are_flagged_together_and_the_nearest_count_is_taken() -> None:
    score = array(0.9, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
    assert match_rate(score, 0.2).flagged == 1
    assert match_rate(score, 0.35).flagged == 4


@CALM_CLOCK
@given(SCORES, st.floats(0.02, 0.98))
def test_no_other_threshold_is_nearer(scores: list[float], rate: float) -> None:
    score = np.array(scores)
    found = match_rate(score, rate)
    assert found.flagged == (score >= found.at).sum()
    distances = [abs((score >= at).sum() - rate * len(score)) for at in scores]
    assert abs(found.flagged - rate * len(score)) == pytest.approx(min(distances))
    assert found.low <= found.high


@pytest.mark.parametrize("comments", [30, 300, 3_000])
@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_the_interval_is_the_exact_one_for_a_quantile(comments: int, rate: float) -> None:
    score = np.random.default_rng(comments).beta(0.5, 4, comments)
    found = match_rate(score, rate)
    told = quantile_test(score, p=1 - rate).confidence_interval(0.95)
    assert found.low == pytest.approx(told.low if np.isfinite(told.low) else 0.0)
    assert found.high == pytest.approx(told.high if np.isfinite(told.high) else NOTHING)


def test_the_interval_holds_the_true_threshold_as_often_as_it_says() -> None:
    chance, held = np.random.default_rng(7), 0
    for _ in range(400):
        found = match_rate(chance.random(500), 0.05)
        held += found.low <= 0.95 <= found.high
    assert held >= 0.93 * 400


def test_an_old_threshold_is_matched_on_the_same_comments() -> None:
    old = array(0.9, 0.85, 0.2, 0.1, 0.3, 0.0, 0.1, 0.2)
    new = array(0.7, 0.1, 0.6, 0.2, 0.3, 0.0, 0.1, 0.2)
    found = match_scores(new, old, 0.8)
    assert (found.at, found.flagged, found.old_flagged, found.both) == (0.6, 2, 2, 1)
    assert found.wanted == 0.25


def test_the_interval_of_a_pair_holds_what_mcnemars_test_does_not_refuse() -> None:
    chance = np.random.default_rng(3)
    truth = chance.random(800)
    old = np.clip(truth + chance.normal(0, 0.1, 800), 0, 1)
    new = np.clip(truth + chance.normal(0, 0.1, 800), 0, 1) ** 2
    found = match_scores(new, old, 0.9)

    def refused(at: float) -> bool:
        only_new = int(((new >= at) & (old < 0.9)).sum())
        only_old = int(((new < at) & (old >= 0.9)).sum())
        apart = only_new + only_old
        return bool(apart and binomtest(only_new, apart).pvalue < 0.05)

    assert not refused(found.low)
    assert not refused(found.high)
    rising = np.unique(new)
    below = rising[rising < found.low]
    above = rising[rising > found.high]
    assert refused(float(below[-1]))
    assert refused(float(above[0]))


def test_the_interval_of_a_pair_holds_the_true_threshold_as_often_as_it_says() -> None:
    chance, held = np.random.default_rng(11), 0
    for _ in range(300):
        truth = chance.random(400)
        old = truth + chance.normal(0, 0.05, 400)
        new = truth + chance.normal(0, 0.05, 400)  # alike, so that 0.9 flags as much of either
        found = match_scores(new, old, 0.9)
        held += found.low <= 0.9 <= found.high
    assert held >= 0.93 * 300


@CALM_CLOCK
@given(SCORES, st.data())
def test_whatever_the_scores_the_match_lies_in_its_interval(
    scores: list[float], data: st.DataObject
) -> None:
    old = np.array(data.draw(st.lists(st.floats(0, 1), min_size=len(scores), max_size=len(scores))))
    new = np.array(scores)
    if (old >= 0.5).sum() in {0, len(old)}:
        with pytest.raises(ValueError, match=r"flags (nothing|everything)"):
            match_scores(new, old, 0.5)
        return
    found = match_scores(new, old, 0.5)
    assert found.low <= found.at <= found.high
    assert found.flagged == (new >= found.at).sum()
    assert found.both == ((new >= found.at) & (old >= 0.5)).sum()


def test_what_cannot_be_matched_is_refused() -> None:
    for rate in (0.0, 1.0, float("nan")):
        with pytest.raises(ValueError, match="a share to flag"):
            match_rate(array(0.5), rate)
    with pytest.raises(ValueError, match="no scores"):
        match_rate(array(), 0.5)
    with pytest.raises(ValueError, match="a confidence"):
        match_rate(array(0.5), 0.5, 1.0)
