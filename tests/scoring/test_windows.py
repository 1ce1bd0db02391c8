from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.scoring.windows import windows


@given(st.integers(0, 5000), st.integers(1, 200), st.data())
def test_windows_cover_the_text_within_their_size(
    length: int, size: int, data: st.DataObject
) -> None:
    overlap = data.draw(st.integers(0, size - 1))
    spans = windows(length, size, overlap)
    assert spans[0][0] == 0
    assert spans[-1][1] == length
    assert all(end - start <= size for start, end in spans)
    for (start, end), (following, beyond) in pairwise(spans):
        assert start < following == end - overlap
        assert end < beyond


def test_a_short_text_is_one_window() -> None:
    assert windows(5, 5, 2) == [(0, 5)]
    assert windows(0, 5, 2) == [(0, 0)]


def test_a_text_just_too_long_is_cut_in_the_middle() -> None:
    assert windows(12, 10, 2) == [(0, 7), (5, 12)]


def test_windows_are_of_like_width() -> None:
    widths = [end - start for start, end in windows(1000, 126, 24)]
    assert max(widths) - min(widths) <= len(widths)
    assert len(widths) == 10


@pytest.mark.parametrize("overlap", [-1, 10, 11])
def test_windows_that_would_skip_or_stand_still_are_refused(overlap: int) -> None:
    with pytest.raises(ValueError, match="windows"):
        windows(25, 10, overlap)
