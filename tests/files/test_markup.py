"""HTML of comments becomes the text that people see."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.files.markup import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("just words", "just words"),
        ("Ben &amp; Jo &lt;3", "Ben & Jo <3"),
        ("<p>One.</p><p>Two.<br>Three.</p>", "One.\n\nTwo.\nThree."),
        ("<p>You <b>must</b> <em>see</em> it</p>", "You must see it"),
        ("<blockquote><p>You lie.</p></blockquote><p>No.</p>", "> You lie.\n\nNo."),
        ("a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n\n> b\n\n> > c\n\nd"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ('<a href="https://x.example/a?b=1&amp;c">win</a>', "win (https://x.example/a?b=1&c)"),
        ('<a href="https://x.example">https://x.example</a>', "https://x.example"),
        ('<a href="javascript:alert(1)">win</a>', "win"),
        ('<img src="x" alt="a cat">', "a cat"),
        ('<p x="a>b">t', "t"),
        ("<a title = 'a > b' href='https://x.example'>win</a>", "win (https://x.example)"),
        ('<img alt="1 > 0">', "1 > 0"),
        ('<b x="a>t</b>', "t"),
        ("<b '>t</b '>", "t"),
        ('<b =">t">', 't">'),
        ('<b x=a=">t">', 't">'),
        ('<b x/=">t">', 't">'),
        ('<b x=\u00a0">t">', 't">'),
        ('<b x="1"=">t">', 't">'),
        ("<b x= >t", "t"),
        ("<br/>t<img alt=x />", "t"),
        ("<a href=https://x.example/a/>t</a>", "t (https://x.example/a/)"),
        ('<b x="<i>t</i>">', '<b x="t">'),
        ("line one\nline two", "line one\nline two"),
        ("if a <b then c", "if a <b then c"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("<made-up>x</made-up>", "<made-up>x</made-up>"),
        ("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>"),
        ("<!-- wp:paragraph --><p>x</p>", "x"),
        ("</p></blockquote></a>x", "x"),
        ("&#0;&#xD800;", "\ufffd\ufffd"),
    ],
)
def test_tags_go_and_what_they_say_stays(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    "bait",
    [
        "<",
        "<a ",
        "<!--",
        "<blockquote>",
        "<a href='",
        """<a x="<a y='""",
        "='",
        """<a y='" x=""",
        "&amp",
        "</a>",
        "<p>",
        " <p>",
        "\u00a0<div>",
        "<a href=x>",
        "<a href=http://x>y",
        "<a href=http://x>y</a>",
    ],
)
def test_hostile_markup_takes_linear_time(bait: str) -> None:
    started = time.process_time()
    plain_text((bait * 200_000)[:600_000])
    assert time.process_time() - started < 4


@pytest.mark.parametrize("bait", ["=", "= ", "='", "=\"'", "='a'", '="\'"\'"', "a=b "])
def test_the_attributes_of_one_tag_take_linear_time(bait: str) -> None:
    started = time.process_time()
    for begin in ("<a ", '<a x="', "<a x="):
        plain_text(begin + (bait * 200_000)[:400_000])
    assert time.process_time() - started < 4


@pytest.mark.parametrize("blank", [" ", "\n"])
def test_a_long_blank_line_is_looked_at_once(blank: str) -> None:
    started = time.process_time()
    plain_text(" " * 300_000 + blank + "<p>" * 100_000)
    assert time.process_time() - started < 4


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<a href='http://x'>", "</a>", "<b", ">", "&#60;", "x", "\n"]
        )
    )
)
def test_any_markup_is_some_text(parts: list[str]) -> None:
    assert isinstance(plain_text("".join(parts)), str)
