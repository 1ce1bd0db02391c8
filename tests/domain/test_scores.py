"""What may be said of a text, and what may not."""

from __future__ import annotations

import pytest

from triage.domain.scores import Label, Scores, ToxicSpan

RATED = {Label.TOXICITY: 0.9}


@pytest.mark.parametrize(
    ("start", "end", "weight"),
    [(-1, 2, 0.5), (2, 2, 0.5), (3, 2, 0.5), (0, 1, 1.1), (0, 1, -0.1), (0, 1, float("nan"))],
)
def test_a_span_holds_a_character_and_weighs_at_most_one(
    start: int, end: int, weight: float
) -> None:
    with pytest.raises(ValueError, match=r"span|weight"):
        ToxicSpan(start, end, weight)


@pytest.mark.parametrize("second", [(2, 6), (0, 2), (3, 4), (4, 9)])
def test_spans_come_in_order_and_do_not_overlap(second: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="in order"):
        Scores(RATED, spans=(ToxicSpan(3, 5, 0.5), ToxicSpan(*second, 0.5)))


def test_spans_may_touch() -> None:
    spans = (ToxicSpan(0, 3, 0.5), ToxicSpan(3, 5, 1.0))
    assert Scores(RATED, spans=spans).spans == spans


def test_a_text_that_is_not_scored_has_no_spans_and_no_places() -> None:
    with pytest.raises(ValueError, match="scored or it is not"):
        Scores(not_scored="empty text", spans=(ToxicSpan(0, 1, 0.5),))
    with pytest.raises(ValueError, match="no score"):
        Scores(not_scored="empty text", where={Label.TOXICITY: (0, 1)})


def test_only_what_is_not_scored_may_be_asked_about_later() -> None:
    assert Scores(not_scored="budget spent", later=True) != Scores(not_scored="budget spent")
    with pytest.raises(ValueError, match="asked about again"):
        Scores(RATED, later=True)


def test_only_scores_are_rough() -> None:
    assert Scores(RATED, rough=True) != Scores(RATED)
    with pytest.raises(ValueError, match="scored or it is not"):
        Scores(not_scored="empty text", rough=True)


def test_a_gap_is_one_between_scores() -> None:
    assert Scores(RATED, gap="refused").gap == "refused"
    with pytest.raises(ValueError, match="scored or it is not"):
        Scores(not_scored="empty text", gap="refused")


def test_a_place_belongs_to_a_label_that_has_a_score() -> None:
    assert Scores(RATED, where={Label.TOXICITY: (0, 900)}).where == {Label.TOXICITY: (0, 900)}
    with pytest.raises(ValueError, match="insult"):
        Scores(RATED, where={Label.INSULT: (0, 900)})
    with pytest.raises(ValueError, match="place"):
        Scores(RATED, where={Label.TOXICITY: (5, 5)})


@pytest.mark.parametrize("probability", [1.1, -0.1, float("nan")])
def test_a_mention_is_a_probability(probability: float) -> None:
    assert Scores(RATED, mentions={"female": 0.25}).mentions == {"female": 0.25}
    with pytest.raises(ValueError, match="female"):
        Scores(RATED, mentions={"female": probability})


def test_a_mention_is_no_label_and_has_a_name() -> None:
    for name, says in (("insult", "is a label"), (" ", "blank"), ("\x1b[2J", "control")):
        with pytest.raises(ValueError, match=says):
            Scores(RATED, mentions={name: 0.5})
    with pytest.raises(ValueError, match="scored or it is not"):
        Scores(not_scored="empty text", mentions={"female": 0.5})


def test_scores_cannot_be_changed_from_outside() -> None:
    given, where, mentions = dict(RATED), {Label.TOXICITY: (0, 9)}, {"female": 0.5}
    scores = Scores(given, where=where, mentions=mentions)
    given[Label.TOXICITY] = 0.0
    where.clear()
    mentions.clear()
    assert (scores.values, scores.where) == (RATED, {Label.TOXICITY: (0, 9)})
    assert scores.mentions == {"female": 0.5}
