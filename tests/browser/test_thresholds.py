"""A lead tunes a threshold: audit, bound, policy, queue, and the way back, in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from .conftest import Desk  # noqa: E402
from .test_desk import settled  # noqa: E402

pytestmark = pytest.mark.browser

LOOK = 350  # milliseconds; what is decided sooner is taken for a held key
RUDE = [
    "You are a complete idiot and everyone here knows it",
    "What a stupid, stupid thing to say, you moron",
    "Shut up, you pathetic liar",
]
KIND = 16
HOSTILE = "<img src=x onerror=alert(1)> thank you [all](javascript:alert(2)) for this"


@pytest.fixture
def rated(desk: Desk, tmp_path: Path) -> Desk:
    kind = [f"Thank you, reader {number}, this was a lovely read" for number in range(KIND - 1)]
    rows = [
        json.dumps({"id": f"c{number}", "text": text})
        for number, text in enumerate([*RUDE, *kind, HOSTILE])
    ]
    path = tmp_path / "comments.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    desk.triage("import", str(path))
    desk.triage("score")
    return desk


def open_thresholds(page: Page, desk: Desk, target: str) -> None:
    page.goto(f"{desk.url}/thresholds?target={target}")
    expect(page.locator(".figures")).to_be_visible(timeout=30_000)
    settled(page)


def to_review(page: Page, desk: Desk) -> int:
    """Return how many comments Review says wait."""
    page.goto(f"{desk.url}/review")
    said = page.get_by_text(re.compile(r"\d+ to review"))
    expect(said).to_be_visible()
    settled(page)
    found = re.search(r"(\d+) to review", said.inner_text())
    assert found
    return int(found[1])


def decide_all(page: Page) -> int:
    """Decide what waits in Review, by key; return how many were shown without their scores."""
    blind = 0
    while page.locator(".st-key-comment-text").count():
        text = page.locator(".st-key-comment-text").inner_text()
        blind += page.locator(".bars").count() == 0
        expect(page.get_by_role("button", name="Approve")).to_be_visible()  # or it hears no key
        page.wait_for_timeout(LOOK)
        page.keyboard.press("x" if text.strip() in RUDE else "a")
        page.wait_for_function(
            "before => document.querySelector('.st-key-comment-text')?.innerText !== before",
            arg=text,
        )
        settled(page)
    return blind


def write(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True).last
    field.fill(text)
    field.press("Enter")
    settled(page)


def test_from_an_audit_to_a_bound_to_a_policy_and_back(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    assert to_review(page, rated) == len(RUDE)
    open_thresholds(page, rated, "policy")
    audit = page.locator(".st-key-audit")
    expect(audit).to_contain_text("cannot be known from flagged comments alone: draw an audit")
    write(page, "Comments, about", "8")
    audit.get_by_role("button", name="Draw the audit sample").click()
    expect(audit).to_contain_text(re.compile(r"Audit: 0 of \d+ drawn comments are decided"))
    settled(page)

    drawn = to_review(page, rated) - len(RUDE)
    assert 0 < drawn < KIND
    assert decide_all(page) >= drawn
    open_thresholds(page, rated, "policy")
    expect(page.locator(".figures")).to_contain_text("at least")
    expect(page.locator(".st-key-known")).to_contain_text(f"{drawn} audited below")

    slider = page.get_by_role("slider").first
    slider.focus()
    slider.press("Home")  # everything is flagged
    settled(page)
    save = page.locator(".st-key-save")
    expect(save).to_contain_text("toxicity (review): 0.500 → 0.000")
    expect(page.locator(".st-key-look")).to_contain_text("would be flagged")
    write(page, "Why", "read everything for a day")
    save.get_by_role("button", name="Save the policy").click()
    expect(save).to_contain_text("This is default@2, which is in force.")
    settled(page)
    assert to_review(page, rated) == KIND - drawn

    open_thresholds(page, rated, "policy")
    page.get_by_role("radio", name="Policies").click()
    back = page.locator(".st-key-way-back")
    expect(back).to_be_visible()
    settled(page)
    expect(page.locator(".st-key-look")).to_contain_text("read everything for a day")
    write(page, "Why", "a day is over")
    back.get_by_role("button", name="Roll back to default@1").click()
    expect(page.locator(".st-key-save")).to_contain_text("This is default@3")
    settled(page)
    assert to_review(page, rated) == 0

    assert dialogs == []
    rated.triage("export", str(tmp_path / "log.jsonl"), "--what", "log")
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    audited = [row for row in rows if row["via"] == "audit"]
    assert len(audited) == drawn
    assert not any(row["score_visible"] for row in audited)
