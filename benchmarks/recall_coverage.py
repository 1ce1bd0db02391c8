"""Does the lower bound on recall hold? Flag, review and audit a site whose truth is known.

    python benchmarks/recall_coverage.py FOLDER SCORES [--runs 500] [--label toxicity]

FOLDER holds the labelled sets as Parquet files (docs/scorers.md). The site is the held-out rows of
wikipedia_talk, drawn at the natural rate: those that `training.data.load(folder, seed=7)` gives the
parts test and calibration; the weights never saw them, though the bundled calibration saw the
latter. SCORES is a file to keep the bundled scorer's scores in; it is made where it is missing.
Its scorer's version must be the bundled one.

In each run everything at or above a threshold in force is reviewed, an audit sample is drawn below
it with a salt of its own, and reviewers say the truth. `triage.tuning.curves` then states recall at
that threshold and at stricter ones. Printed per case, as Markdown: how often the 95 % lower bound
holds and its median, the same for the stated guarantee (Fay and Feuer) and for the delta method on
the logarithm, and what flagged labels alone claim in the same runs: the share that the threshold
finds of all comments known to carry the label, with Wilson's lower bound. Everything flagged is
reviewed, so that claim is the same in every run. A threshold that flags none that carry the label
is left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.data import load
from training.figures import score_table
from triage.scoring.compact import LABELS, CompactScorer
from triage.tuning.bounds import Method, wilson
from triage.tuning.curves import UNKNOWN, Curves, Evidence
from triage.tuning.sampling import inclusion, permanent_numbers

SPLIT_SEED = 7
THRESHOLDS = (0.3, 0.5, 0.7)
AUDITS = (300, 1_000, 2_000)
CONFIDENCE = 0.95
AIM, CLOSE, CLOSE_AT = 0.94, 0.12, 1_000
HEAD = (
    "in force at | asked about | audit | true recall | bound holds | median | stated holds | "
    "median | delta holds | median | flagged alone claim | at least | holds"
)

Vector = NDArray[np.float64]


def site(folder: Path, kept: Path) -> tuple[Vector, NDArray[np.bool_]]:
    """Return scores and truth, shape (comments, labels of Wikipedia's set)."""
    scorer = CompactScorer()
    if kept.exists():
        with np.load(kept, allow_pickle=False) as file:
            if str(file["version"]) != scorer.info.version:
                sys.exit(f"{kept} has scores of another version of the scorer: remove it")
            return file["scores"], file["truth"]
    rows = load(folder, seed=SPLIT_SEED)
    rows = rows.of((rows.source == "wikipedia") & np.isin(rows.part, ("test", "calibration")))
    scores = score_table(scorer, rows.texts)[:, :6]
    truth = rows.targets[:, :6] >= 0.5
    with kept.open("wb") as file:
        np.savez(file, version=scorer.info.version, scores=scores, truth=truth)
    return scores, truth


@dataclass(frozen=True, slots=True)
class Case:
    """A threshold in force, one asked about, an audit size; and what the runs gave."""

    in_force: float
    threshold: float
    audit: int
    truth: float
    low: dict[Method, Vector]
    claim: float
    claim_low: float

    @property
    def holds(self) -> float:
        return float((self.low[Method.USUAL] <= self.truth).mean())

    @property
    def close(self) -> bool:
        return self.truth - float(np.median(self.low[Method.USUAL])) <= CLOSE

    def row(self) -> str:
        cells = [
            f"{self.in_force:g}",
            f"{self.threshold:g}",
            f"{self.audit:,}",
            f"{self.truth:.3f}",
        ]
        for low in self.low.values():
            cells += [f"{(low <= self.truth).mean():.3f}", f"{np.median(low):.3f}"]
        cells += [f"{self.claim:.3f}", f"{self.claim_low:.3f}"]
        cells.append("always" if self.claim_low <= self.truth else "never")
        return f"| {' | '.join(cells)} |"


def cases(scores: Vector, truth: NDArray[np.bool_], numbers: Vector) -> Iterator[Case]:
    """Yield every case; `numbers` has a row of permanent random numbers per run."""
    for in_force in THRESHOLDS:
        flagged = scores >= in_force
        if not truth[flagged].any():
            continue
        asked = [t for t in THRESHOLDS if t >= in_force]
        for audit in AUDITS:
            probability = np.ones(len(scores))
            probability[~flagged] = inclusion(scores[~flagged], audit)
            low = {method: np.empty((len(numbers), len(asked))) for method in Method}
            for run, own in enumerate(numbers):
                label = np.where(own < probability, truth, UNKNOWN).astype(np.int8)
                curves = Curves(Evidence(scores, label, probability))
                for method in Method:
                    figures = curves.at(asked, CONFIDENCE, method)
                    low[method][run] = figures.recall_low
            for at, t in enumerate(asked):
                known, found = (int((truth & (scores >= one)).sum()) for one in (in_force, t))
                claim_low, _ = wilson(found / known, known, 2 * CONFIDENCE - 1)
                yield Case(
                    in_force,
                    t,
                    audit,
                    found / truth.sum(),
                    {method: bounds[:, at] for method, bounds in low.items()},
                    found / known,
                    float(claim_low),
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("scores", type=Path)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--label", choices=LABELS[:6], default=LABELS[0])
    options = parser.parse_args()
    table, truths = site(options.folder, options.scores)
    at = LABELS.index(options.label)
    scores, truth = table[:, at], truths[:, at]
    ids = [str(comment) for comment in range(len(scores))]
    numbers = np.stack([permanent_numbers(ids, f"run {run}") for run in range(options.runs)])
    print(f"{options.label}: {len(scores):,} comments, {truth.sum():,} carry it, ", end="")
    print(f"{options.runs} runs\n\n| {HEAD} |\n|{'---|' * (HEAD.count('|') + 1)}", flush=True)
    found = []
    for case in cases(scores, truth, numbers):
        found.append(case)
        print(case.row(), flush=True)
    least = min(found, key=lambda case: case.holds)
    near = [case for case in found if case.audit == CLOSE_AT]
    print(
        f"\nThe bound holds in at least {AIM:.0%} of the runs in "
        f"{sum(case.holds >= AIM for case in found)} of {len(found)} cases, "
        f"in {least.holds:.1%} at least. With {CLOSE_AT:,} audit labels its median lies within "
        f"{CLOSE} of the truth in {sum(case.close for case in near)} of {len(near)} cases."
    )


if __name__ == "__main__":
    main()
