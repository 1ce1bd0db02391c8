"""How often decisions are overturned, and how much that says."""

from __future__ import annotations

import pytest

from triage.domain.appeals import score_band
from triage.tuning.overturns import FEW, overturn_rates


def test_a_rate_comes_with_wilsons_interval_and_in_the_order_given() -> None:
    found = overturn_rates({"insult": 40, "threat": 3}, {"insult": 10})
    assert list(found) == ["insult", "threat"]
    insult = found["insult"]
    assert insult.share == 0.25
    # Wilson's interval for 10 of 40, as in Newcombe (1998), by the formula
    assert (insult.low, insult.high) == pytest.approx((0.1419, 0.4019), abs=1e-4)
    assert (insult.few, found["threat"].few) == (False, True)
    assert found["threat"].share == found["threat"].low == 0.0


def test_what_nobody_answered_has_no_rate() -> None:
    assert overturn_rates({"insult": 0}, {}) == {}
    (few,) = overturn_rates({"a": FEW - 1}, {"a": 1}).values()
    assert few.few


@pytest.mark.parametrize(
    ("score", "band"),
    [(0.0, "0.0-0.2"), (0.2, "0.2-0.4"), (0.59, "0.4-0.6"), (0.6, "0.6-0.8"), (1.0, "0.8-1.0")],
)
def test_a_score_lies_in_one_fifth_of_the_scale(score: float, band: str) -> None:
    assert score_band(score) == band
