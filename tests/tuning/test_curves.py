"""Curves against scikit-learn's weighted counts, closed forms, and what may never happen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix_at_thresholds

from triage.tuning.bounds import Method, missed_at_most, misses, wilson
from triage.tuning.curves import UNKNOWN, UNSETTLED, Curves, Evidence


def site(
    seed: int = 1, size: int = 4_000, flagged_from: float = 0.5, rate: float = 0.1
) -> tuple[Evidence, np.ndarray]:
    """A site whose flagged comments are all reviewed, and an audit below; and its truth."""
    rng = np.random.default_rng(seed)
    score = np.round(rng.beta(0.4, 3, size), 3)  # rounded: ties
    truth = rng.random(size) < score
    probability = np.where(score >= flagged_from, 1.0, rate * rng.uniform(0.5, 1.5, size))
    asked = rng.random(size) < probability
    return Evidence(score, np.where(asked, truth, UNKNOWN).astype(np.int8), probability), truth


def test_found_and_missed_are_scikit_learns_weighted_counts() -> None:
    evidence, _ = site()
    known = evidence.label != UNKNOWN
    _, fps, fns, tps, thresholds = confusion_matrix_at_thresholds(
        evidence.label[known],
        evidence.score[known],
        sample_weight=1 / evidence.probability[known],
    )
    figures = Curves(evidence).at(thresholds)
    assert figures.found == pytest.approx(tps)
    assert figures.missed == pytest.approx(fns, abs=1e-6)
    assert figures.precision == pytest.approx(tps / (tps + fps))
    assert figures.recall == pytest.approx(tps / (tps + fns))


def test_queue_and_unreviewed_count_every_comment() -> None:
    evidence, _ = site()
    figures = Curves(evidence).at([0.0, 0.25, 0.5, 1.0])
    for t, flagged in zip(figures.threshold, figures.flagged, strict=True):
        assert flagged == (evidence.score >= t).sum()
    assert (figures.flagged + figures.unreviewed == len(evidence.score)).all()


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("rate", [0.02, 0.3])
def test_the_bound_is_that_of_the_one_audit_for_every_threshold_above(
    method: Method, rate: float
) -> None:
    evidence, _ = site(rate=rate)
    drawn = (evidence.label != UNKNOWN) & (evidence.probability < 1)
    most = missed_at_most(
        misses(evidence.probability[drawn], evidence.label[drawn] == 1), 0.9, method
    )
    figures = Curves(evidence).at([0.5, 0.6, 0.8], 0.9, method)
    census = evidence.probability == 1
    for at, t in enumerate((0.5, 0.6, 0.8)):
        hits = evidence.label == 1
        seen = (hits & (evidence.score >= t)).sum()
        certain = (hits & census & (evidence.score < t)).sum()
        assert figures.missed_most[at] == pytest.approx(certain + most)
        assert figures.recall_low[at] == pytest.approx(seen / (seen + certain + most))


def test_precision_has_wilsons_interval() -> None:
    evidence, _ = site()
    figures = Curves(evidence).at([0.6])
    flagged = evidence.score >= 0.6
    low, high = wilson((evidence.label[flagged] == 1).mean(), flagged.sum())
    assert figures.precision_low[0] == pytest.approx(float(low))
    assert figures.precision_high[0] == pytest.approx(float(high))
    assert figures.reviewed == flagged.sum()


def test_without_an_audit_recall_is_unknown_and_precision_is_not() -> None:
    evidence, _ = site()
    below = evidence.score < 0.5
    alone = Evidence(
        evidence.score,
        np.where(below, UNKNOWN, evidence.label).astype(np.int8),
        np.where(below, 0.0, evidence.probability),
    )
    figures = Curves(alone).at([0.5, 0.9])
    for unknown in (figures.recall, figures.recall_low, figures.missed, figures.missed_most):
        assert np.isnan(unknown).all()
    assert (figures.precision > 0).all()


def test_a_label_that_somebody_chose_to_give_counts_for_nothing() -> None:
    evidence, truth = site()
    chosen = (evidence.label == UNKNOWN) & truth
    probability = np.where(chosen, 0.0, evidence.probability)
    with_labels = np.where(chosen, 1, evidence.label).astype(np.int8)
    figures = [
        Curves(Evidence(evidence.score, label, probability)).at([0.3])
        for label in (evidence.label, with_labels)
    ]
    assert figures[0].found == figures[1].found
    assert np.isnan(figures[1].recall).all()


def test_an_audit_that_nobody_has_begun_leaves_everything_possible() -> None:
    evidence, _ = site()
    label = np.where(evidence.probability < 1, UNKNOWN, evidence.label).astype(np.int8)
    figures = Curves(Evidence(evidence.score, label, evidence.probability)).at([0.5])
    assert np.isnan(figures.recall).all()
    assert figures.missed_most == (evidence.score < 0.5).sum()


def test_everything_reviewed_is_known_exactly() -> None:
    evidence, truth = site(flagged_from=0.0)
    figures = Curves(evidence).at([0.2, 0.5])
    for at, t in enumerate((0.2, 0.5)):
        expected = (truth & (evidence.score >= t)).sum() / truth.sum()
        assert figures.recall[at] == figures.recall_low[at] == pytest.approx(expected)


def test_what_waits_below_counts_as_missed_in_the_bound() -> None:
    evidence, truth = site(flagged_from=0.0)
    label = evidence.label.copy()
    waits = np.flatnonzero(evidence.score < 0.2)[:30]
    label[waits] = UNKNOWN
    figures = Curves(Evidence(evidence.score, label, evidence.probability)).at([0.2])
    rest = np.delete(truth & (evidence.score < 0.2), waits).sum()
    assert figures.waiting == 30
    assert figures.missed_most == rest + 30
    assert figures.missed == rest


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1), st.sampled_from([0, 1, UNKNOWN]), st.sampled_from([0, 0.01, 0.4, 1])
        ),
        max_size=40,
    ),
    st.lists(st.floats(0, 1), min_size=1, max_size=8),
)
def test_figures_stay_in_their_range(
    rows: list[tuple[float, int, float]], thresholds: list[float]
) -> None:
    score, label, probability = (np.array([row[at] for row in rows], float) for at in range(3))
    figures = Curves(Evidence(score, label.astype(np.int8), probability)).at(thresholds)
    for share in (figures.precision, figures.recall, figures.recall_low):
        assert (np.isnan(share) | ((share >= 0) & (share <= 1))).all()
    assert (np.isnan(figures.missed_most) | (figures.missed_most <= figures.unreviewed)).all()
    assert (figures.missed_per_1000[~np.isnan(figures.missed)] >= 0).all()
    order = np.argsort(figures.threshold)
    assert (np.diff(figures.flagged[order]) <= 0).all()


def test_a_bound_falls_short_of_the_truth_no_more_often_than_it_says() -> None:
    held = 0
    for seed in range(200):
        evidence, truth = site(seed, rate=0.1)
        expected = (truth & (evidence.score >= 0.5)).sum() / truth.sum()
        held += bool(Curves(evidence).at([0.5]).recall_low[0] <= expected)
    assert held >= 200 * 0.95 - 2 * (200 * 0.95 * 0.05) ** 0.5


@pytest.mark.parametrize(
    ("score", "label", "probability", "says"),
    [
        ([0.5, 0.5], [1], [1.0], "one length"),
        ([np.nan], [1], [1.0], "between 0 and 1"),
        ([0.5], [3], [1.0], "1, 0, -1"),
        ([0.5], [1], [1.5], "probabilities"),
    ],
)
def test_evidence_that_is_none_is_refused(
    score: list[float], label: list[int], probability: list[float], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Evidence(np.array(score), np.array(label, np.int8), np.array(probability))


def test_what_is_unsettled_is_missed_below_a_threshold_and_not_found_above() -> None:
    score, chance = np.array([0.1, 0.2, 0.4, 0.8]), np.array([0.1, 0.1, 0.1, 1.0])
    label = np.array([UNKNOWN, 0, UNSETTLED, 1], np.int8)
    figures = Curves(Evidence(score, label, chance)).at([0.3, 0.5])
    assert figures.missed.tolist() == [0, 10]
    assert figures.found.tolist() == [1, 1]
    assert figures.precision.tolist() == pytest.approx([1 / 11, 1])
    label[2] = 1
    taken_for_one = Curves(Evidence(score, label, chance)).at([0.3, 0.5])
    assert figures.recall_low[0] < taken_for_one.recall_low[0]
    assert figures.recall_low[1] == taken_for_one.recall_low[1]
