"""What the dashboard shows to whoever is there: strangers, people of each role, and one alone."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from tests.test_sign_in_file import AUTH
from tests.wording import rude
from triage.domain.people import Role
from triage.errors import UsageError
from triage.settings import Settings
from triage.ui.shell import PAGES
from triage.ui.signing_in import comes_over_tls, provider_secrets, seated
from triage.ui.state import digest
from triage.workbench import RIGHTS, Workbench

SCRIPT = """
from triage.ui.shell import draw_page
from triage.ui.signing_in import comes_over_tls, provider_secrets, seated
from triage.ui.state import workbench
bench = seated(workbench())
if bench is not None:
    draw_page(bench, "{page}")
"""


@pytest.fixture
def bench(environment: pytest.MonkeyPatch, tmp_path: Path) -> Workbench:
    """A site where people sign in, one of each role, called after it."""
    path = tmp_path / "sign-in.toml"
    path.write_text(f'{AUTH}[people]\nname = "sub"', encoding="utf-8")
    environment.setenv("TRIAGE_SIGN_IN", str(path))
    bench = Workbench(Settings.from_environment())
    for role in Role:
        bench.add_person(role, role, "op")
    return bench


def at(page: str, who: str | None, *, ago: float = 0.0) -> AppTest:
    """Draw a page for somebody who signed in so many seconds ago."""
    app = AppTest.from_string(SCRIPT.format(page=page), default_timeout=60)
    if who is not None:
        claims = {"iss": "https://id.news.example", "sub": who, "iat": time.time() - ago}
        app.user = {"is_logged_in": True, **claims}
    return app.run()


def said(app: AppTest) -> str:
    shown = [*app.header, *app.text, *app.info, *app.error, *app.caption]
    return "\n".join(str(one.value) for one in shown)


def labels(app: AppTest) -> list[str]:
    return [one.label for one in app.button]


def test_who_has_not_signed_in_sees_the_door_and_nothing_else(bench: Workbench) -> None:
    app = at("people", None)
    assert "Sign in to review." in said(app)
    assert labels(app) == ["Sign in"]


def test_a_page_that_is_not_ones_own_says_whose_it_is(bench: Workbench) -> None:
    for page, role, whose in (
        ("export", "reviewer", "leads"),
        ("thresholds", "reviewer", "leads"),
        ("import", "reviewer", "leads"),
        ("assignments", "reviewer", "leads"),
        ("people", "lead", "admins"),
    ):
        app = at(page, role)
        assert f"This page is for {whose}." in said(app)
        assert f"{role} has the role {role} here" in said(app)


@pytest.mark.parametrize("role", Role)
def test_every_page_of_a_role_is_drawn_without_a_refusal(
    bench: Workbench, role: Role, tmp_path: Path
) -> None:
    path = tmp_path / "comments.csv"
    rows = [f"c{number},{text}" for number, text in enumerate(rude(4))]
    path.write_text("\n".join(["id,text", *rows]), encoding="utf-8")
    bench.import_file(path)
    bench.score()
    pages = [url for url, kind in PAGES.items() if role.covers(RIGHTS[kind.verb])]
    assert len(pages) == {Role.REVIEWER: 5, Role.LEAD: 9, Role.ADMIN: 10}[role]
    for page in pages:
        app = at(page, role)
        assert not app.exception, page
        assert not app.error, f"{page}: {said(app)}"


def test_webhooks_are_for_admins_on_a_page_that_is_for_leads(bench: Workbench) -> None:
    app = at("export", "lead")
    app.segmented_control[0].set_value("Webhooks").run()
    assert "Webhooks are for admins to set up." in said(app)


def test_an_admin_adds_somebody_and_gives_another_role(bench: Workbench) -> None:
    app = at("people", "admin")
    app.text_input(key="people.name").set_value("Mia@News.example")
    app.selectbox(key="people.role").set_value(Role.LEAD)
    next(one for one in app.button if one.label == "Add").click().run()
    assert not app.exception
    added = {one.name: one for one in bench.people()}["mia@news.example"]
    assert (added.role, added.added_by) == (Role.LEAD, "admin")
    rows = [one for one in app.selectbox if one.value == Role.LEAD and "." in (one.key or "")]
    assert rows
    removing = [one for one in app.button if one.label == "Remove"]
    assert len(removing) == 3, "everybody but the admin, who would be locked out"


def test_whom_a_removal_concerns_is_said_before_and_after_it(bench: Workbench) -> None:
    bench.add_person("_mia_ *k*", Role.REVIEWER, "admin")
    app = at("people", "admin")
    before = "_mia_ *k* would be refused from the next act on"
    assert before in said(app)
    assert "Role of \\_mia\\_ \\*k\\*" in [one.label for one in app.selectbox]
    about = digest("_mia_ *k*")
    app.button(key=f"people-remove-{about}").click().run()
    assert [one.value for one in app.toast] == ["\\_mia\\_ \\*k\\* was removed."]
    assert before not in said(app)


def test_who_is_there_already_is_changed_on_the_own_line(bench: Workbench) -> None:
    app = at("people", "admin")
    app.text_input(key="people.name").set_value("lead")
    next(one for one in app.button if one.label == "Add").click().run()
    assert "give another role on its own line of People" in said(app)


def test_a_sign_in_that_is_over_asks_again(bench: Workbench) -> None:
    app = at("review", "reviewer", ago=13 * 3600)
    assert "your sign-in is over" in said(app)
    assert labels(app) == ["Sign in again", "Sign out"]


def test_claims_that_name_nobody_are_refused_and_the_way_out_is_open(bench: Workbench) -> None:
    app = at("review", "policy:default@1")
    assert "You are signed in, and cannot go on." in said(app)
    assert "Sign out" in labels(app)


def test_the_dashboard_of_one_person_is_for_this_machine_alone(
    environment: pytest.MonkeyPatch,
) -> None:
    bench = Workbench(Settings.from_environment())
    assert seated(bench) is bench
    environment.setattr(st, "get_option", {"server.address": "0.0.0.0"}.get)
    with pytest.raises(UsageError, match="other machines reach this dashboard"):
        seated(bench)
    environment.setenv("TRIAGE_BEHIND_PROXY", "1")
    behind = Workbench(Settings.from_environment())
    assert seated(behind) is behind


def test_a_provider_that_streamlit_knows_and_triage_does_not_is_no_open_door(
    environment: pytest.MonkeyPatch,
) -> None:
    known = Secrets()
    known.merge_programmatic_secrets({"auth": {"client_id": "triage"}})
    environment.setattr(st, "secrets", known)
    with pytest.raises(UsageError, match="TRIAGE_SIGN_IN names no file"):
        seated(Workbench(Settings.from_environment()))


def test_a_site_that_people_come_back_to_by_https_is_over_tls(
    bench: Workbench, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert comes_over_tls(provider_secrets())
    here = re.sub("https://[^/]+/oauth2callback", "http://localhost:8501/oauth2callback", AUTH)
    (tmp_path / "here.toml").write_text(here, encoding="utf-8")
    environment.setenv("TRIAGE_SIGN_IN", str(tmp_path / "here.toml"))
    assert not comes_over_tls(provider_secrets())
    environment.delenv("TRIAGE_SIGN_IN")
    assert not comes_over_tls(provider_secrets())
