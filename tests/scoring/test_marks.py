from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.scores import ToxicSpan
from triage.scoring.marks import toxic_spans
from triage.scoring.prepare import prepare


def marked(text: str, *toxic: str, marked_from: float = 0.5) -> list[str]:
    """Return what is marked of a text, with its prepared words as tokens, weight 0.9 if toxic."""
    ready = prepare(text)
    offsets, at = [], 0
    for word in ready.text.split():
        start = ready.text.index(word, at)
        at = start + len(word)
        offsets.append((start, at))
    weights = [0.9 if ready.text[start:end] in toxic else 0.1 for start, end in offsets]
    spans = toxic_spans(text, ready, offsets, weights, marked_from)
    return [text[span.start : span.end] for span in spans]


def test_a_word_is_marked_in_the_original() -> None:
    assert marked("you absolute fool of a man", "fool") == ["fool"]


def test_marked_words_side_by_side_are_one_span() -> None:
    assert marked("you stupid  fool , and liar", "stupid", "fool", "liar") == [
        "stupid  fool",
        "liar",
    ]


def test_a_disguised_word_is_marked_as_it_was_written() -> None:
    assert marked("you 1d10t here", "idiot") == ["1d10t"]
    assert marked("you i d i o t here", "idiot") == ["i d i o t"]
    assert marked("> a quote\nyou id\u200biot!", "idiot!") == ["id\u200biot!"]


def test_emoji_are_marked_whole() -> None:
    assert marked("off you 🖕🏿 go", "middle", "finger") == ["🖕🏿"]


def test_a_piece_of_a_word_marks_the_whole_word() -> None:
    ready = prepare("the moronic plan")
    offsets = [(0, 3), (4, 9), (9, 11), (12, 16)]
    spans = toxic_spans(ready.text, ready, offsets, [0.0, 0.4, 0.8, 0.0])
    assert spans == (ToxicSpan(4, 11, 0.8),)


def test_punctuation_is_no_part_of_the_word_beside_it() -> None:
    ready = prepare("you fool!")
    assert toxic_spans(ready.text, ready, [(0, 3), (4, 8), (8, 9)], [0.1, 0.9, 0.1]) == (
        ToxicSpan(4, 8, 0.9),
    )


def test_the_bar_can_be_set() -> None:
    assert marked("a fool", "fool", marked_from=0.95) == []
    assert marked("a fool", "fool", marked_from=0.0) == ["a fool"]


@given(st.text(max_size=60), st.data())
def test_spans_are_inside_the_text_in_order_and_apart(text: str, data: st.DataObject) -> None:
    ready = prepare(text)
    edges = sorted(data.draw(st.sets(st.integers(0, len(ready.text)), max_size=12)))
    offsets = list(zip(edges[::2], edges[1::2], strict=False))
    weights = [data.draw(st.floats(0, 1)) for _ in offsets]
    spans = toxic_spans(text, ready, offsets, weights)
    ends = [0, *(span.end for span in spans)]
    for before, span in zip(ends, spans, strict=False):
        assert before <= span.start < span.end <= len(text)
