"""A scorer as another package might bring one: it marks a few words, and reads in windows."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from triage.domain.scores import Label, Scorer, ScorerInfo, Scores, ToxicSpan
from triage.errors import ScorerError
from triage.scoring import registry

WEIGHTS = {"idiot": 0.9, "stupid": 0.6, "silly": 0.2}
WORD = re.compile("|".join(WEIGHTS), re.IGNORECASE)
WINDOW = 100  # characters


class Marking:
    """Marks the words of WEIGHTS; the worst of a window is its score for every label."""

    info = ScorerInfo(
        "marking", "1", (Label.TOXICITY, Label.INSULT), "marks three words", marks_spans=True
    )

    def __init__(self) -> None:
        self.asked: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Scores]:
        self.asked += texts
        return [
            self._rated(text) if text.strip() else Scores(not_scored="empty text") for text in texts
        ]

    def _rated(self, text: str) -> Scores:
        spans = tuple(
            ToxicSpan(*match.span(), WEIGHTS[match[0].lower()]) for match in WORD.finditer(text)
        )
        half = WINDOW // 2
        starts = range(0, max(1, len(text) - half), half)
        parts = [(start, min(start + WINDOW, len(text))) for start in starts]

        def worst(part: tuple[int, int]) -> float:
            inside = (one for one in spans if part[0] <= one.start and one.end <= part[1])
            return max((one.weight for one in inside), default=0.01)

        part = max(parts, key=worst)
        labels = self.info.labels
        where = dict.fromkeys(labels, part) if len(parts) > 1 else {}
        return Scores(dict.fromkeys(labels, worst(part)), spans=spans, where=where)


def make(*, models_dir: Path | None = None, allow_download: bool = False) -> Scorer:
    return Marking()


class Unmarking(Marking):
    """Rates as Marking does and keeps to itself why."""

    info = ScorerInfo("unmarking", "1", (Label.TOXICITY,))

    def score(self, texts: Sequence[str]) -> list[Scores]:
        return [
            Scores({Label.TOXICITY: one.values[Label.TOXICITY]}) if one.values else one
            for one in super().score(texts)
        ]


def make_unmarking(*, models_dir: Path | None = None, allow_download: bool = False) -> Scorer:
    return Unmarking()


class Tired(Marking):
    """Rates three texts a run as Marking does, and puts the others off."""

    info = ScorerInfo("tired", "1", (Label.TOXICITY, Label.INSULT))

    def score(self, texts: Sequence[str]) -> list[Scores]:
        first = super().score(texts[: max(0, 3 - len(self.asked))])
        rested = [Scores(one.values) if one.values else one for one in first]
        return rested + [Scores(not_scored="tired", later=True)] * (len(texts) - len(first))


def make_tired(*, models_dir: Path | None = None, allow_download: bool = False) -> Scorer:
    return Tired()


class Broken(Marking):
    """Cannot be run."""

    info = ScorerInfo("broken", "1", (Label.TOXICITY,))

    def score(self, texts: Sequence[str]) -> list[Scores]:
        raise ScorerError("the weights of broken are missing")


def make_broken(*, models_dir: Path | None = None, allow_download: bool = False) -> Scorer:
    return Broken()


def register(patch: pytest.MonkeyPatch, **made_by: str) -> None:
    """Register scorers as an installed package would: key=function of this module."""
    patch.setitem(sys.modules, "marking_package", sys.modules[__name__])
    points = EntryPoints(
        EntryPoint(key, f"marking_package:{function}", registry.GROUP)
        for key, function in (made_by or {"marking": "make"}).items()
    )
    patch.setattr(registry, "entry_points", lambda group: points.select(group=group))
