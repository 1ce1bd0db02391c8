"""Normal forms: what Unicode says, for any text, in time that grows with its length."""

from __future__ import annotations

import time
from unicodedata import combining, normalize

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.copies import comparable
from triage.domain.normal_form import composed, decomposed

MARKS = "\u0301\u0323\u0327\u0334\u05b0\u3099"
LONG = st.text(st.sampled_from("eａ가각ﬁ\u1100\u1161\u0344" + MARKS), min_size=101, max_size=300)


@given(LONG | st.text())
def test_a_text_is_composed_as_unicode_says(text: str) -> None:
    assert composed(text) == normalize("NFKC", text)


@given(LONG | st.text())
def test_a_decomposed_text_has_the_letters_that_unicode_says(text: str) -> None:
    def letters(of: str) -> list[str]:
        return [one for one in of if not combining(one)]

    assert letters(decomposed(text)) == letters(normalize("NFKD", text))


def test_a_heap_of_marks_is_compared_in_no_time() -> None:
    heap = "Vote against the new bridge" + "\u0301\u0323" * 4_900
    began = time.process_time()
    assert comparable(heap) is not None
    assert time.process_time() - began < 1  # ten milliseconds; quadratic, it took seconds
