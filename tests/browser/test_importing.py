"""The Import page in a real browser: drop, map, look, import."""

from __future__ import annotations

from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from .conftest import Desk  # noqa: E402
from .test_browse import choose, shows  # noqa: E402
from .test_desk import settled  # noqa: E402

pytestmark = pytest.mark.browser

ODD = "nr,said,who\n1,You **stupid** <b>idiot</b>,ann\n2,A lovely day for a walk,bob\n"


def drop(page: Page, *paths: Path) -> None:
    page.locator('input[type="file"]').set_input_files(paths)
    settled(page)


def test_an_odd_table_is_mapped_and_nothing_is_stored_before_the_button(
    desk: Desk, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "odd **names**.csv"
    path.write_text(ODD)
    page.goto(f"{desk.url}/review")
    page.get_by_role("link", name="Import comments").click()
    drop(page, path)
    expect(page.get_by_text("Which column holds the text of the comments?")).to_be_visible()
    expect(page.get_by_text("odd **names**.csv")).to_be_visible()
    settled(page)
    choose(page, "Text", "said")
    choose(page, "Author", "who")
    expect(page.get_by_text("2 comments in 1 thread by 2 authors.")).to_be_visible()
    expect(page.get_by_text("An import brings: 2 new, 0 edited")).to_be_visible()
    assert desk.triage("export", str(tmp_path / "none.csv"), "--what", "comments")
    assert len((tmp_path / "none.csv").read_text().splitlines()) == 1
    page.get_by_text("Rate them, too").click()  # that is tested without a browser
    settled(page)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The import is done")).to_be_visible()
    expect(page.get_by_text("2 comments not rated yet.")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Browse all").click()
    shows(page, "You **stupid** <b>idiot</b>", "A lovely day for a walk")


def test_the_line_where_comments_begin_is_chosen_in_the_page_itself(
    desk: Desk, page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "page.txt"
    path.write_text("The bridge\n\nIt cost a million, officials said.\n\nlol what?\n\nYou wish!\n")
    page.goto(f"{desk.url}/import")
    drop(page, path)
    expect(page.get_by_test_id("stNumberInputField")).to_have_value("3")
    settled(page)
    table = page.locator('[data-testid="stDataFrame"]').first.bounding_box()
    assert table is not None
    page.mouse.click(table["x"] + 17, table["y"] + 35 * 2 + 17)  # the second line
    settled(page)
    expect(page.get_by_test_id("stNumberInputField")).to_have_value("2")
    expect(page.get_by_text("3 comments in 1 thread.")).to_be_visible()
