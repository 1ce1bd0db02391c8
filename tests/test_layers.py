"""Imports run one way. The table says who may not reach what, and because of what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "triage"

STANDARD = frozenset({"domain", "errors"})
PARTS = STANDARD | {"files"}
EDGES = frozenset({"api", "cli", "ui"})
# Who may import which of our own parts.
MAY: dict[str, frozenset[str]] = {
    "domain": frozenset(),
    "errors": frozenset(),
    "files": STANDARD,
    "intake": PARTS,
    "languages": STANDARD,
    "sending": STANDARD,
    "scoring": PARTS | {"sending"},
    "engines": PARTS | {"scoring"},
    "tuning": STANDARD,
    "export": PARTS,
    "store": STANDARD,
    "review": STANDARD | {"store"},
    "webhooks": STANDARD | {"logs", "sending", "store"},
    "places": frozenset(),
    "logs": STANDARD,
    "toml_file": STANDARD,
    "remotes": STANDARD | {"toml_file"},
    "statement_file": STANDARD | {"toml_file"},
    "sign_in_file": STANDARD | {"toml_file"},
    "given": STANDARD | {"toml_file"},
    "settings": STANDARD | {"given", "logs", "remotes", "sign_in_file", "statement_file"},
    "workbench": PARTS
    | {"logs", "places", "settings", "intake", "scoring", "tuning", "export", "store", "review"}
    | {"engines", "languages", "webhooks"},
    "api": STANDARD | {"logs", "workbench", "settings"},
    "cli": STANDARD | {"given", "logs", "workbench", "settings", "files", "places"},
    "ui": STANDARD | {"logs", "workbench", "settings", "files"},
}
# Who alone may import a third party, because only that part is about it.
ONLY: dict[str, frozenset[str]] = {
    "alembic": frozenset({"store"}),
    "altair": frozenset({"ui"}),
    "charset_normalizer": frozenset({"files"}),
    "click": frozenset({"cli"}),
    "defusedxml": frozenset({"files"}),
    "detoxify": frozenset(),  # it unpickles what it loads
    "fsspec": frozenset({"files"}),
    "ijson": frozenset({"files"}),
    "onnx": frozenset({"scoring"}),
    "onnxruntime": frozenset({"scoring"}),
    "prometheus_client": frozenset({"api"}),
    "psycopg": frozenset({"store"}),
    "py3langid": frozenset({"languages"}),
    "ray": frozenset({"engines"}),
    "re2": frozenset({"store"}),
    "rich": frozenset({"cli"}),
    "safetensors": frozenset({"scoring"}),
    "scipy": frozenset({"tuning"}),
    "sklearn": frozenset(),  # the tests compare with it
    "sqlalchemy": frozenset({"store"}),
    "starlette": frozenset({"api"}),
    "streamlit": frozenset({"ui"}),
    "tokenizers": frozenset({"scoring"}),
    "torch": frozenset({"scoring"}),
    "transformers": frozenset({"scoring"}),
    "uvicorn": frozenset({"api"}),
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Yield every module that a file imports, in function bodies too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module is not None
            if node.module == "triage":
                own = (name.name for name in node.names if not name.name.startswith("__"))
                yield from (f"triage.{name}" for name in own)
            else:
                yield node.module


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return
    assert part in MAY, f"{part} has no row in the table: which layer is it?"
    for name in imports(path):
        top, *rest = name.split(".")
        if top == "triage" and rest:
            target = rest[0]
            assert target == part or target in MAY[part], f"{part} may not import {name}"
        elif top in ONLY:
            assert part in ONLY[top], f"{top} is imported only in {sorted(ONLY[top]) or 'tests'}"


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    import sys

    for path in modules():
        if part_of(path) in STANDARD:
            for name in imports(path):
                top = name.split(".")[0]
                assert top == "triage" or top in sys.stdlib_module_names, f"{path.name}: {name}"


def test_app_py_stays_a_front_door() -> None:
    source = (ROOT / "app.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 24
    assert {name.split(".")[1] for name in imports(ROOT / "app.py") if "." in name} <= {"api", "ui"}


def test_every_module_says_what_it_is_for() -> None:
    for path in modules():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path.name
