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


# Where the folder cannot be written: a command that asks twice tries once.
_unkept: dict[Path, Trial] = {}


def recall(name: str, models_dir: Path, key: str) -> tuple[Trial, bool] | None:
    """Return what an earlier trial found under the same `key`; None where there is none to use.

    Beside it stands whether it is kept for other processes too.
    """
    if (trial := _unkept.get(_path(name, models_dir, key))) is not None:
        return trial, False
    try:
        with _path(name, models_dir, key).open(encoding="utf-8") as handle:
            content = json.loads(handle.read(_LARGEST))
        return Trial(*(float(content[part]) for part in ("exact", "fast", "apart"))), True
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None  # a trial is soon made again


def remember(name: str, models_dir: Path, key: str, trial: Trial) -> bool:
    """Keep a trial; return whether that was possible for more than this process."""
    path = _path(name, models_dir, key)
    try:
        with atomic_file(path) as part:
            part.write_text(json.dumps(asdict(trial)) + "\n", encoding="utf-8")
    except (TriageError, OSError):
        _unkept[path] = trial
        return False
    _unkept.pop(path, None)
    return True


def forget(name: str, models_dir: Path) -> None:
    """Drop all that was kept of a model."""
    pattern = f".{name}.trial-*.json"
    for path in models_dir.glob(pattern):
        path.unlink(missing_ok=True)
    for path in [one for one in _unkept if one.parent == models_dir and one.match(pattern)]:
        del _unkept[path]


def _path(name: str, models_dir: Path, key: str) -> Path:
    return models_dir / f".{name}.trial-{key[:16]}.json"
