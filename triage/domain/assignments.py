"""Assignments: which part of the queue is whose to review first, and how far each part is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.checks import check_aware, check_named
from triage.domain.languages import is_code, shorter
from triage.domain.scores import Label

__all__ = ["Assignment", "Part", "PartKind", "PartProgress", "Tier", "check_part", "tiers_for"]

_LONGEST_LANGUAGE = 16


class PartKind(StrEnum):
    """What a part of the queue is told by."""

    THREAD = "thread"
    """The comments of one thread; the value is its id."""
    LABEL = "label"
    """Those whose score reaches the threshold of a label."""
    LANGUAGE = "language"
    """Those whose text is in a language; the value is its code."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the queue. Raises ValueError for a label or a language that can be none."""

    kind: PartKind
    value: str

    def __post_init__(self) -> None:
        check_named(f"a {self.kind}", self.value)
        if self.kind is PartKind.LABEL and self.value not in set(Label):
            raise ValueError(f"no label is called {self.value!r}: {', '.join(Label)}")
        if self.kind is PartKind.LANGUAGE and len(self.value) > _LONGEST_LANGUAGE:
            raise ValueError(f"no language has the code {self.value!r}: en, de, pt ...")


def check_part(part: Part) -> None:
    """Raise ValueError for a language whose code no text has, so that it would hold nothing.

    What is stored is not checked: a code may have been taken before this was.
    """
    if part.kind is not PartKind.LANGUAGE:
        return
    short = shorter(part.value.lower())
    if not is_code(part.value) or short is not None:
        known = short or part.value.lower().replace("_", "-").split("-")[0]
        meant = f"say {known}" if is_code(known) else "such as de"
        raise ValueError(f"a language is a code in small letters, not {part.value!r}: {meant}")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A part that a lead gave to a reviewer, until it is ended; a fact that is never deleted."""

    id: str
    part: Part
    reviewer: str
    by: str
    at: datetime
    ended_by: str | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        check_named("an assignment's reviewer", self.reviewer)
        check_named("whoever assigns", self.by)
        check_aware("an assignment's time", self.at)
        check_aware("an assignment's end", self.ended_at)


@dataclass(frozen=True, slots=True)
class PartProgress:
    """How far a part is, in comments; `part` is None for what is assigned to nobody.

    `name` is what people call it: a thread's title. `waiting_since` is when the oldest that waits
    came; None where none does.
    """

    part: Part | None
    name: str
    waiting: int
    decided: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Tier:
    """Which comments of the queue are meant: those `within` any of these parts, `outside` of all.

    `within` None restricts nothing.
    """

    within: tuple[Part, ...] | None = None
    outside: tuple[Part, ...] = ()


def tiers_for(reviewer: str, in_force: Collection[Assignment]) -> tuple[Tier | None, ...]:
    """Return what a reviewer gets first, then, and last; None stands for the whole queue.

    What is the reviewer's own, then what is nobody's, then everything, so that nothing is stuck
    while somebody is away. Without any assignment it is the whole queue and nothing else.
    """
    if not in_force:
        return (None,)
    own = _parts(one for one in in_force if one.reviewer == reviewer)
    nobodys = Tier(outside=_parts(in_force))
    return (Tier(within=own), nobodys, None) if own else (nobodys, None)


def _parts(assignments: Iterable[Assignment]) -> tuple[Part, ...]:
    return tuple(dict.fromkeys(one.part for one in assignments))
