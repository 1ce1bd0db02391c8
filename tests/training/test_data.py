"""Rows and what becomes of them before the encoder sees them, on small sets of our own."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tokenizers import Tokenizer

from tests.training.word_tokenizer import word_tokenizer
from training.data import Rows, load
from training.disguises import DISGUISES
from training.tokens import Augmentation, encode
from triage.domain.scores import Label
from triage.scoring.compact import LABELS, WINDOW

SEED = 3
RATED = [label.value for label in LABELS[:6]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with small sets in the layout of the real ones."""
    monkeypatch.setattr("training.data.HELD_OUT", 4)
    monkeypatch.setattr("training.data.CALIBRATION", 4)
    monkeypatch.setattr("training.data._REDDIT_CALIBRATION", 2)
    monkeypatch.setattr("training.data._SPANS_CALIBRATION", 3)
    wikipedia = pd.DataFrame({"text": [f"wiki {at}" for at in range(40)]})
    for label in RATED:
        wikipedia[label] = (wikipedia.index % 4 == 0).astype(int)
    wikipedia["natural_block"] = wikipedia.index < 20
    civil = pd.DataFrame({"text": [f"civil fool {at}" for at in range(20)], "spans": "[]"})
    civil["spans"] = '[["Insult", 6, 10]]'
    for label in ("toxicity", "obscene", "threat", "insult", "identity_attack"):
        civil[label] = 0.4
    offsets = pd.DataFrame({"text": civil["text"][:10], "spans": "[6, 7]"})
    github = pd.DataFrame({"text": [f"issue {at}" for at in range(30)], "incivility": [0, 1] * 15})
    reddit = pd.DataFrame({"text": [f"reddit {at}" for at in range(10)], "incivility": [0, 1] * 5})
    reddit["split"] = ["train", "test"] * 5
    threads = pd.DataFrame({"text": [f"ISSUE  {at}!" for at in range(3)], "tbdf": "none"})
    sexism = pd.DataFrame({"text": ["s 1", "s 2"], "label_category": ["none", "2. derogation"]})
    emoji = pd.DataFrame({"text": ["e"], "toxicity": [1], "type": ["threateninglanguage"]})
    tweets = pd.DataFrame({"text": ["t 1", "t 2"], "label": ["hate", "offensive"]})
    tweets["n_hate"], tweets["n_neither"], tweets["n_raters"] = 2, 0, 3
    for name, frame in {
        "wikipedia_talk": wikipedia,
        "civil_comments_spans": civil,
        "civil_comments_span_offsets": offsets,
        "github_issues_incivility": github,
        "reddit_incivility": reddit,
        "github_threads": threads,
        "edos_sexism": sexism,
        "hatemoji_build": emoji,
        "davidson_tweets": tweets,
    }.items():
        frame.to_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def column(rows: Rows, source: str, label: Label) -> tuple[np.ndarray, np.ndarray]:
    own, at = rows.source == source, LABELS.index(label)
    return rows.targets[own, at], rows.weights[own, at]


def test_the_same_seed_holds_out_the_same_rows(folder: Path) -> None:
    once, again, other = (load(folder, seed) for seed in (SEED, SEED, SEED + 1))
    assert once.texts == again.texts
    assert once.part.tolist() == again.part.tolist()
    held = {(t, p) for t, p in zip(once.texts, once.part, strict=True) if p != "train"}
    assert held != {(t, p) for t, p in zip(other.texts, other.part, strict=True) if p != "train"}


def test_only_natural_rows_are_held_out_of_wikipedia(folder: Path) -> None:
    rows = load(folder, SEED)
    own = rows.of((rows.source == "wikipedia") & (rows.part != "train"))
    assert sorted(own.part.tolist()) == ["calibration"] * 4 + ["test"] * 4
    assert all(int(text.split()[1]) < 20 for text in own.texts)


def test_spans_are_kept_for_the_check_and_for_choosing_from_where_to_mark(folder: Path) -> None:
    rows = load(folder, SEED)
    own = rows.of((rows.source == "civil") & (rows.part != "train"))
    assert sorted(own.part.tolist()) == ["calibration"] * 3 + ["test"]
    assert own.mark_weights.tolist() == [1.0] * 4, "those that raters agreed on"


def test_what_a_set_does_not_say_has_no_weight(folder: Path) -> None:
    rows = load(folder, SEED)
    assert not column(rows, "reddit", Label.TOXICITY)[1].any()
    assert not column(rows, "civil", Label.SEVERE_TOXICITY)[1].any()
    assert (column(rows, "reddit", Label.INCIVILITY)[1] > 0).all()
    targets, weights = column(rows, "sexism", Label.TOXICITY)
    assert weights.tolist() == [0.0, pytest.approx(0.4)]
    assert targets[1] == pytest.approx(0.9)


def test_shares_of_raters_stay_shares(folder: Path) -> None:
    targets, _ = column(load(folder, SEED), "civil", Label.INSULT)
    assert set(targets.tolist()) == {np.float32(0.4)}


def test_a_held_out_text_that_recurs_in_training_is_left_out(folder: Path) -> None:
    rows = load(folder, SEED)
    recurring = {"issue 0", "issue 1", "issue 2"}
    held = {text for text, part in zip(rows.texts, rows.part, strict=True) if part != "train"}
    assert not held & recurring


def test_agreed_offsets_are_the_span_and_others_count_half(folder: Path) -> None:
    rows = load(folder, SEED)
    for text, marks, weight in zip(rows.texts, rows.marks, rows.mark_weights, strict=True):
        if not text.startswith("civil"):
            continue
        assert marks is not None
        agreed = int(text.split()[2]) < 10
        assert np.flatnonzero(marks).tolist() == ([6, 7] if agreed else [6, 7, 8, 9])
        assert weight == (1.0 if agreed else 0.5)


def test_the_offensive_tweets_are_left_out(folder: Path) -> None:
    rows = load(folder, SEED)
    assert "t 1" in rows.texts
    assert "t 2" not in rows.texts


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return word_tokenizer("calm", "fool", "you", ".", "f", "o", "l")


def rows_of(*texts: tuple[str, float, str]) -> Rows:
    """Return rows of (text, toxicity, marked word)."""
    targets = np.zeros((len(texts), len(LABELS)), np.float32)
    targets[:, 0] = [toxicity for _, toxicity, _ in texts]
    marks: list[np.ndarray | None] = []
    for text, _, word in texts:
        marked = np.zeros(len(text), np.float32)
        if word:
            marked[text.index(word) : text.index(word) + len(word)] = 1
        marks.append(marked)
    return Rows(
        texts=[text for text, _, _ in texts],
        targets=targets,
        weights=np.ones_like(targets),
        marks=marks,
        mark_weights=np.ones(len(texts), np.float32),
        source=np.full(len(texts), "own"),
        part=np.full(len(texts), "train"),
    )


def test_marks_follow_their_words_through_the_preparation(tokenizer: Tokenizer) -> None:
    rows = rows_of(("you f o o l .", 1.0, "f o o l"), ("calm you", 0.0, ""))
    how = Augmentation(frozenset({"fool"}))
    encoded = encode(rows, np.arange(2), tokenizer, how, seed=1)
    marked = encoded.marks[0]
    assert marked is not None
    assert [marked[at] for at, one in enumerate(encoded.ids[0]) if one in (2, 3, 6, 7)] == [0] * 4
    assert not np.any(encoded.marks[1])


def test_of_a_long_toxic_text_the_part_with_the_hard_word_is_seen(tokenizer: Tokenizer) -> None:
    text = "calm " * 900 + "fool " + "calm " * 900
    rows = rows_of((text, 1.0, "fool"))
    for seed in range(5):
        encoded = encode(rows, np.arange(1), tokenizer, Augmentation(frozenset({"fool"})), seed)
        assert 5 in encoded.ids[0]
        assert len(encoded.ids[0]) in (WINDOW + 2, 2 * WINDOW + 2)


def test_a_disguised_row_has_no_marks_to_learn_from(tokenizer: Tokenizer) -> None:
    rows = rows_of(("you fool", 1.0, "fool"), ("calm you", 0.0, ""))
    how = Augmentation(frozenset({"fool"}), disguise=1.0, kinds=("split",))
    encoded = encode(rows, np.arange(2), tokenizer, how, seed=1)
    assert encoded.marks[0] is None
    assert not np.any(encoded.marks[1]), "nothing marked stays nothing marked"


def test_company_moves_the_marks_along(tokenizer: Tokenizer) -> None:
    rows = rows_of(("you fool", 1.0, "fool"), ("calm", 0.0, ""))
    how = Augmentation(frozenset({"fool"}), dilute=1.0)
    for seed in range(6):
        encoded = encode(rows, np.arange(2), tokenizer, how, seed)
        marked = encoded.marks[0]
        assert marked is not None
        assert [one for one, mark in zip(encoded.ids[0], marked, strict=True) if mark > 0] == [5]


def test_what_is_said_over_and_over_keeps_its_marks(tokenizer: Tokenizer) -> None:
    rows = rows_of(("you fool", 1.0, "fool"), ("calm " * 20, 0.0, ""))
    how = Augmentation(frozenset({"fool"}), repeat=1.0)
    encoded = encode(rows, np.arange(2), tokenizer, how, seed=1)
    marked, ids = encoded.marks[0], encoded.ids[0]
    assert marked is not None
    assert 3 <= (ids == 5).sum() < 40
    assert ids[marked > 0].tolist() == [5] * (ids == 5).sum()
    assert len(encoded.ids[1]) == 22, "a long text is not repeated"


@pytest.mark.parametrize("name", DISGUISES)
def test_each_disguise_can_be_encoded(tokenizer: Tokenizer, name: str) -> None:
    rows = rows_of((f"you fool {random.Random(1).random()}", 1.0, "fool"))
    how = Augmentation(frozenset({"fool"}), disguise=1.0, kinds=(name,))
    assert len(encode(rows, np.arange(1), tokenizer, how, seed=2).ids[0]) > 2
