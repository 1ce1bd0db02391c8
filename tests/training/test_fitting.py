"""A training in small: stages learn what their rows say, and keep what they learned."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from tests.training.word_tokenizer import word_tokenizer
from training.data import Rows, joined
from training.encoder import Encoder
from training.fitting import Plan, Stage, fit, padded
from triage.scoring.compact import LABELS

WORDS = ("kind", "vile", "one", "two", "three")
TOKENIZER = word_tokenizer(*WORDS)
FIRST = Stage(epochs=2, easy=1.0, rate=2e-3, last=0.1, share=1.0, trust=0.0)


def rows(count: int = 24, source: str = "own") -> Rows:
    """Return rows of which every other says `vile` and is toxic."""
    vile = np.arange(count) % 2 == 1
    fill = ("one", "two", "three")
    texts = [f"{WORDS[int(bad)]} {fill[at % 3]} {fill[at % 2]}" for at, bad in enumerate(vile)]
    return Rows(
        texts=texts,
        targets=np.repeat(vile[:, None], len(LABELS), 1).astype(np.float32),
        weights=np.ones((count, len(LABELS)), np.float32),
        marks=[None] * count,
        mark_weights=np.zeros(count, np.float32),
        source=np.full(count, source),
        part=np.full(count, "train"),
    )


def scores(model: Encoder, *texts: str) -> list[float]:
    ids = [np.array(TOKENIZER.encode(text).ids) for text in texts]
    with torch.no_grad():
        labels, _ = model.eval()(*padded(ids))
    return [float(row) for row in labels.sigmoid()[:, 0]]


def fitted(taught: Rows, plan: Plan, log: Path) -> Encoder:
    torch.manual_seed(1)
    return fit(Encoder(len(LABELS)), taught, TOKENIZER, frozenset(), plan, log)


def test_a_short_stage_learns_and_what_is_kept_has_learned_it(tmp_path: Path) -> None:
    plan = Plan(seed=1, stages=(FIRST,), budget=24, disguise=0.0, dilute=0.0, repeat=0.0)
    model = fitted(rows(), plan, tmp_path / "log.jsonl")
    kind, vile = scores(model, "kind one two", "vile two three")
    assert kind < 0.3
    assert vile > 0.7


def test_a_stage_that_counts_for_nothing_changes_nothing(tmp_path: Path) -> None:
    idle = Stage(epochs=1, easy=1.0, rate=2e-3, last=0.1, share=0.0, trust=0.0)
    model = fitted(rows(4), Plan(seed=1, stages=(idle,), budget=24), tmp_path / "log.jsonl")
    torch.manual_seed(1)
    for name, value in Encoder(len(LABELS)).state_dict().items():
        assert torch.equal(model.state_dict()[name], value), name


def test_a_stage_takes_all_of_our_own_rows_and_its_share_of_others(tmp_path: Path) -> None:
    nothing_else = Stage(1, easy=1.0, rate=1e-6, last=1.0, share=0.0, trust=0.4, rows=0.0)
    log = tmp_path / "log.jsonl"
    for source, taken in (("own", 6), ("wikipedia", 0)):
        plan = Plan(seed=1, stages=(nothing_else,), budget=24)
        fitted(joined([rows(6), rows(6, source)]), plan, log)
        assert json.loads(log.read_text("utf-8").splitlines()[-1])["rows"] == 6 + taken
