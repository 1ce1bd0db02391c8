"""Browse in a real browser: links, selections, views, a thread's course, the veil."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Browser, Page, expect  # noqa: E402

from .conftest import Desk, served  # noqa: E402
from .test_desk import open_review, select_row, settled  # noqa: E402

pytestmark = pytest.mark.browser

TEXTS = [
    ("Ann", "You stupid idiot, number 0"),
    ("Bob", "You idiotic moron, number 1"),
    ("Cid", "What a lovely idiot proof design, number 2"),
    ("Dee", "Shut up, idiot, number 3"),
    ("Eve", "A pleasant day to all, number 4"),
]

RUDE = [text for _, text in TEXTS]
VEILED = [f"▒▒▒ {len(text.split())} words" for text in RUDE]


def fill(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "comments.jsonl"
    with path.open("w", encoding="utf-8") as handle:
        for number, (author, text) in enumerate(TEXTS):
            row = {"id": f"c{number}", "text": text, "author": author, "thread": "t"}
            row |= {"title": "On <b>manners</b> & more", "created_at": f"2026-03-0{number + 1}"}
            handle.write(json.dumps(row) + "\n")
        handle.write(json.dumps({"id": "x", "text": "Elsewhere, idiot", "thread": "u"}) + "\n")
    desk.triage("import", str(path))
    desk.triage("score")


@pytest.fixture
def rated(desk: Desk, tmp_path: Path) -> Desk:
    fill(desk, tmp_path)
    return desk


def shows(page: Page, *texts: str) -> None:
    """Wait until the table shows these comments: in the twin of its canvas for screen readers.

    That holds what is in sight, about a dozen rows.
    """
    settled(page)
    page.wait_for_function(
        """wanted => {
            const cells = document.querySelectorAll('[id^="glide-cell-1-"]');
            return JSON.stringify(Array.from(cells, one => one.textContent)) === wanted;
        }""",
        arg=json.dumps(texts, ensure_ascii=False, separators=(",", ":")),
    )


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def decided(desk: Desk, tmp_path: Path) -> dict[str, str]:
    desk.triage("export", str(tmp_path / "now.jsonl"))
    rows = map(json.loads, (tmp_path / "now.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["comment_id"]: row["verdict"] for row in rows}


def test_the_link_of_a_filtered_view_shows_the_same_in_a_fresh_browser(
    rated: Desk, page: Page, chromium: Browser
) -> None:
    page.goto(f"{rated.url}/browse")
    settled(page)
    page.get_by_role("button", name="More filters").click()
    page.get_by_text("The text is a regular expression").click()
    settled(page)
    page.get_by_label("Author, the whole name").fill("Dee")
    page.keyboard.press("Enter")
    settled(page)
    page.keyboard.press("Escape")
    page.get_by_label("Text contains").fill(r"\bidiot\b")
    page.keyboard.press("Enter")
    settled(page)
    expect(page.get_by_text("1 comment", exact=True)).to_be_visible()
    shows(page, RUDE[3])
    page.goto(page.url.replace("author=Dee", "from=2026-03-01&to=2026-03-03"))
    settled(page)
    choose(page, "Thread", "On <b>manners</b> & more")
    choose(page, "Sort by", "time")
    choose(page, "Order", "ascending")
    shows(page, RUDE[0], RUDE[2])
    expect(page.get_by_role("button", name="More filters: 3")).to_be_visible()
    other = chromium.new_context().new_page()
    other.goto(page.url)
    expect(other.get_by_text("2 comments", exact=True)).to_be_visible()
    shows(other, RUDE[0], RUDE[2])
    other.context.close()


def test_export_these_carries_the_filters_to_export(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/browse?text=idiot&score=0.0&score=1.0&from=2026-03-02&by=nobody")
    settled(page)
    page.get_by_role("link", name="Export these").click()
    expect(page.get_by_role("button", name="Download all comments")).to_be_visible()
    expect(page.get_by_label("Text contains")).to_have_value("idiot")
    expect(page.get_by_role("button", name="More filters: 1")).to_be_visible()


def test_a_selection_that_survives_a_sort_acts_on_the_right_ids(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{rated.url}/browse?sort=author&order=ascending&text=number")
    settled(page)
    shows(page, *RUDE)
    select_row(page, 0)
    select_row(page, 1)
    expect(page.get_by_text("2 comments selected")).to_be_visible()
    choose(page, "Order", "descending")
    shows(page, *RUDE[::-1])
    expect(page.get_by_text("2 comments selected")).to_be_visible()
    expect(page.locator(".st-key-selected")).to_contain_text("number 1")
    expect(page.locator(".st-key-selected")).to_contain_text("number 0")
    table = page.locator('[data-testid="stDataFrame"]').first.bounding_box()
    assert table is not None
    page.mouse.click(table["x"] + 200, table["y"] + 17)  # the head: the browser sorts by itself
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Reject 2").click()
    expect(page.get_by_text("Saved: reject for 2 comments.")).to_be_visible()
    assert decided(rated, tmp_path) == {"c0": "reject", "c1": "reject"}


def test_a_selection_is_given_up_where_its_comment_is_not_in_sight(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/browse?sort=author&order=ascending&text=number")
    settled(page)
    select_row(page, 0)
    expect(page.get_by_text("1 comment selected")).to_be_visible()
    page.get_by_label("Text contains").fill("pleasant")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 comment", exact=True)).to_be_visible()
    settled(page)
    expect(page.get_by_role("button", name="Reject")).to_be_hidden()


def test_pages_follow_one_another_and_another_filter_begins_at_the_first(
    desk: Desk, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "many.csv"
    rows = [f"c{n},{'odd' if n % 2 else 'even'} {n}" for n in range(210)]
    path.write_text("\n".join(["id,text", *rows, ""]))
    desk.triage("import", str(path))
    page.goto(f"{desk.url}/browse?sort=imported&order=ascending&text=odd")
    expect(page.get_by_text("105 comments", exact=True)).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Next page").click()
    shows(page, *(f"odd {n}" for n in range(201, 211, 2)))
    page.get_by_label("Text contains").fill("even 20")
    page.keyboard.press("Enter")
    shows(page, *(f"even {n}" for n in (20, 200, 202, 204, 206, 208)))


def test_a_view_is_saved_under_a_name_and_opened_by_a_click(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/browse?text=number&score=0.0&score=0.1&sort=author&order=ascending")
    shows(page, RUDE[4])
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Save what is shown as").fill("*Rude* [ones](javascript:alert(1))")
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("Saved: a click under")).to_be_visible()
    page.goto(f"{rated.url}/browse?verdict=reject")
    expect(page.get_by_text("No comment matches.")).to_be_visible()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="*Rude* [ones](javascript:alert(1))").click()
    expect(page.get_by_label("Text contains")).to_have_value("number")
    settled(page)
    shows(page, RUDE[4])
    assert "text=number" in page.url
    assert "score=0.1" in page.url
    assert "verdict" not in page.url


def test_a_bad_pattern_is_said_with_its_place_and_can_be_mended(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/browse?regex=true&text=idiot(")
    settled(page)
    expect(page.get_by_text("These comments cannot be shown.")).to_be_visible()
    expect(page.get_by_text("at its end: missing )")).to_be_visible()
    page.get_by_label("Text contains").fill("idiot|moron")
    page.keyboard.press("Enter")
    expect(page.get_by_text("5 comments", exact=True)).to_be_visible()


def test_a_threads_course_is_reached_from_review_and_leads_to_its_comments(
    rated: Desk, page: Page
) -> None:
    open_review(page, rated, "c4")
    page.keyboard.press("t")
    page.get_by_role("button", name="Scores along it").click()
    expect(page.locator(".st-key-course svg.marks")).to_be_visible()
    expect(page.locator(".st-key-course .stText").first).to_contain_text(
        "Toxicity along 5 comments in the order to read: "
    )
    assert "thread=On" in page.url
    settled(page)
    chart = page.locator(".st-key-course svg.marks").bounding_box()
    assert chart is not None
    page.mouse.click(chart["x"] + chart["width"] * 0.96, chart["y"] + chart["height"] * 0.5)
    expect(page.locator(".st-key-course")).to_contain_text("A pleasant day to all, number 4")
    page.locator(".st-key-course").get_by_role("link", name="Open in Review").click()
    expect(page.locator(".st-key-comment-text")).to_have_text("A pleasant day to all, number 4")


def test_texts_in_lists_are_blurred_as_the_comment_is(page: Page, tmp_path: Path) -> None:
    with served(tmp_path, TRIAGE_BLUR="text") as desk:
        fill(desk, tmp_path)
        page.goto(f"{desk.url}/browse?text=number&sort=author&order=ascending")
        shows(page, *VEILED)
        select_row(page, 0)
        blurred = page.locator('[class*="st-key-veiled-"] .stText')
        expect(blurred).to_contain_text("number 0")
        assert "blur" in blurred.evaluate("one => getComputedStyle(one).filter")
        page.get_by_text("Reveal texts").click()
        settled(page)
        expect(blurred).to_be_hidden()
        shows(page, *RUDE)
        page.get_by_role("button", name="Reject").click()
        expect(page.get_by_text("Saved: reject")).to_be_visible()
        page.get_by_test_id("stTopNavLink").filter(has_text="Review").click()
        expect(page.get_by_role("button", name="Reveal")).to_be_visible()
        settled(page)
        page.get_by_role("button", name="Last ten").click()
        expect(blurred).to_contain_text("number 0")
        assert "blur" in blurred.evaluate("one => getComputedStyle(one).filter")
        page.keyboard.press("Escape")
        page.get_by_test_id("stTopNavLink").filter(has_text="Browse").click()
        expect(page.get_by_label("Text contains")).to_be_visible()
        page.get_by_label("Text contains").fill("number")
        page.keyboard.press("Enter")
        choose(page, "Sort by", "author")
        choose(page, "Order", "ascending")
        shows(page, *VEILED)  # another visit is blurred again
