"""What docs/perspective.md promises is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from triage.domain.attributes import ATTRIBUTES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "perspective.md"


def section(title: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_its_table_of_attributes_is_the_one_that_is_answered() -> None:
    told = {
        name: label
        for names, label in re.findall(
            r"^\| (`.+?) \| ([a-z ]+?) *(?:\(|\|)", section("Attributes"), re.MULTILINE
        )
        for name in re.findall(r"`([A-Z_]+)`", names)
    }
    assert told == {name: label.words for name, label in ATTRIBUTES.items()}


def test_every_proof_that_it_names_is_there() -> None:
    named = re.findall(r"`(tests/[a-z_/]+\.py)`", section("Which clients need what"))
    assert named
    for path in named:
        assert (PAGE.parents[1] / path).exists(), path
