"""Two reviewers in two browsers, each at a dashboard of their own on one database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Page, expect  # noqa: E402

from tests.wording import rude  # noqa: E402

from .conftest import Desk, served  # noqa: E402
from .test_desk import comment, open_review, press, settled  # noqa: E402

pytestmark = pytest.mark.browser

COUNT = 10


@pytest.fixture
def two(chromium: Browser, tmp_path: Path) -> Iterator[tuple[tuple[Desk, Page], tuple[Desk, Page]]]:
    """Ana and Bea, each with a server and a browser, and ten rude comments between them."""
    path = tmp_path / "comments.jsonl"
    with path.open("w", encoding="utf-8") as handle:
        for number, text in enumerate(rude(COUNT)):
            row = {"id": f"c{number}", "text": text, "thread": "t"}
            handle.write(json.dumps(row | {"title": "On <b>manners</b>"}) + "\n")
    with ExitStack() as open_now:
        found: list[tuple[Desk, Page]] = []
        for who in ("ana", "bea"):
            desk = open_now.enter_context(served(tmp_path, TRIAGE_REVIEWER=who))
            if not found:
                desk.triage("import", str(path))
                desk.triage("score")
            context = chromium.new_context(viewport={"width": 1280, "height": 800})
            open_now.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(15_000)
            found.append((desk, page))
        yield found[0], found[1]


def decided(tmp_path: Path, desk: Desk) -> list[dict[str, str]]:
    desk.triage("export", str(tmp_path / "log.jsonl"), "--what", "log")
    return [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]


def test_two_browsers_never_show_one_comment_and_clear_the_queue_together(
    two: tuple[tuple[Desk, Page], tuple[Desk, Page]], tmp_path: Path
) -> None:
    (desk, ana), (other, bea) = two
    open_review(ana, desk)
    open_review(bea, other)
    assert comment(ana) != comment(bea)
    settled(bea)
    expect(bea.locator(".st-key-others")).to_have_text("Here too: ana (in “On <b>manners</b>”)")
    for turn in range(COUNT - 2):
        # By decisions, skips, and looks ahead and back, in no order that the two agreed upon.
        page = ana if turn % 3 else bea
        for key in ("x", "a", "jk", "s")[turn % 4]:
            press(page, key)
            assert comment(ana) != comment(bea), f"after turn {turn}"
    for page in (ana, bea, ana, bea, ana, bea, ana, bea, ana, bea):
        if page.get_by_role("button", name="Approve").is_visible():
            before = comment(page)
            page.wait_for_timeout(350)
            page.keyboard.press("a")
            page.wait_for_function(
                "t => document.querySelector('.st-key-comment-text')?.innerText !== t", arg=before
            )
            settled(page)
            if all(one.locator(".st-key-comment-text").count() for one in (ana, bea)):
                assert comment(ana) != comment(bea)
    log = decided(tmp_path, desk)
    assert sorted(row["comment_id"] for row in log) == sorted(f"c{n}" for n in range(COUNT))
    assert {row["reviewer"] for row in log} == {"ana", "bea"}


def test_a_link_to_what_somebody_has_says_so_and_may_be_decided_all_the_same(
    two: tuple[tuple[Desk, Page], tuple[Desk, Page]],
) -> None:
    (desk, ana), (other, bea) = two
    open_review(ana, desk)
    hers = comment(ana)
    bea.goto(f"{other.url}/review?{ana.url.partition('?')[2]}")
    expect(bea.get_by_text("ana is on this one. You may decide it all the same.")).to_be_visible()
    assert comment(bea) == hers
    expect(bea.get_by_role("button", name="Approve")).to_be_visible()
    settled(bea)
    press(bea, "x")
    assert comment(bea) != hers
    expect(bea.locator(".st-key-held")).to_be_hidden()
    ana.wait_for_timeout(350)
    ana.keyboard.press("a")
    expect(ana.get_by_text("Your verdict was not saved.")).to_be_visible()
    expect(ana.get_by_text("was decided meanwhile by bea")).to_be_visible()


def test_leaving_the_page_hands_the_comment_on(
    two: tuple[tuple[Desk, Page], tuple[Desk, Page]],
) -> None:
    (desk, ana), (other, bea) = two
    open_review(ana, desk)
    hers = comment(ana)
    # The page is drawn again when they are found, and a click at that very moment is lost.
    expect(ana.locator(".st-key-comment-text mark").first).to_be_visible()
    settled(ana)
    ana.get_by_role("link", name="Browse").click()
    expect(ana.get_by_label("Text contains")).to_be_visible()
    settled(ana)
    open_review(bea, other)
    assert comment(bea) == hers
    expect(bea.locator(".st-key-others")).to_be_hidden()
    ana.get_by_role("link", name="Review").click()
    expect(ana.locator(".st-key-comment-text")).to_be_visible()
    settled(ana)
    assert comment(ana) != hers


def test_the_last_one_on_another_screen_is_said_to_be_there(
    two: tuple[tuple[Desk, Page], tuple[Desk, Page]],
) -> None:
    (desk, ana), (other, bea) = two
    open_review(ana, desk)
    for _ in range(COUNT - 1):
        press(ana, "a")
    bea.goto(f"{other.url}/review")
    expect(bea.get_by_text("The rest is in other hands")).to_be_visible()
    last = comment(ana)
    ana.close()
    bea.wait_for_timeout(2_000)  # until the server of the closed tab hears of it
    open_review(bea, other)
    assert comment(bea) == last
