from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.comments import MOST_REACH, Comment
from triage.domain.urgency import A_DAY, AMPLIFIED_UP_TO, amplified, waited

NOW = datetime(2026, 11, 22, tzinfo=UTC)
REACH = st.integers(0, MOST_REACH)


@given(REACH, REACH)
def test_a_wider_reach_never_counts_less_and_never_more_than_half_as_much_again(
    one: int, other: int
) -> None:
    least, most = sorted((one, other))
    assert 1.0 <= amplified(least) <= amplified(most) <= AMPLIFIED_UP_TO


def test_each_tenfold_counts_the_same_up_to_a_million() -> None:
    steps = [amplified(10**power - 1) for power in range(7)]
    assert steps == pytest.approx([1, 1 + 1 / 12, 1 + 2 / 12, 1.25, 1 + 4 / 12, 1 + 5 / 12, 1.5])
    assert amplified(MOST_REACH) == amplified(10**6)
    assert amplified(None) == amplified(0) == 1.0


@given(st.floats(0, 1), REACH, st.floats(0, 365))
def test_nobody_waits_longer_than_thirty_days_behind_what_comes_later(
    harm: float, reach: int, ahead: float
) -> None:
    # Whatever is as harmful and viral as can be, and comes more than thirty days after a comment.
    later = harm * amplified(reach)
    came = NOW - timedelta(days=30.001 + ahead)
    assert waited(came, NOW) > later + waited(NOW, NOW)
    assert pytest.approx(30) == AMPLIFIED_UP_TO / A_DAY


@pytest.mark.parametrize("reach", [-1, MOST_REACH + 1])
def test_a_comment_has_no_reach_that_cannot_be(reach: int) -> None:
    with pytest.raises(ValueError, match="reach lies from 0"):
        Comment("c", "t", "text", reach=reach)
