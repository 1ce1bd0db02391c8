"""What the README tells a newcomer to type works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [
    line.split("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]


def test_every_code_block_is_one_that_is_tested_here() -> None:
    assert set(re.findall(r"^```(\S+)", README, re.MULTILINE)) == {"sh"}
    assert {line.split()[0] for line in LINES} == {"make", "triage"}


def test_the_commands_work_one_after_another(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    for line in LINES:
        if line.startswith("triage "):
            done = subprocess.run(
                [sys.executable, "-m", "triage.cli", *line.split()[1:]],
                cwd=tmp_path,
                env=bare,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, f"{line}\n{done.stderr}"
    made = {path.name for path in tmp_path.iterdir()}
    assert {"triage.db", "decisions.csv", "everything.parquet", "scores.csv"} <= made


@pytest.mark.parametrize("line", [line for line in LINES if line.startswith("make ")])
def test_the_two_commands_are_rules_of_the_makefile(line: str) -> None:
    subprocess.run(
        ["make", "--dry-run", line.split()[1]], cwd=ROOT, check=True, capture_output=True
    )


def test_every_link_leads_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
