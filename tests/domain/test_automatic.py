"""The ranges in which a policy decides by itself: which there may be, and what they decide."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.automatic import Automatic
from triage.domain.decisions import Verdict
from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label, Scores

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOXICITY, INSULT, THREAT = Label.TOXICITY, Label.INSULT, Label.THREAT
THREE = (Threshold(TOXICITY, 0.5), Threshold(INSULT, 0.5), Threshold(THREAT, 0.3))
RANGES = Automatic({TOXICITY: 0.98}, approve_to=0.01)


def policy(automatic: Automatic | None, thresholds: tuple[Threshold, ...] = THREE) -> Policy:
    return Policy("default", 1, thresholds, NOON, "lea", automatic=automatic)


def verdict(ranges: Automatic | None, **scores: float) -> Verdict | None:
    found = policy(ranges).rule(Scores({Label(name): at for name, at in scores.items()}))
    return found and found.verdict


def test_a_policy_decides_nothing_unless_ranges_are_on() -> None:
    assert verdict(None, toxicity=1.0, insult=1.0, threat=1.0) is None


@pytest.mark.parametrize(
    ("scores", "decides"),
    [
        ({"toxicity": 0.98, "insult": 0.5, "threat": 0.0}, Verdict.REJECT),
        ({"toxicity": 0.979, "insult": 0.9, "threat": 0.9}, None),
        # Labels disagree: one would reject, and no other is even flagged.
        ({"toxicity": 0.99, "insult": 0.49, "threat": 0.29}, None),
        ({"toxicity": 0.01, "insult": 0.0, "threat": 0.01}, Verdict.APPROVE),
        ({"toxicity": 0.011, "insult": 0.0, "threat": 0.0}, None),
        # A label that nothing says anything of is no low one.
        ({"toxicity": 0.0, "insult": 0.0}, None),
        # One without a threshold counts where it has a score.
        ({"toxicity": 0.0, "insult": 0.0, "threat": 0.0, "obscene": 0.02}, None),
    ],
)
def test_what_ranges_decide(scores: dict[str, float], decides: Verdict | None) -> None:
    assert verdict(RANGES, **scores) is decides


def test_a_label_that_no_scorer_in_use_rates_keeps_nothing_from_being_approved() -> None:
    """Of a label that they do rate a score is wanted all the same."""
    seats = {TOXICITY: "compact@1", INSULT: "compact@1"}
    rated = Automatic({TOXICITY: 0.98}, approve_to=0.01, scorers=seats)
    assert verdict(rated, toxicity=0.0, insult=0.0) is Verdict.APPROVE
    assert verdict(rated, toxicity=0.0, threat=0.0) is None


def test_what_cannot_be_read_is_decided_by_a_person() -> None:
    assert policy(RANGES).rule(Scores(not_scored="no text")) is None


def test_a_policy_of_one_label_has_no_other_to_disagree() -> None:
    only = policy(RANGES, (Threshold(TOXICITY, 0.5), Threshold(TOXICITY, 0.9, Route.HOLD)))
    found = only.rule(Scores({TOXICITY: 0.99}))
    assert found is not None
    assert (found.verdict, found.reasons) == (Verdict.REJECT, (TOXICITY,))
    assert found.said == "toxicity 0.98 or more"


unit = st.floats(0, 1)


@given(unit, unit, unit, st.floats(0.5, 1), st.floats(0, 0.29))
def test_nothing_that_passes_is_rejected_and_nothing_that_is_flagged_approved(
    toxicity: float, insult: float, threat: float, reject: float, approve: float
) -> None:
    one = policy(Automatic({TOXICITY: reject, INSULT: reject}, approve))
    scores = Scores({TOXICITY: toxicity, INSULT: insult, THREAT: threat})
    found, route = one.rule(scores), one.propose(scores).route
    if found is not None:
        assert (found.verdict is Verdict.REJECT) == (route is not Route.PASS)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "has a range"),
        ({"approve_to": 1.5}, "between 0 and 1"),
        ({"reject_from": {TOXICITY: 2.0}}, "between 0 and 1"),
        ({"approve_to": 0.01, "audit": 0.0}, "what the ranges get wrong"),
    ],
)
def test_ranges_that_are_none_are_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Automatic(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("ranges", "says"),
    [
        (Automatic({TOXICITY: 0.4}), r"flags from 0\.5 on only"),
        (Automatic({Label.OBSCENE: 0.9}), "never flags"),
        (Automatic(approve_to=0.3), r"a threshold lies at 0\.3"),
    ],
)
def test_ranges_fit_the_thresholds(ranges: Automatic, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        policy(ranges)


def test_scores_are_exact_near_the_ends_of_ranges_too() -> None:
    limits = {(one.label, one.at) for one in policy(RANGES).limits}
    assert {(TOXICITY, 0.5), (TOXICITY, 0.98), (THREAT, 0.01)} <= limits
