"""The figures of labelled comments, and the report made of them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import average_precision_score, roc_auc_score

from triage.tuning.evaluation import area, evaluate
from triage.tuning.report import as_json, as_markdown

ABOUT = {"file": "of | <b>ours</b>\n# x", "scores": "column score"}


RNG = np.random.default_rng(8)
SCORES = RNG.beta(0.3, 2.0, 3000)
TRUTH = RNG.random(3000) < SCORES


def test_a_threshold_has_the_figures_of_its_comments() -> None:
    (row,) = evaluate(SCORES, TRUTH, thresholds=(0.4,)).thresholds
    flagged = SCORES >= 0.4
    assert (row.flagged, row.true_positives) == (flagged.sum(), (TRUTH & flagged).sum())
    assert row.precision == TRUTH[flagged].mean()
    assert row.recall == (TRUTH & flagged).sum() / TRUTH.sum()
    for interval, hits, of in (
        (row.precision_95, row.true_positives, row.flagged),
        (row.recall_95, row.true_positives, int(TRUTH.sum())),
    ):
        expected = binomtest(hits, of).proportion_ci(method="wilson")
        assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60).filter(
        lambda rows: len({y for _, y in rows}) == 2
    )
)
def test_areas_are_what_scikit_learn_gives(rows: list[tuple[int, bool]]) -> None:
    scores, positive = np.array([s / 6 for s, _ in rows]), np.array([y for _, y in rows])
    found = evaluate(scores, positive)
    assert found.auc == pytest.approx(roc_auc_score(positive, scores))
    assert found.average_precision == pytest.approx(average_precision_score(positive, scores))
    if found.auc_95 is not None:
        assert 0 <= found.auc_95.low < found.auc_95.high <= 1
        assert found.auc_95.low <= found.auc <= found.auc_95.high


def test_the_interval_of_the_area_is_delongs() -> None:
    scores, positive = SCORES[:200].round(1), TRUTH[:200]
    above, below = scores[positive], scores[~positive]
    pairs = (above[:, None] > below) + 0.5 * (above[:, None] == below)
    # Their variance, from the rows and columns of the table of all pairs.
    error = np.sqrt(
        pairs.mean(axis=1).var(ddof=1) / len(above) + pairs.mean(axis=0).var(ddof=1) / len(below)
    )
    middle, found = area(scores, positive)
    assert found is not None
    assert middle == pytest.approx(pairs.mean())
    assert found.low == pytest.approx(middle - 1.959964 * error)
    assert found.high == pytest.approx(min(1.0, middle + 1.959964 * error))


def test_the_interval_of_the_area_is_as_wide_as_the_bootstraps() -> None:
    draws = []
    for _ in range(300):
        rows = RNG.integers(0, 3000, 3000)
        draws.append(area(SCORES[rows], TRUTH[rows])[0])
    low, high = np.quantile(draws, [0.025, 0.975])
    _, found = area(SCORES, TRUTH)
    assert found is not None
    assert found.high - found.low == pytest.approx(high - low, rel=0.2)


def test_an_area_without_a_single_error_is_not_passed_off_as_certain() -> None:
    found = evaluate([0.9, 0.8, 0.1, 0.2], [True, True, False, False])
    assert (found.auc, found.auc_95) == (1.0, None)
    assert "AUC: 1.000 (too few comments for an interval)" in as_markdown(found, ABOUT)


@pytest.mark.parametrize("truth", [True, False])
def test_labels_of_one_kind_have_no_area(truth: bool) -> None:
    found = evaluate([0.2, 0.7], [truth, truth])
    assert (found.auc, found.auc_95, found.average_precision) == (None, None, None)
    assert (found.thresholds[0].recall is None) == (not truth)
    assert "AUC: not known" in as_markdown(found, ABOUT)


def test_without_comments_there_is_nothing_to_say() -> None:
    with pytest.raises(ValueError, match="needs comments"):
        evaluate([], [])
    with pytest.raises(ValueError, match="between 0 and 1"):
        evaluate([np.nan], [True])


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_any_labels_make_a_report_that_is_json(rows: list[tuple[float, bool]]) -> None:
    found = evaluate([s for s, _ in rows], [y for _, y in rows])
    report = json.loads(as_json(found, ABOUT), parse_constant=pytest.fail)
    assert report["labels"] == len(rows)
    assert report["about"] == ABOUT
    assert len(report["thresholds"]) == 11
    assert as_markdown(found, ABOUT).count("\n| 0.") >= 11


def test_names_from_outside_are_no_markdown() -> None:
    lines = as_markdown(evaluate([0.5], [True]), ABOUT).splitlines()
    assert r"- file: of \| \<b\>ours\</b\> \# x" in lines
