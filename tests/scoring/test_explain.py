"""The words behind a score, found while somebody looks at the text."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.scoring.marking import WINDOW, Marking
from triage.domain.scores import Label, Scorer, Scores, ToxicSpan
from triage.errors import ScorerError, UsageError
from triage.scoring.explain import Explainer

SOON = 10  # seconds, for a machine that is busy
ANY: dict[str, str | None] = {"marking": None}

Explaining = Callable[[Scorer], Explainer]


@pytest.fixture
def explaining() -> Iterator[Explaining]:
    made: list[Explainer] = []

    def make(scorer: Scorer) -> Explainer:
        made.append(Explainer(lambda key: scorer if key == "marking" else None))
        return made[-1]

    yield make
    for explainer in made:
        explainer.close()


class Slow(Marking):
    """Takes its time, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def score(self, texts: Sequence[str]) -> list[Scores]:
        assert self.go.wait(SOON)
        return super().score(texts)


class Broken(Marking):
    """Cannot read its weights the first time."""

    def score(self, texts: Sequence[str]) -> list[Scores]:
        if not self.asked:
            self.asked += texts
            raise ScorerError("the weights were altered")
        return super().score(texts)


class Careless(Marking):
    def score(self, texts: Sequence[str]) -> list[Scores]:
        if texts == ["crash"]:
            raise ZeroDivisionError("oh")
        return [Scores({Label.TOXICITY: 0.5}, spans=(ToxicSpan(0, 99, 1.0),)) for _ in texts]


def test_the_words_and_their_scorer_are_told(explaining: Explaining) -> None:
    future = explaining(Marking()).explain("you idiot", {"other": "7", "marking": "1"})
    assert future is not None
    explanation = future.result(SOON)
    assert explanation.scorer.key == "marking"
    assert explanation.scores.spans == (ToxicSpan(4, 9, 0.9),)
    assert explanation.strongest is None, "the text was not cut"


def test_the_part_of_a_long_text_that_scored_highest_is_told(explaining: Explaining) -> None:
    text = "calm " * 60 + "idiot"
    future = explaining(Marking()).explain(text, ANY)
    assert future is not None
    strongest = future.result(SOON).strongest
    assert strongest is not None
    label, start, end = strongest
    assert label is Label.TOXICITY
    assert len(text) - WINDOW <= start < end == len(text)


def test_where_no_scorer_in_use_marks_words_there_is_nothing_to_wait_for(
    explaining: Explaining,
) -> None:
    assert explaining(Marking()).explain("you idiot", {"detoxify:original": "1"}) is None


def test_nobody_waits_for_the_scorer(explaining: Explaining) -> None:
    slow = Slow()
    explainer = explaining(slow)
    started = time.perf_counter()
    future = explainer.explain("you idiot", ANY)
    assert time.perf_counter() - started < 1
    assert future is not None
    assert not future.done()
    slow.go.set()
    assert future.result(SOON).scores.spans


def test_a_text_is_explained_once_however_often_and_from_wherever_it_is_asked_for(
    explaining: Explaining,
) -> None:
    scorer = Marking()
    explainer = explaining(scorer)
    texts = [f"you idiot {number % 5}" for number in range(50)]

    def ask() -> None:
        for text in texts:
            future = explainer.explain(text, ANY)
            assert future is not None
            future.result(SOON)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(scorer.asked) == sorted(set(texts))


def test_only_the_last_few_hundred_are_kept(explaining: Explaining) -> None:
    scorer = Marking()
    explainer = explaining(scorer)
    for text in ["first", *map(str, range(300)), "299", "first"]:
        future = explainer.explain(text, ANY)
        assert future is not None
        future.result(SOON)
    assert (scorer.asked.count("first"), scorer.asked.count("299")) == (2, 1)


def test_words_of_another_version_are_not_passed_off_as_those_behind_the_scores(
    explaining: Explaining,
) -> None:
    scorer = Marking()
    future = explaining(scorer).explain("you idiot", {"marking": "0"})
    assert future is not None
    with pytest.raises(ScorerError, match="another version of marking"):
        future.result(SOON)
    assert scorer.asked == []


def test_a_scorer_that_fails_is_tried_again_with_the_next_text(explaining: Explaining) -> None:
    explainer = explaining(Broken())
    for _ in range(2):
        future = explainer.explain("you idiot", ANY)
        assert future is not None
        with pytest.raises(ScorerError, match="altered"):
            future.result(SOON)
    future = explainer.explain("another idiot", ANY)
    assert future is not None
    assert future.result(SOON).scores.spans


@pytest.mark.parametrize(("text", "says"), [("crash", "ZeroDivisionError"), ("short", "beyond")])
def test_whatever_a_scorer_of_others_does_is_an_error_with_its_name(
    explaining: Explaining, text: str, says: str
) -> None:
    future = explaining(Careless()).explain(text, ANY)
    assert future is not None
    with pytest.raises(ScorerError, match=f"'marking'.*{says}"):
        future.result(SOON)


def test_a_scorer_that_is_not_here_any_more_is_said_so() -> None:
    def find(key: str) -> Scorer | None:
        raise UsageError(f"there is no scorer {key!r}")

    future = Explainer(find).explain("you idiot", ANY)
    assert future is not None
    with pytest.raises(UsageError, match="no scorer 'marking'"):
        future.result(SOON)
