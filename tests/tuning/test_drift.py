"""Drift, switches of version and slices, against scipy, statsmodels and plain counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from triage.tuning.bounds import wilson
from triage.tuning.curves import UNKNOWN, Evidence
from triage.tuning.drift import drift, slices, switch


def period(seed: int, size: int = 3_000, shape: float = 0.5, good: float = 0.7) -> Evidence:
    rng = np.random.default_rng(seed)
    score = rng.beta(shape, 3, size)
    label = np.where(score >= 0.5, rng.random(size) < good, UNKNOWN).astype(np.int8)
    return Evidence(score, label, np.where(score >= 0.5, 1.0, 0.0))


def test_two_weeks_alike_show_no_change() -> None:
    found = drift(period(1), period(2), 0.5)
    assert not found.flagged.shown
    assert found.precision is not None
    assert not found.precision.shown
    assert found.chance > 0.01


def test_more_flags_and_less_precision_are_shown() -> None:
    found = drift(period(1), period(2, shape=1.0, good=0.4), 0.5)
    assert found.flagged.shown
    assert found.flagged.low > 0
    assert found.precision is not None
    assert found.precision.high < 0
    assert found.chance < 1e-6
    assert found.distance > 0.1


def test_a_change_has_newcombes_interval() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    before, after = period(1), period(2, shape=0.7)
    change = drift(before, after, 0.5).flagged
    counts = [int((one.score >= 0.5).sum()) for one in (after, before)]
    low, high = proportion.confint_proportions_2indep(
        counts[0], len(after.score), counts[1], len(before.score), method="newcomb"
    )
    assert (change.low, change.high) == pytest.approx((low, high))


def test_a_period_without_reviews_has_no_precision_and_an_empty_one_is_refused() -> None:
    unreviewed = Evidence(np.array([0.9]), np.array([UNKNOWN]), np.array([1.0]))
    assert drift(period(1), unreviewed, 0.5).precision is None
    empty = Evidence(np.array([]), np.array([], np.int8), np.array([]))
    with pytest.raises(ValueError, match="both have comments"):
        drift(empty, unreviewed, 0.5)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=40))
def test_a_switch_lists_every_comment_whose_flag_changes(rows: list[tuple[float, float]]) -> None:
    before, after = (np.array([row[at] for row in rows], float) for at in (0, 1))
    found = switch(before, after, 0.5, 0.4)
    assert found.flagged_after - found.flagged_before == len(found.rises) - len(found.falls)
    assert set(found.rises) == set(np.flatnonzero((after >= 0.4) & (before < 0.5)))
    assert set(found.falls) == set(np.flatnonzero((after < 0.4) & (before >= 0.5)))
    for moved in (found.rises, found.falls):
        assert (np.diff(np.abs(after - before)[moved]) <= 0).all()


def test_the_correlation_is_spearmans_and_unknown_for_a_level_scorer() -> None:
    rng = np.random.default_rng(1)
    before = rng.random(200).round(1)
    after = (before + rng.random(200)).round(1) / 2
    found = switch(before, after, 0.5, 0.5)
    assert found.rank_correlation == pytest.approx(spearmanr(before, after).statistic)
    assert np.isnan(switch(before, np.zeros(200), 0.5, 0.5).rank_correlation)
    with pytest.raises(ValueError, match="the same comments"):
        switch(before, after[:10], 0.5, 0.5)


def test_slices_count_before_they_share() -> None:
    score = np.array([0.9, 0.8, 0.7, 0.2, 0.9])
    label = np.array([1, 0, UNKNOWN, 1, 1], np.int8)
    evidence = Evidence(score, label, np.array([1.0, 1.0, 1.0, 0.1, 1.0]))
    big, small = slices(evidence, ["a", "b", "c"], np.arange(5), np.array([0, 0, 0, 0, 1]), 0.5)
    assert (big.name, big.comments, big.flagged, big.reviewed, big.rejected) == ("a", 4, 3, 2, 1)
    assert (big.low, big.high) == wilson(0.5, 2)
    assert (small.name, small.share) == ("b", 1.0)
    below = Evidence(score[3:4], label[3:4], np.array([0.1]))
    (nothing,) = slices(below, ["c"], np.array([0]), np.array([0]), 0.5)
    assert (nothing.flagged, nothing.low, nothing.high) == (0, 0.0, 1.0)
    assert np.isnan(nothing.share)


def test_a_comment_may_be_in_several_slices_or_in_none() -> None:
    evidence = Evidence(np.array([0.9, 0.8]), np.array([1, 0], np.int8), np.ones(2))
    found = slices(evidence, ["a", "b"], np.array([0, 0]), np.array([0, 1]), 0.5)
    assert [(one.name, one.comments, one.rejected) for one in found] == [("a", 1, 1), ("b", 1, 1)]


def test_what_is_reviewed_by_chance_weighs_for_all_that_it_stands_for() -> None:
    """Since a policy rejects the sure ones by itself, a tenth of them is reviewed: no change."""
    sure, unsure = np.arange(400) % 20 != 0, np.arange(400) % 2 == 0
    truth = np.concatenate([sure, unsure]).astype(np.int8)
    score = np.repeat([0.95, 0.6], 400)
    all_of = Evidence(score, truth, np.ones(800))
    chance = np.repeat([0.1, 1.0], 400)
    seen = (np.arange(800) % 10 == np.arange(800) // 10 % 10) | (chance == 1)
    label = np.where(seen, truth, UNKNOWN).astype(np.int8)
    found = drift(all_of, Evidence(score, label, chance), 0.5).precision
    assert found is not None
    assert found.after == pytest.approx(found.before, abs=0.03)
    assert not found.shown
    plain = drift(all_of, all_of, 0.5).precision
    assert plain is not None
    assert found.high - found.low > plain.high - plain.low
    rows = np.arange(800)
    (one,) = slices(Evidence(score, label, chance), ["all"], rows, np.zeros(800, int), 0.5)
    assert (one.reviewed, one.share) == (440, pytest.approx(found.after))
    assert one.low < found.before < one.high
