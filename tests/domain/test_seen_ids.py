"""Ids that were seen, in little memory."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.seen_ids import SeenIds


@given(st.lists(st.text(max_size=3), max_size=200), st.sampled_from([0, 3, 1_000]))
def test_it_says_what_a_dict_says(names: list[str], few: int) -> None:
    seen, known = SeenIds(few), dict[str, int]()
    for number, name in enumerate(names, 1):
        assert seen.add(name, number) == known.get(name)
        known.setdefault(name, number)
        assert name in seen
    assert len(seen) == len(known)
    assert "never there" not in seen


def test_fifty_thousand_ids_take_a_megabyte() -> None:
    tracemalloc.start()
    seen = SeenIds(few=1_000)
    for number in range(50_000):
        seen.add(f"comment-{number}", number)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 1_000_000
    assert [seen.add(f"comment-{number}") for number in (0, 49_999)] == [0, 49_999]
