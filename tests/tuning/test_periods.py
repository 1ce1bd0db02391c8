"""Two periods beside each other: which comments are in them, and what is said of a change."""

from __future__ import annotations

import numpy as np
import pytest

from triage.tuning.curves import Evidence
from triage.tuning.drift import drift
from triage.tuning.periods import periods


def site(days: np.ndarray, ruder_from: float, seed: int = 3) -> Evidence:
    """Scores rise from a day on; everything from .5 is reviewed, and right seven times in ten."""
    rng = np.random.default_rng(seed)
    score = np.where(days > ruder_from, rng.beta(2, 3, len(days)), rng.beta(1, 4, len(days)))
    label = (rng.random(len(days)) < 0.7).astype(np.int8)
    label[score < 0.5] = -1
    return Evidence(score, label, (score >= 0.5).astype(float))


def test_the_later_period_ends_with_the_newest_comment_and_the_other_before_it() -> None:
    days = np.array([100.0, 100.5, 93.1, 93.0, 86.5, 86.4, 79.0, np.nan])
    found = periods(Evidence(np.full(8, 0.3), np.full(8, -1, np.int8), np.zeros(8)), days, 0.5, 7)
    assert (found.after, found.before) == (2, 2)  # 93.5 to 100.5, and 86.5 to 93.5 without 86.5


def test_a_change_is_said_where_it_is_shown_and_is_what_drift_says() -> None:
    days = np.random.default_rng(1).uniform(0, 56, 3_000)
    evidence = site(days, ruder_from=days.max() - 28)
    found = periods(evidence, days, 0.5)
    late = days > days.max() - 28
    parts = [
        Evidence(evidence.score[rows], evidence.label[rows], evidence.probability[rows])
        for rows in (~late, late)
    ]
    assert found.found == drift(*parts, 0.5)  # type: ignore[call-arg, arg-type]
    assert found.changed
    assert found.said.startswith("Something changed between the 28 days up to the newest comment")
    flagged, right = found.rows[1][3], found.rows[2][3]
    assert flagged.startswith("more (+")
    assert right.startswith("no change is shown")


def test_where_nothing_changed_nothing_is_said_to_have() -> None:
    days = np.random.default_rng(1).uniform(0, 56, 3_000)
    found = periods(site(days, ruder_from=99), days, 0.5)
    assert not found.changed
    assert found.said.endswith("nothing is shown to have changed.")


def test_an_empty_period_and_one_that_nobody_reviewed_are_said() -> None:
    days = np.array([1.0, 2.0])
    nobody = Evidence(np.array([0.2, 0.9]), np.full(2, -1, np.int8), np.ones(2))
    assert periods(nobody, days, 0.5, 7).said.startswith("Nothing to compare")
    assert periods(nobody, days, 0.5, 7).rows == []
    found = periods(nobody, days, 0.5, 1)
    assert found.rows[2][3] == "not known: in one of them nobody reviewed any"
    with pytest.raises(ValueError, match="a day or more"):
        periods(nobody, days, 0.5, 0)
