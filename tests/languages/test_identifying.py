"""The language of a comment, and when nobody can tell."""

from __future__ import annotations

import pytest

from triage.domain.languages import UNKNOWN
from triage.languages.identifying import LanguageIdentifier

IDENTIFIER = LanguageIdentifier()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I rode past the new bridge this morning and the railing is still missing."),
        ("en", "THIS IS THE WORST DECISION THE COUNCIL HAS MADE IN YEARS!!!! 🤬🤬"),
        ("en", "> Je ne suis pas d'accord avec vous.\n\nWell, I am not surprised by that."),
        ("en", "Jürgen Müller and José García told the council that nobody asked them first."),
        ("en", "ok so they closed the pool AGAIN and nobody at the council picks up, classic"),
        ("fr", "Je suis passé devant le pont ce matin et la rambarde manque toujours."),
        ("fr", "> I do not agree with you.\n\nÇa ne m'étonne pas que vous ne soyez pas d'accord."),
        ("es", "Esta mañana pasé por el puente nuevo y todavía no había barandilla."),
        ("de", "Wer diesen Kreisverkehr geplant hat, musste ihn nie zu Fuß überqueren."),
        ("pt", "Alguém sabe se a biblioteca vai manter o horário depois dos exames?"),
        ("tr", "Bu sabah yeni köprüden geçtim, nehir tarafında hâlâ korkuluk yoktu."),
        ("ru", "Сегодня утром я проезжал по новому мосту, и перил всё ещё нет."),
        ("ar", "من الواضح أنك قرأت العنوان فقط، لذلك سأشرح لك الأمر مرة أخرى ببطء."),
        ("ja", "今朝、新しい橋を通りましたが、手すりはまだ付いていませんでした。"),
    ],
)
def test_a_comment_is_in_the_language_of_its_own_words(language: str, text: str) -> None:
    assert IDENTIFIER.identify([text]) == [language]


@pytest.mark.parametrize(
    "text", ["", "lol", "ok", "no", "😂😂😂", "+1", "https://example.test/a", "@anna", "1234", "?!"]
)
def test_what_is_at_home_everywhere_is_in_no_language(text: str) -> None:
    assert IDENTIFIER.identify([text]) == [UNKNOWN]


@pytest.mark.parametrize("text", ["Jürgen Müller", "sois todos increíbles", "asdf jkl qwer"])
def test_an_answer_that_is_not_sure_is_not_taken(text: str) -> None:
    assert IDENTIFIER.identify([text]) == [UNKNOWN]


def test_texts_are_told_in_their_order_and_apart() -> None:
    texts = ["Where is the new bridge, and who pays for it?", "Wer bezahlt denn diese Brücke?"]
    assert IDENTIFIER.identify(texts) == ["en", "de"]
    assert IDENTIFIER.identify(texts[::-1]) == ["de", "en"]


def test_broken_characters_are_no_error() -> None:
    assert len(IDENTIFIER.identify(["\ud800 a lone surrogate", "\x00\x00"])) == 2


def test_the_version_names_the_package_and_the_rule() -> None:
    name, version, rule = IDENTIFIER.version.replace("/", " ").split()
    assert (name, version.count("."), rule.isdecimal()) == ("py3langid", 2, True)
