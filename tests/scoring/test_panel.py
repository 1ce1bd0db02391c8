"""Several scorers side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.scoring.marking import WINDOW, Marking
from triage.domain.languages import not_scored_for
from triage.domain.scores import Label, ScorerInfo, Scores, ToxicSpan
from triage.scoring.panel import Panel

LONG = "calm " * 60 + "idiot"


def scored(panel: Panel, texts: list[str]) -> list[Scores]:
    return panel.merged({scorer.info.key: scorer.score(texts) for scorer in panel.scorers})


class Placing:
    """Rates one label of every text at its first character; marks nothing."""

    info = ScorerInfo("placing", "1", (Label.TOXICITY, Label.THREAT))

    def score(self, texts: Sequence[str]) -> list[Scores]:
        return [
            Scores(dict.fromkeys(self.info.labels, 0.5), where={Label.THREAT: (0, 1)})
            for _ in texts
        ]


class AlsoMarking(Marking):
    info = ScorerInfo("also", "1", (Label.TOXICITY,), marks_spans=True)

    def score(self, texts: Sequence[str]) -> list[Scores]:
        return [Scores({Label.TOXICITY: 0.5}, spans=(ToxicSpan(0, 1, 0.5),)) for _ in texts]


def test_the_marked_words_are_those_of_the_first_scorer_that_marks_any() -> None:
    (scores,) = scored(Panel((Placing(), Marking(), AlsoMarking())), ["you idiot"])
    assert scores.spans == (ToxicSpan(4, 9, 0.9),)
    (scores,) = scored(Panel((AlsoMarking(), Marking())), ["you idiot"])
    assert scores.spans == (ToxicSpan(0, 1, 0.5),)


def test_a_panel_that_marks_nothing_gives_no_spans() -> None:
    panel = Panel((Placing(),))
    assert panel.marker is None
    assert scored(panel, ["you idiot"])[0].spans == ()


DOWN = Scores(not_scored="the host is down", later=True)
ODD = Scores(not_scored="too many signs")


@pytest.mark.parametrize("said", [(not_scored_for("de"), DOWN), (DOWN, not_scored_for("de"))])
def test_of_a_scorer_that_is_down_the_text_is_to_be_asked_about_again(
    said: tuple[Scores, Scores],
) -> None:
    panel = Panel((Marking(), Placing()))  # Placing has the seat of one label
    keys = [scorer.info.key for scorer in panel.scorers]
    (scores,) = panel.merged({key: [one] for key, one in zip(keys, said, strict=True)})
    assert scores == DOWN


def test_that_a_language_is_not_read_is_the_last_reason_that_is_told() -> None:
    panel = Panel((Marking(), Placing()))
    (scores,) = panel.merged({"marking": [not_scored_for("de")], "placing": [ODD]})
    assert scores == ODD


@pytest.mark.parametrize("order", [1, -1])
def test_the_place_of_each_label_is_that_of_the_scorer_it_comes_from(order: int) -> None:
    panel = Panel((Marking(), Placing())[::order])
    (scores,) = scored(panel, [LONG])
    assert scores.where[Label.THREAT] == (0, 1)
    start, end = scores.where[Label.INSULT]
    assert len(LONG) - WINDOW <= start < end == len(LONG)
    if order == 1:
        assert scores.where[Label.TOXICITY] == (start, end)
    else:
        assert Label.TOXICITY not in scores.where


class Refusing:
    """Rates nothing, of three labels."""

    def __init__(self, why: str, *, later: bool = False) -> None:
        self.info = ScorerInfo(why, "1", (Label.TOXICITY, Label.INSULT, Label.OBSCENE))
        self._scores = Scores(not_scored=why, later=later)

    def score(self, texts: Sequence[str]) -> list[Scores]:
        return [self._scores] * len(texts)


def test_what_a_scorer_does_not_rate_stays_empty_and_says_why() -> None:
    (scores,) = scored(Panel((Refusing("refused"), Placing())), ["you idiot"])
    assert scores.values == {Label.THREAT: 0.5}, "no other scorer's toxicity takes its place"
    assert scores.gap == "refused"
    (scores,) = scored(Panel((Placing(), Refusing("refused"))), ["you idiot"])
    assert (scores.values.keys(), scores.gap) == ({Label.TOXICITY, Label.THREAT}, "refused")
    (scores,) = scored(Panel((Placing(), Marking())), ["you idiot"])
    assert scores.gap is None


def test_what_may_be_rated_later_stays_so() -> None:
    (scores,) = scored(Panel((Refusing("spent", later=True), Refusing("refused"))), ["you idiot"])
    assert scores == Scores(not_scored="spent", later=True)


def test_what_nobody_can_rate_has_no_spans() -> None:
    (scores,) = scored(Panel((Marking(),)), [" "])
    assert scores == Scores(not_scored="empty text")


class Mentioning(Placing):
    info = ScorerInfo("mentioning", "1", (Label.TOXICITY,))

    def score(self, texts: Sequence[str]) -> list[Scores]:
        return [Scores({Label.TOXICITY: 0.5}, mentions={"female": 0.25}) for _ in texts]


@pytest.mark.parametrize("order", [1, -1])
def test_mentions_are_those_of_the_first_scorer_that_knows_any(order: int) -> None:
    panel = Panel((Mentioning(), Placing())[::order])
    assert scored(panel, ["a text"])[0].mentions == {"female": 0.25}
    assert scored(Panel((Placing(),)), ["a text"])[0].mentions == {}
