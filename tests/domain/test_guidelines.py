from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.guidelines import Guidelines
from triage.domain.kindness import severe_from
from triage.domain.policy import DEFAULT_THRESHOLDS, Policy
from triage.domain.scores import Label

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def guidelines(text: str, version: int = 1) -> Guidelines:
    return Guidelines(version, text, NOW, "ada")


def test_a_heading_with_a_code_is_a_reason() -> None:
    text = """# House rules
    ## R9: indented, so no heading
## R1: Be kind ##
Some words. R2: not a heading.
### SPAM2:  Nothing for sale
## lower: no code
##R3: no blank, so no heading
"""
    assert guidelines(text).rules == {"R1": "Be kind", "SPAM2": "Nothing for sale"}
    assert guidelines(text, 4).ref == "guidelines@4"


@pytest.mark.parametrize(
    ("text", "words"),
    [(" ", "say something"), ("# A1: x\n# A1: y", "twice: A1"), ("x" * 100_001, "up to 100,000")],
)
def test_what_cannot_be_guidelines_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        guidelines(text)


def test_a_long_line_that_is_almost_a_heading_is_read_at_once() -> None:
    began = time.monotonic()
    assert len(guidelines("## R1: " + "# " * 45_000 + "x").rules) == 1
    assert time.monotonic() - began < 1.0


@given(st.text(min_size=1))
def test_no_code_could_be_taken_for_a_label(text: str) -> None:
    try:
        rules = guidelines(text).rules
    except ValueError:
        return
    assert not set(rules) & set(Label)


def test_severe_is_what_reaches_the_policys_gravest_thresholds() -> None:
    policy = Policy("p", 1, DEFAULT_THRESHOLDS, NOW, "ada")
    assert severe_from(policy) == {
        Label.SEVERE_TOXICITY: 0.3,
        Label.THREAT: 0.3,
        Label.IDENTITY_ATTACK: 0.3,
    }
    assert severe_from(Policy("p", 1, DEFAULT_THRESHOLDS[:1], NOW, "ada")) == {}
