"""How long the curves of a large site take: built once, then asked per move of the slider.

    python benchmarks/curves_speed.py [--comments 1000000] [--rounds 5]

Draws scores and labels, those from .5 reviewed and 1 in 500 below audited, and prints the median
seconds of building the curves, of 201 thresholds at once, of one, and of a goal; and the memory
that the process took at most.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from triage.tuning.curves import UNKNOWN, Curves, Evidence
from triage.tuning.goals import recall_at_least


def site(comments: int) -> Evidence:
    """Return evidence of a site with skewed scores."""
    rng = np.random.default_rng(1)
    score = rng.beta(0.2, 3.0, comments)
    probability = np.where(score >= 0.5, 1.0, 0.002)
    truth = rng.random(comments) < score
    label = np.where(rng.random(comments) < probability, truth, UNKNOWN).astype(np.int8)
    return Evidence(score, label, probability)


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time that `work` takes, after one run to warm up."""
    work()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--comments", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    evidence = site(options.comments)
    curves = Curves(evidence)
    grid = np.linspace(0, 1, 201)
    ways: dict[str, Callable[[], object]] = {
        "build": lambda: Curves(evidence),
        "201 thresholds": lambda: curves.at(grid),
        "one threshold": lambda: curves.at(0.6),
        "goal: recall at least .9": lambda: recall_at_least(curves, 0.9),
    }
    for way, work in ways.items():
        print(f"{way:26}{1000 * seconds(work, options.rounds):9.1f} ms")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"memory, at most {most / (2**20 if sys.platform == 'darwin' else 2**10):9.0f} MB")


if __name__ == "__main__":
    main()
