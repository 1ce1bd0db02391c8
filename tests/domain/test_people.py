"""Who somebody is, by the claims of an ID token: stable names, and nobody merged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.people import Role, SignIn, account_of, person_name

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLAIMS: dict[str, object] = {
    "iss": "https://id.news.example",
    "sub": "248289761001",
    "email": "Lea@News.example",
    "preferred_username": "lea",
    "name": "Lea",
    "iat": int(NOON.timestamp()),
}
BY_GROUP = SignIn(role_claim="groups", roles={"leads": Role.LEAD, "staff": Role.REVIEWER})


def test_a_role_covers_those_before_it() -> None:
    covered = {role: [other for other in Role if role.covers(other)] for role in Role}
    assert covered == {
        Role.REVIEWER: [Role.REVIEWER],
        Role.LEAD: [Role.REVIEWER, Role.LEAD],
        Role.ADMIN: list(Role),
    }


@pytest.mark.parametrize(
    ("claim", "name"),
    [("email", "lea@news.example"), ("preferred_username", "lea"), ("sub", "248289761001")],
)
def test_the_setting_says_which_claim_names_somebody(claim: str, name: str) -> None:
    account = account_of(CLAIMS, SignIn(name=claim))
    assert (account.issuer, account.subject) == ("https://id.news.example", "248289761001")
    assert account.name == name


def test_the_name_that_people_choose_for_show_is_nowhere() -> None:
    assert account_of(CLAIMS | {"name": "Boss"}, SignIn()) == account_of(CLAIMS, SignIn())


def test_a_sign_in_lasts_from_when_the_token_was_issued() -> None:
    account = account_of(CLAIMS, SignIn(lasts=timedelta(hours=8)))
    assert (account.signed_in_at, account.until) == (NOON, NOON + timedelta(hours=8))


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (["staff", "leads", "chess club"], Role.LEAD),
        ("staff", Role.REVIEWER),
        (["chess club"], None),
        ([], None),
        (None, None),
        ({"leads": True}, None),
        ([["leads"], 7], None),
    ],
)
def test_of_several_roles_in_a_claim_the_highest_counts(said: object, role: Role | None) -> None:
    assert account_of(CLAIMS | {"groups": said}, BY_GROUP).role is role


def test_a_claim_without_a_mapping_gives_no_role() -> None:
    assert account_of(CLAIMS | {"role": "admin", "groups": ["admin"]}, SignIn()).role is None


@pytest.mark.parametrize("claim", ["realm_access.roles", "https://news.example/roles"])
def test_a_claim_is_found_by_its_whole_name_or_along_its_dots(claim: str) -> None:
    rules = SignIn(role_claim=claim, roles={"mods": Role.REVIEWER})
    nested = {"realm_access": {"roles": ["mods"]}, "https://news.example/roles": ["mods"]}
    assert account_of(CLAIMS | nested, rules).role is Role.REVIEWER


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": None}, "does not say who you are .claim email"),
        ({"email": "  "}, "does not say who you are"),
        ({"email": ["a@b.example"]}, "does not say who you are"),
        ({"email": "a\nb@news.example"}, "control characters"),
        ({"email": "a" * 300}, "does not say who you are"),
        ({"email_verified": False}, "has not verified your e-mail address"),
        ({"email_verified": "false"}, "has not verified your e-mail address"),
        ({"email_verified": "False"}, "has not verified your e-mail address"),
        ({"sub": None}, "claim sub"),
        ({"iss": ""}, "claim iss"),
        ({"iat": "yesterday"}, "when you signed in"),
        ({"iat": 1e300}, "when you signed in"),
        ({"email": "policy:default@1"}, "those of policies and programs"),
        ({"email": "CLIENT:a@b.example"}, "those of policies and programs"),
    ],
)
def test_claims_that_do_not_say_who_it_is_are_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        account_of(CLAIMS | change, SignIn())


def test_an_address_is_one_however_it_is_written() -> None:
    assert person_name(" Lea@News.Example ") == person_name("lea@news.example")
    assert person_name("Lea") != person_name("lea"), "a user name is as the provider has it"


def test_a_name_is_one_however_its_letters_are_made() -> None:
    composed, apart, wide = "Zo\u00eb", "Zoe\u0308", "\uff2c\uff45\uff41"
    assert person_name(apart) == person_name(composed) == composed
    assert person_name(wide) == "Lea"
    assert person_name("\u00a0Lea \u3000") == "Lea"


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u202e", "\u2066", "\x7f"]
)
def test_a_name_with_what_nobody_sees_is_refused(unseen: str) -> None:
    with pytest.raises(ValueError, match="no characters that nobody sees"):
        person_name(f"Le{unseen}a")


@pytest.mark.parametrize("name", ["Policy:default@1", "CLIENT:blog", "\uff50olicy:default@1"])
def test_nobody_is_called_as_policies_and_programs_are(name: str) -> None:
    with pytest.raises(ValueError, match="those of policies and programs"):
        person_name(name)


TEXT = st.text("aE@.: \n\u202e", max_size=8)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
JSON = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(TEXT, PLAIN, max_size=2)


@given(st.dictionaries(st.sampled_from(["iss", "sub", "email", "iat", "groups"]), JSON))
def test_whatever_claims_hold_they_name_somebody_or_are_refused_in_words(
    claims: dict[str, object],
) -> None:
    try:
        account = account_of(claims, BY_GROUP)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either is right
    else:
        assert account.name.strip() == account.name != ""
