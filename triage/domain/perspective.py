"""Old scores of Perspective's: which columns hold them, and the scorer they are kept under."""

from __future__ import annotations

from collections.abc import Mapping

from triage.domain.attributes import MAIN_ATTRIBUTE
from triage.domain.scores import Label, ScorerInfo

__all__ = ["IMPORTED", "label_of_column"]

_LABELS: Mapping[str, Label] = {name: label for label, name in MAIN_ATTRIBUTE.items()}

IMPORTED = ScorerInfo(
    key="perspective",
    version="imported",
    labels=tuple(label for label in Label if label in MAIN_ATTRIBUTE),
    description="Scores that Perspective gave before the comments came here",
    details={"note": "which of its models gave them, nobody can tell any more"},
)
"""A scorer that is asked nothing: its scores are kept to compare thresholds, and never mixed."""

_PREFIXES = ("perspective_", "perspective.", "attributeScores.")
_SUFFIXES = (" (%)", "_score", ".summaryScore.value", ".value")


def label_of_column(name: str) -> tuple[Label, float] | None:
    """Return the label whose Perspective score a column holds, and what 1 is there (1 or 100).

    Attributes are in capitals, as Perspective writes them, or follow `perspective_`: a column
    `toxicity` may hold anybody's scores, or labels.
    """
    plain, whole, ours = name.strip(), 1.0, False
    for prefix in _PREFIXES:
        if plain.startswith(prefix):
            plain, ours = plain.removeprefix(prefix), True
    for suffix in _SUFFIXES:
        if plain.endswith(suffix):
            plain, whole = plain.removesuffix(suffix), 100.0 if "%" in suffix else 1.0
            break
    label = _LABELS.get(plain.upper() if ours else plain)
    return None if label is None else (label, whole)
