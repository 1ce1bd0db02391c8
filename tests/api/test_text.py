"""Sentences, and places as clients count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.api.text import MOST_SENTENCES, Utf16, sentences, visible


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("one", ["one"]),
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Version 2.5 is out. Good.", ["Version 2.5 is out.", "Good."]),
        ('He said "no." Then left.', ['He said "no."', "Then left."]),
        ("a line\n\n  another line \n", ["a line", "another line"]),
        ("Well... no?! Yes", ["Well...", "no?!", "Yes"]),
        ("好。不好。", ["好。", "不好。"]),
    ],
)
def test_a_text_is_cut_into_sentences(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == found


@given(st.text(alphabet='ab .!?\n"”👍'))
def test_sentences_are_in_order_and_leave_out_blanks_only(text: str) -> None:
    found = sentences(text)
    rest, at = [], 0
    for start, end in found:
        assert at <= start < end
        rest.append(text[at:start])
        assert text[start:end].strip() == text[start:end]
        at = end
    assert not "".join([*rest, text[at:]]).strip()


def test_of_many_sentences_neighbours_are_taken_together() -> None:
    text = "No. " * 1_000
    found = sentences(text)
    assert len(found) == MOST_SENTENCES
    assert found[0] == (0, 20 * 4 - 1)


@given(st.text(), st.data())
def test_places_are_counted_as_javascript_counts(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    assert Utf16(text).at(at) == len(text[:at].encode("utf-16-le", "surrogatepass")) // 2


def test_what_nobody_sees_is_no_text() -> None:
    assert visible("\u200bsee\u200b")
    assert visible("👍")
    assert not any(map(visible, ["", " \n", "\u200b\u2060", "\ue000", "\x00"]))
