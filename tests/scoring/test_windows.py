from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.scoring.windows import windows

WORDS = st.text("ab ", max_size=300)


@given(WORDS, st.integers(4, 40), st.data())
def test_windows_cover_the_text_and_stay_within_their_size(
    text: str, size: int, data: st.DataObject
) -> None:
    spans = windows(text, size, data.draw(st.integers(1, size)))
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    assert all(end - start <= size for start, end in spans)
    for (start, end), (following, _) in pairwise(spans):
        assert start < following <= end


def test_a_short_text_is_one_window() -> None:
    assert windows("short", 5, 2) == [(0, 5)]
    assert windows("", 5, 2) == [(0, 0)]


def test_words_stay_whole_where_there_are_blanks() -> None:
    text = "one two three four five six seven"
    for start, end in windows(text, 16, 8):
        assert set(text[start:end].split()) <= set(text.split())


def test_a_text_without_blanks_is_cut_all_the_same() -> None:
    assert windows("x" * 25, 10, 5) == [(0, 10), (5, 15), (10, 20), (15, 25)]


@pytest.mark.parametrize("step", [0, -1, 11])
def test_windows_that_would_skip_or_stand_still_are_refused(step: int) -> None:
    with pytest.raises(ValueError, match="windows"):
        windows("text", 10, step)
