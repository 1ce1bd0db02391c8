"""All that a model takes, fetched into a partial folder: a pull that stops goes on from there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from triage.errors import ScorerError
from triage.scoring.models.catalogue import KnownModel, Origin
from triage.scoring.models.fetch import Told, fetch

__all__ = ["fetch_all", "partial_folder"]


def partial_folder(name: str, models_dir: Path) -> Path:
    """Return where the files of a model lie while they are fetched; the name hides it."""
    return models_dir / f".{name}.pull"


def fetch_all(
    known: KnownModel,
    folder: Path,
    origin: Origin,
    *,
    on_progress: Told | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Path:
    """Fetch the base model's files and the checkpoint into `folder`; return the checkpoint.

    What is there already stays. Raises ScorerError where something cannot be had, and
    where another process is fetching into the same folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        for file, url in known.addresses(origin).items():
            if not (folder / file).exists():
                fetch(url, folder / file, on_progress=on_progress, pause=pause)
    return folder / known.file


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a lock on a folder, which a process gives back even when it is killed."""
    try:
        import fcntl
    except ImportError:  # Windows: two pulls at once are then nobody's fault but their starter's
        yield
        return
    handle = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o666)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ScorerError(
                f"another process is fetching into {folder}: wait for it to end"
            ) from error
        yield
    finally:
        with suppress(OSError):
            os.close(handle)
