"""An audit's comment in a real browser: nothing on the page tells its scores or that it is one."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from tests.wording import kind, rude  # noqa: E402
from triage.store import Store  # noqa: E402

from .conftest import Desk  # noqa: E402
from .test_desk import comment, press, settled  # noqa: E402

pytestmark = pytest.mark.browser

RUDE, KIND = rude(100), kind(10)
TAG = re.compile("[0-9a-f]{16,}")


@pytest.fixture
def audited(desk: Desk, tmp_path: Path) -> Desk:
    path = tmp_path / "c.csv"
    rows = [f"id-{n},{text},thread-{n},by-{n}" for n, text in enumerate([*RUDE, *KIND])]
    path.write_text("\n".join(["id,text,thread,author", *rows, ""]))
    desk.triage("import", str(path))
    desk.triage("score")
    assert "Drawn: 10 comments of 10" in desk.triage("audit", "draw", "10")
    return desk


def look(page: Page, desk: Desk, comment_id: str) -> str:
    """Open a comment and return the page's HTML, without what names this very comment."""
    page.goto(f"{desk.url}/review?comment={comment_id}")
    # The script may have ended before the browser has fetched what draws the last of it.
    expect(page.get_by_placeholder("Note (N)")).to_be_visible()
    expect(page.get_by_text("No other comment under this name.")).to_be_visible()
    settled(page)
    number = comment_id.removeprefix("id-")
    own = (comment(page), comment_id, f"thread-{number}", f"by-{number}")
    html = TAG.sub("#", page.locator('[data-testid="stMain"]').inner_html())
    for name in own:
        html = html.replace(name, "OWN")
    return html


def hidden(desk: Desk) -> list[str]:
    with Store.open(desk.database) as store:
        return sorted(store.audits.blind([f"id-{n}" for n in range(len(RUDE))]))


def test_a_drawn_comment_is_decided_blind_and_shows_its_scores_afterwards(
    audited: Desk, page: Page, tmp_path: Path
) -> None:
    audit = f"id-{len(RUDE)}"
    decoy = hidden(audited)[0]
    pages = [look(page, audited, name) for name in (decoy, audit)]
    for html in pages:
        assert 'class="bars"' not in html
        assert "<mark" not in html
    words = [re.sub("<[^>]*>", " ", html).split() for html in pages]
    assert words[0] == words[1], "word by word the same page"
    assert "shown once you have decided" in " ".join(words[1])

    expect(page.locator(".st-key-comment-text")).to_have_text(KIND[0])
    press(page, "a")
    page.get_by_role("button", name="Last ten").click()
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.locator(".st-key-comment-text")).to_have_text(KIND[0])
    expect(page.locator(".bars .row").first).to_be_visible()
    audited.triage("export", str(tmp_path / "log.csv"), "--what", "log")
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as handle:
        (row,) = csv.DictReader(handle)
    assert (row["verdict"], row["via"], row["score_visible"]) == ("approve", "audit", "false")
    assert "1 decided, 9 wait" in audited.triage("audit", "status")
