"""How fast a model was found to be in each mode, kept beside the models: one file per machine."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from triage.domain.checks import check_unit
from triage.errors import TriageError
from triage.files.atomic import atomic_file

__all__ = ["Trial", "forget", "recall", "remember"]

_LARGEST = 4096  # characters that are read; a trial has a hundred


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial of both modes found: comments a second of each, and how far apart their scores.

    `apart` is the greatest difference. Raises ValueError for speeds that nothing has.
    """

    exact: float
    fast: float
    apart: float

    def __post_init__(self) -> None:
        if not (0.0 < self.exact < 1e9 and 0.0 < self.fast < 1e9):
            raise ValueError(f"no scorer is as fast as {self.exact!r} or {self.fast!r}")
        check_unit("how far scores are apart", self.apart)


def recall(name: str, models_dir: Path, key: str) -> Trial | None:
    """Return what an earlier trial found under the same `key`; None where there is none to use."""
    try:
        with _path(name, models_dir, key).open(encoding="utf-8") as handle:
            content = json.loads(handle.read(_LARGEST))
        return Trial(*(float(content[part]) for part in ("exact", "fast", "apart")))
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None  # a trial is soon made again


def remember(name: str, models_dir: Path, key: str, trial: Trial) -> bool:
    """Keep a trial; return whether that was possible."""
    try:
        with atomic_file(_path(name, models_dir, key)) as part:
            part.write_text(json.dumps(asdict(trial)) + "\n", encoding="utf-8")
    except (TriageError, OSError):
        return False
    return True


def forget(name: str, models_dir: Path) -> None:
    """Drop all that was kept of a model."""
    for path in models_dir.glob(f".{name}.trial-*.json"):
        path.unlink(missing_ok=True)


def _path(name: str, models_dir: Path, key: str) -> Path:
    return models_dir / f".{name}.trial-{key[:16]}.json"
