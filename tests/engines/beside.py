"""Folders of tables, and a scorer whose scores hang on what is rated beside a text.

So outputs are the same only where the very same texts come together, in the same order.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.domain.scores import Label, ScorerInfo, Scores
from triage.engines.job import Job
from triage.engines.manifest import Plan
from triage.errors import ScorerError
from triage.files.folders import open_folder
from triage.scoring.panel import Panel

PORTION = 4


class Beside:
    """Writes down who asked and for what: a line per call."""

    info = ScorerInfo("beside", "1", (Label.TOXICITY,))

    def __init__(self, log: Path) -> None:
        self._log = log

    def score(self, texts: Sequence[str]) -> list[Scores]:
        with self._log.open("a") as log:
            log.write(f"{os.getpid()}|" + "|".join(texts) + "\n")
        if any("kill this process" in text for text in texts):
            os._exit(9)
        if any("break" in text for text in texts):
            raise ScorerError("the scorer is broken")
        return [
            Scores({Label.TOXICITY: (7 * at + 31 * len(texts) + len(text)) % 997 / 1000})
            for at, text in enumerate(texts)
        ]


@dataclass(frozen=True)
class Made:
    """Makes the panel, in whatever process: `log` also counts how often."""

    log: Path

    def __call__(self) -> Panel:
        with self.log.open("a") as log:
            log.write(f"{os.getpid()} loaded\n")
        return Panel((Beside(self.log),))


@dataclass(frozen=True)
class Work:
    """A folder with `in`, and what it is rated into."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "asked.log"

    def job(self, output: str = "out", *, version: str = "1", spans: bool = False) -> Job:
        plan = Plan((f"beside@{version}",), "text", None, spans, False, PORTION)
        place = output if "://" in output else str(self.folder / output)
        return Job(open_folder(str(self.folder / "in")), open_folder(place), plan, Made(self.log))

    def write(self, name: str, texts: Sequence[str]) -> Path:
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as handle:
            rows = csv.writer(handle)
            rows.writerow(["id", "text"])
            rows.writerows(enumerate(texts))
        return path

    def shards(self, count: int = 5) -> None:
        """Write some tables of different lengths, one of them deeper."""
        for number in range(count):
            name = f"part-{number}.csv" if number else "deeper/part-0.csv"
            self.write(name, [f"text {number} {'x' * row}" for row in range(6 + 5 * number)])

    def asked(self) -> list[str]:
        """Return every text that was asked about, in order."""
        calls = [line for line in self._lines() if "|" in line]
        return [text for call in calls for text in call.split("|")[1:]]

    def loaded(self) -> list[str]:
        """Return which processes loaded the scorer."""
        return [line.split()[0] for line in self._lines() if line.endswith(" loaded")]

    def _lines(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def outputs(self, output: str = "out") -> dict[str, bytes]:
        """Return every table below an output, by its name."""
        folder = self.folder / output
        found = (path for path in sorted(folder.rglob("*")) if path.is_file())
        names = {path.relative_to(folder).as_posix(): path for path in found}
        return {
            name: path.read_bytes()
            for name, path in names.items()
            if not name.startswith("_triage/")
        }
