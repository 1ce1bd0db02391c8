"""One training: stages that learn from the labels and from the stage before, averaged."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from training.data import Rows
from training.encoder import Encoder
from training.tokens import Augmentation, Encoded, encode

__all__ = ["Plan", "Stage", "fit", "padded"]


@dataclass(frozen=True, slots=True)
class Stage:
    """Some epochs from one warm-up to the end of one slope of the learning rate.

    With `trust`, labels of the sets count for 1 - `trust` beside what the model itself thinks when
    the stage begins, for they are one or a few people's, and some are slips (self-distillation,
    Furlanello et al. 2018, born-again networks). Of the rows that have little to teach it takes
    the share `easy`, each for as many: those that the model scores near their labels, or, without
    trust in it, those without a positive label. Of all rows but our own it takes the share `rows`.
    The rate falls to `last` of its peak. What the stage began with and the average of its weights
    are blended, of the latter `share`: two that lie in one valley err less together (Wortsman et
    al. 2022, model soups). The next stage begins with that.
    """

    epochs: int
    easy: float
    rate: float
    last: float
    share: float
    trust: float = 0.4
    rows: float = 1.0
    warm_up: float = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train, stage by stage.

    `head_rate` is how much faster the heads learn, `layer_decay` what the rate loses per layer
    downwards, `budget` the tokens of a batch with its padding. The running average of the weights,
    which is what is kept, looks back over the share `average` of a stage's steps: a fixed number
    would leave a short stage where it began. `disguise`, `dilute` and `repeat` see `Augmentation`.
    """

    seed: int
    stages: tuple[Stage, ...] = (
        Stage(epochs=1, easy=0.6, rate=1.3e-4, last=0.5, share=1.0, trust=0.0),
        Stage(epochs=3, easy=0.5, rate=1.0e-4, last=0.01, share=0.8),
        Stage(epochs=1, easy=0.5, rate=6e-5, last=0.01, share=0.8, rows=0.35),
    )
    head_rate: float = 8.0
    layer_decay: float = 0.9
    budget: int = 4096
    average: float = 0.1
    disguise: float = 0.22
    dilute: float = 0.06
    repeat: float = 0.03


_LEARNED = 0.1  # a row whose scores are all this near to their targets has little to teach
_DOUBTFUL = 0.2  # of weight: a target that counts less is no reason to look again
_MASKED = 0.03  # of tokens: see `_forgotten`
_MARKS = 1.0  # what the token loss counts beside the sentence loss
_ROWS = 64.0  # a usual batch, which the losses are divided by
_UNKNOWN = 100  # [UNK]
_WIDTHS = 8  # batches are padded to multiples: each width costs the CPU kernels some memory


def fit(
    model: Encoder,
    rows: Rows,
    tokenizer: Tokenizer,
    words: frozenset[str],
    plan: Plan,
    log: Path,
) -> Encoder:
    """Train the model on all rows, stage by stage, and return it."""
    for number, stage in enumerate(plan.stages):
        rng = np.random.default_rng(plan.seed + 50 + 100 * number)
        taught = rows.of((rng.random(len(rows.texts)) < stage.rows) | (rows.source == "own"))
        easy = taught.targets.max(1) < _LEARNED
        if stage.trust:
            believed = _believed(model, taught, tokenizer, words, plan)
            off = np.abs(believed - taught.targets) * (taught.weights >= _DOUBTFUL)
            easy = off.max(1) < _LEARNED
            taught = _taught(taught, believed, stage.trust)
        began = {name: value.clone() for name, value in model.state_dict().items()}
        average = deepcopy(model).requires_grad_(False)
        _run(model, average, taught, easy, tokenizer, words, plan, number, log)
        torch.save(average.state_dict(), log.with_suffix(f".stage{number}.pt"))
        model.load_state_dict(
            {
                name: torch.lerp(began[name], value, stage.share)
                for name, value in average.state_dict().items()
            }
        )
    return model


def _taught(rows: Rows, believed: NDArray[np.float32], trust: float) -> Rows:
    """Return rows whose targets are a blend with what is believed; our own stay as written."""
    share = np.where(rows.source == "own", 0.0, trust).astype(np.float32)[:, None]
    return replace(rows, targets=(1 - share) * rows.targets + share * believed)


@torch.no_grad()
def _believed(
    model: Encoder, rows: Rows, tokenizer: Tokenizer, words: frozenset[str], plan: Plan
) -> NDArray[np.float32]:
    """Return what the model says of the rows, undisguised: shape (rows, labels), from 0 to 1."""
    model.eval()
    everything = np.arange(len(rows.texts))
    encoded = encode(rows, everything, tokenizer, Augmentation(words), plan.seed)
    found = np.empty(rows.targets.shape, np.float32)
    rng = np.random.default_rng(plan.seed)
    for batch in _batches([len(one) for one in encoded.ids], plan.budget, rng):
        labels, _ = model(*padded([encoded.ids[at] for at in batch]))
        found[batch] = labels.sigmoid().numpy()
    model.train()
    return found


def _run(
    model: Encoder,
    average: Encoder,
    rows: Rows,
    easy: NDArray[np.bool_],
    tokenizer: Tokenizer,
    words: frozenset[str],
    plan: Plan,
    number: int,
    log: Path,
) -> None:
    """Run one stage; `average` follows the model."""
    stage, seed = plan.stages[number], plan.seed + 100 * number
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(_groups(model, plan, stage), betas=(0.9, 0.98), fused=True)
    share = np.where(easy, stage.easy, 1.0)
    rows = replace(rows, weights=(rows.weights / share[:, None]).astype(np.float32))
    how = Augmentation(words, plan.disguise, plan.dilute, plan.repeat)
    started = time.monotonic()
    for epoch in range(stage.epochs):
        chosen = np.flatnonzero(rng.random(len(share)) < share)
        encoded = encode(rows, chosen, tokenizer, how, seed + epoch)
        batches = list(_batches([len(one) for one in encoded.ids], plan.budget, rng))
        decay = 1 - 1 / max(plan.average * stage.epochs * len(batches), 1.0)
        for at, batch in enumerate(batches):
            progress = (epoch + at / len(batches)) / stage.epochs
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * _slope(progress, stage)
            loss = _step(model, optimizer, rows, encoded, batch, rng)
            if progress > stage.warm_up:
                _averaged(average, model, min(decay, 0.9 + progress))
            if at % 50 == 0:
                _note(
                    log,
                    stage=number,
                    epoch=epoch,
                    batch=at,
                    of=len(batches),
                    rows=len(chosen),
                    loss=loss,
                    seconds=time.monotonic() - started,
                )


def padded(ids: list[NDArray[np.int64]]) -> tuple[Tensor, Tensor]:
    """Return (ids, real) of shape (rows, length of the longest or a little more)."""
    length = -(-max(len(one) for one in ids) // _WIDTHS) * _WIDTHS
    table = torch.zeros((len(ids), length), dtype=torch.int64)
    real = torch.zeros((len(ids), length), dtype=torch.bool)
    for row, one in enumerate(ids):
        table[row, : len(one)] = torch.from_numpy(one)
        real[row, : len(one)] = True
    return table, real


def _step(
    model: Encoder,
    optimizer: torch.optim.Optimizer,
    rows: Rows,
    encoded: Encoded,
    batch: NDArray[np.int64],
    rng: np.random.Generator,
) -> float:
    """Take one step; return the loss before it."""
    ids, real = padded([encoded.ids[at] for at in batch])
    own = encoded.rows[batch]
    labels, spans = model(_forgotten(ids, real, rng), real)
    weights = torch.from_numpy(rows.weights[own])
    targets = torch.from_numpy(rows.targets[own])
    losses = weights * binary_cross_entropy_with_logits(labels, targets, reduction="none")
    marked = [at for at in range(len(batch)) if encoded.marks[batch[at]] is not None]
    loss = losses.sum() / (_ROWS * labels.shape[1])
    if marked:
        inside = torch.zeros((len(marked), ids.shape[1]))
        for row, at in enumerate(marked):
            marks = encoded.marks[batch[at]]
            assert marks is not None
            inside[row, : len(marks)] = torch.from_numpy(marks)
        each = binary_cross_entropy_with_logits(spans[marked], inside, reduction="none")
        means = (each * real[marked]).sum(1) / real[marked].sum(1)
        count = torch.from_numpy(rows.mark_weights[own[marked]])
        loss = loss + _MARKS * (means * count).sum() / _ROWS
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return float(loss.detach())


def _forgotten(ids: Tensor, real: Tensor, rng: np.random.Generator) -> Tensor:
    """Return ids with a few words unknown, so that no single word decides alone.

    Takes the place of dropout in the layers, which costs a third of the time on a CPU.
    """
    drop = torch.from_numpy(rng.random(ids.shape) < _MASKED) & real & (ids > 1000)
    return ids.masked_fill(drop, _UNKNOWN)


def _batches(
    lengths: list[int], budget: int, rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Yield batches of like length in random order: sorted within random tenths of the rows."""
    order = rng.permutation(len(lengths))
    found: list[NDArray[np.int64]] = []
    size = np.array(lengths)
    for part in np.array_split(order, max(1, len(order) // 10_000)):
        part = part[np.argsort(size[part], kind="stable")]
        start = 0
        for at in range(1, len(part) + 1):
            if at == len(part) or size[part[at]] * (at + 1 - start) > budget:
                found.append(part[start:at])
                start = at
    for at in rng.permutation(len(found)):
        yield found[at]


def _groups(model: Encoder, plan: Plan, stage: Stage) -> list[dict[str, object]]:
    """Return the parameters with their peak rates: lower layers learn slower."""
    groups: list[dict[str, object]] = []
    depth = len(model.layers)
    for name, parameter in model.named_parameters():
        if name.startswith(("sentence", "token")):
            rate = plan.head_rate * stage.rate
        elif name.startswith("layers."):
            rate = stage.rate * plan.layer_decay ** (depth - 1 - int(name.split(".")[1]))
        else:
            rate = stage.rate * plan.layer_decay**depth
        decay = 0.01 if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "lr": 0.0, "peak": rate, "weight_decay": decay})
    return groups


def _slope(progress: float, stage: Stage) -> float:
    """Return the share of the peak rate: a linear rise, then half a cosine down to the last."""
    if progress < stage.warm_up:
        return progress / stage.warm_up
    way = (progress - stage.warm_up) / (1 - stage.warm_up)
    return stage.last + (1 - stage.last) * 0.5 * (1 + math.cos(math.pi * way))


@torch.no_grad()
def _averaged(average: Encoder, model: Encoder, decay: float) -> None:
    into, new = list(average.parameters()), list(model.parameters())
    torch._foreach_lerp_(into, new, 1 - decay)


def _note(log: Path, **facts: object) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(facts) + "\n")
