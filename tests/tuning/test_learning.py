"""What decisions teach: the fit, the interval and the trial, each against another's arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2
from sklearn.linear_model import LogisticRegression

from triage.scoring.ngrams import BUCKETS, grams
from triage.tuning.calibration import fit_beta, logits
from triage.tuning.curves import UNKNOWN, UNSETTLED, Evidence
from triage.tuning.evaluation import Interval
from triage.tuning.learning import (
    Kind,
    Verdict,
    count_interval,
    fit_site,
    gain,
    judged,
    level_threshold,
    predicted,
    word_matrix,
)

RNG = np.random.default_rng(8)
SCORES = RNG.beta(0.7, 1.2, 400)
TRUTH = RNG.random(400) < SCORES**2


def test_without_words_it_is_the_beta_calibration() -> None:
    found = fit_site(SCORES, TRUTH, np.ones(400))
    assert found.beta == pytest.approx(fit_beta(logits(SCORES), TRUTH.astype(float)), abs=1e-4)


def test_a_comment_of_weight_two_counts_as_two() -> None:
    weights = RNG.integers(1, 4, 400)
    twice = fit_site(np.repeat(SCORES, weights), np.repeat(TRUTH, weights), np.ones(weights.sum()))
    assert fit_site(SCORES, TRUTH, weights.astype(float)).beta == pytest.approx(
        twice.beta, abs=1e-4
    )


def test_with_words_it_is_scikit_learns_logistic_regression() -> None:
    """Without the pull to (1, 1), a and b held fixed by an offset that the other takes as data."""
    texts = [f"{'vile' if bad else 'kind'} word {n % 7}" for n, bad in enumerate(TRUTH)]
    features = grams(texts)
    words = word_matrix(features.column, features.start, features.value, BUCKETS)
    level = np.full(400, 0.5)  # ln s and ln (1 - s) are constants: only c and the words are left
    ours = predicted(
        fit_site(level, TRUTH, np.ones(400), words, pull=1e9), level, words @ np.zeros(BUCKETS)
    )
    fitted = fit_site(level, TRUTH, np.ones(400), words, pull=1e9)
    ours = predicted(fitted, level, words @ fitted.weights)
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=5_000).fit(words, TRUTH)
    assert ours == pytest.approx(theirs.predict_proba(words)[:, 1], abs=1e-4)


@given(st.integers(0, 60))
def test_a_count_without_weights_has_garwoods_exact_interval(count: int) -> None:
    found = count_interval(np.ones(count), 1.0)
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    assert (found.low, found.high) == pytest.approx((low, chi2.ppf(0.975, 2 * count + 2) / 2))


def test_the_interval_of_a_weighted_count_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(4)
    probability = rng.uniform(0.05, 1.0, 300)
    held = 0
    for _ in range(400):
        drawn = rng.random(300) < probability
        found = count_interval(1 / probability[drawn], float((1 / probability).max()))
        held += found.low <= 300 <= found.high
    assert held >= 0.95 * 400


def test_a_gain_counts_who_comes_and_goes_and_takes_the_undecided_for_lost() -> None:
    label = np.array([1, 1, 0, 1, UNKNOWN, 0], np.int8)
    probability = np.array([0.1, 1.0, 1.0, 1.0, 1.0, 0.5])
    evidence = Evidence(np.linspace(0, 1, 6), label, probability)
    before = np.array([False, True, True, True, True, False])
    after = np.array([True, True, True, False, False, True])
    found = gain(evidence, before, after)
    assert (found.queue, found.comes, found.goes, found.waiting) == (4, 2, 2, 1)
    assert (found.gained, found.lost, found.difference) == (10.0, 1.0, 9.0)
    assert found.gained_95 == count_interval(np.array([10.0]), 10.0)
    assert found.low < 9 < found.high


def a_site(better: float, seed: int = 1, size: int = 4_000) -> tuple[Evidence, np.ndarray]:
    """Evidence by an old scorer, and new scores that know more of the truth by `better`."""
    rng = np.random.default_rng(seed)
    truth = rng.random(size) < 0.2
    old = 1 / (1 + np.exp(-(1.2 * truth - 1.5 + rng.normal(0, 1, size))))
    new = 1 / (1 + np.exp(-(logits(old) + better * truth + rng.normal(0, 0.3, size))))
    probability = np.where(old >= 0.5, 1.0, 0.3)
    known = rng.random(size) < probability
    label = np.where(known, truth, UNKNOWN).astype(np.int8)
    return Evidence(old, label, probability), new


def test_what_knows_more_is_better_and_what_is_noise_is_not() -> None:
    verdicts = []
    for better in (2.0, 0.0):
        evidence, new = a_site(better)
        audit = evidence.probability < 1
        found = judged(Kind.RERANKING, evidence, audit, ~audit, new, 0.5)
        assert found.gain is not None
        assert found.gain.comes == found.gain.goes  # a queue of the same length
        verdicts.append(found.verdict)
    assert verdicts == [Verdict.BETTER, Verdict.NOT_BETTER]


def test_noise_is_called_better_no_more_often_than_the_interval_allows() -> None:
    wrong = 0
    for seed in range(60):
        evidence, new = a_site(0.0, seed=seed, size=1_500)
        audit = evidence.probability < 1
        found = judged(Kind.RERANKING, evidence, audit, ~audit, new, 0.5)
        wrong += found.verdict is Verdict.BETTER
    assert wrong <= 3


def test_without_an_audit_it_is_not_known() -> None:
    evidence, new = a_site(2.0)
    nothing = np.zeros(len(new), bool)
    for kind in Kind:
        found = judged(kind, evidence, nothing, evidence.probability == 1, new, 0.5)
        assert found.verdict is Verdict.UNKNOWN
        assert "draw an audit sample" in found.why


def test_the_loss_saved_is_a_weighted_mean_of_what_each_comment_saves() -> None:
    evidence, new = a_site(2.0)
    audit = (evidence.probability < 1) & (evidence.label != UNKNOWN)
    found = judged(Kind.CALIBRATION, evidence, audit, ~audit, new, None)
    y = evidence.label[audit] == 1

    def loss(scores: np.ndarray) -> float:
        return float(-np.log(np.where(y, scores, 1 - scores)[audit[audit]]).mean())

    assert found.loss_before == pytest.approx(loss(evidence.score[audit]))
    assert found.loss_after == pytest.approx(loss(new[audit]))
    assert isinstance(found.loss_95, Interval)
    middle = (found.loss_95.low + found.loss_95.high) / 2
    assert middle == pytest.approx(found.loss_before - found.loss_after)  # type: ignore[operator]


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=40), st.floats(0, 1)
)
def test_a_threshold_that_goes_along_flags_no_more_than_before(
    rows: list[tuple[float, float]], at: float
) -> None:
    before, after = (np.array([row[side] for row in rows]) for side in (0, 1))
    found = level_threshold(before, after, at)
    assert 0 <= found <= 1
    then = int((after >= found).sum())
    if found < 1:
        assert then <= int((before >= at).sum())
    if len(set(after)) == len(after) and found < 1:
        assert then == int((before >= at).sum())


def test_what_is_unsettled_is_never_gained_and_lost_where_it_goes() -> None:
    label = np.array([UNSETTLED, UNSETTLED], np.int8)
    evidence = Evidence(np.array([0.1, 0.9]), label, np.array([0.5, 1.0]))
    found = gain(evidence, np.array([False, True]), np.array([True, False]))
    assert (found.gained, found.lost, found.waiting) == (0, 1, 0)


def test_what_is_unsettled_takes_no_part_in_a_trial() -> None:
    rng = np.random.default_rng(6)
    score, new = rng.random(300), rng.random(300)
    label = (rng.random(300) < score).astype(np.int8)
    rows = np.ones(300, bool)
    label[:30] = UNSETTLED
    all_of = Evidence(score, label, np.full(300, 0.5))
    rest = Evidence(score[30:], label[30:], np.full(270, 0.5))
    found = judged(Kind.CALIBRATION, all_of, rows, ~rows, new, None)
    assert found == judged(Kind.CALIBRATION, rest, rows[30:], ~rows[30:], new[30:], None)
