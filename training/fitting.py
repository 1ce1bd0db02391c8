"""One training: epochs over the rows that still teach something, in bfloat16, averaged."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
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

    `easy` has, per epoch, the share of the learned rows that it keeps: of those without a positive
    label in the first, later of those whose last scores were near. The rate falls to `last` of its
    peak. Of all rows but our own it takes the share `rows`. What it began with and the average of
    its weights are blended, of the latter `share`: two that lie in one valley err less together
    (Wortsman et al. 2022, model soups). The next stage begins with that.
    """

    easy: tuple[float, ...]
    rate: float
    last: float
    share: float
    rows: float = 1.0
    warm_up: float = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train, stage by stage.

    `head_rate` is how much faster the heads learn, `layer_decay` what the rate loses per layer
    downwards, `budget` the tokens of a batch with its padding, `average` the decay of the running
    average of the weights, which is what is kept; `disguise` and `dilute` see `Augmentation`.
    """

    seed: int
    stages: tuple[Stage, ...] = (
        Stage(easy=(0.6,), rate=1.3e-4, last=0.85, share=1.0),
        Stage(easy=(0.5, 0.1), rate=1.0e-4, last=0.01, share=0.6),
        Stage(easy=(0.3,), rate=4e-5, last=0.01, share=0.7, rows=0.45),
    )
    head_rate: float = 8.0
    layer_decay: float = 0.9
    budget: int = 4096
    average: float = 0.998
    disguise: float = 0.22
    dilute: float = 0.06


_LEARNED = 0.1  # a row whose scores are all this near to their targets has little to teach
_DOUBTFUL = 0.2  # of weight: a target that counts less is no reason to look again
_MASKED = 0.03  # of tokens: see `_forgotten`
_MARKS = 0.5  # what the token loss counts beside the sentence loss
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
        began = {name: value.clone() for name, value in model.state_dict().items()}
        average = deepcopy(model).requires_grad_(False)
        _run(model, average, rows, tokenizer, words, plan, stage, number, log)
        torch.save(average.state_dict(), log.with_suffix(f".stage{number}.pt"))
        model.load_state_dict(
            {
                name: torch.lerp(began[name], value, stage.share)
                for name, value in average.state_dict().items()
            }
        )
    return model


def _run(
    model: Encoder,
    average: Encoder,
    rows: Rows,
    tokenizer: Tokenizer,
    words: frozenset[str],
    plan: Plan,
    stage: Stage,
    number: int,
    log: Path,
) -> None:
    """Run one stage; `average` follows the model."""
    seed = plan.seed + 100 * number
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(_groups(model, plan, stage), betas=(0.9, 0.98), fused=True)
    gaps = np.where(rows.targets.max(1) < 0.1, 0.0, np.inf)
    unseen = np.ones(len(gaps), bool)
    started = time.monotonic()
    for epoch, easy in enumerate(stage.easy):
        fresh = unseen & (rng.random(len(gaps)) < (easy if epoch == 0 else 1.0))
        again = (gaps >= _LEARNED) | (~unseen & (rng.random(len(gaps)) < easy))
        taken = (rng.random(len(gaps)) < stage.rows) | (rows.source == "own")
        chosen = np.flatnonzero((fresh | again) & taken)
        how = Augmentation(words, plan.disguise, plan.dilute)
        encoded = encode(rows, chosen, tokenizer, how, seed + epoch)
        unseen[chosen] = False
        batches = list(_batches([len(one) for one in encoded.ids], plan.budget, rng))
        for at, batch in enumerate(batches):
            progress = (epoch + at / len(batches)) / len(stage.easy)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * _slope(progress, stage)
            loss, gaps[encoded.rows[batch]] = _step(model, optimizer, rows, encoded, batch, rng)
            if progress > stage.warm_up:
                _averaged(average, model, min(plan.average, 0.9 + progress))
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
) -> tuple[float, NDArray[np.float64]]:
    """Take one step; return the loss before it, and how far each row's scores are off at most."""
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
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    off = (labels.detach().sigmoid() - targets).abs() * (weights >= _DOUBTFUL)
    return loss.item(), off.amax(1).numpy().astype(np.float64)


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
