"""What every scorer promises, whatever is inside it."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.scoring.far_side import far_side, perspective, remote
from tests.scoring.tiny_detoxify import PROSE, needs_detoxify, write_tiny
from triage.domain.policy import Threshold
from triage.domain.remotes import Remote
from triage.domain.scores import Label, Mode, Scorer, Scores
from triage.scoring.choosing import Choices
from triage.scoring.learned import LearnedScorer, Taught, base_of, packed, version_of
from triage.scoring.models.shelf import Shelf
from triage.scoring.ngrams import BUCKETS
from triage.scoring.registry import load_scorer

ONE_PER_ARCHITECTURE = ("original", "unbiased", "multilingual", "original-small")
SCORERS = [
    ("compact", Mode.EXACT),
    *(
        pytest.param((f"detoxify:{name}", mode), marks=needs_detoxify)
        for mode in (Mode.EXACT, Mode.FAST)
        for name in ONE_PER_ARCHITECTURE
    ),
    ("remote:ours", Mode.EXACT),
    ("compact+site", Mode.EXACT),
]
TEXTS = [
    "Thank you, that fixed it.",
    "You are an idiot!",
    "I disagree with the second point, but the first one is good.",
    "WHAT IS THIS???",
    "こんにちは 🙂",
    "a",
    "calm words " * 120 + "you are an idiot",
]
CLOSE = {Mode.EXACT: 1e-5, Mode.FAST: 0.005}
"""How far a score may move with what is rated beside it."""
NEIGHBOURS = [
    " ".join(PROSE.split()[start : start + 1 + 3 * start % 41]) for start in range(0, 60, 2)
]
"""Texts of one word up to forty, to be rated beside."""
THRESHOLDS = [Threshold(Label.THREAT, 0.3)]
"""Those near which a fast scorer is exact."""
FAR_SIDE = """
kind = "perspective"
model_version = "1"
requests_per_second = 1000
"""


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def remotes(models_dir: Path) -> Iterator[tuple[Remote, ...]]:
    """One remote scorer, whose far side is on this machine."""
    with far_side(perspective) as far:
        yield (remote(models_dir, far.url, FAR_SIDE),)


@pytest.fixture(scope="module", params=SCORERS, ids=lambda it: f"{it[0]}-{it[1]}")
def chosen(request: pytest.FixtureRequest, models_dir: Path) -> tuple[str, Choices]:
    """A scorer's key and how it computes; its files are there."""
    key, mode = request.param
    name = key.removeprefix("detoxify:")
    if name != key and not (models_dir / name).exists():
        write_tiny(models_dir, name)
    if mode is Mode.FAST:
        Shelf(models_dir).convert(name)
    return key, Choices(mode, lambda: THRESHOLDS)


@pytest.fixture(scope="module")
def scorer(
    chosen: tuple[str, Choices], models_dir: Path, remotes: tuple[Remote, ...]
) -> Iterator[Scorer]:
    key, choices = chosen
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield loaded(key, models_dir, remotes, choices)


def loaded(key: str, models_dir: Path, remotes: tuple[Remote, ...], choices: Choices) -> Scorer:
    """Return the scorer with a key; a learned one lies in a database, and is made here."""
    below = base_of(key)
    scorer = load_scorer(below or key, models_dir=models_dir, remotes=remotes, choices=choices)
    if below is None:
        return scorer
    weights = np.random.default_rng(1).normal(0, 1, BUCKETS)
    state = packed({Label.TOXICITY: Taught(np.array([0.8, 1.2, -0.1]), weights)})
    return LearnedScorer(scorer, version_of(state, scorer.info.version), lambda: state)


def same(left: Scores, right: Scores) -> bool:
    """Return whether two answers are the same, as closely as this scorer has to be."""
    close = CLOSE[Mode.FAST if left.rough or right.rough else Mode.EXACT]
    return left.values == pytest.approx(dict(right.values), abs=close)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_there_is_one_row_per_text(scorer: Scorer, count: int) -> None:
    assert len(scorer.score(TEXTS[:count])) == count


def test_the_labels_are_the_declared_ones_and_the_scores_lie_between_0_and_1(
    scorer: Scorer,
) -> None:
    for scores in scorer.score(TEXTS):
        assert tuple(scores.values) == scorer.info.labels
        assert all(0.0 <= score <= 1.0 for score in scores.values.values())


def test_texts_do_not_all_score_the_same(scorer: Scorer) -> None:
    for label in scorer.info.labels:
        assert len({scores.values[label] for scores in scorer.score(TEXTS)}) > 1


def test_a_batch_gives_what_singles_give(scorer: Scorer) -> None:
    for text, scores in zip(TEXTS, scorer.score(TEXTS), strict=True):
        assert same(scorer.score([text])[0], scores)


@pytest.mark.parametrize("seed", range(3))
def test_a_score_does_not_hang_on_its_neighbours(scorer: Scorer, seed: int) -> None:
    texts = [*TEXTS, *NEIGHBOURS]
    alone = [scorer.score([text])[0] for text in texts]
    draw = random.Random(seed)
    order = draw.sample(range(len(texts)), len(texts))
    some = draw.randint(2, len(texts))
    found = [*scorer.score([texts[at] for at in order[:some]])]
    found += scorer.score([texts[at] for at in order[some:]])
    for at, scores in zip(order, found, strict=True):
        assert same(scores, alone[at])
        assert scores.mentions == pytest.approx(dict(alone[at].mentions), abs=CLOSE[Mode.FAST])
        assert scores.rough == alone[at].rough


def test_threads_may_share_it(scorer: Scorer) -> None:
    texts = [*TEXTS, *NEIGHBOURS]
    alone = scorer.score(texts)
    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(scorer.score, [texts] * 6):
            assert all(same(*pair) for pair in zip(found, alone, strict=True))


def test_a_fast_scorer_rates_roughly_what_is_near_no_threshold(
    scorer: Scorer, chosen: tuple[str, Choices], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [*TEXTS, *NEIGHBOURS]
    found = [scores.values for scores in scorer.score(texts)]
    apart = {
        label: max(one[label] for one in found) - min(one[label] for one in found)
        for label in scorer.info.labels
    }
    label = max(apart, key=apart.__getitem__)
    lowest = Threshold(label, min(one[label] for one in found))
    monkeypatch.setattr(sys.modules[__name__], "THRESHOLDS", [lowest])
    rough = {scores.rough for scores in scorer.score(texts)}
    assert rough == ({True, False} if chosen[1].mode is Mode.FAST else {False})


def test_the_order_is_kept(scorer: Scorer) -> None:
    there, back = scorer.score(TEXTS), scorer.score(TEXTS[::-1])
    assert all(same(*pair) for pair in zip(there, reversed(back), strict=True))


def test_mentions_are_probabilities_and_never_labels(scorer: Scorer) -> None:
    first, *others = scorer.score(TEXTS)
    for scores in others:
        assert scores.mentions.keys() == first.mentions.keys()
        assert all(0.0 <= probability <= 1.0 for probability in scores.mentions.values())
    assert first.mentions.keys().isdisjoint(scorer.info.labels)


def test_equal_texts_get_equal_scores(scorer: Scorer) -> None:
    first, _, last = scorer.score([TEXTS[1], TEXTS[0], TEXTS[1]])
    assert first == last


@pytest.mark.parametrize("blank", ["", " \n\t", "\u200b\u202e"])
def test_an_empty_text_is_not_scored_and_says_why(scorer: Scorer, blank: str) -> None:
    middle = scorer.score([TEXTS[0], blank, TEXTS[1]])[1]
    assert middle == Scores(not_scored="empty text")


def test_a_long_text_is_read_to_its_end(scorer: Scorer) -> None:
    """A random model may find any one ending harmless, but hardly all eight."""
    calm = "The library opens at nine and closes at six. " * 130  # 1,170 words
    words = ["idiot", "stupid", "shut", "moron", "worthless", "liar", "hate", "scum"]
    endings = [f"You {word}! " * 12 for word in words]
    without, *with_an_ending = scorer.score([calm, *(calm + ending for ending in endings)])
    in_the_middle = scorer.score([calm[:4500] + ending + calm[4500:] for ending in endings])
    assert not all(same(without, scores) for scores in with_an_ending)
    assert not all(same(without, scores) for scores in in_the_middle)


def test_marked_words_lie_inside_their_text_in_order(scorer: Scorer) -> None:
    rated = scorer.score(TEXTS)
    for text, scores in zip(TEXTS, rated, strict=True):
        edges = [edge for span in scores.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(text) for edge in edges)
        assert all(span.start < span.end and 0 <= span.weight <= 1 for span in scores.spans)
    assert any(scores.spans for scores in rated) == scorer.info.marks_spans


def test_the_place_that_gave_a_score_lies_inside_a_text_that_was_cut(scorer: Scorer) -> None:
    for text, scores in zip(TEXTS, scorer.score(TEXTS), strict=True):
        assert scores.where.keys() <= scores.values.keys()
        for start, end in scores.where.values():
            assert 0 <= start < end <= len(text)
            assert (start, end) != (0, len(text)), "what was not cut has no place"


@pytest.mark.parametrize("bad", ["one text", [None], [float("nan")]])
def test_what_is_no_list_of_texts_is_refused(scorer: Scorer, bad: Any) -> None:
    with pytest.raises(TypeError):
        scorer.score(bad)


def test_the_version_is_stable(
    scorer: Scorer,
    chosen: tuple[str, Choices],
    models_dir: Path,
    remotes: tuple[Remote, ...],
) -> None:
    key, choices = chosen
    assert loaded(key, models_dir, remotes, choices).info == scorer.info


def test_info_is_known_without_heavy_imports(
    scorer: Scorer, chosen: tuple[str, Choices], models_dir: Path
) -> None:
    key, choices = chosen
    key = base_of(key) or key  # what was learned is read when it rates
    code = f"""
import sys
from pathlib import Path
from triage.domain.scores import Mode
from triage.remotes import read_remotes
from triage.scoring.choosing import Choices
from triage.scoring.registry import load_scorer
models_dir = Path({str(models_dir)!r})
remotes = read_remotes(models_dir / "remotes.toml", {{}})
choices = Choices(Mode({choices.mode.value!r}))
scorer = load_scorer({key!r}, models_dir=models_dir, remotes=remotes, choices=choices)
print(scorer.info.version)
heavy = {{"torch", "transformers", "safetensors", "onnxruntime", "tokenizers", "numpy"}}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    below = scorer.base if isinstance(scorer, LearnedScorer) else scorer
    assert done.stdout.strip() == below.info.version
