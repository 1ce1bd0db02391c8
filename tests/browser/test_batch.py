"""Batch by score in a real browser: a range dragged or slid, confirmed, undone."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from .conftest import Desk  # noqa: E402
from .test_desk import settled  # noqa: E402

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> **kind** words"


@pytest.fixture
def rated(desk: Desk, tmp_path: Path) -> Desk:
    """A desk with kind comments and rude ones, rated."""
    kind = [HOSTILE, *(f"Thank you for article {n}, a lovely read" for n in range(8))]
    rude = [f"You stupid idiot number {n}" for n in range(4)]
    path = tmp_path / "comments.jsonl"
    with path.open("w", encoding="utf-8") as handle:
        for number, text in enumerate([*kind, *rude]):
            handle.write(json.dumps({"id": f"c{number}", "text": text, "thread": "t"}) + "\n")
    desk.triage("import", str(path))
    desk.triage("score")
    return desk


def log(desk: Desk, tmp_path: Path) -> list[dict[str, str]]:
    path = tmp_path / "log.csv"
    desk.triage("export", str(path), "--what", "log")
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def drag(page: Page, start: float, end: float) -> None:
    """Drag over the bars, by shares of the plot's width."""
    plot = page.locator(
        '[data-testid="stVegaLiteChart"] canvas, [data-testid="stVegaLiteChart"] svg'
    )
    box = plot.first.bounding_box()
    assert box is not None
    left, right = box["x"] + 60, box["x"] + box["width"] - 10  # what lies between is the plot
    middle = box["y"] + box["height"] * 0.4
    page.mouse.move(left + (right - left) * start, middle)
    page.mouse.down()
    page.mouse.move(left + (right - left) * (start + end) / 2, middle, steps=4)
    page.mouse.move(left + (right - left) * end, middle, steps=4)
    page.mouse.up()


def test_the_clean_end_is_approved_in_one_act_and_undone_in_one(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{rated.url}/batch")
    expect(page.get_by_text("9 comments in this range")).to_be_visible()
    expect(page.get_by_text(HOSTILE, exact=True)).to_be_visible()
    page.get_by_role("button", name="Approve 9 …").click()
    expect(page.get_by_text("Nobody will have read them.")).to_be_visible()
    page.get_by_role("button", name="Approve 9 comments").click()
    expect(page.get_by_text("Saved: approve for 9 comments.")).to_be_visible()
    settled(page)
    rows = log(rated, tmp_path)
    assert {(row["via"], row["note"]) for row in rows} == {
        ("batch", "in batch, toxicity 0.00-0.20")
    }
    assert len({row["batch"] for row in rows}) == 1
    page.get_by_role("button", name="Undo this batch").click()
    expect(page.get_by_text("9 comments in this range")).to_be_visible()
    settled(page)
    assert [row["event"] for row in log(rated, tmp_path)] == ["decide"] * 9 + ["undo"] * 9
    assert dialogs == []


def test_a_range_is_dragged_and_slid_and_shared_by_its_link(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/batch")
    expect(page.get_by_text("9 comments in this range")).to_be_visible()
    settled(page)
    drag(page, 0.5, 0.99)
    expect(page.get_by_text("4 comments in this range · 4 of them flagged")).to_be_visible()
    settled(page)
    assert "range=" in page.url
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("4 comments in this range")).to_be_visible()
    other.close()
    low = page.get_by_role("slider").first
    low.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("13 comments in this range")).to_be_visible()


def test_last_ten_in_review_takes_a_batch_back(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/batch?range=0.5&range=1.0")
    page.get_by_role("button", name="Reject 4 …").click()
    page.get_by_role("button", name="Reject 4 comments").click()
    expect(page.get_by_text("Saved: reject for 4 comments.")).to_be_visible()
    settled(page)
    page.goto(f"{rated.url}/review")
    expect(page.get_by_text("The queue is empty")).to_be_visible()
    page.goto(f"{rated.url}/review?comment=c0")
    page.get_by_role("button", name="Last ten").click()
    expect(page.get_by_text("reject for 4 comments")).to_be_visible()
    page.get_by_role("button", name="Undo this").click()
    expect(page.get_by_text("Undone: reject for 4 comments.")).to_be_visible()
    settled(page)
    expect(page.locator(".st-key-comment-text")).to_contain_text("You stupid idiot number")
