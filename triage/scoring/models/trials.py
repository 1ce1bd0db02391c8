"""How fast a model was found to be in each mode, kept beside the models: one file per machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from triage.domain.checks import check_unit
from triage.domain.scores import Mode
from triage.errors import TriageError
from triage.files.atomic import atomic_file

__all__ = ["Trial", "Tried", "forget", "recall", "remember"]

_LARGEST = 4096  # characters that are read; a trial has a hundred


@dataclass(frozen=True, slots=True)
class Tried:
    """What a trial found of one mode: its `speed` in comments a second, and how near it is.

    `apart` is the greatest difference of a score from the exact one. Raises ValueError for a speed
    that nothing has.
    """

    speed: float
    apart: float

    def __post_init__(self) -> None:
        _check_speed(self.speed)
        check_unit("how far scores are apart", self.apart)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial found: comments a second of the exact mode, and of each other one all there is.

    Raises ValueError for a speed that nothing has.
    """

    exact: float
    near: Mapping[Mode, Tried]

    def __post_init__(self) -> None:
        _check_speed(self.exact)

    def to_json(self) -> str:
        """Return it as a file holds it."""
        near = {mode.value: asdict(found) for mode, found in self.near.items()}
        return json.dumps({"exact": self.exact, "near": near})

    @classmethod
    def from_json(cls, text: str) -> Trial:
        """Return what `to_json` wrote. Raises ValueError for anything else."""
        try:
            content = json.loads(text)
            near = {
                Mode(mode): Tried(float(found["speed"]), float(found["apart"]))
                for mode, found in content["near"].items()
            }
            return cls(float(content["exact"]), near)
        except (LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError("this is no record of a trial") from error


def _check_speed(speed: float) -> None:
    if not 0.0 < speed < 1e9:
        raise ValueError(f"no scorer is as fast as {speed!r}")


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
            return Trial.from_json(handle.read(_LARGEST)), True
    except (OSError, ValueError):
        return None  # a trial is soon made again


def remember(name: str, models_dir: Path, key: str, trial: Trial) -> bool:
    """Keep a trial; return whether that was possible for more than this process."""
    path = _path(name, models_dir, key)
    try:
        with atomic_file(path) as part:
            part.write_text(trial.to_json() + "\n", encoding="utf-8")
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
