from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.decisions import Verdict
from triage.domain.reasons import Reasons, told
from triage.domain.scores import Label

LABELS = st.lists(st.sampled_from(list(Label)), unique=True)


def test_unticking_refuses_the_label_and_ticking_adds_one() -> None:
    said = told(Verdict.REJECT, ["insult", "threat"], ["threat", "obscene"])
    assert said == Reasons(given=("insult", "obscene"), refused=("threat",))


def test_whoever_approves_agrees_to_no_label_by_silence() -> None:
    assert told(Verdict.APPROVE, ["insult", "threat"], []) == Reasons()
    said = told(Verdict.APPROVE, ["insult", "threat"], ["threat", "spam"])
    assert said == Reasons(given=("spam",), refused=("threat",))


@given(st.sampled_from(list(Verdict)), LABELS, LABELS)
def test_only_what_was_proposed_is_refused_and_nothing_is_given_and_refused(
    verdict: Verdict, proposed: list[Label], flipped: list[Label]
) -> None:
    said = told(verdict, proposed, flipped)
    assert set(said.refused) == set(proposed) & set(flipped)
    assert not set(said.refused) & set(said.given)
    assert set(said.given) - set(proposed) == set(flipped) - set(proposed)
    if verdict is not Verdict.APPROVE:
        assert set(said.given) == set(proposed) ^ set(flipped)
