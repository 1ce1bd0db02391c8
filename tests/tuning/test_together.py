"""All thresholds moved together: one number whose order is the policy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage.domain.policy import Route, Threshold
from triage.domain.scores import Label
from triage.tuning.together import IN_FORCE, in_words, lowest, moved, positions, retuned

SHARE = st.floats(0, 1)
TWO = (Label.TOXICITY, Label.THREAT)


def one(score: float, at: float) -> float:
    (found,) = positions(
        {Label.TOXICITY: np.array([score])}, {Label.TOXICITY: at}, np.array([False])
    )
    return float(found)


@given(SHARE, SHARE)
@example(0.3, 0.3)
@example(np.nextafter(0.3, 0), 0.3)
@example(1.0, 1.0)
@example(0.0, 0.0)
def test_a_comment_is_flagged_exactly_from_the_middle_on(score: float, at: float) -> None:
    assert (one(score, at) >= IN_FORCE) == (score >= at)
    assert 0 <= one(score, at) <= 1


@given(SHARE, SHARE, SHARE)
def test_the_position_rises_with_the_score(low: float, high: float, at: float) -> None:
    low, high = sorted((low, high))
    assert one(low, at) <= one(high, at)


@given(st.tuples(SHARE, SHARE), st.tuples(SHARE, SHARE), SHARE)
def test_what_is_flagged_at_a_position_is_what_the_moved_thresholds_flag(
    scores: tuple[float, float], thresholds: tuple[float, float], position: float
) -> None:
    at = dict(zip(TWO, thresholds, strict=True))
    (found,) = positions(
        {label: np.array([score]) for label, score in zip(TWO, scores, strict=True)},
        at,
        np.array([False]),
    )
    new = moved(at, position)
    flagged = any(score >= new[label] for label, score in zip(TWO, scores, strict=True))
    near = min(abs(score - new[label]) for label, score in zip(TWO, scores, strict=True)) < 1e-9
    # At the lower end a threshold of 0 is below every position but 0.
    assert near or abs(found - position) < 1e-9 or flagged == (found >= position)


def test_moving_nowhere_leaves_the_thresholds_as_they_are() -> None:
    assert moved({Label.THREAT: 0.3}, IN_FORCE) == {Label.THREAT: 0.3}
    assert moved({Label.THREAT: 0.3}, 0.25) == pytest.approx({Label.THREAT: 0.15})
    assert moved({Label.THREAT: 0.3}, 0.75) == pytest.approx({Label.THREAT: 0.65})


def test_a_comment_without_any_score_has_no_position_and_an_unreadable_one_the_highest() -> None:
    nothing = np.full(2, np.nan)
    found = positions({Label.THREAT: nothing}, {Label.THREAT: 0.3}, np.array([False, True]))
    assert np.isnan(found[0])
    assert found[1] == 1.0
    rated = positions({Label.THREAT: np.array([0.9])}, {}, np.array([False]))
    assert rated.tolist() == [0.0]


def test_a_retuned_policy_keeps_its_routes_and_no_stricter_one_below_a_milder_one() -> None:
    before = (
        Threshold(Label.TOXICITY, 0.5),
        Threshold(Label.TOXICITY, 0.8, Route.HOLD),
        Threshold(Label.THREAT, 0.3),
    )
    assert lowest(before) == {Label.TOXICITY: 0.5, Label.THREAT: 0.3}
    up = retuned(before, {Label.TOXICITY: 0.9, Label.INSULT: 0.4})
    assert up == (
        Threshold(Label.TOXICITY, 0.9),
        Threshold(Label.TOXICITY, 0.9, Route.HOLD),
        Threshold(Label.THREAT, 0.3),
        Threshold(Label.INSULT, 0.4),
    )
    down = retuned(before, {Label.TOXICITY: 0.4})
    assert down[:2] == (Threshold(Label.TOXICITY, 0.4), Threshold(Label.TOXICITY, 0.8, Route.HOLD))


@pytest.mark.parametrize(
    ("position", "words"),
    [
        (0.5, "as in force"),
        (0.4, "all 20 % lower"),
        (0.65, "all 30 % of the way to 1"),
        (0.8592, "all 71.5 % of the way to 1"),  # as the slider, which stands below a goal's answer
        (0.4999, "all 0.5 % lower"),
    ],
)
def test_a_position_is_said_in_words(position: float, words: str) -> None:
    assert in_words(position) == words
