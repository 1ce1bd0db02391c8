"""The labelled sets, brought to one form: texts, targets, weights, and what each row is for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.own import training_examples
from triage.domain.scores import Label
from triage.scoring.compact import LABELS

__all__ = ["CALIBRATION", "HELD_OUT", "Rows", "joined", "load"]

HELD_OUT = 4000
"""natural_block rows that only the final figures ever see."""
CALIBRATION = 5000
"""Further natural_block rows, for the calibration."""
_REDDIT_CALIBRATION = 500
_GITHUB_HELD_OUT = 1 / 7
_SPANS_HELD_OUT = 1 / 10
_SPANS_CALIBRATION = 500

_RATED = LABELS[:6]
_CIVIL = (Label.TOXICITY, Label.OBSCENE, Label.THREAT, Label.INSULT, Label.IDENTITY_ATTACK)

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one or more sets.

    `targets` and `weights` have shape (rows, labels); where a set does not say, the weight is 0.
    `marks` holds, per row, how far each character belongs to the toxic span (0 to 1), or None
    where nobody marked any; `mark_weights` what that counts. `source` names the set, `part` is
    train, calibration or test.
    """

    texts: list[str]
    targets: Vector
    weights: Vector
    marks: list[Vector | None]
    mark_weights: Vector
    source: NDArray[np.str_]
    part: NDArray[np.str_]

    def of(self, chosen: NDArray[np.bool_]) -> Rows:
        """Return the chosen rows."""
        at = np.flatnonzero(chosen)
        return Rows(
            texts=[self.texts[row] for row in at],
            targets=self.targets[at],
            weights=self.weights[at],
            marks=[self.marks[row] for row in at],
            mark_weights=self.mark_weights[at],
            source=self.source[at],
            part=self.part[at],
        )


def load(folder: Path, seed: int) -> Rows:
    """Return all rows. `folder` holds the sets as Parquet files, see docs/scorers.md.

    A held-out row whose text recurs among the training rows, of any set, is left out: it would
    be remembered, not rated. Texts that differ in case, blanks or punctuation only are the same.
    """
    rng = np.random.default_rng(seed)

    def table(name: str) -> pd.DataFrame:
        return pd.read_parquet(folder / f"{name}.parquet")

    rows = joined(
        [
            _wikipedia(table("wikipedia_talk"), rng),
            _github(table("github_issues_incivility"), rng),
            _reddit(table("reddit_incivility"), rng),
            _civil(table("civil_comments_spans"), table("civil_comments_span_offsets"), rng),
            _threads(table("github_threads")),
            _sexism(table("edos_sexism")),
            _emoji(table("hatemoji_build")),
            _tweets(table("davidson_tweets")),
            _own(),
        ]
    )
    words = [_words(text) for text in rows.texts]
    seen = {one for one, part in zip(words, rows.part, strict=True) if part == "train"}
    return rows.of((rows.part == "train") | [one not in seen for one in words])


def _words(text: str) -> str:
    """Return what of a text counts when two are compared."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def _rows(
    source: str,
    texts: Sequence[str],
    known: Mapping[Label, NDArray[np.floating]],
    part: NDArray[np.str_] | None = None,
    *,
    weight: float = 1.0,
) -> Rows:
    """Return rows of one set: labels that are not `known` have no weight, nor does a NaN."""
    targets = np.zeros((len(texts), len(LABELS)), np.float32)
    weights = np.zeros_like(targets)
    for label, values in known.items():
        there = ~np.isnan(values)
        targets[there, LABELS.index(label)] = values[there]
        weights[there, LABELS.index(label)] = weight
    return Rows(
        texts=list(texts),
        targets=targets,
        weights=weights,
        marks=[None] * len(texts),
        mark_weights=np.zeros(len(texts), np.float32),
        source=np.full(len(texts), source),
        part=np.full(len(texts), "train") if part is None else part,
    )


def _wikipedia(frame: pd.DataFrame, rng: np.random.Generator) -> Rows:
    """Six labels; incivility is 1 where toxic, else taken as a doubtful 0."""
    part = np.full(len(frame), "train", dtype="<U11")
    natural = rng.permutation(np.flatnonzero(frame["natural_block"].to_numpy()))
    part[natural[:HELD_OUT]] = "test"
    part[natural[HELD_OUT : HELD_OUT + CALIBRATION]] = "calibration"
    known = {label: frame[label.value].to_numpy(np.float32) for label in _RATED}
    toxic = known[Label.TOXICITY]
    rows = _rows("wikipedia", frame["text"].tolist(), known | {Label.INCIVILITY: toxic}, part)
    clean = toxic == 0
    rows.weights[clean, LABELS.index(Label.INCIVILITY)] = 0.1
    rows.weights[~clean, LABELS.index(Label.INCIVILITY)] = 0.5
    # Where nobody found anything, no word is to be marked either.
    for row in np.flatnonzero(clean):
        rows.marks[row] = np.zeros(len(rows.texts[row]), np.float32)
    rows.mark_weights[clean] = 0.1
    return rows


def _civil(frame: pd.DataFrame, offsets: pd.DataFrame, rng: np.random.Generator) -> Rows:
    """Shares of raters as soft targets, and the characters that they marked.

    All were pre-selected as toxic by other raters, so a low share is a doubtful negative. Where
    the offsets of SemEval-2021 Task 5 are there, they are the span; elsewhere what any rater
    marked, at half the weight.
    """
    frame = frame.drop_duplicates("text")
    texts = frame["text"].tolist()
    known = {label: frame[label.value].to_numpy(np.float32) for label in _CIVIL}
    part = np.full(len(frame), "train", dtype="<U11")
    agreed = dict(zip(offsets["text"], offsets["spans"].map(json.loads), strict=True))
    ours = np.flatnonzero([text in agreed for text in texts])
    ours, tenth = rng.permutation(ours), round(len(ours) * _SPANS_HELD_OUT)
    part[ours[:tenth]] = "test"
    part[ours[tenth : tenth + _SPANS_CALIBRATION]] = "calibration"
    known[Label.INCIVILITY] = known[Label.TOXICITY]
    rows = _rows("civil", texts, known, part, weight=0.4)
    for row, (text, spans) in enumerate(zip(texts, frame["spans"].map(json.loads), strict=True)):
        marked = np.zeros(len(text), np.float32)
        if text in agreed:
            marked[agreed[text]] = 1.0
        else:
            for _, start, end in spans:
                marked[start:end] += 1
            marked = np.minimum(0.5 + 0.25 * marked, 1.0) * (marked > 0)
        rows.marks[row] = marked.astype(np.float32)
        rows.mark_weights[row] = 1.0 if text in agreed else 0.5
    return rows


def _github(frame: pd.DataFrame, rng: np.random.Generator) -> Rows:
    """Incivility; the set has no split of its own, so a seventh is held out."""
    part = np.where(rng.random(len(frame)) < _GITHUB_HELD_OUT, "test", "train")
    known = {Label.INCIVILITY: frame["incivility"].to_numpy(np.float32)}
    return _rows("github", frame["text"].tolist(), known, part.astype("<U11"))


def _threads(frame: pd.DataFrame) -> Rows:
    """Incivility: whatever was coded as a tone-bearing discussion feature."""
    frame = frame.dropna(subset=["text"])
    uncivil = (frame["tbdf"] != "none").to_numpy().astype(np.float32)
    return _rows("threads", frame["text"].tolist(), {Label.INCIVILITY: uncivil}, weight=0.5)


def _reddit(frame: pd.DataFrame, rng: np.random.Generator) -> Rows:
    """Incivility; a part of the train split is kept for calibration."""
    part = frame["split"].to_numpy().astype("<U11")
    train = rng.permutation(np.flatnonzero(part == "train"))
    part[train[:_REDDIT_CALIBRATION]] = "calibration"
    known = {Label.INCIVILITY: frame["incivility"].to_numpy(np.float32)}
    return _rows("reddit", frame["text"].tolist(), known, part, weight=2.0)


# Sexism by its category. What is not sexist may attack others, so it says little.
_SEXIST: Mapping[str, Mapping[Label, float]] = {
    "1": {Label.TOXICITY: 1.0, Label.IDENTITY_ATTACK: 1.0, Label.INCIVILITY: 1.0},
    "2": {Label.TOXICITY: 0.9, Label.IDENTITY_ATTACK: 1.0, Label.INCIVILITY: 1.0},
    "3": {Label.TOXICITY: 0.7, Label.IDENTITY_ATTACK: 0.7, Label.INCIVILITY: 0.9},
    "4": {Label.TOXICITY: 0.6, Label.IDENTITY_ATTACK: 0.7, Label.INCIVILITY: 0.7},
    "n": {Label.IDENTITY_ATTACK: 0.0},
}


def _sexism(frame: pd.DataFrame) -> Rows:
    kinds = frame["label_category"].str[0]
    known = {
        label: np.array([_SEXIST[kind].get(label, np.nan) for kind in kinds], np.float32)
        for label in (Label.TOXICITY, Label.IDENTITY_ATTACK, Label.INCIVILITY)
    }
    rows = _rows("sexism", frame["text"].tolist(), known, weight=0.4)
    rows.weights[(kinds == "n").to_numpy()] *= 0.4
    return rows


def _emoji(frame: pd.DataFrame) -> Rows:
    """Hate with emoji, and the minimal pairs that are none."""
    hateful = frame["toxicity"].to_numpy(np.float32)
    labels = (Label.TOXICITY, Label.IDENTITY_ATTACK, Label.INCIVILITY)
    threat = np.where(frame["type"] == "threateninglanguage", 0.8, np.nan)
    known = dict.fromkeys(labels, hateful) | {Label.THREAT: threat}
    return _rows("emoji", frame["text"].tolist(), known, weight=0.6)


def _tweets(frame: pd.DataFrame) -> Rows:
    """Hate, and what is neither hate nor offensive.

    The offensive ones are left out: they were sampled by words of African-American English, and
    teach a model that the dialect is an offence (Sap et al. 2019).
    """
    frame = frame[frame["label"] != "offensive"]
    share = (frame["n_hate"] / frame["n_raters"]).to_numpy(np.float32)
    either = 1 - (frame["n_neither"] / frame["n_raters"]).to_numpy(np.float32)
    known = {Label.TOXICITY: either, Label.IDENTITY_ATTACK: share, Label.INCIVILITY: either}
    return _rows("tweets", frame["text"].tolist(), known, weight=0.3)


def _own() -> Rows:
    """Our own sentences; those that carry nothing have nothing to mark either."""
    examples = training_examples()
    known = {
        label: np.array([one.targets.get(label, np.nan) for one in examples], np.float32)
        for label in LABELS
    }
    rows = _rows("own", [one.text for one in examples], known, weight=2.0)
    for row, example in enumerate(examples):
        if max(example.targets.values()) <= 0.1:
            rows.marks[row] = np.zeros(len(example.text), np.float32)
            rows.mark_weights[row] = 0.2
    return rows


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of several sets as those of one."""
    return Rows(
        texts=[text for rows in parts for text in rows.texts],
        targets=np.concatenate([rows.targets for rows in parts]),
        weights=np.concatenate([rows.weights for rows in parts]),
        marks=[marks for rows in parts for marks in rows.marks],
        mark_weights=np.concatenate([rows.mark_weights for rows in parts]),
        source=np.concatenate([rows.source for rows in parts]),
        part=np.concatenate([rows.part for rows in parts]),
    )
