"""What a fast mode says near a threshold is never used: the exact mode is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.policy import Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.scoring.batching import score_distinct
from triage.scoring.careful import CarefulScorer

MARGIN = 0.05
MOVES = 0.005
"""How far a fast score may move with its neighbours."""
LABELS = (Label.TOXICITY, Label.THREAT)
AT = [Threshold(Label.TOXICITY, 0.5), Threshold(Label.THREAT, 0.3)]


class Told:
    """Rates a text by the two numbers that it consists of; keeps what it was asked."""

    def __init__(self, version: str) -> None:
        self.info = ScorerInfo("told", version, LABELS, details={"precision": version})
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Scores]:
        self.asked += texts
        return score_distinct(texts, lambda some: [self.one(text, len(some)) for text in some])

    def one(self, text: str, _beside: int) -> Scores:
        return Scores(dict(zip(LABELS, map(float, text.split()), strict=True)))


class Moving(Told):
    """Rates near that, and a little differently with each number of neighbours."""

    def one(self, text: str, beside: int) -> Scores:
        exact = super().one(text, 1).values
        move = MOVES * (-1) ** beside * (beside > 1)
        off = {label: score + 0.9 * MARGIN + move for label, score in exact.items()}
        return Scores({label: min(max(score, 0.0), 1.0) for label, score in off.items()})


def careful(at: Sequence[Threshold] = AT) -> tuple[CarefulScorer, Moving, Told]:
    fast, exact = Moving("int8-1"), Told("1")
    return CarefulScorer(fast, exact, margin=MARGIN, thresholds=lambda: at), fast, exact


scores = st.integers(0, 1000).map(lambda number: number / 1000)
texts = st.lists(st.tuples(scores, scores).map(lambda pair: f"{pair[0]} {pair[1]}"), max_size=12)


@given(texts)
def test_near_a_threshold_all_scores_of_a_text_are_the_exact_ones(rated: list[str]) -> None:
    scorer, _, exact = careful()
    for text, found in zip(rated, scorer.score(rated), strict=True):
        if found.rough:
            for one in AT:
                assert abs(found.values[one.label] - one.at) > MARGIN
        else:
            assert found == exact.score([text])[0]


@given(texts, st.randoms())
def test_a_score_does_not_hang_on_its_neighbours_at_the_edge_of_the_margin_either(
    rated: list[str], draw: object
) -> None:
    scorer, _, _ = careful()
    alone = {text: scorer.score([text])[0] for text in rated}
    draw.shuffle(rated)  # type: ignore[attr-defined]
    for text, found in zip(rated, scorer.score(rated), strict=True):
        assert found.rough == alone[text].rough
        for label in LABELS:
            assert abs(found.values[label] - alone[text].values[label]) <= MOVES + 1e-9


def test_what_is_far_from_every_threshold_never_reaches_the_exact_mode() -> None:
    scorer, _, exact = careful()
    assert [one.rough for one in scorer.score(["0.1 0.1", "0.9 0.9"])] == [True, True]
    assert exact.asked == []


def test_one_label_near_its_threshold_is_enough() -> None:
    scorer, _, exact = careful()
    found = scorer.score(["0.1 0.28", "0.5 0.9"])
    assert [one.rough for one in found] == [False, False]
    assert exact.asked == ["0.1 0.28", "0.5 0.9"]


def test_a_text_that_comes_twice_is_asked_about_once() -> None:
    scorer, _, exact = careful()
    first, second = scorer.score(["0.5 0.5", "0.5 0.5"])
    assert first == second
    assert exact.asked == ["0.5 0.5"]


def test_a_text_that_cannot_be_rated_is_not_rough() -> None:
    scorer, _, exact = careful()
    assert scorer.score([" "]) == [Scores(not_scored="empty text")]
    assert exact.asked == []


def test_thresholds_of_other_labels_are_none_of_its_business() -> None:
    scorer, _, _ = careful([Threshold(Label.INSULT, 0.5)])
    assert scorer.score(["0.5 0.5"])[0].rough
    assert scorer.doubtful() == {}


def test_thresholds_are_asked_for_every_time_and_change_no_version() -> None:
    at = [Threshold(Label.TOXICITY, 0.9)]
    scorer, _, _ = careful(at)
    before = scorer.info
    assert scorer.score(["0.5 0.5"])[0].rough
    at[:] = [Threshold(Label.TOXICITY, 0.5)]
    assert not scorer.score(["0.5 0.5"])[0].rough
    assert scorer.doubtful() == {Label.TOXICITY: [(0.45, 0.55)]}
    assert scorer.info == before


def test_the_version_says_fast_and_follows_both_scorers_and_the_margin() -> None:
    scorer, fast, exact = careful()
    assert scorer.info.version.startswith("fast-")
    assert scorer.info.details["mode"] == "fast, exact near thresholds"
    assert scorer.info.details["exact_version"] == exact.info.version
    other = Told("2")
    versions = {
        CarefulScorer(one, two, margin=margin, thresholds=list).info.version
        for one, two, margin in (
            (fast, exact, MARGIN),
            (fast, exact, 0.06),
            (fast, other, MARGIN),
            (other, exact, MARGIN),
        )
    }
    assert len(versions) == 4


def test_scores_that_come_from_a_fast_mode_stay_marked_beside_others() -> None:
    from triage.scoring.panel import Panel

    scorer, _, exact = careful()
    insult = Told("3")
    insult.info = replace(exact.info, key="other", labels=(Label.INSULT,))
    insult.one = lambda _text, _beside: Scores({Label.INSULT: 0.1})  # type: ignore[method-assign]
    texts = ["0.1 0.1", "0.5 0.5"]
    answers = {one.info.key: one.score(texts) for one in (scorer, insult)}
    found = Panel((scorer, insult)).merged(answers)
    assert [one.rough for one in found] == [True, False]
