"""Disguises do what they say, and the preparation undoes those that it claims to undo."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.disguises import DISGUISES, disguised, hard_places, some_disguised
from triage.scoring.prepare import prepare

WORDS = frozenset({"idiot", "fuck"})
TEXT = "You idiot, what the fuck is this idiotic plan?"


def test_only_whole_hard_words_are_found_in_any_case() -> None:
    assert [TEXT[start:end] for start, end in hard_places(TEXT, WORDS)] == ["idiot", "fuck"]
    assert hard_places("IDIOT", WORDS) == [(0, 5)]


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_changes_the_word_and_nothing_around_it(name: str) -> None:
    hidden = disguised(TEXT, WORDS, DISGUISES[name], random.Random(1))
    assert hidden.startswith("You ")
    assert hidden.endswith(" is this idiotic plan?")
    assert hidden != TEXT


@pytest.mark.parametrize(
    "name",
    ["masked", "spaced", "divided", "zero-width", "homoglyphs", "full-width", "emoji inside"],
)
def test_what_the_preparation_undoes_costs_nothing(name: str) -> None:
    hidden = disguised(TEXT, WORDS, DISGUISES[name], random.Random(4))
    assert prepare(hidden).text == TEXT


@given(st.text(), st.randoms(use_true_random=False))
def test_any_text_can_be_disguised(text: str, rng: random.Random) -> None:
    assert isinstance(some_disguised(text, WORDS, tuple(DISGUISES), rng), str)


def test_a_harmless_text_gets_one_word_in_disguise() -> None:
    rng = random.Random(2)
    hidden = some_disguised("plain words here", WORDS, ("spaced",), rng)
    assert hidden != "plain words here"
    assert hidden.replace(" ", "") == "plainwordshere"
