"""The step from float32 to int8: the ranges and weights it needs, and what it changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime
import torch
from tokenizers import Tokenizer

from training.encoder import Encoder
from training.figures import score_table
from training.graph import tapped
from training.tokens import frozen_ids
from triage.domain.scores import Scorer
from triage.scoring.batching import batches, padded
from triage.scoring.graph import Packing
from triage.scoring.onnx_runtime import OnnxModel
from triage.scoring.packing import packing

__all__ = ["drift", "quantised"]

_BUDGET = 2048  # tokens at once


def quantised(model: Encoder, tokenizer: Tokenizer, texts: Sequence[str]) -> Packing:
    """Return the ranges and weights that keep what the encoder says of some texts best."""
    rows = frozen_ids(tokenizer, texts)
    graph, taps = tapped(model)
    order = batches([len(one) for one in rows], _BUDGET)
    inputs = (padded([rows[at] for at in batch]) for batch in order)
    return packing(OnnxModel(graph.SerializeToString(), list(taps)), taps, inputs)


def drift(
    model: Encoder, tokenizer: Tokenizer, texts: Sequence[str], packed: Scorer, exact: Scorer
) -> dict[str, float]:
    """Return how far the shipped scorer is from the trained model, text by text.

    `exact` is the scorer of the float32 graph. `export` is the greatest difference between that
    graph and torch, in logits of uncut texts; `greatest` and `mean` are differences of scores.
    """
    session = onnxruntime.InferenceSession(tapped(model)[0].SerializeToString())
    export = 0.0
    for ids in frozen_ids(tokenizer, texts[:200]):
        given = np.array([ids], np.int32)
        (labels,) = session.run(["sentence"], {"ids": given, "real": np.ones_like(given)})
        with torch.no_grad():
            wanted, _ = model(torch.from_numpy(given).long(), torch.ones(given.shape).bool())
        export = max(export, float(np.abs(labels - wanted.numpy()).max()))
    gaps = np.abs(score_table(packed, texts) - score_table(exact, texts))
    return {
        "export": round(export, 5),
        "greatest": round(float(gaps.max()), 4),
        "mean": round(float(gaps.mean()), 5),
        "99 of 100 within": round(float(np.quantile(gaps.max(axis=1), 0.99)), 4),
    }
