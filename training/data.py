"""The labelled sets, brought to one form: texts, targets, weights, and what each row is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from training.own_examples import compliments, kind_sentences, plain_sentences
from triage.domain.scores import Label
from triage.scoring.compact import LABELS

__all__ = ["HELD_OUT", "Rows", "load"]

HELD_OUT = 4000
"""natural_block rows that only the final figures ever see."""
_CALIBRATION = 8000
_REDDIT_CALIBRATION = 1000

_RATED = LABELS[:6]
_CIVIL = (Label.TOXICITY, Label.OBSCENE, Label.THREAT, Label.INSULT, Label.IDENTITY_ATTACK)

# What a row weighs against one of Wikipedia's. Civil Comments were all pre-selected as toxic by
# other raters, so a low share there is a doubtful negative.
_CIVIL_WEIGHT = 0.25
_OWN_WEIGHT = 4.0
# Comments nobody called toxic are mostly civil too, but nobody was asked.
_DOUBTFUL_CIVIL_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of all sets.

    `targets` and `weights` have shape (rows, labels); a target is NaN where its set does not
    say. `source` names the set, `part` is train, calibration or test.
    """

    texts: list[str]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    source: NDArray[np.str_]
    part: NDArray[np.str_]


def load(folder: Path, seed: int) -> Rows:
    """Return all rows. `folder` holds the sets as Parquet files, see docs/scorers.md."""
    rng = np.random.default_rng(seed)
    return _joined(
        [
            _wikipedia(pd.read_parquet(folder / "wikipedia_talk.parquet"), rng),
            _civil(pd.read_parquet(folder / "civil_comments_spans.parquet")),
            _github(pd.read_parquet(folder / "github_issues_incivility.parquet"), rng),
            _reddit(pd.read_parquet(folder / "reddit_incivility.parquet"), rng),
            _own(),
        ]
    )


def _rows(
    source: str,
    texts: list[str],
    known: Mapping[Label, NDArray[np.float32]],
    part: NDArray[np.str_],
) -> Rows:
    targets = np.full((len(texts), len(LABELS)), np.nan, np.float32)
    for label, values in known.items():
        targets[:, LABELS.index(label)] = values
    weights = np.ones_like(targets)
    return Rows(texts, targets, weights, np.full(len(texts), source), part)


def _wikipedia(frame: pd.DataFrame, rng: np.random.Generator) -> Rows:
    """Six labels; incivility is 1 where toxic, else taken as a doubtful 0."""
    part = np.full(len(frame), "train", dtype="<U11")
    natural = rng.permutation(np.flatnonzero(frame["natural_block"].to_numpy()))
    part[natural[:HELD_OUT]] = "test"
    part[natural[HELD_OUT : HELD_OUT + _CALIBRATION]] = "calibration"
    known = {label: frame[label.value].to_numpy(np.float32) for label in _RATED}
    toxic = known[Label.TOXICITY]
    rows = _rows("wikipedia", frame["text"].tolist(), known | {Label.INCIVILITY: toxic}, part)
    rows.weights[:] = frame["weight"].to_numpy(np.float32)[:, None]
    rows.weights[toxic == 0, LABELS.index(Label.INCIVILITY)] *= _DOUBTFUL_CIVIL_WEIGHT
    return rows


def _civil(frame: pd.DataFrame) -> Rows:
    """Shares of raters as soft targets."""
    known = {label: frame[label.value].to_numpy(np.float32) for label in _CIVIL}
    rows = _rows("civil", frame["text"].tolist(), known, np.full(len(frame), "train"))
    rows.weights[:] = _CIVIL_WEIGHT
    return rows


def _github(frame: pd.DataFrame, rng: np.random.Generator) -> Rows:
    """Incivility; the set has no split of its own, so a seventh is held out."""
    part = np.where(rng.random(len(frame)) < 1 / 7, "test", "train")
    known = {Label.INCIVILITY: frame["incivility"].to_numpy(np.float32)}
    return _rows("github", frame["text"].tolist(), known, part)


def _reddit(frame: pd.DataFrame, rng: np.random.Generator) -> Rows:
    """Incivility; a part of the train split is kept for calibration."""
    part = frame["split"].to_numpy().astype("<U11")
    train = rng.permutation(np.flatnonzero(part == "train"))
    part[train[:_REDDIT_CALIBRATION]] = "calibration"
    known = {Label.INCIVILITY: frame["incivility"].to_numpy(np.float32)}
    return _rows("reddit", frame["text"].tolist(), known, part)


def _own() -> Rows:
    """Our own sentences, none of them to be flagged for anything."""
    texts = [*kind_sentences(), *compliments(), *plain_sentences()]
    nothing = np.zeros(len(texts), np.float32)
    known = dict.fromkeys(LABELS, nothing)
    rows = _rows("own", texts, known, np.full(len(texts), "train"))
    rows.weights[:] = _OWN_WEIGHT
    return rows


def _joined(parts: list[Rows]) -> Rows:
    return Rows(
        texts=[text for rows in parts for text in rows.texts],
        targets=np.concatenate([rows.targets for rows in parts]),
        weights=np.concatenate([rows.weights for rows in parts]),
        source=np.concatenate([rows.source for rows in parts]),
        part=np.concatenate([rows.part for rows in parts]),
    )
