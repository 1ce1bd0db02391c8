"""The file that TRIAGE_SIGN_IN names: what is missing is said at the start, with its place."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from triage.domain.people import Role
from triage.errors import UsageError
from triage.settings import Settings
from triage.sign_in_file import read_sign_in

AUTH = """
[auth]
redirect_uri = "https://triage.news.example/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
client_id = "triage"
client_secret = "known to both"
server_metadata_url = "https://id.news.example/.well-known/openid-configuration"
"""
PEOPLE = """
[people]
name = "preferred_username"
role_claim = "groups"
hours = 8.5
[people.roles]
"desk/admins" = "admin"
moderators = "reviewer"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sign-in.toml"


def test_the_provider_alone_is_enough(path: Path) -> None:
    path.write_text(AUTH, encoding="utf-8")
    rules = read_sign_in(path)
    assert (rules.name, rules.roles, rules.lasts) == ("email", {}, timedelta(hours=12))
    assert rules.providers == ()
    assert rules.auth["client_id"] == "triage"
    assert "known to both" not in repr(rules)


def test_claims_become_names_and_roles(path: Path) -> None:
    path.write_text(AUTH + PEOPLE, encoding="utf-8")
    rules = read_sign_in(path)
    assert (rules.name, rules.role_claim) == ("preferred_username", "groups")
    assert rules.roles == {"desk/admins": Role.ADMIN, "moderators": Role.REVIEWER}
    assert rules.lasts == timedelta(hours=8.5)


def test_people_may_choose_between_providers(path: Path) -> None:
    shared, own = AUTH.partition("client_id")[0], "client_id" + AUTH.partition("client_id")[2]
    path.write_text(f"{shared}[auth.google]\n{own}[auth.entra]\n{own}", encoding="utf-8")
    assert read_sign_in(path).providers == ("google", "entra")
    path.write_text(f"{shared}[auth.my_own]\n{own}", encoding="utf-8")
    with pytest.raises(UsageError, match="my_own: Streamlit takes no underscore"):
        read_sign_in(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"\[auth\]: is missing"),
        ("auth = 1", r"\[auth\]: auth must be a table"),
        (AUTH.replace("/oauth2callback", "/"), "redirect_uri must be this site's address"),
        (AUTH.replace("https://triage", "http://triage"), "redirect_uri must be https"),
        (AUTH.replace("https://id", "http://id"), "server_metadata_url must be https"),
        (AUTH.replace("0123456789abcdef0123456789abcdef", "guess"), "cookie_secret must have 32"),
        (AUTH.replace("client_secret", "secret"), "client_secret must be a text"),
        (AUTH + "[people]\nroles = 1", r"\[people\]: roles must be a table"),
        (AUTH + '[people]\nrole = "x"', "there is no key 'role'"),
        (AUTH + '[people]\nrole_claim = "groups"', "belong together"),
        (AUTH + '[people]\nroles = {a = "boss"}', "'a' must be one of reviewer, lead, admin"),
        (AUTH + "[people]\nhours = 0", "hours must be a number"),
        (AUTH + "[people]\nhours = 1000", "hours must be a number"),
        (AUTH + "[people]\nname = 3", "name must be a text"),
        ("[auth", "is no TOML"),
    ],
)
def test_what_cannot_be_used_is_said_with_file_and_table(path: Path, text: str, said: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as refused:
        read_sign_in(path)
    assert str(refused.value).startswith(f"TRIAGE_SIGN_IN: {path}")
    assert "known to both" not in str(refused.value)


def test_this_machine_alone_may_do_without_tls(path: Path) -> None:
    plain = AUTH.replace("https://triage.news.example", "http://localhost:{port}")
    path.write_text(plain.replace("https://id.news.example", "http://127.0.0.1:9"), "utf-8")
    assert read_sign_in(path).auth["redirect_uri"] == "http://localhost:{port}/oauth2callback"


def test_the_documented_file_can_be_used_once_its_secret_is_ones_own(path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"### Sign-in\n.*?```toml\n(.*?)```", page, re.DOTALL)
    path.write_text(example, encoding="utf-8")
    with pytest.raises(UsageError, match="cookie_secret must have 32"):
        read_sign_in(path)
    path.write_text(example.replace("64 random characters", "ab" * 32), encoding="utf-8")
    assert set(read_sign_in(path).roles.values()) == set(Role)


def test_leads_by_name_and_sign_in_do_not_go_together(path: Path) -> None:
    path.write_text(AUTH, encoding="utf-8")
    environment = {"TRIAGE_SIGN_IN": str(path)}
    assert Settings.from_environment(environment).sign_in is not None
    with pytest.raises(UsageError, match="TRIAGE_LEADS and TRIAGE_SIGN_IN are both set"):
        Settings.from_environment(environment | {"TRIAGE_LEADS": "lea"})
