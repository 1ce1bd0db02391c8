"""Audits: comments drawn by chance from those that nothing flags, to learn what is missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage.domain.checks import check_aware, check_named

__all__ = ["Audit", "AuditDraw"]


@dataclass(frozen=True, slots=True)
class AuditDraw:
    """One draw of audit comments: who drew when, how many were asked for, and from what.

    `expected` is how many comments the sample was to hold on average, those of earlier draws
    counted in. `policy` (`default@3`) and `scorer` (`compact@1f0c`) were in force; they decide
    which comments are flagged, and how near to a threshold the others lie. `population` is X
    """

    number: int
    at: datetime
    by: str
    expected: float
    policy: str | None
    scorer: str | None
    population: int
    drawn: int
    automatic: bool = False

    def __post_init__(self) -> None:
        check_named("who draws an audit", self.by)
        check_aware("the time of an audit's draw", self.at)
        if not 0 < self.expected < float("inf"):
            raise ValueError(f"an audit sample expects more than {self.expected!r} comments")
        if not 0 <= self.drawn <= self.population:
            raise ValueError(f"{self.drawn} drawn of {self.population} comments")


@dataclass(frozen=True, slots=True)
class Audit:
    """A draw and how far its review is.

    Of what it drew, `decided` comments have a verdict by a person who looked at their present text;
    the others wait in the queue.
    """

    draw: AuditDraw
    decided: int

    @property
    def waiting(self) -> int:
        """How many of the drawn comments are still to be reviewed."""
        return self.draw.drawn - self.decided
