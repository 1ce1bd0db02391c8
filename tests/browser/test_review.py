"""Review by keys and mouse: reasons, thread, annotation, the last ten; in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from playwright.sync_api import Page, expect  # noqa: E402

from tests.wording import rude  # noqa: E402

from .conftest import Desk  # noqa: E402
from .test_desk import LOOK, comment, open_review, press, settled  # noqa: E402

pytestmark = pytest.mark.browser

TEXTS = rude(22)
ODD = "🤡 <b>you</b>\tare a   stupid idiot & a moron"


@pytest.fixture
def rated(desk: Desk, tmp_path: Path) -> Desk:
    """A desk with two dozen rude comments in one thread, rated."""
    path = tmp_path / "comments.jsonl"
    with path.open("w", encoding="utf-8") as handle:
        for number, text in enumerate([*TEXTS, ODD, "Thank you, a lovely read"]):
            row = {"id": f"c{number}", "text": text, "author": f"author {number % 3}"}
            handle.write(json.dumps(row | {"title": "On manners", "thread": "manners"}) + "\n")
    desk.triage("import", str(path))
    desk.triage("score")
    return desk


def listening(page: Page, what: str = "keys") -> None:
    """Wait until the page hears more than Streamlit's own keys, which it loads last."""
    expect(page.locator(f'.st-key-hands [data-listens="{what}"]')).to_be_attached()


def exported(desk: Desk, tmp_path: Path, what: str) -> list[dict[str, object]]:
    path = tmp_path / f"{what}.jsonl"
    desk.triage("export", str(path), "--what", what, "--include-text")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def ticks(page: Page) -> dict[str, bool]:
    """Return which reasons are ticked."""
    found: dict[str, bool] = page.evaluate(
        """() => Object.fromEntries(
            [...document.querySelectorAll('.st-key-reasons button')].map(one => {
                const icon = one.querySelector('[data-testid="stIconMaterial"]').innerText;
                const name = one.innerText.replace(icon, '').replace(/[0-9]/, '').trim();
                return [name, icon.trim() === 'check_box'];
            }))"""
    )
    return found


def tick(page: Page, key: str) -> None:
    before = ticks(page)
    page.keyboard.press(key)
    page.wait_for_function(
        """before => [...document.querySelectorAll('.st-key-reasons button')]
            .map(one => one.querySelector('[data-testid="stIconMaterial"]').innerText.trim())
            .join() !== before""",
        arg=",".join("check_box" if on else "check_box_outline_blank" for on in before.values()),
    )
    settled(page)


def select_words(page: Page, start: int, end: int) -> None:
    """Select characters of the comment (UTF-16 units, as browsers count) as a mouse would."""
    page.evaluate(
        """([start, end]) => {
            const text = document.querySelector('.st-key-comment-text .marked');
            const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
            const range = document.createRange();
            let at = 0;
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const next = at + node.data.length;
                if (at <= start && start < next) range.setStart(node, start - at);
                if (at < end && end <= next) range.setEnd(node, end - at);
                at = next;
            }
            const chosen = document.getSelection();
            chosen.removeAllRanges();
            chosen.addRange(range);
        }""",
        [start, end],
    )


def test_twenty_comments_are_decided_by_keys_alone(rated: Desk, page: Page, tmp_path: Path) -> None:
    open_review(page, rated)
    seen = []
    for number in range(20):
        seen.append(comment(page))
        press(page, "ax"[number % 2])
    assert len(set(seen)) == 20
    rows = exported(rated, tmp_path, "decisions")
    assert [row["text"] for row in rows] == seen
    assert [row["verdict"] for row in rows] == ["approve", "reject"] * 10


def test_reasons_have_keys_and_unticking_one_is_kept_as_a_refusal(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    open_review(page, rated)
    before = ticks(page)
    names = list(before)
    on = next(place for place, name in enumerate(names) if before[name])
    off = next(place for place, name in enumerate(names) if not before[name])
    tick(page, str(on + 1))
    tick(page, str(off + 1))
    press(page, "x")
    (row,) = exported(rated, tmp_path, "log")
    code = [name.replace(" ", "_") for name in names]
    assert row["refused"] == [code[on]]
    assert code[off] in row["reasons"]
    assert code[on] not in row["reasons"]
    (taught,) = exported(rated, tmp_path, "annotations")
    assert (taught[code[on]], taught[code[off]], taught["origin"]) == (0, 1, "decision")


def test_keys_are_silent_while_typing_and_n_leads_to_the_note(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    open_review(page, rated)
    first, before = comment(page), ticks(page)
    listening(page)
    page.keyboard.press("n")
    expect(page.get_by_label("Note")).to_be_focused()
    page.keyboard.type("n? axes 123 flatz?")
    expect(page.get_by_label("Note")).to_have_value("n? axes 123 flatz?")
    page.keyboard.press("Tab")
    settled(page)
    assert (comment(page), ticks(page)) == (first, before)
    expect(page.locator(".st-key-help")).to_have_count(0)
    press(page, "x")
    (row,) = exported(rated, tmp_path, "decisions")
    assert row["note"] == "n? axes 123 flatz?"


def test_a_key_that_is_held_counts_once(rated: Desk, page: Page, tmp_path: Path) -> None:
    open_review(page, rated)
    listening(page)
    page.wait_for_timeout(LOOK)
    first = comment(page)
    page.keyboard.down("f")
    for _ in range(8):
        page.wait_for_timeout(60)
        page.keyboard.down("f")  # what a keyboard sends while a key is held
    page.keyboard.up("f")
    expect(page.get_by_role("button", name="Unflag")).to_be_visible()
    assert comment(page) == first


def test_the_keys_are_listed_on_h_and_on_the_question_mark(rated: Desk, page: Page) -> None:
    open_review(page, rated)
    listening(page)
    for key in ("h", "?"):
        page.keyboard.press(key)
        expect(page.locator(".st-key-help")).to_contain_text("unfold the whole thread")
        settled(page)
        page.keyboard.press(key)
        expect(page.locator(".st-key-help")).to_have_count(0)
        settled(page)


def test_words_selected_in_the_comment_are_marked_and_leave_as_training_data(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    open_review(page, rated, "c22")
    page.keyboard.press("l")
    expect(page.locator(".st-key-annotating")).to_be_visible()
    listening(page, "words")
    settled(page)
    start = ODD.index("stupid") + 1  # the clown takes two of the browser's units
    select_words(page, start, start + len("stupid idiot "))
    own = page.locator(".st-key-comment-text mark.own")
    expect(own.first).to_be_visible()
    settled(page)
    assert "".join(own.all_inner_texts()) == "stupid idiot", "the blank at the end is left out"
    assert page.locator(".st-key-comment-text b").count() == 0
    page.get_by_role("button", name="Save the annotation").click()
    expect(page.get_by_text("The annotation is saved.")).to_be_visible()
    (row,) = exported(rated, tmp_path, "annotations")
    ((first, last, label),) = row["spans"]
    assert ODD[first:last] == "stupid idiot"
    assert label is None
    assert (row["reviewer"], row["text"], row["replaced"]) == ("ana", ODD, False)


def test_words_are_marked_though_the_page_is_drawn_again_just_after_they_are_selected(
    rated: Desk, page: Page
) -> None:
    open_review(page, rated, "c22")
    text = page.locator(".st-key-comment-text")
    expect(text.locator("mark").first).to_be_visible()
    settled(page)
    page.keyboard.press("l")
    listening(page, "words")
    settled(page)
    start = ODD.index("stupid") + 1
    select_words(page, start, start + len("stupid"))
    page.keyboard.press("m")  # other words are drawn in the place of those that are selected
    expect(text.locator("mark:not(.own)")).to_have_count(0)
    expect(text.locator("mark.own")).to_have_text("stupid")


def test_another_comment_of_the_thread_is_decided_from_the_unfolded_thread(
    rated: Desk, page: Page, tmp_path: Path
) -> None:
    open_review(page, rated, "c22")
    page.keyboard.press("t")
    thread = page.locator(".st-key-thread")
    expect(thread).to_contain_text("The whole thread: 24 comments")
    row = thread.locator('[class*="st-key-thread-row-"]', has_text="a lovely read")
    settled(page)
    row.get_by_role("button", name="Approve").click()
    expect(row).to_contain_text("approve")
    expect(page.locator(".st-key-comment-text")).to_contain_text("🤡")
    (made,) = exported(rated, tmp_path, "decisions")
    assert (made["comment_id"], made["verdict"], made["via"]) == ("c23", "approve", "thread")


def test_any_of_the_last_ten_acts_can_be_undone(rated: Desk, page: Page, tmp_path: Path) -> None:
    open_review(page, rated)
    seen = []
    for key in "axe":
        seen.append(comment(page))
        press(page, key)
    page.get_by_role("button", name="Last ten").click()
    expect(page.get_by_role("button", name="Undo this")).to_have_count(3)
    settled(page)
    page.get_by_role("button", name="Undo this").last.click()
    expect(page.locator(".st-key-comment-text")).to_have_text(seen[0])
    settled(page)
    rows = exported(rated, tmp_path, "decisions")
    assert [row["text"] for row in rows] == seen[1:]
