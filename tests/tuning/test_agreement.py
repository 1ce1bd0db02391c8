"""Agreement between reviewers, held against other people's code, closed forms and its bounds."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from triage.tuning.agreement import Agreement, agreement, counted

counts = arrays(
    np.int64,
    st.tuples(st.integers(1, 30), st.integers(2, 4)),
    elements=st.integers(0, 4),
)


def two_raters(both: int, first: int, second: int, neither: int) -> Agreement:
    """Return the agreement of two who said yes together, alone, or not at all so many times."""
    rows = [[0, 2]] * both + [[1, 1]] * (first + second) + [[2, 0]] * neither
    return agreement(np.array(rows, np.int64))


@given(counts)
def test_alpha_is_that_of_the_krippendorff_package(table: np.ndarray) -> None:
    doubled = table[table.sum(axis=1) >= 2]
    found = agreement(table).alpha.value
    if (doubled.sum(axis=0) > 0).sum() < 2:
        assert math.isnan(found), "one category alone leaves nothing to disagree about"
    else:
        theirs = krippendorff.alpha(value_counts=doubled, level_of_measurement="nominal")
        assert found == pytest.approx(theirs, abs=1e-12)


def test_two_raters_agree_as_the_closed_forms_say() -> None:
    both, first, second, neither = 30, 5, 8, 157
    n = both + first + second + neither
    found = two_raters(both, first, second, neither)
    assert (found.comments, found.verdicts) == (n, 2 * n)
    assert found.raw.value == pytest.approx((both + neither) / n)
    no, yes = found.specific
    assert yes.value == pytest.approx(2 * both / (2 * both + first + second))
    assert no.value == pytest.approx(2 * neither / (2 * neither + first + second))
    common = (2 * both + first + second) / (2 * n)
    chance = 2 * common * (1 - common)
    assert found.ac1.value == pytest.approx((found.raw.value - chance) / (1 - chance))


def test_rare_labels_pull_alpha_down_and_leave_ac1() -> None:
    # Both right 95 % of the time about a label that one comment in fifty carries.
    found = two_raters(both=18, first=47, second=47, neither=888)
    assert found.raw.value > 0.9
    assert found.alpha.value < 0.3
    assert found.ac1.value > 0.85
    assert found.specific[1].value < 0.35


@given(counts)
def test_every_figure_lies_in_its_bounds_and_in_its_interval(table: np.ndarray) -> None:
    found = agreement(table)
    figures = [(found.raw, 0.0), (found.alpha, -1.0), (found.ac1, -1.0)]
    figures += [(one, 0.0) for one in found.specific]
    for figure, least in figures:
        if math.isfinite(figure.value):
            assert least - 1e-9 <= figure.value <= 1 + 1e-9
        if math.isfinite(figure.low):
            assert least - 1e-9 <= figure.low <= figure.high <= 1 + 1e-9


@given(counts)
def test_neither_the_order_of_comments_nor_single_verdicts_change_a_figure(
    table: np.ndarray,
) -> None:
    single = np.zeros((3, table.shape[1]), np.int64)
    single[:, 0] = 1
    again = agreement(np.concatenate([single, table[::-1]]))
    found = agreement(table)
    for one, other in zip(
        (found.raw, found.alpha, found.ac1), (again.raw, again.alpha, again.ac1), strict=True
    ):
        assert one.value == pytest.approx(other.value, nan_ok=True)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    held = 0
    for _ in range(200):
        truth = random.random(300) < 0.3
        said = [np.where(random.random(300) < 0.9, truth, ~truth) for _ in range(2)]
        yes = said[0].astype(np.int64) + said[1]
        found = agreement(np.stack([2 - yes, yes], axis=1)).raw
        held += found.low <= 0.82 <= found.high  # .9 * .9 + .1 * .1
    assert 180 <= held <= 200


def test_nothing_doubled_is_nothing_known() -> None:
    found = agreement(np.array([[1, 0], [0, 1]], np.int64))
    assert found.comments == 0
    assert all(math.isnan(one.value) for one in (found.raw, found.alpha, found.ac1))


def test_verdicts_are_counted_by_comment() -> None:
    said = [("c1", "approve"), ("c2", "reject"), ("c1", "reject"), ("c1", "reject")]
    assert counted(said, ["approve", "reject"]).tolist() == [[1, 2], [0, 1]]
    with pytest.raises(ValueError, match="'maybe' is none of the categories"):
        counted([("c1", "maybe")], ["approve", "reject"])


@pytest.mark.parametrize("bad", [[[1]], [[1, -1]], [1, 2]])
def test_what_is_no_table_of_counts_is_refused(bad: list[object]) -> None:
    with pytest.raises(ValueError, match="counts are a table"):
        agreement(np.array(bad, np.int64))
