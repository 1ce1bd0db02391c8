"""Train, calibrate and measure the bundled scorer.

    python -m training.train_compact --data DIR --output triage/scoring/weights

Writes `compact.npz` and its card `compact.json` into the output folder, and the held-out figures
into `training/runs/`. The same data, seed and package versions give the same file.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from training.calibration import fit_calibration
from training.checks import bias, dilution, evasion
from training.data import Rows, load
from training.figures import bands, label_figures
from training.linear import fit
from triage.domain.scores import Label
from triage.scoring.compact import LABELS, CompactScorer, strongest_logits, unpacked
from triage.scoring.features import FEATURES, features
from triage.scoring.prepare import PREPARATION, prepare

_RUNS = Path(__file__).with_name("runs")
_CHUNK = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder with the sets")
    parser.add_argument("--output", type=Path, required=True, help="where the weights go")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--penalty", type=float, default=30.0)
    parser.add_argument("--iterations", type=int, default=60)
    arguments = parser.parse_args()
    started = time.monotonic()

    rows = load(arguments.data, arguments.seed)
    train = rows.part == "train"
    table = featurised([text for text, own in zip(rows.texts, train, strict=True) if own])
    print(f"{table.shape[0]} rows, {table.nnz} features, {time.monotonic() - started:.0f} s")
    weights, bias_ = fit(
        table,
        rows.targets[train],
        rows.weights[train],
        penalty=arguments.penalty,
        iterations=arguments.iterations,
    )
    del table
    packed, scale = quantised(weights)
    print(f"fitted, {time.monotonic() - started:.0f} s")
    calibration = calibrations(rows, unpacked(packed, scale), bias_)
    card = save(arguments.output, packed, scale, bias_, calibration, arguments.seed)
    figures = measure(rows, CompactScorer(arguments.output), arguments.seed)
    figures |= {"card": card, "seconds": round(time.monotonic() - started)}
    _RUNS.mkdir(exist_ok=True)
    path = _RUNS / f"compact-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))
    print(f"figures: {path}")


def featurised(texts: list[str]) -> csr_matrix:
    """Return the features of whole texts, prepared as the scorer prepares them."""
    parts = [
        features([prepare(text).text for text in texts[start : start + _CHUNK]])
        for start in range(0, len(texts), _CHUNK)
    ]
    return csr_matrix(vstack(parts, format="csr"))


def quantised(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return (signed roots as int8, scale per label): see `compact.unpacked`.

    What rounds to 0 is pruned thereby, and packs small.
    """
    roots = np.sign(weights) * np.sqrt(np.abs(weights))
    scale = (np.abs(roots).max(axis=0) / 127).astype(np.float32)
    return np.clip(np.rint(roots / scale), -127, 127).astype(np.int8), scale


def calibrations(
    rows: Rows, weights: NDArray[np.float32], bias_: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the calibration per label, shape (labels, 3), from the scorer's own logits.

    Incivility on Reddit's calibration rows, all others on Wikipedia's natural ones.
    """
    found = np.empty((len(LABELS), 3))
    for source, labels in (("wikipedia", LABELS[:6]), ("reddit", LABELS[6:])):
        own = np.flatnonzero((rows.source == source) & (rows.part == "calibration"))
        logits = strongest_logits([rows.texts[at] for at in own], weights, bias_)
        for label in labels:
            at = LABELS.index(label)
            found[at] = fit_calibration(logits[:, at], rows.targets[own, at].astype(float))
    return found


def save(
    folder: Path,
    packed: NDArray[np.int8],
    scale: NDArray[np.float32],
    bias_: NDArray[np.float64],
    calibration: NDArray[np.float64],
    seed: int,
) -> dict[str, Any]:
    """Write the weights and their card; return the card."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "compact.npz"
    np.savez_compressed(path, weights=packed, scale=scale, bias=bias_, calibration=calibration)
    card = {
        "sha256": sha256(path.read_bytes()).hexdigest(),
        "features": FEATURES,
        "preparation": PREPARATION,
        "labels": list(LABELS),
        "bytes": path.stat().st_size,
        "seed": seed,
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    return card


def measure(rows: Rows, scorer: CompactScorer, seed: int) -> dict[str, Any]:
    """Return the held-out figures: per set and label, bands, bias and evasion."""
    report: dict[str, Any] = {}
    for source in ("wikipedia", "reddit", "github"):
        own = np.flatnonzero((rows.source == source) & (rows.part == "test"))
        texts = [rows.texts[at] for at in own]
        scored = scorer.score(texts)
        labels = LABELS[:6] if source == "wikipedia" else LABELS[6:]
        for label in labels:
            truth = rows.targets[own, LABELS.index(label)].astype(float)
            found = np.array([one.values.get(label, 0.0) for one in scored])
            report[f"{source} {label}"] = label_figures(truth, found, seed=seed)
            if label in (Label.TOXICITY, Label.INCIVILITY):
                report[f"{source} {label}"]["bands"] = bands(truth, found)
        if source == "wikipedia":
            aucs = [report[f"wikipedia {label}"]["auc"] for label in labels]
            report["wikipedia mean auc"] = round(float(np.mean(aucs)), 4)
            report["evasion"] = evasion(scorer, texts)
            report["dilution"] = dilution(scorer, texts)
    report["bias"] = bias(scorer)
    return report


if __name__ == "__main__":
    main()
