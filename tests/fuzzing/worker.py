"""One target, fuzzed in this process: libFuzzer makes the inputs, guided by what they reach.

Called by `python -m tests.fuzzing`, with the target, a folder for findings and libFuzzer's options.
A finding is kept and the fuzzing goes on; of those of one kind at one place the shortest is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

# Only what is imported here is instrumented.
with atheris.instrument_imports(
    include=["triage.intake", "triage.files", "triage.scoring", "triage.domain"]
):
    from tests.fuzzing.checks import within_bounds
    from tests.fuzzing.findings import kept
    from tests.fuzzing.targets import TARGETS


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
