"""Blur, reveal and the site's own text, as a real browser shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from .conftest import Desk, served  # noqa: E402
from .test_desk import comment, open_review, press, settled  # noqa: E402

pytestmark = pytest.mark.browser

HOSTILE = """# House rules
## R1: <script>alert(1)</script> Be *kind*
<img src=x onerror=alert(2)> ![seen](https://tracker.test/pixel.png) [link](javascript:alert(3))
"""


@pytest.fixture(params=["text", "words"])
def blurred(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Desk, str]]:
    """A desk that blurs by the site's choice, with two rude answers to a rude comment."""
    with served(tmp_path, TRIAGE_BLUR=request.param) as desk:
        fill(desk, tmp_path)
        yield desk, request.param


def fill(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "comments.jsonl"
    texts = ["You stupid idiot", "No, you are the stupid idiot here", "Shut up, you stupid moron"]
    with path.open("w", encoding="utf-8") as handle:
        for number, text in enumerate(texts):
            row = {"id": f"c{number}", "text": text, "thread": "t"}
            handle.write(json.dumps(row | ({"parent_id": "c0"} if number else {})) + "\n")
    desk.triage("import", str(path))
    desk.triage("score")


def filters(page: Page, selector: str) -> set[str]:
    found: list[str] = page.eval_on_selector_all(
        selector, "all => all.map(one => getComputedStyle(one).filter)"
    )
    return {one.partition("(")[0] for one in found}


def test_a_comment_is_blurred_until_b_reveals_it_and_the_next_one_is_blurred_again(
    blurred: tuple[Desk, str], page: Page
) -> None:
    desk, what = blurred
    open_review(page, desk, "c1")
    expect(page.locator(".st-key-comment-text mark").first).to_be_attached()
    settled(page)
    veiled = ".st-key-comment-text " + ("> div" if what == "text" else ".marked mark")
    around = ".st-key-context-parent .stText"
    assert filters(page, veiled) == {"blur"}
    assert ("blur" in filters(page, around)) == (what == "text")
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Blur")).to_be_visible()
    settled(page)
    assert filters(page, veiled) == filters(page, around) == {"none"}
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Reveal")).to_be_visible()
    settled(page)
    assert filters(page, veiled) == {"blur"}
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Blur")).to_be_visible()
    settled(page)
    before = comment(page)
    press(page, "x")
    expect(page.locator(".st-key-comment-text mark").first).to_be_attached()
    settled(page)
    assert comment(page) != before
    assert filters(page, veiled) == {"blur"}


def test_the_sites_own_text_runs_nothing_and_asks_no_other_host(
    desk: Desk, page: Page, tmp_path: Path
) -> None:
    fill(desk, tmp_path)
    rules = tmp_path / "rules.md"
    rules.write_text(HOSTILE, encoding="utf-8")
    desk.triage("guidelines", str(rules))
    dialogs: list[str] = []
    asked: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    open_review(page, desk)
    page.keyboard.press("g")
    beside = page.locator(".st-key-rules")
    expect(beside).to_contain_text("House rules")
    settled(page)
    page.goto(f"{desk.url}/guidelines")
    expect(page.locator(".st-key-guidelines")).to_contain_text("House rules")
    settled(page)
    inside = page.locator(".st-key-guidelines")
    assert inside.locator("script, img").count() == 0
    links = [link.get_attribute("href") or "" for link in inside.locator("a").all()]
    assert not [link for link in links if link.startswith("javascript:")]
    assert dialogs == []
    assert not [url for url in asked if "tracker.test" in url]


def test_a_site_rule_has_a_key_and_its_version_is_kept(
    desk: Desk, page: Page, tmp_path: Path
) -> None:
    fill(desk, tmp_path)
    rules = tmp_path / "rules.md"
    rules.write_text("## R1: Be kind\n", encoding="utf-8")
    desk.triage("guidelines", str(rules))
    open_review(page, desk)
    rule = page.locator(".st-key-reasons button", has_text="R1 Be kind")
    expect(rule).to_contain_text("8")
    page.keyboard.press("8")
    expect(rule.locator('[data-testid="stIconMaterial"]')).to_have_text("check_box")
    settled(page)
    press(page, "x")
    desk.triage("export", str(tmp_path / "d.jsonl"))
    (row,) = map(json.loads, (tmp_path / "d.jsonl").read_text(encoding="utf-8").splitlines())
    assert "R1" in row["reasons"]
    assert row["guidelines"] == "guidelines@1"
