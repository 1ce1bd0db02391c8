"""Near copies fall on one side: each text's kind, however the copies are strung together."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tests.wording import kind, rude
from triage.domain.copies import are_copies
from triage.workbench.alike import first_alike

LONG = "Please come to the general meeting of the rowing club on Friday evening at eight"


def test_the_same_text_and_near_copies_are_of_one_kind_and_strangers_are_not() -> None:
    texts = [*kind(20), LONG, *rude(20), f"{LONG}!", f"{LONG}, all", LONG]
    found = first_alike(texts).tolist()
    assert found[:20] == list(range(20))
    assert found[20] == 20
    assert found[21:41] == list(range(21, 41))
    assert found[41:] == [20, 20, 20]


def test_short_texts_are_of_one_kind_only_where_they_are_the_same() -> None:
    assert first_alike(["Thanks!", "thanks", "Thanks!", ""]).tolist() == [0, 1, 0, 3]
    assert first_alike([]).tolist() == []


@given(st.lists(st.integers(0, 60), min_size=2, max_size=30))
def test_what_are_copies_is_of_one_kind_in_any_order(cuts: list[int]) -> None:
    texts = [LONG[cut // 3 :] + " " + LONG[: len(LONG) - cut] for cut in cuts]
    found = first_alike(texts)
    for one, other in combinations(range(len(texts)), 2):
        if are_copies(texts[one], texts[other]):
            assert found[one] == found[other]
    assert all(found[first] == first for first in found)
