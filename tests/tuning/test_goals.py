"""Goals: the thresholds that meet them, and the honest answers where none does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from triage.tuning.bounds import Method
from triage.tuning.calibration import Beta
from triage.tuning.curves import UNKNOWN, Curves, Evidence
from triage.tuning.goals import (
    Costs,
    Found,
    NotProven,
    at_most_per_day,
    least_cost,
    precision_at_least,
    recall_at_least,
)


def site(rate: float, size: int = 20_000, seed: int = 4) -> tuple[Curves, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = rng.beta(0.2, 2, size)
    truth = rng.random(size) < score**1.5
    probability = np.where(score >= 0.3, 1.0, rate)
    label = np.where(rng.random(size) < probability, truth, UNKNOWN).astype(np.int8)
    return Curves(Evidence(score, label, probability)), score, truth


def test_the_highest_threshold_with_proven_recall_is_found() -> None:
    curves, score, truth = site(0.2)
    found = recall_at_least(curves, 0.6)
    assert isinstance(found, Found)
    assert found.figures.recall_low[0] >= 0.6
    assert (truth & (score >= found.threshold)).sum() / truth.sum() >= 0.6
    above = curves.thresholds[curves.thresholds > found.threshold][0]
    assert curves.at(above).recall_low[0] < 0.6
    assert not found.confirm


def test_chosen_thresholds_fall_short_no_more_often_than_stated() -> None:
    short = 0
    for seed in range(100):
        curves, score, truth = site(0.05, 6_000, seed)
        found = recall_at_least(curves, 0.6)
        if isinstance(found, Found):
            short += (truth & (score >= found.threshold)).sum() / truth.sum() < 0.6
    assert short <= 100 * 0.05 + 2 * (100 * 0.05 * 0.95) ** 0.5


def test_what_is_not_proven_says_about_how_many_more_labels_would() -> None:
    few, score, _ = site(0.01)
    answer = recall_at_least(few, 0.75)
    assert isinstance(answer, NotProven)
    assert answer.audits is not None
    below = (score < 0.3).sum()
    more, _, _ = site(min(1.0, 1.5 * (answer.audits / below + 0.01)))
    assert isinstance(recall_at_least(more, 0.75), Found)


def by_hand(
    recall: float, rate: float, start: float, evidence: Evidence
) -> tuple[np.ndarray, np.ndarray]:
    """Return the thresholds in order, and of each the chance of so few misses if it fell short.

    Above `start` all are reviewed, below each was drawn with the chance `rate`: then misses found
    are a Poisson count, which the stated bound is exact for (Garwood 1936).
    """
    score, label = evidence.score, evidence.label
    rising = np.unique(score[score >= start])
    below = int(((label == 1) & (score < start)).sum())
    hits = np.sort(score[(label == 1) & (score >= start)])
    found = len(hits) - np.searchsorted(hits, rising)
    known = np.searchsorted(hits, rising)
    allowed = found * (1 - recall) / recall - known
    return rising, poisson.cdf(below, rate * np.maximum(allowed, 0))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("recall", [0.45, 0.6, 0.7])
def test_the_threshold_found_is_the_last_that_fixed_sequence_testing_proves(
    seed: int, recall: float
) -> None:
    """Learn then test (Angelopoulos et al. 2021), as MAPIE runs it over p-values of our own."""
    control = pytest.importorskip("mapie.risk_control")
    rng = np.random.default_rng(seed)
    score = rng.beta(0.2, 2, 20_000)
    truth = rng.random(20_000) < score**1.5
    probability = np.where(score >= 0.3, 1.0, 0.1)
    label = np.where(rng.random(20_000) < probability, truth, UNKNOWN).astype(np.int8)
    evidence = Evidence(score, np.where(probability == 1, truth, label), probability)
    rising, chance = by_hand(recall, 0.1, 0.3, evidence)
    proven = control.control_fwer(chance, 0.05, "fixed_sequence")
    found = recall_at_least(Curves(evidence), recall, 0.95, Method.STATED, lowest=0.3)
    if len(proven):
        assert isinstance(found, Found)
        assert found.threshold == rising[proven[-1]]
    else:
        assert isinstance(found, NotProven)


def test_what_mapie_proves_precise_on_a_random_sample_has_its_interval_above() -> None:
    """Theirs corrects for having looked at many thresholds; ours says "to be confirmed" instead."""
    control = pytest.importorskip("mapie.risk_control")
    rng = np.random.default_rng(7)
    score = rng.beta(0.6, 1.2, 3_000)
    truth = rng.random(3_000) < score
    grid = np.linspace(0.3, 0.9, 13)
    theirs = control.BinaryClassificationController(
        predict_function=lambda x: np.column_stack([1 - x[:, 0], x[:, 0]]),
        risk="precision",
        target_level=0.7,
        confidence_level=0.95,
        list_predict_params=grid,
    ).calibrate(score[:, None], truth.astype(int))
    proven = theirs.valid_predict_params
    assert len(proven) > 0
    curves = Curves(Evidence(score, truth.astype(np.int8), np.ones(3_000)))
    assert (curves.at(proven, 0.95).precision_low >= 0.7).all()
    found = precision_at_least(curves, 0.7)
    assert isinstance(found, Found)
    assert found.threshold <= min(proven)


def test_flagging_nearly_everything_is_no_answer() -> None:
    few, score, _ = site(0.01)
    answer = recall_at_least(few, 0.95)
    assert isinstance(answer, NotProven)
    assert answer.why.endswith("of those that flag half of the comments at most")
    found = recall_at_least(few, 0.95, lowest=0.0)
    assert isinstance(found, Found)
    assert (score >= found.threshold).mean() > 0.5


def test_a_search_from_the_threshold_in_force_agrees_with_its_own_figures() -> None:
    curves, _, _ = site(0.002)
    own = float(curves.at(0.3).recall_low[0])
    found = recall_at_least(curves, own - 1e-9, lowest=0.3)
    assert isinstance(found, Found)
    assert found.threshold >= 0.3
    assert isinstance(recall_at_least(curves, own + 1e-3, lowest=0.3), NotProven)
    assert isinstance(recall_at_least(curves, 0.5, lowest=1.1), NotProven)


def test_flagged_comments_alone_prove_no_recall_and_ask_for_an_audit() -> None:
    curves, _, _ = site(0.0)
    answer = recall_at_least(curves, 0.6)
    assert isinstance(answer, NotProven)
    assert "flagged comments alone" in answer.why
    assert answer.audits is not None


def test_one_score_for_all_leaves_nothing_to_choose() -> None:
    one = Evidence(np.full(50, 0.5), np.ones(50, np.int8), np.ones(50))
    assert isinstance(recall_at_least(Curves(one), 0.5), NotProven)
    nothing = Evidence(np.array([]), np.array([], np.int8), np.array([]))
    for answer in (
        recall_at_least(Curves(nothing), 0.5),
        precision_at_least(Curves(nothing), 0.5),
        at_most_per_day(Curves(nothing), 1, 1),
    ):
        assert isinstance(answer, NotProven)


def test_a_precision_is_met_with_its_interval_and_asks_to_be_confirmed() -> None:
    curves, _, _ = site(0.0)
    found = precision_at_least(curves, 0.5)
    assert isinstance(found, Found)
    assert found.figures.precision_low[0] >= 0.5
    assert found.confirm
    assert isinstance(precision_at_least(curves, 0.99), NotProven)


@given(
    st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.9]), min_size=1, max_size=30),
    st.integers(1, 10),
    st.integers(1, 5),
)
def test_a_queue_fits_the_day_and_no_lower_threshold_would(
    scores: list[float], reviews: int, days: int
) -> None:
    score = np.array(scores)
    curves = Curves(Evidence(score, np.full(len(score), UNKNOWN), np.zeros(len(score))))
    found = at_most_per_day(curves, reviews, days)
    fits = [t for t in np.unique(score) if (score >= t).sum() <= reviews * days]
    if isinstance(found, NotProven):
        assert not fits
    else:
        assert found.threshold == min(fits)
        assert found.figures.flagged[0] <= reviews * days


@given(st.floats(0.1, 10), st.floats(0.1, 100), st.floats(0.1, 100))
def test_least_cost_is_the_least_of_three(review: float, miss: float, wrong: float) -> None:
    beta = Beta(1.0, 1.0, 0.0)  # scores are probabilities
    ranges = least_cost(beta, Costs(review, miss, wrong))
    assert not isinstance(ranges, NotProven)
    for p in np.linspace(0.005, 0.995, 100):
        costs = {"pass": p * miss, "review": review, "remove": (1 - p) * wrong}
        removes = ranges.remove_from is not None and p >= ranges.remove_from
        reviews = ranges.review_from is not None and p >= ranges.review_from
        taken = "remove" if removes else "review" if reviews else "pass"
        assert costs[taken] == pytest.approx(min(costs.values()), rel=1e-3)


def test_costs_need_a_calibration_and_to_be_costs() -> None:
    assert isinstance(least_cost(None, Costs(1, 10, 10)), NotProven)
    with pytest.raises(ValueError, match="positive"):
        Costs(1, 0, 10)


@pytest.mark.parametrize("share", [0.0, 1.0, 90.0, np.nan])
def test_goals_that_are_none_are_refused(share: float) -> None:
    curves, _, _ = site(0.1, 100)
    for goal in (recall_at_least, precision_at_least):
        with pytest.raises(ValueError, match="between 0 and 1"):
            goal(curves, share)
    with pytest.raises(ValueError, match="positive"):
        at_most_per_day(curves, 0, 1)
