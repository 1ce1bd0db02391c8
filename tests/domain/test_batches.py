from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.batches import ScoreRange
from triage.domain.scores import Label


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 1, "0.00-1.00"),
        (0.1, 0.25, "0.10-0.25"),
        (0.0, 0.005, "0.00-0.005"),
        (1e-7, 0.999, "0.0000001-0.999"),
    ],
)
def test_a_range_is_logged_with_two_decimals_and_more_where_it_has_more(
    low: float, high: float, said: str
) -> None:
    assert str(ScoreRange(Label.TOXICITY, low, high)) == f"toxicity {said}"


@given(st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
def test_what_is_logged_is_the_range_itself(ends: list[float]) -> None:
    within = ScoreRange(Label.THREAT, *ends)
    assert [float(end) for end in within.ends] == ends
