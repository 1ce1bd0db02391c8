"""The section API tokens of the page People, as admins see it where people sign in."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.test_sign_in_file import AUTH
from tests.ui.test_sign_in import at, labels, said
from triage.domain.people import Role
from triage.domain.tokens import Scope
from triage.errors import AccessError
from triage.settings import Settings
from triage.ui import tokens
from triage.ui.state import Key
from triage.workbench import Workbench


@pytest.fixture
def bench(environment: pytest.MonkeyPatch, tmp_path: Path) -> Workbench:
    path = tmp_path / "sign-in.toml"
    path.write_text(f'{AUTH}[people]\nname = "sub"', encoding="utf-8")
    environment.setenv("TRIAGE_SIGN_IN", str(path))
    bench = Workbench(Settings.from_environment())
    for role in Role:
        bench.add_person(role, role, "op")
    return bench


def section(who: str = "admin") -> AppTest:
    app = at("people", who)
    app = app.segmented_control(key=Key.PEOPLE_SECTION).set_value("API tokens").run()
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> AppTest:
    (found,) = [one for one in app.button if one.label == label]
    app = found.click().run()
    assert not app.exception
    return app


def test_a_token_is_made_for_what_was_chosen_and_its_secret_is_shown_until_kept(
    bench: Workbench,
) -> None:
    app = section()
    assert "No token is good now." in said(app)
    app.text_input(key=Key.TOKENS_NAME).set_value(" blog ")
    app.button_group(key=Key.TOKENS_SCOPES).set_value([Scope.ANALYZE, Scope.SCORE])
    app = press(app, "Make")
    (made,) = bench.tokens()
    assert (made.name, made.scopes) == ("blog", {Scope.ANALYZE, Scope.SCORE})
    assert made.created_by == "admin"
    (secret,) = [one.value for one in app.code]
    assert bench.authorise(secret, Scope.SCORE).name == "blog"
    shown = "kept nowhere, and shown until you say that you have kept it, or close the page"
    assert shown in app.warning[0].value
    assert [one.value for one in app.run().code] == [secret], "as the words say"
    app = press(app, "I have kept it")
    assert not app.code
    assert "blog: analyze, score" in said(app)
    assert secret not in said(section()), "another session never sees it"


def test_to_say_twice_that_a_secret_is_kept_is_no_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = {Key.TOKENS_ISSUED: "secret"}
    monkeypatch.setattr("streamlit.session_state", state)
    tokens._forget()
    tokens._forget()
    assert state == {}


def test_a_token_says_by_whom_it_was_made_and_when_it_was_used(bench: Workbench) -> None:
    bench.create_token("idle", [Scope.METRICS], "op")
    bench.authorise(bench.create_token("busy", [Scope.SCORE], "op").secret, Scope.SCORE)
    lines = said(section()).splitlines()
    assert lines[lines.index("idle: metrics") + 1].endswith("by op · never used")
    assert "last used" in lines[lines.index("busy: score") + 1]


def test_revoking_names_what_follows_and_holds_at_once(bench: Workbench) -> None:
    secret = bench.create_token("blog", [Scope.SCORE], "op").secret
    app = section()
    assert "Whatever sends blog is refused from its next request on" in said(app)
    app = press(app, "Revoke for good")
    with pytest.raises(AccessError):
        bench.authorise(secret, Scope.SCORE)
    assert [one.label for one in app.expander] == ["Make a token", "1 revoked"]
    assert "Revoke for good" not in labels(app)


def test_what_cannot_be_a_token_is_said_and_nothing_is_made(bench: Workbench) -> None:
    app = section()
    app.text_input(key=Key.TOKENS_NAME).set_value("two words")
    app = press(app, "Make")
    assert "No token was made." in said(app)
    assert "a token's name is 1 to 64 letters" in said(app)
    assert bench.tokens() == []


def test_only_an_admin_comes_to_the_tokens(bench: Workbench) -> None:
    for role in (Role.REVIEWER, Role.LEAD):
        app = at("people", role)
        assert "This page is for admins." in said(app)
        assert not app.segmented_control


def test_an_admin_who_is_one_no_more_revokes_nothing(bench: Workbench) -> None:
    bench.create_token("blog", [Scope.SCORE], "op")
    app = section()
    bench.set_role("admin", Role.REVIEWER, "op")
    app = press(app, "Revoke for good")
    assert "This page is for admins." in said(app)
    (still,) = bench.tokens()
    assert still.revoked_at is None
