"""Scores of Perspective's in the columns of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from triage.domain.perspective import IMPORTED, label_of_column
from triage.domain.scores import GivenScores, Label, Scores
from triage.files.tables import Row

__all__ = ["OldScores", "given"]

Tell = Callable[[int, str], None]


@dataclass(slots=True)
class OldScores:
    """Reads the columns of Perspective's scores, row by row.

    `columns` maps a column to its label and to what 1 is in it.
    """

    columns: Mapping[str, tuple[Label, float]] = field(default_factory=dict)

    @classmethod
    def among(cls, names: Sequence[str], taken: Sequence[str]) -> OldScores:
        """Look for such columns among those that hold nothing else; of two the first counts."""
        found: dict[str, tuple[Label, float]] = {}
        labels: set[Label] = set()
        for name in names:
            told = None if name in taken else label_of_column(name)
            if told is not None and told[0] not in labels:
                labels.add(told[0])
                found[name] = told
        return cls(found)

    @property
    def why(self) -> str:
        """What was found, as a clause; "" for nothing."""
        if not self.columns:
            return ""
        names = ", ".join(self.columns)
        return f"; scores of Perspective's in {names}, kept as scores of {IMPORTED.key}"

    def of(self, row: Row, tell: Tell) -> Scores | None:
        """Return a row's scores; `tell` hears of what is none. None for a row without any."""
        values: dict[Label, float] = {}
        for name, (label, whole) in self.columns.items():
            cell = row.values.get(name)
            if cell is None or cell == "" or cell != cell:
                continue
            score = _number(cell, whole)
            if score is None:
                tell(
                    row.line, f"no score from 0 to {whole:g} in column {name!r}: {str(cell)[:40]!r}"
                )
            else:
                values[label] = score
        return Scores(values) if values else None


def given(by_text: Mapping[str, Scores]) -> tuple[GivenScores, ...]:
    """Return what a thread carries: scores of the texts by their digests, if there are any."""
    return (GivenScores(IMPORTED, dict(by_text)),) if by_text else ()


def _number(cell: object, whole: float) -> float | None:
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        return None
    try:
        score = float(cell) / whole
    except (ValueError, OverflowError):
        return None
    return score if 0.0 <= score <= 1.0 else None
