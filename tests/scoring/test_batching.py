from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.scores import Label, Scores
from triage.scoring.batching import batches, check_windows, padded, score_distinct

LENGTHS = st.lists(st.integers(1, 100), max_size=50)


class Recorder:
    """Rates a text by its length, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: list[str]) -> list[Scores]:
        self.asked += texts
        return [Scores({Label.TOXICITY: 1 / (1 + len(text))}) for text in texts]


def test_each_distinct_text_is_rated_once_and_every_row_is_answered_in_order() -> None:
    rate = Recorder()
    scores = score_distinct(["a", "bbb", "a", "", "bbb", " \n", "\u200b"], rate)
    assert rate.asked == ["a", "bbb"]
    assert [one.values.get(Label.TOXICITY) for one in scores] == [0.5, 0.25, 0.5, None, 0.25] + [
        None
    ] * 2
    assert {one.not_scored for one in scores if not one.values} == {"empty text"}


def test_nothing_is_asked_where_there_is_nothing_to_rate() -> None:
    rate = Recorder()
    assert score_distinct([], rate) == []
    assert score_distinct(["", "  "], rate) == [Scores(not_scored="empty text")] * 2
    assert rate.asked == []


@pytest.mark.parametrize("bad", ["one text", ["fine", None], [float("nan")], [b"bytes"]])
def test_what_is_no_list_of_texts_is_refused(bad: Any) -> None:
    with pytest.raises(TypeError, match="text"):
        score_distinct(bad, Recorder())


@given(LENGTHS, st.integers(1, 300))
def test_batches_hold_every_index_once_within_the_budget(lengths: list[int], budget: int) -> None:
    made = list(batches(lengths, budget))
    assert sorted(index for batch in made for index in batch) == list(range(len(lengths)))
    for batch in made:
        padded = max(lengths[index] for index in batch) * len(batch)
        assert padded <= budget or len(batch) == 1


@given(LENGTHS)
def test_batches_go_from_short_to_long(lengths: list[int]) -> None:
    order = [lengths[index] for batch in batches(lengths, 100) for index in batch]
    assert order == sorted(order)


def _cost(made: list[list[int]], lengths: list[int]) -> int:
    return sum(max(lengths[at] for at in batch) * len(batch) + 12 for batch in made)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=9), st.integers(1, 150))
def test_no_other_way_to_cut_costs_less(lengths: list[int], budget: int) -> None:
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    costs = []
    for cuts in product((False, True), repeat=len(order) - 1):
        made = [[order[0]]]
        for at, cut in zip(order[1:], cuts, strict=True):
            made.append([at]) if cut else made[-1].append(at)
        if all(len(one) == 1 or lengths[one[-1]] * len(one) <= budget for one in made):
            costs.append(_cost(made, lengths))
    assert _cost(list(batches(lengths, budget)), lengths) == min(costs)


@given(
    st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=9), min_size=1), st.integers(0, 12)
)
def test_padded_windows_can_be_read_back(windows: list[list[int]], width: int) -> None:
    inputs = padded(windows, width)
    assert inputs["ids"].shape == (len(windows), max(width, *map(len, windows)))
    for ids, real, window in zip(inputs["ids"], inputs["real"], windows, strict=True):
        assert ids[real == 1].tolist() == window
        assert real.tolist() == sorted(real.tolist(), reverse=True)


@pytest.mark.parametrize(
    ("windows", "why"),
    [
        ([[1], []], "between 1 and 3 tokens"),
        ([[1, 2, 3, 4]], "between 1 and 3 tokens"),
        ([[9, 10]], "between 0 and 9"),
        ([[-1]], "between 0 and 9"),
    ],
)
def test_windows_that_a_model_cannot_read_are_refused(windows: list[list[int]], why: str) -> None:
    check_windows([[0, 9, 5]], longest=3, words=10)
    with pytest.raises(ValueError, match=why):
        check_windows(windows, longest=3, words=10)
