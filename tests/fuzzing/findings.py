"""What went wrong, kept in a folder: the input, and why beside it."""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path

from tests.fuzzing.checks import FaultError

__all__ = ["kept"]


def kept(error: Exception, data: bytes, folder: Path) -> None:
    """Keep an input that went wrong, unless there is a shorter one of its kind and place."""
    what = str(error).split(":")[0] if isinstance(error, FaultError) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/triage/" in frame.filename] or frames
    where = f"{Path(ours[-1].filename).stem}-{ours[-1].lineno}"
    name = f"{what}-{where}-{hashlib.sha256(f'{what}{where}'.encode()).hexdigest()[:6]}"
    path = folder / name
    if path.exists() and path.stat().st_size <= len(data):
        return
    path.write_bytes(data)
    (folder / f"{name}.why").write_text(
        "".join(traceback.format_exception(error)), encoding="utf-8", errors="backslashreplace"
    )
