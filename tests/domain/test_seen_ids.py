"""Ids that were seen, in little memory."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.seen_ids import SeenIds


@given(st.lists(st.text(max_size=3), max_size=200))
def test_it_says_what_a_dict_says(names: list[str]) -> None:
    seen, known = SeenIds(), dict[str, int]()
    for number, name in enumerate(names, 1):
        assert seen.add(name, number) == known.get(name)
        known.setdefault(name, number)
        assert name in seen
    assert len(seen) == len(known)
    assert "never there" not in seen


def test_a_hundred_thousand_ids_take_three_megabytes() -> None:
    tracemalloc.start()
    seen = SeenIds()
    for number in range(100_000):
        seen.add(f"comment-{number}", number)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 3_000_000
    assert [seen.add(f"comment-{number}") for number in (0, 99_999)] == [0, 99_999]
