"""Portions take a few seconds, whatever a scorer's speed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.scoring.portions import Portions


class Clock:
    """Stands still but where work is done."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def sizes(count: int, seconds_each: float, loading: float = 0.0) -> list[int]:
    """Return the sizes of the portions that a scorer of this speed gets."""
    clock = Clock()
    found: list[int] = []
    for portion in Portions(clock).of(range(count)):
        clock.now += len(portion) * seconds_each + (0 if found else loading)
        found.append(len(portion))
    return found


def test_a_fast_scorer_soon_gets_many_texts_at_once() -> None:
    assert sizes(10_000, 0.0001)[:5] == [32, 128, 512, 2_000, 2_000]


def test_a_slow_scorer_gets_as_many_as_it_rates_in_a_few_seconds() -> None:
    assert sizes(100, 0.25)[1:4] == [16, 12, 12]


def test_loading_makes_the_second_portion_small_and_is_then_forgotten() -> None:
    assert sizes(2_000, 0.01, loading=30)[:4] == [32, 16, 64, 256]


@given(
    st.lists(st.integers()),
    st.lists(st.floats(0, 1e6), min_size=1),
)
def test_every_item_comes_once_in_order_however_long_it_takes(
    items: list[int], times: list[float]
) -> None:
    clock = Clock()
    portions, found = Portions(clock), []
    for turn, portion in enumerate(portions.of(items)):
        clock.now += times[turn % len(times)]
        found += portion
        assert portion
    assert found == items
