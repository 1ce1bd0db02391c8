"""What near copies are: texts that say the same, whatever their case, spacing and punctuation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.copies import (
    ALIKE,
    LONGEST,
    SHINGLE,
    SHORTEST,
    Difference,
    comparable,
    differences,
    has_copies,
    likeness,
    shingles,
)

WAVE = "Vote against the new bridge on Sunday, or our river will never be the same again"


def alike(one: str, other: str) -> float:
    """Return how alike two texts are that can be compared."""
    ours, theirs = comparable(one), comparable(other)
    assert ours is not None
    assert theirs is not None
    return likeness(shingles(ours), theirs)


@pytest.mark.parametrize(
    "other",
    [
        WAVE.upper(),
        WAVE.replace(" ", "\u00a0 \n"),
        f"  >>> {WAVE}!!!",
        WAVE.replace(",", " -").replace("bridge", "“bridge”"),
        WAVE.replace("river", "ri\u200bver"),
        WAVE.replace("Vote", "Ｖote"),
    ],
    ids=["case", "spaces", "around", "punctuation", "hidden", "wide letters"],
)
def test_texts_that_differ_in_nothing_one_reads_are_wholly_alike(other: str) -> None:
    assert alike(WAVE, other) == 1.0


@pytest.mark.parametrize(
    ("other", "near"),
    [
        (WAVE.replace("Sunday", "Monday"), True),
        (f"{WAVE}, Ms Mayor", True),
        (WAVE.replace("against", "for"), True),
        (WAVE.replace("new bridge on Sunday", "old tunnel by Friday"), False),
        ("Nobody asked the people who live there before the works began last spring", False),
    ],
)
def test_a_word_in_ten_may_differ_and_not_one_in_five(other: str, near: bool) -> None:
    assert (alike(WAVE, other) >= ALIKE) is near


def test_a_not_in_a_short_sentence_makes_another_one_of_it() -> None:
    assert alike("These people should be let in", "These people should not be let in") == 0.0


@pytest.mark.parametrize(
    ("text", "has"),
    [
        ("", False),
        ("Thanks!", False),
        ("Thanks" + "!" * SHORTEST, False),  # punctuation says nothing
        ("\u200b" * 100, True),  # nothing else is there: then it is what the text says
        ("." * SHORTEST, True),
        ("😀" * (SHORTEST - 1), False),
        ("😀" * SHORTEST, True),
        ("ö" * SHORTEST, True),
        (" " * 100, False),
        ("a" * 1_000_000, True),
        (" " * 1_000_000, False),
    ],
)
def test_a_text_has_copies_where_it_says_enough(text: str, has: bool) -> None:
    assert has_copies(text) is has


def test_a_long_text_is_not_compared_and_has_copies_all_the_same() -> None:
    assert comparable("a b " * LONGEST) is None
    assert has_copies("a b " * LONGEST)
    assert comparable("\ufdfa" * LONGEST) is None, "a character may stand for eighteen"


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_the_share_of_shingles_in_common(one: str, other: str) -> None:
    ours, theirs = comparable(one * 3), comparable(other * 3)
    if ours is None or theirs is None:
        return
    every = [
        {text[n : n + SHINGLE] for n in range(len(text) - SHINGLE + 1)} for text in (ours, theirs)
    ]
    share = len(every[0] & every[1]) / len(every[0] | every[1])
    assert shingles(ours) == every[0]
    assert likeness(shingles(ours), theirs) == (share if share >= ALIKE else 0.0)
    assert likeness(shingles(ours), ours) == 1.0


@given(st.text())
def test_any_text_is_compared_with_or_without_its_case(text: str) -> None:
    said = comparable(text)
    assert said is None or SHORTEST <= len(said) <= LONGEST
    assert said is None or comparable(said) in (said, None)


@pytest.mark.parametrize(
    ("here", "there", "found"),
    [
        ("a b c d", "a b c d", []),
        ("a b  c d", "a b c\nd", []),
        ("a b c d", "a x c d", [Difference("b", "x")]),
        ("a b c d", "a b c d e", [Difference("", "e")]),
        ("a b c d", "a c y z", [Difference("b", ""), Difference("d", "y z")]),
        ("", "all new", [Difference("", "all new")]),
    ],
)
def test_what_differs_is_told_word_by_word(here: str, there: str, found: list[Difference]) -> None:
    assert differences(here, there) == found


def test_very_different_long_texts_are_told_apart_at_once() -> None:
    here, there = "a b " * 2_000 + "c", "x " + "b a " * 2_000
    (one,) = differences(here, there)
    assert one == Difference(" ".join(here.split()), " ".join(there.split()))


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_with_its_differences_put_in_one_text_says_what_the_other_does(
    here: list[str], there: list[str]
) -> None:
    found = differences(" ".join(here), " ".join(there))
    gone = sum(len(one.here.split()) for one in found)
    come = sum(len(one.there.split()) for one in found)
    assert len(here) - gone == len(there) - come
    assert (found == []) is (here == there)
