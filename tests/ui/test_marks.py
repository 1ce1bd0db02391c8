"""Marked words: the text stays what it is, and stays text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.decisions import Span
from triage.domain.scores import ToxicSpan
from triage.ui.marks import legend, marked_text

HOSTILE = [
    "<img src=x onerror=alert(1)> idiot",
    "</div></mark><script>alert(1)</script>",
    "<!-- idiot --> ]]> <![CDATA[ &lt;b&gt; &#105;diot &amp",
    "[idiot](javascript:alert(1)) **bold** `code` :material/check:",
    "\"onmouseover=alert(1) 'x' idiot",
    "<style>*{display:none}</style>",
]
EXACT = [
    ("  idiot", "idiot"),
    ("\n\n\t idiot\n  and more", "idiot"),
    ("one\r\nidiot\r\n", "idiot"),
    ("🙂👩\u200d🚀 idiot 🙂", "idiot"),
    ("you 🤡", "🤡"),
    ("e\u0301 idio\u0301t e\u0301", "idio\u0301t"),
    ("\u202eidiot\u202c", "idiot"),
    ("Ａ idiot", "Ａ"),
    (" idiot", " "),
]


class Shown(HTMLParser):
    """What a browser makes of HTML: its text, the marked parts of it, and the tags it met."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.marked: list[tuple[int, int]] = []
        self.steps: list[str | None] = []
        self.tags: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        assert given.keys() <= {"class"}
        if tag == "mark":
            self.steps.append(given["class"])
            self.marked.append((len(self.text), -1))

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            last = max(n for n, (_, end) in enumerate(self.marked) if end < 0)
            self.marked[last] = (self.marked[last][0], len(self.text))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, tuple[ToxicSpan, ...]]:
    parts = st.sampled_from([*HOSTILE, "\r\n", " ", "\t", "idiot", "e\u0301", "👩\u200d🚀", "\x0c"])
    readable = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    text = "".join(draw(st.lists(parts | st.text(readable), min_size=1, max_size=8))) or "x"
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    weight = st.floats(0, 1)
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return text, tuple(ToxicSpan(start, end, draw(weight)) for start, end in pairs)


@given(texts_with_spans())
def test_any_text_is_shown_as_it_is_with_exactly_its_spans_marked(
    case: tuple[str, tuple[ToxicSpan, ...]],
) -> None:
    text, spans = case
    shown = Shown(marked_text(text, spans))
    assert shown.text == text
    assert shown.marked == [(span.start, span.end) for span in spans]
    assert shown.tags == ["div", *["mark"] * len(spans)]


@given(texts_with_spans(), st.data())
def test_what_a_reviewer_marks_may_overlap_and_the_text_stays_what_it_is(
    case: tuple[str, tuple[ToxicSpan, ...]], data: st.DataObject
) -> None:
    text, spans = case
    place = st.integers(0, len(text))
    pairs = data.draw(st.lists(st.tuples(place, place).filter(lambda one: one[0] < one[1])))
    shown = Shown(marked_text(text, spans, [Span(start, end) for start, end in pairs]))
    assert shown.text == text
    pieces = zip(shown.steps, shown.marked, strict=True)
    boxed = {at for step, (start, end) in pieces if step == "own" for at in range(start, end)}
    assert boxed == {at for start, end in pairs for at in range(start, end)}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_character_of_a_hostile_text_means_anything_to_a_browser(text: str) -> None:
    for at in range(len(text)):
        html = marked_text(text, (ToxicSpan(at, at + 1, 1.0),))
        inside = html.removeprefix('<div class="marked">').removesuffix("</div>")
        inside = inside.replace('<mark class="strong">', "", 1).replace("</mark>", "", 1)
        assert not set("<>\"'\n\r") & set(inside)
        assert Shown(html).text == text


@pytest.mark.parametrize(("text", "word"), EXACT)
def test_a_mark_is_exact_beside_blanks_emoji_and_accents(text: str, word: str) -> None:
    start = text.index(word)
    html = marked_text(text, (ToxicSpan(start, start + len(word), 0.5),))
    assert f'<mark class="plain">{word}</mark>' in html
    assert Shown(html).text == text
    assert "\n" not in html, "Streamlit would take off the blanks that lines have in common"


def test_what_no_page_can_hold_is_shown_as_unreadable_and_moves_no_mark() -> None:
    shown = Shown(marked_text("a\0\ud83d idiot", (ToxicSpan(4, 9, 0.5),)))
    assert shown.text == "a\ufffd\ufffd idiot"
    assert shown.marked == [(4, 9)]


@pytest.mark.parametrize(
    ("weight", "step"),
    [(0.0, "faint"), (0.3, "faint"), (0.5, "plain"), (0.7, "strong"), (1, "strong")],
)
def test_the_tint_follows_the_weight(weight: float, step: str) -> None:
    assert Shown(marked_text("idiot", (ToxicSpan(0, 5, weight),))).steps == [step]


@pytest.mark.parametrize("found", [True, False])
def test_the_legend_names_the_scorer_whatever_its_name_is(found: bool) -> None:
    shown = Shown(legend("<script>x", found=found, part="highest in characters 1 to 9"))
    assert "<script>x" in shown.text
    assert shown.text.endswith("highest in characters 1 to 9")
    assert "script" not in shown.tags
    assert ("mark" in shown.tags) == found
