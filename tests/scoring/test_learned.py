"""A learned scorer: the scorer below, bent by what was learned, and nothing run that was kept."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.scores import Label, ScorerInfo, Scores, ToxicSpan
from triage.errors import ScorerError
from triage.scoring.learned import (
    LearnedScorer,
    Taught,
    base_of,
    packed,
    unpacked,
    version_of,
)
from triage.scoring.ngrams import BUCKETS, grams
from triage.tuning.learning import Fitted, predicted

LABELS = (Label.TOXICITY, Label.INSULT)
INFO = ScorerInfo("plain", "7", LABELS, marks_spans=True)


class Plain:
    """Scores a text by its length, marks its first letter, and cannot read a question."""

    info = INFO

    def score(self, texts: Sequence[str]) -> list[Scores]:
        return [
            Scores(not_scored="a question")
            if "?" in text
            else Scores(
                {Label.TOXICITY: 1 / (1 + len(text)), Label.INSULT: 0.25},
                spans=(ToxicSpan(0, 1, 0.5),),
                mentions={"female": 0.5},
            )
            for text in texts
        ]


def taught(seed: int = 1) -> Taught:
    rng = np.random.default_rng(seed)
    return Taught(np.array([0.7, 1.3, -0.2]), rng.normal(0, 1, BUCKETS).astype(np.float32) * 1.0)


def scorer(state: bytes) -> LearnedScorer:
    return LearnedScorer(Plain(), version_of(state, "7"), lambda: state)


OWN = scorer(packed({Label.TOXICITY: taught()}))


def test_it_says_what_the_fit_predicts_and_leaves_what_was_not_learned() -> None:
    one = taught()
    found = scorer(packed({Label.TOXICITY: one})).score(["you fool", "why?", "you fool"])
    words = grams(["you fool"]).times(one.weights)
    expected = predicted(Fitted(one.beta, one.weights), np.array([1 / 9]), words)
    assert found[0].values[Label.TOXICITY] == pytest.approx(float(expected[0]))
    assert found[0].values[Label.INSULT] == 0.25
    assert (found[0].spans, dict(found[0].mentions)) == ((ToxicSpan(0, 1, 0.5),), {"female": 0.5})
    assert found[1] == Scores(not_scored="a question")
    assert found[2] == found[0]


@given(st.lists(st.text(max_size=30), max_size=6))
def test_a_batch_gives_what_singles_give(texts: list[str]) -> None:
    assert OWN.score(texts) == [OWN.score([text])[0] for text in texts]


def test_its_version_is_that_of_what_was_learned_on_that_very_scorer() -> None:
    state, other = packed({Label.TOXICITY: taught()}), packed({Label.TOXICITY: taught(2)})
    versions = {version_of(state, "7"), version_of(other, "7"), version_of(state, "8")}
    assert len(versions) == 3
    info = scorer(state).info
    assert (info.key, info.version) == ("plain+site", version_of(state, "7"))
    assert info.marks_spans
    moved = LearnedScorer(Plain(), version_of(state, "8"), lambda: state)
    with pytest.raises(ScorerError, match="learned on another version of plain"):
        moved.score(["a"])


def test_what_was_learned_comes_back_from_its_bytes() -> None:
    one = taught()
    found = unpacked(packed({Label.INSULT: one}))
    assert list(found) == [Label.INSULT]
    assert found[Label.INSULT].beta == pytest.approx(one.beta)
    assert found[Label.INSULT].weights == pytest.approx(one.weights)


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("it was run",))


def test_bytes_that_are_no_state_are_refused_and_run_nothing() -> None:
    buffer = BytesIO()
    np.savez(buffer, **{"toxicity.beta": np.array([Bomb()], dtype=object)})
    for state in (b"", b"PK nonsense", pickle.dumps(Bomb()), buffer.getvalue()):
        with pytest.raises(ScorerError, match="cannot be read"):
            unpacked(state)
    for bad in (np.array([1.0, np.nan, 0.0]), np.array([1.0, 1.0])):
        with pytest.raises(ScorerError, match="numbers that are none"):
            unpacked(packed({Label.TOXICITY: replace(taught(), beta=bad)}))


def test_a_learned_key_names_the_scorer_below() -> None:
    assert base_of("compact+site") == "compact"
    assert base_of("compact") is None
    assert base_of("+site") is None


@given(st.text(max_size=60))
def test_features_of_a_text_are_each_there_once_and_of_length_one(text: str) -> None:
    found = grams([text])
    assert len(set(found.column.tolist())) == len(found.column)
    if len(found.column):
        assert len(found.column) * found.value[0] ** 2 == pytest.approx(1)
