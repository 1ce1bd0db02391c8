"""What ranges would do before they do it: how much, of which comments, and what people said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from triage.domain.automatic import Acted
from triage.domain.decisions import Verdict
from triage.domain.entries import Entry

__all__ = ["WEAK", "Foreseen", "Side"]

WEAK = 0.1
"""The part of a range's comments that is its weak end: those nearest to its limit."""


@dataclass(frozen=True, slots=True)
class Side:
    """What ranges would do with one verdict, and what people did where they met such scores.

    `anywhere` are comments drawn by chance from all that would get it, `weak` from those nearest to
    the limit, surest last; none is in both. `decided` is how many comments with such scores
    people read and approved or rejected, `otherwise` how many of them the other way than the ranges
    would; `against` are some of the latter, by chance.
    """

    anywhere: tuple[Entry, ...] = ()
    weak: tuple[Entry, ...] = ()
    decided: int = 0
    otherwise: int = 0
    against: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What ranges would do at present, and of each verdict that they can give its side."""

    acted: Acted
    sides: Mapping[Verdict, Side] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sides", MappingProxyType(dict(self.sides)))
