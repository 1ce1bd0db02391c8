from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.policy import Policy, Reached, Route, Threshold
from triage.domain.scores import Label, Scores
from triage.domain.severity import SEVERITY, weighed

NOW = datetime(2026, 11, 22, tzinfo=UTC)
UNIT = st.floats(0, 1)


def policy(*thresholds: Threshold) -> Policy:
    return Policy("default", 1, thresholds, NOW, "lead")


def test_a_score_at_its_threshold_is_flagged_and_one_below_passes() -> None:
    own = policy(Threshold(Label.INSULT, 0.6))
    assert own.propose(Scores({Label.INSULT: 0.6})).route is Route.REVIEW
    assert own.propose(Scores({Label.INSULT: 0.5999})).route is Route.PASS


def test_the_strictest_route_reached_wins_and_the_most_harm_to_expect_comes_first() -> None:
    own = policy(
        Threshold(Label.TOXICITY, 0.5),
        Threshold(Label.THREAT, 0.2),
        Threshold(Label.TOXICITY, 0.9, Route.HOLD),
    )
    proposal = own.propose(Scores({Label.TOXICITY: 0.92, Label.THREAT: 0.9}))
    assert proposal.route is Route.HOLD
    assert [one.threshold.label for one in proposal.reached] == [
        Label.THREAT,
        Label.TOXICITY,
        Label.TOXICITY,
    ]


def test_what_cannot_be_scored_is_reviewed_with_the_reason() -> None:
    proposal = policy(Threshold(Label.TOXICITY, 0.5)).propose(Scores(not_scored="empty text"))
    assert (proposal.route, proposal.not_scored) == (Route.REVIEW, "empty text")


def test_a_label_that_the_scorer_does_not_report_is_not_flagged() -> None:
    assert (
        policy(Threshold(Label.THREAT, 0.0)).propose(Scores({Label.INSULT: 1})).route is Route.PASS
    )


def test_two_thresholds_for_one_label_and_route_are_refused() -> None:
    with pytest.raises(ValueError, match="one threshold per label"):
        policy(Threshold(Label.INSULT, 0.5), Threshold(Label.INSULT, 0.7))


def test_a_threshold_to_pass_is_refused() -> None:
    with pytest.raises(ValueError, match="below it a comment passes"):
        Threshold(Label.INSULT, 0.5, Route.PASS)


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan"), float("inf")])
def test_a_score_outside_zero_to_one_is_refused(score: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Scores({Label.INSULT: score})


def test_a_text_is_scored_or_says_why_not() -> None:
    with pytest.raises(ValueError, match="reason"):
        Scores()
    with pytest.raises(ValueError, match="scored or it is not"):
        Scores({Label.INSULT: 0.1}, not_scored="empty text")


@given(at=UNIT, score=UNIT)
def test_the_harm_to_expect_grows_with_the_score_and_weighs_the_label(
    at: float, score: float
) -> None:
    own = policy()
    harms = [
        Reached(Threshold(label, at), score, own.weight(label)).harm
        for label in (Label.INSULT, Label.THREAT)
    ]
    assert 0 <= harms[0] <= harms[1] <= 1
    assert Reached(Threshold(Label.INSULT, at), 1.0, own.weight(Label.INSULT)).harm >= harms[0]


def test_every_label_has_its_weight_and_the_worst_weighs_one() -> None:
    assert set(SEVERITY) == set(Label)
    assert max(SEVERITY.values()) == 1
    assert min(SEVERITY.values()) > 0
    assert policy().severity == SEVERITY


class TestWeights:
    def test_what_a_policy_weighs_more_comes_first(self) -> None:
        at = (Threshold(Label.INSULT, 0.5), Threshold(Label.THREAT, 0.5))
        scores = Scores({Label.INSULT: 0.9, Label.THREAT: 0.9})
        for severity, first in [({}, Label.THREAT), ({Label.INSULT: 3.0}, Label.INSULT)]:
            own = Policy("default", 1, at, NOW, "lead", severity=severity)
            assert own.propose(scores).reached[0].threshold.label is first

    @given(st.dictionaries(st.sampled_from(Label), st.floats(0.1, 10)), st.floats(0.1, 10))
    def test_only_their_proportions_matter(self, given: dict[Label, float], times: float) -> None:
        own = Policy("p", 1, (), NOW, "lead", severity=weighed(given))
        scaled = {label: weight * times for label, weight in own.severity.items()}
        other = Policy("p", 1, (), NOW, "lead", severity=scaled)
        for label in Label:
            assert 0 < own.weight(label) <= 1
            assert other.weight(label) == pytest.approx(own.weight(label))

    def test_a_label_that_is_left_out_has_its_usual_weight(self) -> None:
        assert weighed({Label.THREAT: 5}) == {**SEVERITY, Label.THREAT: 5.0}

    @pytest.mark.parametrize("weight", [0.0, -1.0, 100.1, float("nan"), float("inf")])
    def test_a_weight_outside_its_range_is_refused(self, weight: float) -> None:
        with pytest.raises(ValueError, match="severity of identity attack lies above 0"):
            Policy("p", 1, (), NOW, "lead", severity={Label.IDENTITY_ATTACK: weight})

    def test_a_policy_cannot_be_changed_through_what_it_was_made_of(self) -> None:
        given = {Label.THREAT: 5.0}
        own = Policy("p", 1, (), NOW, "lead", severity=given)
        given[Label.THREAT] = 1.0
        assert own.severity[Label.THREAT] == 5.0
