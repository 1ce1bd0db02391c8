"""Fuzz the readers and the preparation of texts, one after the other, guided by coverage.

    pip install atheris
    python -m tests.fuzzing [--minutes 3] [--folder build/fuzzing] [TARGET ...]

Each target runs in a process of its own, with libFuzzer (atheris) making inputs from seeds of our
own. A finding is an exception that is not one of the documented errors, a text that no database
takes, ids that differ at the second reading, more than 2 s or 256 MiB for one small input. Inputs
stay in the folder, and a later run begins with them; so do findings, until they are removed from
it. Prints one line per target; ends with 1 where the folder holds a finding.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzzing.targets import TARGETS, Target

__all__ = ["Run", "fuzzed"]

_LONGEST = 8_192  # bytes of an input; the longest seeds are cut
_HANGS = 30  # seconds after which an input ends the process, and is a finding
_MEMORY = 3_000  # MiB
_IN_MEMORY = Path("/dev/shm")  # every input is written to a file


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did: inputs tried, how many the folder holds by now, findings by name."""

    target: str
    seconds: int
    executions: int
    coverage: int
    corpus: int
    findings: tuple[str, ...]

    def __str__(self) -> str:
        told = ", ".join(self.findings) or "none"
        return (
            f"{self.target:12} {self.seconds:5} s {self.executions:9,} inputs, "
            f"{self.coverage:6,} branches, {self.corpus:5,} in the corpus; findings: {told}"
        )


def fuzzed(target: Target, seconds: int, folder: Path) -> Run:
    """Fuzz one target in a process of its own. Raises RuntimeError where it does not run."""
    corpus, findings = folder / target.name / "corpus", folder / target.name / "findings"
    for place in (corpus, findings):
        place.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = folder / target.name / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words), encoding="ascii")
    log = folder / target.name / "log"
    options = [
        *(f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-timeout={_HANGS}"),
        *(f"-rss_limit_mb={_MEMORY}", f"-dict={words}", f"-artifact_prefix={findings}/"),
    ]
    command = [sys.executable, "-m", "tests.fuzzing.worker", target.name, str(findings)]
    place = {"TMPDIR": str(_IN_MEMORY)} if _IN_MEMORY.is_dir() else {}
    with log.open("wb") as handle:
        subprocess.run(
            [*command, *options, str(corpus)],
            stdout=handle,
            stderr=handle,
            env=os.environ | place,
            check=False,
        )
    return _told(target.name, log.read_text("utf-8", "replace"), corpus, findings)


def _told(name: str, log: str, corpus: Path, findings: Path) -> Run:
    """Return what libFuzzer's log says of a run, and what it left."""
    lines = re.findall(r"^#(\d+)\s.*?cov: (\d+)", log, re.MULTILINE)
    if not lines:
        raise RuntimeError(f"{name} does not run:\n{log[-2_000:]}")
    ended = re.search(r"Done (\d+) runs in (\d+) second", log)
    executions, seconds = (ended[1], ended[2]) if ended else (lines[-1][0], "0")
    found = sorted(path.name for path in findings.iterdir() if path.suffix != ".why")
    if ended is None and not found:  # something ended the process, and nobody knows at what input
        raise RuntimeError(f"{name} ended early:\n{log[-2_000:]}")
    return Run(
        *(name, int(seconds), int(executions), int(lines[-1][1])),
        *(sum(1 for _ in corpus.iterdir()), tuple(found)),
    )


def _escaped(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="tests.fuzzing", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=3.0, help="For each target.")
    parser.add_argument("--folder", type=Path, default=Path("build", "fuzzing"))
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    arguments = parser.parse_args(given)
    if unknown := [name for name in arguments.targets if name not in TARGETS]:
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(TARGETS)}")
    failed = False
    for name in arguments.targets or TARGETS:
        run = fuzzed(TARGETS[name], round(60 * arguments.minutes), arguments.folder)
        failed = failed or bool(run.findings)
        sys.stdout.write(f"{run}\n")
        sys.stdout.flush()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
