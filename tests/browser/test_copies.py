"""Near copies on the Review page, by keys alone, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from .conftest import Desk  # noqa: E402
from .test_desk import open_review, press, settled  # noqa: E402

pytestmark = pytest.mark.browser

WAVE = "You stupid idiot, vote against the new bridge or our river will never be the same"
OTHERS = [WAVE.upper(), WAVE + ", <b>Ms Mayor</b>", "What a moron you are"]


@pytest.fixture
def flooded(desk: Desk, tmp_path: Path) -> Desk:
    path = tmp_path / "comments.jsonl"
    rows = [{"id": f"c{n}", "text": text, "thread": "t"} for n, text in enumerate([WAVE, *OTHERS])]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    desk.triage("import", str(path))
    desk.triage("score")
    return desk


def decided(desk: Desk, tmp_path: Path) -> list[tuple[str, str, str]]:
    """Return comment, how and with which note, of every decision in force."""
    path = tmp_path / "decisions.jsonl"
    desk.triage("export", str(path), "--what", "decisions")
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return sorted((row["comment_id"], row["via"], row["note"]) for row in rows)


def test_near_copies_are_unfolded_decided_and_taken_back_by_keys(
    flooded: Desk, page: Page, tmp_path: Path
) -> None:
    open_review(page, flooded, "c0")
    told = page.locator(".st-key-copies")
    expect(told).to_contain_text("3 alike, shown once: a verdict is for all of them.")
    page.keyboard.press("d")
    expect(told).to_contain_text("“same, <b>Ms Mayor</b>” instead of “same”.")
    settled(page)
    press(page, "x")
    along = "in group, near copies of c0"
    assert decided(flooded, tmp_path) == [
        ("c0", "review", ""),
        ("c1", "group", along),
        ("c2", "group", along),
    ]
    press(page, "z")
    assert decided(flooded, tmp_path) == []
    press(page, "s")
    expect(page.locator(".st-key-comment-text")).to_contain_text(OTHERS[-1])
    press(page, "z")
    expect(told).to_contain_text("3 alike, shown once")


def test_only_this_one_is_a_key_too(flooded: Desk, page: Page, tmp_path: Path) -> None:
    open_review(page, flooded, "c0")
    page.keyboard.press("o")
    expect(page.locator(".st-key-copies")).to_contain_text("a verdict is for this one only.")
    settled(page)
    press(page, "x")
    assert decided(flooded, tmp_path) == [("c0", "review", "")]
