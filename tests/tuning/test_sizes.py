"""Sample sizes against the tables in the literature and against the bounds themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from triage.tuning.bounds import missed_at_most, misses
from triage.tuning.sizes import audits_needed, elusion_size, wilks_size


@pytest.mark.parametrize(
    ("recall", "sizes"),
    [(0.80, (14, 22, 30, 44, 76)), (0.90, (29, 46, 61, 89, 154)), (0.95, (59, 93, 124, 181, 311))],
)
def test_wilks_table(recall: float, sizes: tuple[int, ...]) -> None:
    assert tuple(wilks_size(recall, lowest=k) for k in (1, 2, 3, 5, 10)) == sizes


@given(st.floats(0.5, 0.99), st.floats(0.5, 0.99), st.integers(1, 12))
def test_wilks_size_is_the_smallest_that_proves(recall: float, sure: float, k: int) -> None:
    n = wilks_size(recall, sure, k)
    assert binom.cdf(k - 1, n, 1 - recall) <= 1 - sure + 1e-9
    assert n == k or binom.cdf(k - 1, n - 1, 1 - recall) > 1 - sure - 1e-9


@pytest.mark.parametrize(
    ("below", "found", "recall", "sizes"),
    [
        (50_000, 2_000, 0.9, (673, 1_415)),
        (50_000, 500, 0.9, (2_695, 5_665)),
        (10_000, 300, 0.9, (898, 1_887)),
        (200_000, 5_000, 0.9, (1_077, 2_265)),
        (50_000, 2_000, 0.8, (299,)),
    ],
)
def test_elusion_table(below: int, found: int, recall: float, sizes: tuple[int, ...]) -> None:
    for allowed, size in zip((0, 2), sizes, strict=False):
        assert elusion_size(found, below, recall, allowed=allowed) == size
        most = found * (1 - recall) / recall / below
        assert beta.ppf(0.95, allowed + 1, size - allowed) <= most
        assert beta.ppf(0.95, allowed + 1, size - 1 - allowed) > most


def test_an_elusion_test_that_cannot_succeed_has_no_size() -> None:
    assert elusion_size(1, 10, 0.99) is None
    assert elusion_size(100, 2, 0.5, allowed=2) is None


def grown(times: int) -> tuple[np.ndarray, np.ndarray]:
    """4 misses in 200 drawn of 20,000, and the same design with more drawn."""
    n = 200 * times
    return np.full(n, n / 20_000), np.arange(n) < 4 * times


def test_what_is_proven_needs_no_more() -> None:
    audit = misses(*grown(1))
    assert audits_needed(audit, 100_000, 0, 20_000, 0.9) == 0


def test_about_n_more_would_prove_it_if_the_share_of_misses_stayed() -> None:
    audit = misses(*grown(1))  # about 400 missed
    more = audits_needed(audit, 5_400, 0, 20_000, 0.9)  # 600 are allowed
    assert more is not None
    assert more > 100
    times = -(-(200 + more) // 200)
    assert missed_at_most(misses(*grown(times))) <= 600 < missed_at_most(audit)


def test_no_audit_proves_what_is_not_so() -> None:
    assert audits_needed(misses(*grown(1)), 900, 0, 20_000, 0.9) is None
    assert audits_needed(misses(*grown(5)), 5_400, 601, 20_000, 0.9) is None


def test_without_a_miss_so_far_it_is_the_elusion_test_that_counts() -> None:
    audit = misses(np.full(100, 0.002), np.zeros(100, bool))
    more = audits_needed(audit, 2_000, 0, 50_000, 0.9)
    assert more is not None
    assert abs(more - (673 - 100)) <= 1
    nothing = misses(np.array([]), np.array([], bool))
    assert audits_needed(nothing, 2_000, 0, 50_000, 0.9) == 673


@pytest.mark.parametrize(("recall", "sure"), [(0, 0.9), (1, 0.9), (0.9, 1), (np.nan, 0.9)])
def test_impossible_goals_are_refused(recall: float, sure: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilks_size(recall, sure)
