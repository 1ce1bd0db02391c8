"""The words that a scorer marks, as a real browser shows them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from .conftest import ROOT, Desk, served  # noqa: E402
from .test_desk import LOOK, comment, open_review, press, settled  # noqa: E402

pytestmark = pytest.mark.browser

HOSTILE = "  <img src=x onerror=alert(1)><script>alert(2)</script>\n\n\t*idiot* & 🤡 &amp; stupid "
SLOW = """
import os, time
from pathlib import Path
from tests.scoring.marking import Marking

class Slow(Marking):
    def score(self, texts):
        while len(texts) == 1 and not Path(os.environ["LOADED"]).exists():
            time.sleep(0.02)
        return super().score(texts)

def make(*, models_dir, allow_download):
    return Slow()
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """Return the file whose presence lets the dashboard's scorer be loaded."""
    return tmp_path / "loaded"


@pytest.fixture
def marked(tmp_path: Path, loaded: Path) -> Iterator[Desk]:
    """A desk whose scorer comes from another package, marks words, and takes its time to load."""
    package = tmp_path / "site"
    facts = package / "slow_marking-1.dist-info"
    facts.mkdir(parents=True)
    (package / "slow_marking.py").write_text(SLOW)
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-marking\nVersion: 1\n")
    (facts / "entry_points.txt").write_text("[triage.scorers]\nmarking = slow_marking:make\n")
    path = os.pathsep.join(map(str, (package, ROOT)))
    settings = {"PYTHONPATH": path, "TRIAGE_SCORERS": "marking", "LOADED": str(loaded)}
    with served(tmp_path, **settings) as desk:
        texts = ["you stupid idiot", "what an idiot", HOSTILE]
        rows = (json.dumps({"id": f"c{n}", "text": text}) for n, text in enumerate(texts))
        (tmp_path / "c.jsonl").write_text("\n".join([*rows, ""]))
        desk.triage("import", str(tmp_path / "c.jsonl"))
        desk.triage("score")
        try:
            yield desk
        finally:
            loaded.touch()  # or the server would wait for its scorer


def marks(page: Page) -> list[str]:
    found: list[str] = page.locator(".st-key-comment-text mark").all_inner_texts()
    return found


def wait_for_marks(page: Page) -> None:
    expect(page.locator(".st-key-comment-text mark").first).to_be_visible()


def test_the_first_comment_does_not_wait_for_its_marks(
    marked: Desk, loaded: Path, page: Page
) -> None:
    open_review(page, marked)
    assert marks(page) == [], "the scorer is still being loaded"
    page.get_by_label("Note").fill("half a thought")
    loaded.touch()
    wait_for_marks(page)
    settled(page)
    expect(page.get_by_label("Note")).to_have_value("half a thought")
    expect(page.get_by_text("what the scorer read as toxic · marking")).to_be_visible()


def test_verdicts_by_key_count_while_the_words_are_looked_for(
    marked: Desk, loaded: Path, page: Page
) -> None:
    open_review(page, marked)
    first = comment(page)
    page.wait_for_timeout(LOOK)
    page.keyboard.press("x")
    page.wait_for_function(
        "before => document.querySelector('.st-key-comment-text')?.innerText !== before", arg=first
    )
    settled(page)
    expect(page.get_by_text("2 to review")).to_be_visible()
    assert marks(page) == []
    loaded.touch()
    wait_for_marks(page)
    settled(page)  # a key at the very moment of the redraw is lost
    press(page, "z")
    assert comment(page) == first


def test_one_key_takes_the_marks_away_and_the_page_stops_asking(
    marked: Desk, loaded: Path, page: Page
) -> None:
    loaded.touch()
    open_review(page, marked)
    wait_for_marks(page)
    settled(page)
    words = comment(page)
    page.keyboard.press("m")
    expect(page.locator(".st-key-comment-text mark")).to_have_count(0)
    assert comment(page) == words
    page.keyboard.press("m")
    wait_for_marks(page)
    settled(page)
    page.evaluate(
        """() => { window.drawn = 0; new MutationObserver(() => { window.drawn += 1 })
        .observe(document.querySelector('[data-testid="stApp"]'), {attributes: true}) }"""
    )
    page.wait_for_timeout(1_000)
    assert page.evaluate("() => window.drawn") == 0


def test_a_hostile_text_is_shown_to_the_last_blank_and_runs_nothing(
    marked: Desk, loaded: Path, page: Page
) -> None:
    loaded.touch()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"{marked.url}/review?comment=c2")
    wait_for_marks(page)
    settled(page)
    inside = page.locator(".st-key-comment-text .marked")
    assert inside.evaluate("element => element.textContent") == HOSTILE
    assert marks(page) == ["idiot", "stupid"]
    assert inside.locator("img, script, a").count() == 0
    assert dialogs == []
