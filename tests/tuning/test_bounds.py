"""Bounds against closed forms and against statsmodels and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binomtest, chi2, gamma, norm

from triage.tuning.bounds import (
    Method,
    Misses,
    clopper_pearson,
    delta_log,
    fay_feuer,
    missed_at_most,
    misses,
    tiwari,
    wilson,
)


def audit(found: int, of: int, probability: float = 0.05) -> Misses:
    missed = np.arange(of) < found
    return misses(np.full(of, probability), missed)


def unequal(found: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(found)
    return rng.uniform(0.01, 0.5, 300), np.arange(300) < found


def test_the_sums_are_those_of_horvitz_and_thompson() -> None:
    probability, missed = np.array([0.5, 0.25, 0.1, 0.2]), np.array([True, True, False, False])
    sums = misses(probability, missed)
    assert sums.estimate == 2 + 4
    assert sums.variance == pytest.approx((1 - 0.5) * 4 + (1 - 0.25) * 16)
    assert (sums.squares, sums.weight, sums.weight_squares, sums.largest) == (20, 21, 145, 10)
    assert (sums.audited, sums.found) == (4, 2)


@given(st.integers(0, 200), st.floats(0.5, 0.999))
def test_with_equal_weights_the_gamma_bounds_are_the_exact_poisson_bound(
    found: int, confidence: float
) -> None:
    garwood = chi2.ppf(confidence, 2 * (found + 1)) / 2  # Garwood 1936
    assert fay_feuer(audit(found, 200), confidence) == pytest.approx(garwood / 0.05)
    of_many = audit(found, 200, 1e-7)
    assert tiwari(of_many, confidence) == pytest.approx(garwood / 1e-7, rel=1e-5)
    assert tiwari(audit(found, 200, 0.5), 0.95) < fay_feuer(audit(found, 200, 0.5), 0.95)


@pytest.mark.parametrize("found", [0, 3, 9, 40])
def test_the_gamma_bounds_are_those_of_the_formula(found: int) -> None:
    probability, missed = unequal(found)
    w = 1 / probability
    y = (w * missed).sum()
    for bound, v, k, k2 in (
        (tiwari, (w * (w - 1) * missed).sum(), w.mean(), (w * (w - 1)).mean()),
        (fay_feuer, (w * w * missed).sum(), w.max(), w.max() ** 2),
    ):
        expected = gamma.ppf(0.95, a=(y + k) ** 2 / (v + k2), scale=(v + k2) / (y + k))
        assert bound(misses(probability, missed)) == pytest.approx(expected)


def test_the_delta_bound_is_that_of_the_formula() -> None:
    probability, missed = unequal(25)
    w = 1 / probability
    total, variance = (w * missed).sum(), ((1 - probability) * w * w * missed).sum()
    expected = total * np.exp(norm.ppf(0.9) * np.sqrt(variance) / total)
    assert delta_log(misses(probability, missed), 0.9) == pytest.approx(expected)


def test_each_method_has_its_bound_and_a_stated_one_is_the_widest() -> None:
    nine, ten = (misses(*unequal(found)) for found in (9, 10))
    assert missed_at_most(nine, method=Method.DELTA) == tiwari(nine)
    assert missed_at_most(ten, method=Method.DELTA) == delta_log(ten)
    for one in (nine, ten):
        assert missed_at_most(one) == tiwari(one)
        assert missed_at_most(one, method=Method.STATED) == fay_feuer(one) > tiwari(one)


def test_nothing_audited_bounds_nothing() -> None:
    empty = misses(np.array([]), np.array([], bool))
    for method in Method:
        assert missed_at_most(empty, method=method) == np.inf


@given(
    st.lists(st.tuples(st.floats(0.001, 0.999), st.booleans()), min_size=1, max_size=50),
    st.floats(0.55, 0.99),
)
def test_a_bound_lies_above_the_estimate_and_grows_with_confidence(
    rows: list[tuple[float, bool]], confidence: float
) -> None:
    sums = misses(np.array([p for p, _ in rows]), np.array([miss for _, miss in rows]))
    for bound in (tiwari, fay_feuer, delta_log):
        assert bound(sums, confidence + 0.005) >= bound(sums, confidence)
    assert fay_feuer(sums, 0.95) >= sums.estimate
    assert tiwari(sums, 0.95) >= sums.estimate
    assert delta_log(sums, confidence) >= sums.estimate


@pytest.mark.parametrize(("found", "of"), [(0, 100), (3, 100), (99, 100), (100, 100), (0, 1)])
def test_clopper_pearson_is_that_of_scipy_and_statsmodels(found: int, of: int) -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    ours = clopper_pearson(found, of, 1000)
    exact = binomtest(found, of, alternative="less").proportion_ci(0.95, method="exact").high
    assert ours == pytest.approx(1000 * exact)
    assert ours == pytest.approx(
        1000 * (beta.ppf(0.95, found + 1, of - found) if found < of else 1)
    )
    two_sided = proportion.proportion_confint(found, of, alpha=0.1, method="beta")
    if 0 < found < of:
        assert ours == pytest.approx(1000 * two_sided[1])


def test_no_hit_gives_the_rule_of_three() -> None:
    assert clopper_pearson(0, 1000, 10_000) == pytest.approx(10_000 * 3 / 1000, rel=0.01)


def test_clopper_pearson_refuses_more_hits_than_draws() -> None:
    with pytest.raises(ValueError, match="at most as many"):
        clopper_pearson(3, 2, 10)


@given(st.integers(0, 300), st.integers(1, 300), st.floats(0.5, 0.999))
def test_wilson_is_that_of_statsmodels(found: int, of: int, confidence: float) -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    found = min(found, of)
    low, high = wilson(found / of, of, confidence)
    theirs = proportion.proportion_confint(found, of, alpha=1 - confidence, method="wilson")
    assert (low, high) == pytest.approx(theirs, abs=1e-9)


def test_wilson_of_published_examples_and_of_nothing() -> None:
    assert wilson(40 / 50, 50) == pytest.approx((0.67, 0.89), abs=0.005)
    assert wilson(160 / 200, 200) == pytest.approx((0.74, 0.85), abs=0.005)
    assert wilson(np.nan, 0) == (0, 1)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 95.0, np.nan])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    for bound in (tiwari, fay_feuer, delta_log):
        with pytest.raises(ValueError, match="confidence"):
            bound(audit(3, 50), confidence)
    with pytest.raises(ValueError, match="confidence"):
        wilson(0.5, 10, confidence)
