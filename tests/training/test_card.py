"""The model card: a run's figures get into it, and what is drawn is what was measured."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from training.card import filled
from training.figures import share
from training.reliability import drawing

BANDS = [
    {"from": 0.0, "to": 0.5, "mean_score": 0.1, "positive": share(np.arange(100) < 10)},
    {"from": 0.5, "to": 1.0, "mean_score": 0.8, "positive": share(np.arange(20) < 15)},
]
CARD = Path(__file__).parents[2] / "docs" / "scorers.md"


def test_a_part_is_renewed_and_what_stands_around_it_is_kept() -> None:
    card = "before\n<!-- figures: bands -->\nold\n<!-- end -->\nafter\n"
    figures = {
        name: {"bands": BANDS}
        for name in ("wikipedia toxicity", "reddit incivility", "github incivility")
    }
    once = filled(card, figures)
    assert once.startswith("before\n<!-- figures: bands -->\n| score |")
    assert "| 0.5 to 1.0 | 20: 0.80, 0.75 | 20: 0.80, 0.75 | 20: 0.80, 0.75 |" in once
    assert once.endswith("|\n<!-- end -->\nafter\n")
    assert filled(once, figures) == once
    with pytest.raises(KeyError, match="weather"):
        filled("<!-- figures: weather -->\n<!-- end -->", figures)


def test_every_part_of_the_card_holds_a_table() -> None:
    parts = CARD.read_text("utf-8").split("<!-- figures: ")[1:]
    assert len(parts) >= 7
    assert all("| --- |" in part.split("<!-- end -->")[0] for part in parts)


def test_the_diagram_has_a_panel_per_name_and_a_dot_per_band() -> None:
    names = [f"label {at} & co" for at in range(5)]
    root = ET.fromstring(drawing(dict.fromkeys(names, BANDS)))
    space = "{http://www.w3.org/2000/svg}"
    assert [one.text for one in root.iter(f"{space}text") if "label" in (one.text or "")] == names
    assert len(list(root.iter(f"{space}rect"))) == 5
    dots = list(root.iter(f"{space}circle"))
    assert len(dots) == 10
    panel = next(root.iter(f"{space}rect"))
    left, side = float(panel.attrib["x"]), float(panel.attrib["width"])
    assert (float(dots[0].attrib["cx"]) - left) / side == pytest.approx(0.1, abs=0.01)
    upwards = (float(dots[1].attrib["cy"]) - float(panel.attrib["y"])) / side
    assert 1 - upwards == pytest.approx(0.75, abs=0.01)
