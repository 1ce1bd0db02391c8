"""The trial of batch sizes, on machines whose speeds are given."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.scoring.pace import Pace

SIZES = [512, 1024, 2048, 4096, 8192]


def run(pace: Pace, seconds: Callable[[int], float], batches: int = 40) -> Pace:
    """Rate full batches on a machine that takes so long per token."""
    for _ in range(batches):
        budget = pace.budget
        pace.took(budget, budget, budget, budget * seconds(budget))
    return pace


@pytest.mark.parametrize("fastest", SIZES)
def test_the_fastest_budget_is_found(fastest: int) -> None:
    pace = run(Pace(), lambda budget: max(budget, fastest) / min(budget, fastest))
    assert pace.settled
    assert pace.budget == fastest


def test_a_gain_that_may_be_chance_changes_nothing() -> None:
    assert run(Pace(), lambda budget: 1 - budget / 1_000_000).budget == 1024


def test_one_slow_batch_does_not_mislead() -> None:
    """The first one is: memory is taken, code is loaded."""
    pace = Pace()
    pace.took(pace.budget, 1024, 1024, 10.0)
    assert run(pace, lambda budget: 1.0).budget == 1024


def test_padding_counts_as_time() -> None:
    """Twice the tokens in the same time are no gain where half of them are padding."""
    pace = Pace()
    while not pace.settled:
        budget = pace.budget
        pace.took(budget, budget, min(budget, 1024) if budget >= 1024 else 200, 1.0)
    assert pace.budget == 1024


def test_few_texts_settle_nothing() -> None:
    pace = Pace()
    for _ in range(50):
        pace.took(pace.budget, 100, 100, 0.1)
    assert not pace.settled
    assert pace.budget == 1024


def test_a_budget_that_was_given_stays() -> None:
    pace = Pace(700, least=700, most=700)
    assert pace.settled
    assert run(pace, lambda budget: 1 / budget).budget == 700


def test_a_limit_ends_the_trial() -> None:
    pace = Pace()
    pace.limit(300)
    assert pace.settled
    assert run(pace, lambda budget: 1 / budget).budget == 300
    pace.limit(4000)
    assert pace.budget == 300


@given(
    st.lists(st.tuples(st.integers(1, 10_000), st.floats(0, 10)), max_size=200),
    st.sampled_from(SIZES),
)
def test_it_stays_within_its_bounds_and_ends(times: list[tuple[int, float]], first: int) -> None:
    pace = Pace(first)
    for tokens, seconds in times:
        assert pace.budget in SIZES
        pace.took(pace.budget, tokens, tokens, seconds)
    assert run(pace, lambda budget: 1 / budget).settled
