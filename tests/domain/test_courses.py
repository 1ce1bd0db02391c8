"""A thread's course: the trend, and the stretch where it derails."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.courses import Course, Step, Stretch
from triage.domain.scores import Label


def course(*scores: float | None) -> Course:
    steps = tuple(Step(f"c{place}", place, score) for place, score in enumerate(scores, 1))
    return Course(Label.INSULT, steps)


def test_it_derails_where_most_of_ten_reach_the_threshold() -> None:
    calm = [0.1] * 12
    told = course(*calm, 0.6, 0.1, 0.5, 0.9, 0.1, *calm).derails(0.5)
    assert told == Stretch(first=13, last=16, over=3, scored=4)


def test_two_harsh_comments_are_no_stretch() -> None:
    assert course(0.9, 0.9, *[0.1] * 20).derails(0.5) is None
    assert course().derails(0.5) is None


def test_what_has_no_score_keeps_its_place_and_counts_for_nothing() -> None:
    told = course(None, 0.9, None, 0.9, 0.9).derails(0.5)
    assert told == Stretch(first=2, last=5, over=3, scored=3)


def test_a_trend_is_the_mean_of_what_stands_around() -> None:
    assert course(0.0, None, 0.5, 1.0).trend(3) == [
        (1, 0.25),
        (3, 0.5),
        (4, 0.75),
    ]
    assert course(None).trend() == []


@given(st.lists(st.none() | st.floats(0, 1), max_size=40), st.floats(0, 1))
def test_no_other_stretch_of_that_length_holds_more(scores: list[float | None], at: float) -> None:
    told = course(*scores).derails(at)
    over = [score >= at for score in scores if score is not None]
    most = max((sum(over[n : n + 10]) for n in range(len(over))), default=0)
    if told is None:
        assert most < 3
        return
    assert told.over == most
    inside = scores[told.first - 1 : told.last]
    assert sum(score is not None and score >= at for score in inside) == told.over
    assert sum(score is not None for score in inside) == told.scored <= 10
    assert all(score is not None and score >= at for score in (inside[0], inside[-1]))


@given(st.lists(st.none() | st.floats(0, 1), max_size=40))
def test_a_trend_has_a_point_per_score_and_stays_among_them(scores: list[float | None]) -> None:
    trend = course(*scores).trend()
    given_scores = [one for one in scores if one is not None]
    assert [place for place, _ in trend] == [
        n for n, one in enumerate(scores, 1) if one is not None
    ]
    for _, mean in trend:
        assert min(given_scores) - 1e-9 <= mean <= max(given_scores) + 1e-9
