"""What a suggested score says: a verdict, its reasons, and what does not apply."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.domain.arrivals import Arrival, Suggestion
from triage.domain.decisions import Verdict
from triage.domain.scores import Label

SENT = Arrival("coral", "Calm words")
SHARES = st.floats(0, 1)

# A busy machine is no fault.
CALM_CLOCK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("labels", "others", "verdict", "reasons", "refused", "note"),
    [
        ({Label.TOXICITY: 1.0}, {}, Verdict.REJECT, ("toxicity",), (), ""),
        ({Label.TOXICITY: 0.0}, {}, Verdict.APPROVE, (), ("toxicity",), ""),
        ({Label.INSULT: 1.0, Label.THREAT: 0.0}, {}, Verdict.REJECT, ("insult",), ("threat",), ""),
        ({}, {"SPAM": 1.0, "AFFINITY": 0.1}, Verdict.REJECT, (), (), "SPAM"),
        ({Label.TOXICITY: 0.0}, {"SPAM": 0.0}, Verdict.APPROVE, (), ("toxicity",), ""),
        ({Label.TOXICITY: 0.5}, {}, Verdict.REJECT, ("toxicity",), (), ""),
    ],
)
def test_one_attribute_that_applies_rejects_and_none_approves(
    labels: dict[Label, float],
    others: dict[str, float],
    verdict: Verdict,
    reasons: tuple[str, ...],
    refused: tuple[str, ...],
    note: str,
) -> None:
    said = Suggestion(SENT, labels, others)
    assert (said.verdict, said.reasons, said.refused, said.note) == (
        verdict,
        reasons,
        refused,
        note,
    )


@CALM_CLOCK
@given(st.dictionaries(st.sampled_from(Label), SHARES, min_size=1))
def test_every_label_is_a_reason_or_refused_and_reasons_reject(labels: dict[Label, float]) -> None:
    said = Suggestion(SENT, labels)
    assert set(said.reasons) | set(said.refused) == {label.value for label in labels}
    assert not set(said.reasons) & set(said.refused)
    assert (said.verdict is Verdict.REJECT) == bool(said.reasons)


def test_nothing_said_and_values_that_are_no_scores_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one attribute"):
        Suggestion(SENT)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Suggestion(SENT, {Label.TOXICITY: 1.5})


def test_an_arrival_has_a_client_and_no_blank_id() -> None:
    with pytest.raises(ValueError, match="a client"):
        Arrival(" ", "x")
    with pytest.raises(ValueError, match="a comment's id"):
        Arrival("coral", "x", comment_id="\n")
