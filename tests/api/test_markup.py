"""Comments in HTML: what their reader sees, where it stood, and in linear time."""

from __future__ import annotations

import time
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.api.markup import plain_text, words_of


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("plain", "plain"),
        ("a <b>bold</b> word", "a bold word"),
        ("un<i></i>broken", "unbroken"),
        ("one<br>two<p>three</p>", "one\ntwo\nthree\n"),
        ("Tom &amp; Jerry &lt;3 &#x1F44D; &nbsp;", "Tom & Jerry <3 👍 \xa0"),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
        ("I <3 you", "I <3 you"),
        ('<a title="a > b" href=x>link</a>', "link"),
        ('<a title="never closed>seen', "seen"),
        ("<script>if (a<b) idiot()</script>seen", "seen"),
        ("<STYLE>p{}</STYLE >seen", "seen"),
        ("<!-- not this -->seen<!-->and this", "seenand this"),
        ("an end <!-- without end", "an end "),
        ("a tag that never ends <b", "a tag that never ends <b"),
        ("<noscript>seen by some</noscript>", "seen by some"),
        ("<b '>you idiot.</b '> hello", "you idiot. hello"),
        ("<b ='>you idiot</b>it's", "you idiotit's"),
        ("<b a=x'>you idiot</b>it's", "you idiotit's"),
        ("<b a\xa0= \n'>not'>seen", "seen"),
        ("<b a=\xa0'>you idiot</b>it's", "you idiotit's"),
        ("<b'>you idiot</b'>it's", "you idiotit's"),
        ("<b a='x'b=\">\"/c = '>'>seen", "seen"),
        ("<b/='>you idiot</b>it's", "you idiotit's"),
        ("<!a '>you idiot'>", "you idiot'>"),
        ("<?a '>you idiot'>", "you idiot'>"),
        ("</ a='>you idiot'>", "you idiot'>"),
        ("<script.>you idiot</script.>", "you idiot"),
        ("&#0000000116;&#x0000000074;&#99999999;", "tt\ufffd"),
        (f"&#{'0' * 9_000}116;&#{'1' * 9_000};", "t\ufffd"),
        ("&bogus; &#0; &#xFFFFFF;", "&bogus; \ufffd \ufffd"),
    ],
)
def test_the_words_are_what_a_reader_sees(source: str, words: str) -> None:
    assert words_of(source).text == words


@given(st.text())
def test_escaped_text_comes_back_as_it_was_and_from_its_place(text: str) -> None:
    text = text.replace("\r", "")
    source = f"<div>{escape(text)}</div>"
    found = words_of(source)
    assert found.text == f"\n{text}\n"
    for at, char in enumerate(text, 1):
        start, end = found.source(at, at + 1)
        assert source[start:end] in {char, escape(char)}


@given(st.text(alphabet="<>!-/'\"&#;abscript x\n"))
def test_whatever_it_holds_places_lie_within_it(source: str) -> None:
    found = words_of(source)
    for at in range(len(found.text)):
        start, end = found.source(at, at + 1)
        assert 0 <= start < end <= len(source)


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a ",
        "<a='",
        "<a \"'>",
        "<!--",
        "<!",
        "</",
        "<script>",
        "&",
        "&#",
        "&#0",
        '<a b=">"',
        '<a ="',
        "<a b= ",
        "<a/b='\"",
        '</a "',
        "&amp",
        "\n<a",
        "<p>",
    ],
)
def test_twenty_hostile_kilobytes_take_no_time(piece: str) -> None:
    began = time.perf_counter()
    words_of(piece * (20_480 // len(piece)))
    assert time.perf_counter() - began < 0.5


def test_plain_text_is_left_alone() -> None:
    found = plain_text("a <b> & c")
    assert found.text == "a <b> & c"
    assert found.source(2, 5) == (2, 5)
