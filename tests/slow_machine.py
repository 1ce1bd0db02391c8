"""Commands as real processes, on a machine whose scorer is slow and says what it was asked."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

SLOW = """
import os, time
from triage.domain.scores import Label, ScorerInfo, Scores

class Slow:
    info = ScorerInfo("slow", "1", (Label.TOXICITY,))

    def score(self, texts):
        with open(os.environ["SLOW_LOG"], "a") as log:
            log.write("|".join(texts) + "\\n")
        time.sleep(float(os.environ["SLOW_SECONDS"]) * len(texts))
        return [Scores({Label.TOXICITY: len(text) / 1000}) for text in texts]

def make(*, models_dir, allow_download):
    return Slow()
"""
TEXTS = [f"text number {number}" for number in range(900)]


class Machine:
    """A folder to work in, with a scorer installed that is slow and writes down what it is asked.

    For one file its calls are of 32 texts, then of 128, and so on: see `Portions`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "asked.log"
        package = folder / "package"
        facts = package / "slow_scorer-1.0.dist-info"
        facts.mkdir(parents=True)
        (package / "slow_scorer.py").write_text(SLOW)
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-scorer\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text("[triage.scorers]\nslow = slow_scorer:make\n")
        own = {name: value for name, value in os.environ.items() if "TRIAGE_" not in name}
        self._environment = own | {
            "PYTHONPATH": os.pathsep.join([str(package), *sys.path]),
            "SLOW_LOG": str(self._log),
            "TRIAGE_SCORERS": "slow",
            "TRIAGE_MODELS_DIR": str(folder / "models"),
        }
        with (folder / "in.csv").open("w", newline="") as handle:
            rows = csv.writer(handle)
            rows.writerow(["id", "text"])
            rows.writerows(enumerate(TEXTS))

    def start(self, *arguments: str, seconds: float, terminal: int | None = None) -> Running:
        """Start a command; the scorer takes so many seconds for each text."""
        return subprocess.Popen(
            [sys.executable, "-m", "triage.cli", *arguments],
            env=self._environment | {"SLOW_SECONDS": str(seconds), "TERM": "xterm"},
            cwd=self.folder,
            stdout=subprocess.PIPE if terminal is None else terminal,
            stderr=subprocess.PIPE if terminal is None else terminal,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        """Run a command to its end with a quick scorer; return what it printed."""
        running = self.start(*arguments, seconds=0)
        out, err = running.communicate(timeout=240)
        assert running.returncode == 0, err
        return out

    def calls(self) -> list[list[str]]:
        """Return what the scorer was asked, call by call."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [line.split("|") for line in lines]

    def wait_for_call(self, number: int, running: Running) -> None:
        """Wait until the scorer is asked for so many times: the calls before are over and kept."""
        deadline = time.monotonic() + 240
        while len(self.calls()) < number:
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.02)


Running = subprocess.Popen[str]
