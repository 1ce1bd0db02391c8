"""Which labels count, with which chance: rule by rule, and unbiased over many draws."""

from __future__ import annotations

import numpy as np
import pytest

from triage.tuning.curves import UNKNOWN, UNSETTLED, Curves
from triage.tuning.labelling import Asked, Sample, chances, evidence, is_among, is_rejected
from triage.tuning.sampling import draw, inclusion

NO = np.zeros(1, bool)
YES = np.ones(1, bool)


def asked(
    *,
    by_policy: bool = False,
    by_person: bool = False,
    earlier: bool = False,
    decided: bool = False,
    automatic: bool = False,
    share: float = 0.0,
    probability: float = 0.0,
    number: float = 0.0,
    drawn: bool = False,
) -> Asked:
    flags = (np.array([one]) for one in (by_policy, by_person, earlier, decided, automatic))
    sample = Sample(np.array([probability]), np.array([number]), np.array([drawn]))
    return Asked(*flags, np.array([share]), sample)


@pytest.mark.parametrize(
    ("how", "chance", "counts"),
    [
        ({}, 0.0, False),
        ({"decided": True}, 0.0, False),  # by somebody's choice
        ({"by_policy": True}, 1.0, True),
        ({"by_person": True}, 1.0, True),
        ({"earlier": True, "decided": True}, 1.0, True),
        ({"probability": 0.1, "number": 0.5}, 0.1, False),
        ({"probability": 0.1, "number": 0.5, "decided": True}, 0.1, False),  # out of the sample
        ({"probability": 0.1, "number": 0.05, "drawn": True, "decided": True}, 0.1, True),
        # Waiting: the audit has come as far as its turn, 0.05 / 0.1.
        ({"probability": 0.1, "number": 0.05, "drawn": True}, 0.05, False),
        ({"probability": 0.1, "number": 0.05, "drawn": True, "by_policy": True}, 1.0, True),
        # A person's flag may come of the draw: the comment stays a drawn one.
        (
            {"probability": 0.1, "number": 0.05, "drawn": True, "by_person": True, "decided": True},
            0.1,
            True,
        ),
        ({"probability": 0.1, "number": 0.5, "by_person": True}, 1.0, True),
        ({"probability": 0.1, "number": 0.5, "earlier": True}, 0.1, False),
        # What a policy decides by itself: flagged, and asked about by chance all the same.
        (
            {"by_policy": True, "automatic": True, "share": 0.1, "probability": 0.1, "number": 0.5},
            0.1,
            False,
        ),
        (
            {"by_policy": True, "automatic": True, "share": 0.1, "probability": 0.1, "number": 0.05}
            | {"drawn": True, "decided": True},
            0.1,
            True,
        ),
        # Never finished: what waits counts at once, as unsettled.
        (
            {"by_policy": True, "automatic": True, "share": 0.1, "probability": 0.1, "number": 0.05}
            | {"drawn": True},
            0.1,
            True,
        ),
    ],
)
def test_a_comment_counts_as_it_came_to_be_reviewed(
    how: dict[str, float], chance: float, counts: bool
) -> None:
    found = chances(asked(**how))  # type: ignore[arg-type]
    assert found.probability.tolist() == pytest.approx([chance])
    assert found.counts.tolist() == [counts]


def test_what_was_decided_out_of_turn_does_not_count_yet() -> None:
    number = np.array([0.02, 0.04, 0.06])
    decided = np.array([True, False, True])
    no = np.zeros(3, bool)
    sample = Sample(np.full(3, 0.1), number, np.ones(3, bool))
    found = chances(Asked(no, no, no, decided, no, np.zeros(len(no)), sample))
    assert found.probability.tolist() == pytest.approx([0.04] * 3)
    assert found.in_turn.tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("approved", "rejected", "given", "refused", "other", "truth"),
    [
        (NO, NO, NO, NO, NO, UNKNOWN),
        (YES, NO, NO, NO, NO, 0),
        (YES, NO, YES, NO, NO, 1),  # approved, and confirmed by the decider's annotation
        (NO, YES, YES, NO, YES, 1),
        (NO, YES, NO, NO, YES, 0),
        (NO, YES, NO, YES, NO, 0),
        (NO, YES, NO, NO, NO, UNKNOWN),
        (NO, NO, YES, NO, NO, UNKNOWN),  # escalated
    ],
)
def test_a_decision_says_of_a_label_what_its_reasons_say(
    approved: np.ndarray,
    rejected: np.ndarray,
    given: np.ndarray,
    refused: np.ndarray,
    other: np.ndarray,
    truth: int,
) -> None:
    assert is_among(approved, rejected, given, refused, other).tolist() == [truth]


def test_a_drawn_comment_rejected_without_a_label_is_unsettled() -> None:
    drawn = asked(probability=0.1, number=0.01, drawn=True, decided=True)
    flagged = asked(by_policy=True, decided=True)
    unsaid = np.array([UNKNOWN], np.int8)
    assert evidence(np.array([0.2]), unsaid, chances(drawn))[0].label.tolist() == [UNSETTLED]
    assert evidence(np.array([0.9]), unsaid, chances(flagged))[0].label.tolist() == [UNKNOWN]


def test_comments_without_a_score_are_left_out() -> None:
    no, score = np.zeros(3, bool), np.array([0.2, np.nan, 0.9])
    sample = Sample(np.zeros(3), np.zeros(3), no)
    found, rows = evidence(
        score, np.full(3, UNKNOWN, np.int8), chances(Asked(no, no, no, no, no, np.zeros(3), sample))
    )
    assert rows.tolist() == [0, 2]
    assert found.score.tolist() == [0.2, 0.9]


def test_for_the_whole_policy_the_truth_is_the_verdict() -> None:
    approved, rejected = np.array([True, False, False]), np.array([False, True, False])
    assert is_rejected(approved, rejected).tolist() == [0, 1, UNKNOWN]


@pytest.mark.parametrize("share_reviewed", [0.3, 1.0])
def test_estimates_are_right_on_average_over_draws_halfway_and_finished(
    share_reviewed: float,
) -> None:
    """Horvitz and Thompson's estimate has the true total as its mean, whatever was chosen before.

    Some comments below the threshold were decided by choice before the draw, toxic ones rather.
    """
    rng = np.random.default_rng(5)
    size = 1_500
    score = rng.beta(0.5, 3, size)
    truth = (rng.random(size) < score).astype(np.int8)
    flagged = score >= 0.5
    chosen = ~flagged & (rng.random(size) < np.where(truth == 1, 0.3, 0.02))
    pool = np.flatnonzero(~flagged & ~chosen)
    probability = np.zeros(size)
    probability[pool] = inclusion(score[pool], 150)
    missed = int(truth[~flagged].sum())
    no, found = np.zeros(size, bool), []
    for run in range(200):
        sample = draw([str(one) for one in pool], probability[pool], f"salt {run}")
        number, drawn, decided = np.zeros(size), no.copy(), flagged | chosen
        number[pool] = sample.numbers
        drawn[pool[sample.chosen]] = True
        decided[pool[sample.chosen[: int(share_reviewed * len(sample.chosen))]]] = True
        whole = Sample(probability, number, drawn)
        asked = Asked(flagged, no, chosen, decided, no, np.zeros(len(no)), whole)
        known = np.where(decided, truth, UNKNOWN).astype(np.int8)
        own, _ = evidence(score, known, chances(asked))
        found.append(float(Curves(own).at(0.5).missed[0]))
    spread = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - missed) < 4 * spread
    assert spread < 0.1 * missed


def test_what_a_policy_decides_by_itself_is_estimated_without_bias_from_the_share_people_saw() -> (
    None
):
    rng = np.random.default_rng(9)
    size, share = 1_000, 0.2
    score = rng.beta(2, 1.5, size)
    truth = (rng.random(size) < score).astype(np.int8)
    flagged, automatic = score >= 0.5, score >= 0.8
    no, found = np.zeros(size, bool), []
    for _ in range(300):
        number = rng.random(size)
        drawn = automatic & (number < share)
        decided = (flagged & ~automatic) | drawn
        sample = Sample(np.where(automatic, share, 0.0), number, drawn)
        asked = Asked(flagged, no, no, decided, automatic, np.where(automatic, share, 0.0), sample)
        known = np.where(decided, truth, UNKNOWN).astype(np.int8)
        own, _ = evidence(score, known, chances(asked))
        found.append(float(Curves(own).at(0.5).found[0]))
    spread = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - truth[flagged].sum()) < 4 * spread


@pytest.mark.parametrize("reviewed", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("share", "chance"), [(0.1, 0.3), (0.3, 0.1)])
def test_a_range_and_an_audit_that_drew_from_the_same_comments_are_counted_together_without_bias(
    share: float, chance: float, reviewed: float
) -> None:
    """The share of a range was seen; of an audit, drawn before or since, a part in turn."""
    rng = np.random.default_rng(10)
    size = 1_500
    score = np.full(size, 0.02)
    score[:100], score[1_000:] = 0.6, 0.3  # flagged; in no range
    truth = (rng.random(size) < 0.08).astype(np.int8)
    flagged, ranged = score >= 0.5, score < 0.1
    no, found = np.zeros(size, bool), []
    shares = np.where(ranged, share, 0.0)
    probability = np.where(flagged, 0.0, np.maximum(shares, chance))
    for _ in range(300):
        number = rng.random(size)
        drawn = number < probability
        in_turn = drawn & (number < reviewed * probability)
        decided = flagged | in_turn | (number < shares)
        sample = Sample(probability, number, drawn)
        asked = Asked(flagged, no, no, decided, no, shares, sample)
        known = np.where(decided, truth, UNKNOWN).astype(np.int8)
        own, _ = evidence(score, known, chances(asked))
        missed = float(Curves(own).at(0.5).missed[0])
        found.append(missed)
    known_of = ranged if reviewed == 0.0 else ~flagged  # else nothing is known of the others yet
    missed_there = truth[known_of].sum()
    spread = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - missed_there) < 4 * spread
