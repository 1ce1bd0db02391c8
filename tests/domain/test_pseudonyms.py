"""Pseudonyms: one for each name, and none that tells it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.forgetting import Marks, Retention
from triage.domain.pseudonyms import Pseudonyms
from triage.intake.derived import IdMaker

OWN, OTHER = Pseudonyms("k" * 32), Pseudonyms("l" * 32)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
names = st.text(st.characters(), min_size=1)


@given(names)
def test_a_name_has_one_pseudonym_by_each_key_which_any_database_can_hold(name: str) -> None:
    made = OWN.of(name)
    assert made == Pseudonyms("k" * 32).of(name)
    assert made != OTHER.of(name)
    assert re.fullmatch("author-([0-9a-hjkmnp-tv-z]{4}-){2}[0-9a-hjkmnp-tv-z]{4}", made or "")


@given(st.sets(names, min_size=2, max_size=30))
def test_two_names_have_two_pseudonyms(given_names: set[str]) -> None:
    assert len({OWN.of(name) for name in given_names}) == len(given_names)


def test_nobody_has_none_and_neither_has_somebody_who_is_gone() -> None:
    assert OWN.of(None) is None
    assert OWN.of("") == ""
    assert OWN.of("[deleted]") == "[deleted]"
    assert OWN.of("[Ana]") != "[Ana]", "a name, whatever it wears"


def test_a_key_is_long_and_shows_itself_nowhere() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Pseudonyms("short")
    assert "kkkk" not in repr(OWN)
    assert "kkkk" not in OWN.check
    assert OWN.check != OTHER.check


def test_an_id_that_was_derived_from_a_name_does_not_tell_it() -> None:
    made = IdMaker().make("blog", "Ana", None, "hello")
    reply = Comment("blog-2", "blog", "hi", 1, parent_id=made, author="Bob")
    thread = Thread("blog", comments=(Comment(made, "blog", "hello", author="Ana"), reply))
    first, second = OWN.thread(thread).comments
    assert first.id != made
    assert first.id == OWN.thread(thread).comments[0].id, "the same at every import"
    assert first.id != OTHER.thread(thread).comments[0].id
    assert second.parent_id == first.id, "replies stay where they belong"
    assert second.id == "blog-2", "an id of the source's own is kept"
    assert (first.author, second.author) == (OWN.of("Ana"), OWN.of("Bob"))


@given(st.text(), st.text(), st.text(), st.text())
def test_marks_tell_apart_what_differs(one: str, two: str, three: str, four: str) -> None:
    marks, digest = Marks("k"), text_digest("x")
    same = marks.comment(one, two, NOON, digest) == marks.comment(three, four, NOON, digest)
    assert same == ((one, two) == (three, four))
    assert marks.author(one) != Marks("l").author(one)


def test_a_mark_hangs_on_the_moment_and_not_on_its_timezone() -> None:
    marks, digest = Marks("k"), text_digest("x")
    elsewhere = NOON.astimezone(tz=None)
    assert marks.comment("t", "Ana", NOON, digest) == marks.comment("t", "Ana", elsewhere, digest)
    assert marks.comment("t", "Ana", NOON, digest) != marks.comment("t", "Ana", None, digest)


def test_no_period_of_retention_is_none() -> None:
    assert not Retention()
    with pytest.raises(ValueError, match="a day at least"):
        Retention(decided=NOON - NOON)
