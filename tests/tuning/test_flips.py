"""Whose route changes: two versions, each held against the policy, never against one another."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from sklearn.metrics import roc_auc_score

from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label, Scores
from triage.tuning.curves import UNKNOWN, Evidence
from triage.tuning.flips import flips, label_switch, routes

TOXICITY, THREAT = Label.TOXICITY, Label.THREAT
THRESHOLDS = (
    Threshold(TOXICITY, 0.5),
    Threshold(TOXICITY, 0.9, Route.HOLD),
    Threshold(THREAT, 0.3),
)
POLICY = Policy("p", 1, THRESHOLDS, datetime(2026, 1, 1, tzinfo=UTC), "ada")
share = st.one_of(st.none(), st.floats(0, 1))
rows = st.lists(st.tuples(share, share), min_size=1, max_size=30)


def arrays(given: list[tuple[float | None, float | None]]) -> dict[Label, np.ndarray]:
    return {
        label: np.array([np.nan if row[at] is None else row[at] for row in given], float)
        for at, label in enumerate((TOXICITY, THREAT))
    }


@given(rows)
def test_a_route_by_arrays_is_the_route_that_the_policy_proposes(
    given: list[tuple[float | None, float | None]],
) -> None:
    silent = np.array([row == (None, None) for row in given])
    found = routes(arrays(given), POLICY.thresholds, silent)
    for row, rank in zip(given, found, strict=True):
        values = {
            label: value
            for label, value in zip((TOXICITY, THREAT), row, strict=True)
            if value is not None
        }
        scores = Scores(values) if values else Scores(not_scored="nothing to read")
        assert POLICY.propose(scores).route.rank == rank


@given(rows, st.randoms())
def test_every_comment_whose_route_changes_is_listed_once_most_moved_first(
    given: list[tuple[float | None, float | None]], random: object
) -> None:
    before = routes(arrays(given), POLICY.thresholds, np.zeros(len(given), bool))
    after = before.copy()
    random.shuffle(after)  # type: ignore[attr-defined]
    moved = np.random.default_rng(len(given)).random(len(given))
    found = flips(before, after, moved)
    assert set(found.stricter) == set(np.flatnonzero(after > before))
    assert set(found.milder) == set(np.flatnonzero(after < before))
    for places in (found.stricter, found.milder):
        assert (np.diff(moved[places]) <= 0).all()
    assert sum(found.ways.values()) == int((before != after).sum())
    assert sum(found.before.values()) == sum(found.after.values()) == len(given)


def test_a_label_is_measured_on_what_people_decided_and_on_nothing_else() -> None:
    rng = np.random.default_rng(3)
    label = rng.choice([0, 1, UNKNOWN], 300).astype(np.int8)
    old = np.clip(0.3 * (label == 1) + rng.random(300) * 0.7, 0, 1)
    new = rng.random(300)
    before, after = (Evidence(one, label, np.ones(300)) for one in (old, new))
    found = label_switch(TOXICITY, before, after, 0.5, 0.5)
    known = label != UNKNOWN
    assert (found.labels, found.positives) == (known.sum(), (label == 1).sum())
    assert found.auc_before == pytest.approx(roc_auc_score(label[known], old[known]))
    assert found.auc_after == pytest.approx(roc_auc_score(label[known], new[known]))
    assert found.auc_before_95 is not None
    assert found.auc_before_95.low < found.auc_before < found.auc_before_95.high
    assert found.distance == pytest.approx(ks_2samp(old, new).statistic)


def test_without_a_threshold_or_labels_there_is_no_figure_that_would_need_them() -> None:
    score = np.array([0.1, 0.9])
    evidence = Evidence(score, np.full(2, UNKNOWN, np.int8), np.zeros(2))
    found = label_switch(TOXICITY, evidence, evidence, None, None)
    assert (found.switch.flagged_before, found.switch.flagged_after) == (0, 0)
    assert found.auc_before is None
    nothing = Evidence(np.empty(0), np.empty(0, np.int8), np.empty(0))
    assert label_switch(TOXICITY, nothing, nothing, 0.5, 0.5).distance == 0
