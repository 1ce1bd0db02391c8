"""A checkpoint that only a pickle can read: for a person who says that it may run its code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from triage.errors import ScorerError
from triage.scoring.models.checkpoint import Checkpoint, parse

__all__ = ["read_trusted"]

_PATIENCE = 900  # seconds
_LARGEST = 16 << 20  # bytes of settings
# What Python and torch need to start; a database's password or a token is not among it.
_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "USERPROFILE",
    "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
    "OMP_NUM_THREADS",
)  # fmt: skip


def read_trusted(path: Path, folder: Path) -> Checkpoint:
    """Return what is in a checkpoint after a process of its own has unpickled it.

    The code in the file runs there with the rights of whoever started triage; what comes back is
    tensors and JSON in `folder`, and is checked like any file from outside. The process has
    ended by then. Raises ScorerError where nothing usable came of it.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    script = Path(__file__).with_name("unpickle.py")
    try:
        done = subprocess.run(  # noqa: S603 - our own script; what it opens the caller trusts
            [sys.executable, "-P", str(script), str(path.resolve()), str(folder.resolve())],
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScorerError(f"{path} was not converted: {error}") from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = lines[-1][:300] if lines else f"exit code {done.returncode}"
        raise ScorerError(f"{path} was not converted: {why}")
    try:
        content = _content(folder / "content.json")
        content["state_dict"] = load_file(folder / "state.safetensors")
    except (OSError, ValueError, SafetensorError) as error:
        raise ScorerError(f"{path} was not converted: it left nothing usable ({error})") from error
    return parse(content, path)


def _content(path: Path) -> dict[str, Any]:
    if path.stat().st_size > _LARGEST:
        raise ValueError(f"more than {_LARGEST} bytes of settings")
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError("no JSON object")  # noqa: TRY004 - about a file, not our code
    return content
