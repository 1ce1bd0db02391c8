"""What the documentation gives as evidence is there."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE = [ROOT / "docs" / "asvs.md", ROOT / "docs" / "promises.md"]
_NAMED = re.compile(r"`((?:tests|triage|deploy)/[\w/.-]+)?(?:::(\w+))?`")
_FIRST_LEVEL = (
    *("1.2.1", "1.2.2", "1.2.3", "1.2.4", "1.2.5", "1.3.1", "1.3.2", "1.5.1"),
    *("2.1.1", "2.2.1", "2.2.2", "2.3.1"),
    *("3.2.1", "3.2.2", "3.3.1", "3.4.1", "3.4.2", "3.5.1", "3.5.2", "3.5.3", "4.1.1", "4.4.1"),
    *("5.2.1", "5.2.2", "5.3.1", "5.3.2"),
    *("6.1.1", *(f"6.2.{one}" for one in range(1, 9)), "6.3.1", "6.3.2", "6.4.1", "6.4.2"),
    *("7.2.1", "7.2.2", "7.2.3", "7.2.4", "7.4.1", "7.4.2"),
    *("8.1.1", "8.2.1", "8.2.2", "8.3.1", "9.1.1", "9.1.2", "9.1.3", "9.2.1"),
    *(f"10.4.{one}" for one in range(1, 6)),
    *("11.3.1", "11.3.2", "11.4.1", "12.1.1", "12.2.1", "12.2.2", "13.4.1"),
    *("14.2.1", "14.3.1", "15.1.1", "15.2.1", "15.3.1"),
)
"""The requirements of level 1, as the standard's own table of 5.0.0 lists them."""


@cache
def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize("page", EVIDENCE, ids=lambda page: page.name)
def test_every_file_and_test_that_is_named_as_evidence_is_there(page: Path) -> None:
    path, found = "", 0
    for given, name in _NAMED.findall(page.read_text(encoding="utf-8")):
        path = given or path  # `::test` alone is of the file that was named last
        assert (ROOT / path).exists(), path
        if name:
            assert name in names_in(ROOT / path), f"{path}::{name}"
            found += 1
    assert found > 20


def test_the_checklist_has_each_requirement_of_level_1_once_and_no_other() -> None:
    text = EVIDENCE[0].read_text(encoding="utf-8")
    lines = re.findall(r"^\| (\d+\.\d+\.\d+) \| [^|]+ \| ([^|]+) \| \S", text, re.MULTILINE)
    assert Counter(number for number, _ in lines) == Counter(_FIRST_LEVEL)
    assert len(_FIRST_LEVEL) == 70
    assert {state for _, state in lines} <= {"met", "yours", "n/a", "not met", "not met, in part"}


def test_what_is_said_of_streamlits_settings_stands_in_its_file() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    server = config["server"]
    assert server["address"] == "localhost"
    assert server["enableXsrfProtection"] is server["enableCORS"] is True
    assert server["maxUploadSize"] == 200
    assert config["client"]["showErrorDetails"] == "none"
    assert config["browser"]["gatherUsageStats"] is False
