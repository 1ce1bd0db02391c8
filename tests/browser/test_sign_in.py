"""Signing in at a real OpenID provider on this machine, in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")
provider_mock = pytest.importorskip("oidc_provider_mock")

from playwright.sync_api import Browser, Page, expect  # noqa: E402

from tests.wording import rude  # noqa: E402

from .conftest import PATIENCE, Desk, served  # noqa: E402
from .test_desk import LOOK, comment, press, settled  # noqa: E402

pytestmark = pytest.mark.browser

PEOPLE = {
    "subject-rea": {"email": "Rea@news.example", "name": "Rea"},
    "subject-lea": {"email": "lea@news.example", "name": "Lea", "groups": ["staff", "desk-leads"]},
    "subject-xen": {"email": "xen@news.example", "name": "Rea"},
    "subject-twin": {"email": "rea@news.example", "name": "Rea"},
}
SIGN_IN = """
[auth]
redirect_uri = "http://localhost:{{port}}/oauth2callback"
cookie_secret = "only for this test, and long enough for it"
client_id = "triage"
client_secret = "known to both"
server_metadata_url = "http://localhost:{port}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid email profile groups" }}

[people]
role_claim = "groups"
roles = {{ desk-leads = "lead" }}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A dashboard that asks who is there, with rude comments, a reviewer, and leads by claim."""
    folder = tmp_path_factory.mktemp("sign-in")
    users = [provider_mock.User(sub=sub, claims=claims) for sub, claims in PEOPLE.items()]
    with provider_mock.run_server_in_thread(user_claims=users) as provider:
        file = folder / "sign-in.toml"
        file.write_text(SIGN_IN.format(port=provider.server_port), encoding="utf-8")
        with served(folder, TRIAGE_SIGN_IN=str(file)) as desk:
            rows = [{"id": f"c{n}", "text": text, "thread": "t"} for n, text in enumerate(rude(9))]
            path = folder / "comments.jsonl"
            path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            desk.triage("import", str(path))
            desk.triage("score")
            desk.triage("people", "add", "rea@news.example")
            yield desk


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def sign_in(page: Page, desk: Desk, subject: str) -> None:
    page.goto(f"{desk.url}/review")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=subject, exact=True).click()
    page.wait_for_url(re.compile(re.escape(desk.url)))


def links(page: Page) -> set[str]:
    """Return the pages that the menu offers."""
    settled(page)
    return set(page.get_by_test_id("stTopNavLink").all_inner_texts())


def log(desk: Desk, tmp_path: Path) -> list[dict[str, str]]:
    desk.triage("export", str(tmp_path / "log.jsonl"), "--what", "log")
    return [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]


def test_a_reviewer_signs_in_decides_in_the_own_name_and_signs_out(
    page: Page, desk: Desk, tmp_path: Path
) -> None:
    page.goto(f"{desk.url}/export")
    expect(page.get_by_text("Sign in to review.")).to_be_visible()
    expect(page.get_by_text("Export")).to_be_hidden()
    sign_in(page, desk, "subject-rea")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    offered = " ".join(links(page))
    assert "Review" in offered
    assert not re.search("Thresholds|Import|Export|People", offered)
    press(page, "x")
    assert [row["reviewer"] for row in log(desk, tmp_path)] == ["rea@news.example"]
    page.goto(f"{desk.url}/export")
    expect(page.get_by_text("This page is for leads.")).to_be_visible()
    page.goto(f"{desk.url}/you")
    expect(page.get_by_text("rea@news.example, reviewer here")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()  # at the provider
    expect(page.get_by_text("Sign in to review.")).to_be_visible()
    page.goto(f"{desk.url}/review")
    expect(page.get_by_text("Sign in to review.")).to_be_visible()


def test_a_claim_makes_a_lead_who_is_no_admin(page: Page, desk: Desk) -> None:
    sign_in(page, desk, "subject-lea")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    offered = " ".join(links(page))
    assert "Thresholds" in offered
    assert "People" not in offered
    page.goto(f"{desk.url}/people")
    expect(page.get_by_text("This page is for admins.")).to_be_visible()
    desk.triage("people", "role", "lea@news.example", "admin")
    page.reload()
    expect(page.get_by_text("rea@news.example", exact=True)).to_be_visible()


def test_a_stranger_is_told_so_and_so_is_another_account_by_a_known_name(
    page: Page, desk: Desk
) -> None:
    sign_in(page, desk, "subject-xen")
    expect(page.get_by_text("xen@news.example has no role here")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, desk, "subject-twin")
    expect(page.get_by_text("is that of another account here")).to_be_visible()


def test_whoever_is_removed_is_refused_at_the_next_act(
    page: Page, desk: Desk, tmp_path: Path
) -> None:
    sign_in(page, desk, "subject-rea")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    settled(page)
    before = len(log(desk, tmp_path))
    assert comment(page)
    desk.triage("people", "remove", "rea@news.example")
    page.wait_for_timeout(LOOK)
    page.keyboard.press("x")
    expect(page.get_by_text("rea@news.example was removed here")).to_be_visible()
    assert len(log(desk, tmp_path)) == before
