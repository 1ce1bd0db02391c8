"""What of a comment tells its language."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.languages.own_words import own_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("See https://example.test/une/page here", "See here"),
        ("mail me at jean@exemple.test please", "mail me at please"),
        ("(jean@exemple.test), jean@exemple.test. Thanks", "Thanks"),
        ("@marie.dupont look at this", "look at this"),
        ("run `pip install paquet` again", "run again"),
        ("before ```le code\nest long``` after", "before after"),
        ("<b>so</b> that is it", "so that is it"),
        ("> Je ne suis pas d'accord\n\nWell, I am not surprised", "Well I am not surprised"),
        ("THIS IS TOO MUCH!!!", "this is too much"),
        ("sooooo goooood 12:30 😂", "soo good"),
        ("don’t say l'eau", "don’t say l'eau"),
        ("हिन्दी में लिखा है", "हिन्दी में लिखा है"),
        ("😂😂 +1 2024", ""),
    ],
)
def test_only_the_authors_own_words_are_looked_at(text: str, words: str) -> None:
    assert own_words(text) == words


def test_a_novel_costs_no_more_than_its_beginning() -> None:
    assert len(own_words("many words " * 100_000)) <= 600


@given(st.text(alphabet="<>`@ .aA\n/:-é😂", max_size=300))
def test_any_text_leaves_words_and_blanks_alone(text: str) -> None:
    left = own_words(text)
    assert left == left.strip()
    assert not set(left) & set("<>`@:/\n😂")


@pytest.mark.parametrize("piece", ["<a ", "`", "@a.", "> x\n", "http://", "a@", "```"])
def test_what_repeats_itself_takes_no_longer(piece: str) -> None:
    start = time.process_time()
    own_words(piece * 20_000)
    assert time.process_time() - start < 1.0


def test_a_text_that_is_all_signs_of_mail_costs_no_more_than_others() -> None:
    def taken(text: str) -> float:
        start = time.process_time()
        for _ in range(100):
            own_words(text)
        return time.process_time() - start

    usual = min(taken("an a " * 800) for _ in range(3))
    assert min(taken("@a" * 2_000) for _ in range(3)) < 3 * usual, "it took 15 times as much"
