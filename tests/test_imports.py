"""What a newcomer types first answers at once: heavy libraries are loaded where they are used."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "torch", "transformers", "detoxify", "onnx", "onnxruntime", "tokenizers", "streamlit",
    "pandas", "pyarrow", "safetensors", "scipy", "sklearn", "starlette", "uvicorn",
    "prometheus_client",
)  # fmt: skip


def loaded_by(code: str) -> set[str]:
    script = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("code", "banned"),
    [
        ("import triage", (*HEAVY, "sqlalchemy", "click", "numpy")),
        ("import triage.cli", (*HEAVY, "sqlalchemy", "numpy")),
        ("import triage.workbench", HEAVY),
        ("import triage.tuning.goals, triage.tuning.drift, triage.tuning.sampling", HEAVY),
        ("import triage.scoring.registry as r; r.describe(None)", HEAVY),
    ],
)
def test_an_import_loads_only_what_it_needs(code: str, banned: tuple[str, ...]) -> None:
    assert loaded_by(code).isdisjoint(banned)
