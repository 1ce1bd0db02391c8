"""A few of the kills that `python -m tests.trust.killing` makes by the hundred."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.trust.acts import ACTS

_ROOT = Path(__file__).parents[2]
_KILLS = 1


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="processes are forked")
@pytest.mark.parametrize("act", [one.name for one in ACTS])
def test_a_kill_loses_nothing_that_was_acknowledged_and_leaves_nothing_by_halves(act: str) -> None:
    # In a process of its own: one that runs tests has threads, and is no good to fork.
    run = subprocess.run(
        [sys.executable, "-m", "tests.trust.killing", "--runs", str(_KILLS), "--act", act],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert f"{_KILLS} kills" in run.stdout
