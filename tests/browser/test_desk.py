"""A moderator's first ten minutes, in a real browser."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from .conftest import Desk  # noqa: E402

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> you [idiot](javascript:alert(3))"
LOOK = 350  # milliseconds; what is decided sooner is taken for a held key
RUDE = [
    "You are a complete idiot and everyone here knows it",
    "What a stupid, stupid thing to say, you moron",
    "Shut up, you pathetic liar",
]


@pytest.fixture
def rated(desk: Desk, tmp_path: Path) -> Desk:
    """A desk with three rude comments, a hostile one and a kind one, rated."""
    texts = [*RUDE, HOSTILE, "Thank you, this was a lovely read", "=1+1"]
    path = tmp_path / "comments.jsonl"
    with path.open("w", encoding="utf-8") as handle:
        for number, text in enumerate(texts):
            row = {"id": f"c{number}", "text": text, "author": f"<b>author</b> {number}"}
            row |= {"title": "An **article** on <i>manners</i>", "thread": "manners"}
            if number == 1:
                row["parent_id"] = "c4"
            handle.write(json.dumps(row) + "\n")
    desk.triage("import", str(path))
    desk.triage("score")
    return desk


def settled(page: Page) -> None:
    """Wait until the script has run and the page is drawn."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_function("() => !document.querySelector('[data-stale=\"true\"]')")


def comment(page: Page) -> str:
    return page.locator(".st-key-comment-text").inner_text()


def open_review(page: Page, desk: Desk, comment: str | None = None) -> None:
    """Open the queue, or one comment, and wait for the buttons: no key is heard before them."""
    page.goto(f"{desk.url}/review" + (f"?comment={comment}" if comment else ""))
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    settled(page)


def press(page: Page, key: str) -> None:
    before = comment(page)
    page.wait_for_timeout(LOOK)
    page.keyboard.press(key)
    page.wait_for_function(
        "before => document.querySelector('.st-key-comment-text')?.innerText !== before", arg=before
    )
    settled(page)


def exported(page: Page, desk: Desk, tmp_path: Path) -> list[dict[str, str]]:
    page.goto(f"{desk.url}/export")
    settled(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("^Download (?!as)")).click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_deciding_by_keys_undoing_and_finding_it_all_in_the_export(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    open_review(page, rated)
    first = comment(page)
    press(page, "x")
    second = comment(page)
    assert second != first
    press(page, "z")
    assert comment(page) == first, "undo brings the comment back"
    press(page, "a")
    assert comment(page) == second, "and the next one is there at once"
    press(page, "e")
    rows = exported(page, rated, tmp_path)
    assert [row["verdict"] for row in rows] == ["approve", "escalate"]
    assert all(row["reviewer"] == "ana" for row in rows)
    assert all(row["policy"] == "default@1" for row in rows)
    assert all(row["scorer"].startswith("compact@") for row in rows)
    assert all(float(row["seconds_spent"]) > 0 for row in rows)


def test_a_held_key_decides_no_comment_that_was_not_on_the_screen(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    open_review(page, rated)
    first = comment(page)
    seen = {first}
    for _ in range(6):
        page.keyboard.press("a")
        page.wait_for_timeout(60)
        seen.add(comment(page))
    for _ in range(100):  # a busy machine may take a while
        if comment(page) != first:
            break
        page.wait_for_timeout(100)
    settled(page)
    page.wait_for_timeout(1_000)
    seen.add(comment(page))
    rated.triage("export", str(tmp_path / "d.csv"), "--include-text")
    with (tmp_path / "d.csv").open(encoding="utf-8", newline="") as handle:
        decided = [row["text"].removeprefix("'") for row in csv.DictReader(handle)]
    assert decided, "the first press counts"
    assert set(decided) <= seen
    assert len(decided) == len(set(decided))


def test_typing_a_note_triggers_no_shortcut_and_the_note_is_kept(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    open_review(page, rated)
    first = comment(page)
    page.get_by_label("Note").click()
    page.keyboard.type("axes jazz: a sixes kazoo")
    assert comment(page) == first
    assert page.get_by_label("Note").input_value() == "axes jazz: a sixes kazoo"
    page.get_by_role("button", name="Reject").click()
    page.wait_for_function(
        "before => document.querySelector('.st-key-comment-text')?.innerText !== before", arg=first
    )
    settled(page)
    expect(page.get_by_label("Note")).to_have_value("")
    (row,) = exported(page, rated, tmp_path)
    assert (row["verdict"], row["note"]) == ("reject", "axes jazz: a sixes kazoo")


def test_next_and_previous_look_without_deciding_and_skip_comes_back_last(
    rated: Desk, page: Page
) -> None:
    open_review(page, rated)
    first = comment(page)
    press(page, "j")
    second = comment(page)
    press(page, "k")
    assert comment(page) == first
    press(page, "s")
    assert comment(page) == second
    expect(page.get_by_text("1 skipped")).to_be_visible()
    seen = [second]
    while True:
        page.keyboard.press("a")
        settled(page)
        page.wait_for_timeout(300)
        if page.get_by_text("The queue is empty").is_visible() or comment(page) == first:
            break
        seen.append(comment(page))
    assert comment(page) == first, "what was skipped comes after all the rest"


def test_hostile_text_is_shown_as_text_and_runs_nothing(rated: Desk, page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{rated.url}/review?comment=c3")
    settled(page)
    expect(page.locator(".st-key-comment-text")).to_have_text(HOSTILE)
    assert page.get_by_text("<b>author</b> 3").count() == 1
    assert page.get_by_text("An **article** on <i>manners</i>").count() >= 1
    inside = page.locator(".st-key-comment-text")
    assert inside.locator("img, script, a").count() == 0
    page.goto(f"{rated.url}/browse")
    settled(page)
    page.goto(f"{rated.url}/export")
    settled(page)
    assert dialogs == []


def test_a_comment_is_shown_with_what_it_answers(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/review?comment=c1")
    settled(page)
    parent = page.locator(".st-key-context-parent")
    expect(parent).to_contain_text("In reply to <b>author</b> 4")
    expect(parent).to_contain_text("Thank you, this was a lovely read")


def test_an_unknown_comment_in_the_link_is_explained(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/review?comment=nothing")
    settled(page)
    expect(page.get_by_text("This database holds no such comment.")).to_be_visible()
    page.get_by_role("button", name="Show the queue").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()


def test_an_empty_database_says_how_to_begin(desk: Desk, page: Page) -> None:
    page.goto(desk.url)
    settled(page)
    expect(page.get_by_text("No comments yet")).to_be_visible()
    expect(page.get_by_text("triage import FILE")).to_be_visible()


def test_selected_rows_of_browse_are_decided_by_id(rated: Desk, page: Page, tmp_path: Path) -> None:
    page.goto(f"{rated.url}/browse?text=stupid")
    settled(page)
    expect(page.get_by_text("1 comment", exact=True)).to_be_visible()
    select_row(page, 0)
    expect(page.get_by_text("1 comment selected")).to_be_visible()
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Saved: reject for 1 comment.")).to_be_visible()
    (row,) = exported(page, rated, tmp_path)
    assert (row["comment_id"], row["verdict"], row["via"]) == ("c1", "reject", "browse")


def test_a_filtered_view_can_be_shared_by_its_link(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/browse")
    settled(page)
    page.get_by_label("Text contains").fill("liar")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 comment", exact=True)).to_be_visible()
    assert "text=liar" in page.url
    other = page.context.browser.new_page()
    other.goto(page.url)
    expect(other.get_by_text("1 comment", exact=True)).to_be_visible()
    other.close()


def test_the_tables_offer_no_download_that_writes_formulas(rated: Desk, page: Page) -> None:
    for place in ("browse", "export"):
        page.goto(f"{rated.url}/{place}")
        settled(page)
        table = page.locator('[data-testid="stDataFrame"]')
        if table.count():
            table.first.hover()
        expect(page.get_by_role("button", name="Download as CSV")).to_be_hidden()


def test_a_note_survives_a_look_at_another_page(rated: Desk, page: Page) -> None:
    open_review(page, rated)
    page.get_by_label("Note").fill("half a thought")
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("link", name="Browse").click()
    expect(page.get_by_label("Text contains")).to_be_visible()
    page.get_by_role("link", name="Review").click()
    expect(page.get_by_label("Note")).to_have_value("half a thought")


def test_one_row_opens_in_review_from_a_filtered_view(rated: Desk, page: Page) -> None:
    page.goto(f"{rated.url}/browse?text=stupid&verdict=undecided&sort=insult")
    settled(page)
    select_row(page, 0)
    page.get_by_role("link", name="Open in Review").click()
    expect(page.locator(".st-key-comment-text")).to_have_text(RUDE[1])
    assert "comment=c1" in page.url


def test_nothing_is_fetched_from_elsewhere(rated: Desk, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for place in ("", "review", "browse", "export"):
        page.goto(f"{rated.url}/{place}")
        settled(page)
    assert len(asked) > 20
    local = ("http://localhost:", "ws://localhost:", "data:", "blob:")
    assert [url for url in asked if not url.startswith(local)] == []


def select_row(page: Page, row: int) -> None:
    """Tick a row of the table, which is drawn on a canvas."""
    table = page.locator('[data-testid="stDataFrame"]').first
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 34 + 34 * row + 17)
    settled(page)
