"""Permanent random numbers, inclusion probabilities and the draws they make."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kstest

from triage.tuning.sampling import draw, inclusion, permanent_numbers

SCORES = arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1))
IDS = [f"comment-{at}" for at in range(5_000)]


def test_a_number_is_a_keyed_digest_of_the_id_and_nothing_else() -> None:
    digest = blake2b(b"c1", digest_size=8, key=b"salt").digest()
    expected = (int.from_bytes(digest) >> 11) / 2**53
    assert permanent_numbers(["c1"], "salt")[0] == expected
    assert permanent_numbers(["c2", "c1"], "salt")[1] == expected, "company does not matter"
    assert permanent_numbers(["c1"], "other")[0] != expected


def test_numbers_are_uniform() -> None:
    assert kstest(permanent_numbers(IDS, "a"), "uniform").pvalue > 0.001


@given(st.lists(st.text(st.characters(), max_size=20), max_size=10))
def test_any_id_has_a_number(ids: list[str]) -> None:
    numbers = permanent_numbers([*ids, "\ud800"], "salt")
    assert ((numbers >= 0) & (numbers < 1)).all()


@pytest.mark.parametrize("salt", ["", "x" * 65])
def test_a_salt_that_is_no_key_is_refused(salt: str) -> None:
    with pytest.raises(ValueError, match="1 to 64 bytes"):
        permanent_numbers(["c"], salt)


@given(SCORES, st.floats(0.01, 100))
def test_probabilities_add_up_to_what_is_expected_and_grow_with_the_score(
    scores: np.ndarray, expected: float
) -> None:
    probability = inclusion(scores, expected)
    assert ((probability > 0) & (probability <= 1)).all()
    assert probability.sum() == pytest.approx(min(expected, len(scores)))
    assert (np.diff(probability[np.argsort(scores)]) >= -1e-12).all()


def test_no_comment_is_much_less_likely_than_by_a_plain_draw() -> None:
    scores = np.concatenate([np.zeros(100), np.ones(10_000)])
    probability = inclusion(scores, 100)
    assert probability.min() >= 0.29 * 100 / len(scores)


@pytest.mark.parametrize(
    ("scores", "expected", "says"),
    [([0.5], 0, "more than 0"), ([1.5], 1, "between 0 and 1"), ([np.nan], 1, "between 0 and 1")],
)
def test_impossible_draws_are_refused(scores: list[float], expected: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        inclusion(np.array(scores), expected)


def test_a_draw_has_about_the_size_expected_and_a_larger_one_holds_it() -> None:
    scores = np.random.default_rng(1).beta(0.3, 3, len(IDS))
    small = draw(IDS, inclusion(scores, 200), "salt")
    large = draw(IDS, inclusion(scores, 600), "salt")
    assert abs(len(small.chosen) - 200) < 4 * 200**0.5
    assert abs(len(large.chosen) - 600) < 4 * 600**0.5
    assert set(small.chosen) <= set(large.chosen)


def test_drawing_follows_the_probabilities() -> None:
    probability = np.where(np.arange(len(IDS)) % 2 == 0, 0.1, 0.4)
    drawn = np.zeros(len(IDS))
    for salt in range(40):
        drawn[draw(IDS, probability, f"salt {salt}").chosen] += 1
    for p in (0.1, 0.4):
        share = drawn[probability == p].mean() / 40
        assert share == pytest.approx(p, abs=4 * (p * (1 - p) / 100_000) ** 0.5)


def test_a_draw_refuses_what_cannot_be_weighted() -> None:
    for bad in (0.0, 1.1, np.nan):
        with pytest.raises(ValueError, match="above 0"):
            draw(["c"], np.array([bad]), "salt")
    with pytest.raises(ValueError, match="do not match"):
        draw(["c", "d"], np.array([0.5]), "salt")


def test_an_unfinished_audit_is_the_draw_of_a_smaller_one() -> None:
    probability = np.random.default_rng(2).uniform(0.05, 1.0, len(IDS))
    whole = draw(IDS, probability, "salt")
    decided = np.zeros(len(IDS), bool)
    decided[whole.chosen[:500]] = True
    decided[whole.chosen[-1]] = True  # out of turn
    smaller, members = whole.so_far(decided)
    assert set(np.flatnonzero(members)) == set(whole.chosen[:500])
    assert set(draw(IDS, smaller, "salt").chosen) == set(whole.chosen[:500])


def test_a_finished_audit_is_the_draw_itself() -> None:
    probability = np.full(len(IDS), 0.1)
    whole = draw(IDS, probability, "salt")
    same, members = whole.so_far(np.ones(len(IDS), bool))
    assert (same == probability).all()
    assert set(np.flatnonzero(members)) == set(whole.chosen)
