"""Who reads which language."""

from __future__ import annotations

import pytest

from triage.domain.languages import (
    UNKNOWN,
    Coverage,
    is_code,
    not_scored_for,
    shorter,
    tally,
    unread_language,
    words,
)
from triage.domain.scores import Label
from triage.languages import identifying

ENGLISH = Coverage({Label.TOXICITY: ("en",), Label.THREAT: ("en", "fr")})


@pytest.mark.parametrize(
    ("label", "language", "read"),
    [
        (Label.TOXICITY, "en", True),
        (Label.TOXICITY, "fr", False),
        (Label.THREAT, "fr", True),
        (Label.INSULT, "fr", True),  # its scorer does not say what it reads
        (Label.TOXICITY, None, True),  # nobody looked at it yet
        (Label.TOXICITY, UNKNOWN, True),  # the site's own
    ],
)
def test_a_scorer_reads_the_languages_that_it_is_made_for(
    label: Label, language: str | None, read: bool
) -> None:
    assert ENGLISH.reads(label, language) is read


def test_an_unknown_language_is_the_sites_own() -> None:
    french = Coverage({Label.TOXICITY: ("en",), Label.THREAT: ("fr",)}, unknown_as="fr")
    assert not french.reads(Label.TOXICITY, UNKNOWN)
    assert french.reads(Label.THREAT, UNKNOWN)


def test_what_is_not_scored_for_its_language_says_which() -> None:
    scores = not_scored_for("fr")
    assert (scores.values, scores.not_scored) == ({}, "language: fr")
    assert unread_language(scores.not_scored) == "fr"
    assert unread_language("nothing readable") is None
    assert unread_language(None) is None
    assert unread_language("language: fr; no answer in 10 s") == "fr", "a gap of several scorers"


def test_languages_have_names() -> None:
    assert [words(one) for one in ("fr", "nn", "xx", UNKNOWN)] == [
        "French",
        "Norwegian Nynorsk",
        "xx",
        "unknown language",
    ]
    assert tally([("fr", 1200), ("de", 3)]) == "French 1,200, German 3"


def test_a_code_is_two_or_three_small_letters() -> None:
    assert [is_code(one) for one in ("en", "gom", "EN", "english", "e1", "é!")] == [
        *(True, True, False, False, False, False)
    ]


def test_a_language_with_a_code_of_two_letters_goes_by_that() -> None:
    assert [shorter(one) for one in ("eng", "deu", "ger", "zul", "en", "gom", "yue")] == [
        *("en", "de", "de", "zu", None, None, None)
    ]


def test_what_the_identifier_answers_is_known_by_no_shorter_code() -> None:
    named = identifying._model().labels
    assert "en" in named
    assert [one for one in named if shorter(one)] == []
