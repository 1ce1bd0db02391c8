"""The limits of the transparency database, and what may tell of a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.personal import names_among, personal_forms, words_in_common
from triage.domain.scores import Label
from triage.domain.statement_rules import (
    DEFAULT,
    DEFAULT_RULES,
    Redress,
    RedressMethod,
    StatementRule,
    StatementRules,
)
from triage.domain.statements import FIELDS, Category, Ground, faults

GOOD: dict[str, object] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Section 4",
    "incompatible_content_explanation": "It insults.",
    "category": "STATEMENT_CATEGORY_CYBER_VIOLENCE",
    "content_type": ["CONTENT_TYPE_TEXT"],
    "content_date": "2026-03-01",
    "application_date": "2026-03-02",
    "decision_facts": "A comment was removed.",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "puid": "a-1_B",
}
RULE = StatementRule(Category.OTHER_VIOLATION_TC, "Section 4", "It insults.")


def test_a_whole_statement_has_no_faults() -> None:
    assert list(faults(GOOD)) == []
    assert list(faults({**GOOD, "territorial_scope": ["DE", "NO"], "content_language": "EN"})) == []


@pytest.mark.parametrize("name", [*GOOD])
def test_what_is_required_is_missed_by_its_name(name: str) -> None:
    told = list(faults({key: value for key, value in GOOD.items() if key != name}))
    assert told == [f"{name}: is missing"] or name == "decision_ground"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("decision_facts", "x" * 5_001, "5,001 characters; up to 5,000"),
        ("decision_facts", " ", "is no text"),
        ("incompatible_content_ground", "x" * 501, "up to 500"),
        ("incompatible_content_explanation", "x" * 2_001, "up to 2,000"),
        ("category", "STATEMENT_CATEGORY_SPAM", "known are STATEMENT_CATEGORY_ANIMAL_WELFARE"),
        ("category_specification", ["KEYWORD_HATE"], "has 'KEYWORD_HATE'"),
        ("decision_visibility", [], "no list with something in it"),
        ("content_language", "en", "two capital letters"),
        ("content_date", "01.03.2026", "no day written as"),
        ("content_date", "2026-02-30", "no day written as"),
        ("content_date", "2026-03-03", "is later than application_date"),
        ("territorial_scope", ["US"], "has 'US'"),
        ("puid", "a b", "letters, digits"),
        ("puid", "x" * 501, "letters, digits"),
        ("automated_detection", True, "known are No, Yes"),
        ("decision_ground_reference_url", "javascript:alert(1)", "begins with http"),
        ("author", "Ana", "there is no such field"),
    ],
)
def test_what_the_database_would_refuse_is_told_by_field(
    name: str, value: object, says: str
) -> None:
    (told,) = faults({**GOOD, name: value})
    assert told.startswith(f"{name}: ")
    assert says in told


def test_illegal_content_needs_the_law_instead_of_a_clause() -> None:
    told = list(faults({**GOOD, "decision_ground": Ground.ILLEGAL.value}))
    assert told == [
        "illegal_content_legal_ground: is missing",
        "illegal_content_explanation: is missing",
    ]


@given(st.dictionaries(st.sampled_from([*FIELDS]), st.none() | st.text() | st.lists(st.text())))
def test_whatever_a_statement_holds_it_is_told_and_never_raises(given: dict[str, object]) -> None:
    assert all(": " in one for one in faults(given))


def test_there_is_a_rule_for_every_label_and_none_takes_sides_on_the_law() -> None:
    assert {label.value for label in Label} | {DEFAULT} == set(DEFAULT_RULES)
    assert all(rule.ground is Ground.INCOMPATIBLE for rule in DEFAULT_RULES.values())


def test_the_sites_own_rule_comes_before_that_of_a_label() -> None:
    rules = StatementRules({"R2": RULE})
    assert rules.chosen(["insult", "R2"]) == ("R2", RULE)
    assert rules.chosen(["R9", "insult"])[0] == "insult"
    assert rules.chosen(["R9", "whatever a client says"])[0] == DEFAULT
    assert rules.chosen([])[0] == DEFAULT
    assert list(rules.own_texts("insult")) == []
    assert dict(rules.own_texts()) == {
        "[reason.R2] clause": "Section 4",
        "[reason.R2] explanation": "It insults.",
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Ask ana.smith@example.org for more", "an e-mail address"),
        ("See https://example.org/users/ana", "an address with a user's name"),
        ("See https://example.org/@ana", "an address with a user's name"),
        ("See https://ana@example.org/", "an address with a user's name"),
        ("See https://example.org/x?user=ana", "an address with a user's name"),
        ("As @ana said", "a user's name"),
        ("Call +49 30 1234567", "a phone number"),
        ("Call (030) 123 45 67", "a phone number"),
        ("See www.facebook.com/ana.smith", "an address with a user's name"),
        ("See x.com/ana or t.me/ana", "an address with a user's name"),
        ("Write to ana(at)example.org", "an e-mail address"),
        ("Write to ana [at] example.org", "an e-mail address"),
        ("Pay to DE89 3704 0044 0532 0130 00", "a bank account's number"),
        ("Pay to DE89370400440532013000", "a bank account's number"),
    ],
)
def test_what_looks_like_somebodys_address_is_not_published(text: str, what: str) -> None:
    assert any(found.startswith(what) for found in personal_forms(text))
    with pytest.raises(ValueError, match="explanation holds"):
        StatementRule(Category.OTHER_VIOLATION_TC, "Section 4", text)


@pytest.mark.parametrize(
    "text",
    [
        "Section 4 of our terms of 2026-01-01, version 1.2",
        "§ 185 StGB, Art. 5 (1) a",
        "https://example.org/terms#insults",
        "Directive 2000/31/EC; Regulation (EU) 2022/2065",
        "https://max.com/terms, https://example.org/x.com",
        "CELEX 32022R2065, BT-Drs. 19/18792",
    ],
)
def test_laws_clauses_and_dates_are_no_addresses(text: str) -> None:
    assert list(personal_forms(text)) == []


def test_a_name_is_a_whole_word_in_any_case() -> None:
    assert list(names_among("What Ana wrote", ["Ana", "An", "ANA", "rote"])) == ["Ana", "ANA"]
    assert list(names_among("was GROSS sagte", ["Groß"])) == ["Groß"]
    assert list(names_among("by x.(y) here", ["x.(y)"])) == ["x.(y)"]


def test_four_words_in_a_row_are_a_quotation() -> None:
    assert words_in_common("He said: you are a FOOL!", "You are a fool, Bob") == "you are a fool"
    assert words_in_common("you are a fool", "you are no fool") is None


@pytest.mark.parametrize(
    ("redress", "says"),
    [
        ({"method": RedressMethod.EMAIL, "address": "nobody"}, "e-mail address"),
        ({"method": RedressMethod.URL, "address": "ftp://x"}, "begins with http"),
        ({"address": "https://example.org"}, "the method is none"),
        ({"text": "x" * 1_001}, "up to 1,000"),
    ],
)
def test_a_way_to_object_must_lead_somewhere(redress: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Redress(**redress)  # type: ignore[arg-type]
