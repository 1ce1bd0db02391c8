"""Every payload on every page of a real browser: nothing runs, nothing is asked of other hosts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, ConsoleMessage, Page, expect  # noqa: E402

from tests.hostile.payloads import HOST, PAYLOADS  # noqa: E402
from tests.hostile.site import GROUPS, fill  # noqa: E402
from triage.settings import Settings  # noqa: E402
from triage.workbench import Workbench  # noqa: E402

from .conftest import PATIENCE, Desk, served  # noqa: E402
from .test_desk import settled  # noqa: E402

pytestmark = pytest.mark.browser

AT_REST = '[data-testid="stApp"][data-test-script-state="notRunning"]'
WITHIN = ("data:", "blob:")
PAGES = ("browse", "batch", "thresholds", "quality", "guidelines", "import")


@dataclass
class Watched:
    """What a page did while it was looked at."""

    dialogs: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("dialog", lambda one: (self.dialogs.append(one.message), one.dismiss()))
        page.on("request", lambda one: self.asked.append(one.url))
        page.on("pageerror", lambda one: self.complaints.append(str(one)))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        # Streamlit looks for its server below the page's own path first.
        if message.type == "error" and "404 (Not Found)" not in message.text:
            self.complaints.append(message.text)

    def check(self, page: Page) -> None:
        """Fail where anything ran, left this machine, or was refused by the policy."""
        assert page.evaluate("[window.ran, document.domain]") == [None, "localhost"]
        assert self.dialogs == []
        hosts = {urlsplit(url).hostname for url in self.asked if not url.startswith(WITHIN)}
        assert hosts <= {"localhost"}
        assert self.complaints == []


@dataclass(frozen=True)
class Site:
    """A running desk full of payloads, and the comments that hold them."""

    desk: Desk
    ids: list[str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("hostile"), TRIAGE_REVIEWER="bea") as desk:
        with closing(Workbench(Settings(database_url=desk.database))) as bench:
            ids = fill(bench)
        yield Site(desk, ids)


@contextmanager
def watched(chromium: Browser) -> Iterator[tuple[Page, Watched]]:
    with closing(chromium.new_context(viewport={"width": 1280, "height": 800})) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        seen = Watched()
        seen.watch(page)
        yield page, seen


def test_every_payload_is_shown_as_text_under_review(site: Site, chromium: Browser) -> None:
    with watched(chromium) as (page, seen):
        some = site.ids[: len(GROUPS) + 1]  # one of the long ones, too
        for number, comment_id in enumerate(some):
            page.goto(f"{site.desk.url}/review?comment={quote(comment_id)}")
            # A megabyte takes a browser on a busy machine its time.
            page.wait_for_selector(AT_REST, timeout=90_000)
            settled(page)
            shown = page.locator(".st-key-comment-text")
            expect(shown).to_be_in_viewport()
            expect(page.get_by_role("button", name="Approve Shortcut")).to_be_enabled()
            if number < len(GROUPS):
                told = shown.evaluate("one => one.textContent")
                said = "\n\n".join(GROUPS[number]).replace("\0", "\ufffd")
                # A browser knows one end of a line.
                said = said.replace("\r\n", "\n").replace("\r", "\n")
                assert told.strip() == said.strip()
            assert shown.locator("img, script, a, iframe, svg, style, form").count() == 0
            seen.check(page)
        page.get_by_role("link", name="Browse").first.click()
        expect(page.get_by_label("Text contains")).to_be_visible()


def test_no_page_runs_what_it_shows_and_each_can_be_used(site: Site, chromium: Browser) -> None:
    with watched(chromium) as (page, seen):
        for place in (*PAGES, "export?what=log", "export?what=comments", "export?what=appeals"):
            page.goto(f"{site.desk.url}/{place}")
            settled(page)
            assert page.locator('[data-testid="stException"]').count() == 0
            expect(page.get_by_role("link", name="Review").first).to_be_visible()
            seen.check(page)
        assert len(seen.asked) > 20


def test_every_answer_says_what_a_browser_may_do_with_it(site: Site, page: Page) -> None:
    policies = {}
    for path in ("/", "/health", "/static/nothing.js", "/_stcore/health"):
        headers = page.request.get(f"{site.desk.url}{path}").headers
        policies[path] = headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
    assert "default-src 'none'" in policies["/"]
    assert "frame-ancestors 'none'" in policies["/"]
    script = next(one for one in policies["/"].split("; ") if one.startswith("script-src"))
    assert "unsafe" not in script
    assert policies["/health"].startswith("default-src 'none'; frame-ancestors 'none'")
    assert "script-src" not in policies["/health"]


def test_the_policy_keeps_out_what_would_get_into_the_page(site: Site, chromium: Browser) -> None:
    """If a payload ever became part of the page, the browser would still not run it."""
    with watched(chromium) as (page, seen):
        page.goto(f"{site.desk.url}/guidelines")
        settled(page)
        page.evaluate(
            "all => { for (const one of all) { const box = document.createElement('div');"
            " document.body.append(box); box.innerHTML = one; box.remove(); } }",
            # A policy runs nothing, but forbids no page to go elsewhere.
            [text for text in PAYLOADS if "<" in text and "http-equiv" not in text.lower()],
        )
        page.evaluate(
            "host => { const one = document.createElement('script');"
            " one.src = `https://${host}/s.js`; document.head.append(one);"
            " const other = document.createElement('script');"
            " other.textContent = 'window.ran = 1'; document.head.append(other); }",
            HOST,
        )
        page.wait_for_timeout(500)
        assert page.evaluate("window.ran") is None
        assert seen.dialogs == []
        assert any("Content Security Policy" in one for one in seen.complaints)
