"""Batches: many undecided comments, chosen by the range of one label's scores, decided at once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from triage.domain.checks import check_unit
from triage.domain.scores import Label

__all__ = ["BatchReport", "ScoreRange", "Tally"]


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """Scores of one label from `low` to `high`, both included.

    Raises ValueError unless 0 <= low <= high <= 1.
    """

    label: Label
    low: float
    high: float

    def __post_init__(self) -> None:
        check_unit("the low end of a range", self.low)
        check_unit("the high end of a range", self.high)
        if self.low > self.high:
            raise ValueError(f"a range runs upward: {self.low}-{self.high}")

    @property
    def ends(self) -> tuple[str, str]:
        """Both ends in decimals: two at least, and as many more as they have."""
        return _in_full(self.low), _in_full(self.high)

    def __str__(self) -> str:
        return f"{self.label.value} {'-'.join(self.ends)}"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many undecided comments a range holds.

    `flagged` of them ask for a review; `asked` of those because a person flagged them.
    """

    comments: int
    flagged: int
    asked: int


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a batch.

    `decided` comments have the verdict; `left_out` were decided, edited, rated anew or drawn for an
    audit since they were picked. `decision_id` is one decision of the act, by which the whole of it
    is undone.
    """

    decided: int
    left_out: int
    decision_id: str


def _in_full(score: float) -> str:
    short = f"{score:.2f}"
    return short if float(short) == score else f"{Decimal(repr(float(score))):f}"
