"""One target, fuzzed in this process: libFuzzer makes the inputs, guided by what they reach.

Called by `python -m tests.fuzzing`, with the target, a folder for findings and libFuzzer's options.
A finding is kept and the fuzzing goes on; of those of one kind at one place the shortest is kept.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import atheris

# Only what is imported here is instrumented.
with atheris.instrument_imports(
    include=["triage.intake", "triage.files", "triage.scoring", "triage.domain"]
):
    from tests.fuzzing.checks import FaultError, within_bounds
    from tests.fuzzing.targets import TARGETS

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


def _fuzzed(run: Callable[[bytes], bool], folder: Path) -> Callable[[bytes], None]:
    def one(data: bytes) -> None:
        try:
            with within_bounds():
                run(data)
        except Exception as error:  # noqa: BLE001 - any is a finding
            kept(error, data, folder)

    return one


def main() -> None:
    name, folder, *options = sys.argv[1:]
    run = TARGETS[name].run
    for seed in TARGETS[name].seeds():
        run(seed)  # libraries are loaded once, and their memory is nobody's finding
    atheris.Setup([sys.argv[0], *options], _fuzzed(run, Path(folder)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
