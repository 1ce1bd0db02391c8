"""Courses: how the scores of a label run along a thread, and where it derails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.domain.decisions import Verdict
from triage.domain.scores import Label

__all__ = ["Course", "Step", "Stretch"]

_STRETCH = 10  # scored comments
_FEWEST = 3  # at or above the threshold, or it is no stretch to speak of


@dataclass(frozen=True, slots=True)
class Step:
    """A comment's place in its thread, counted from 1 in the order to read, and its score."""

    comment_id: str
    place: int
    score: float | None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Places `first` to `last`: of `scored` comments `over` are at or above the threshold."""

    first: int
    last: int
    over: int
    scored: int


@dataclass(frozen=True, slots=True)
class Course:
    """A label's scores along a thread, in the order to read."""

    label: Label
    steps: tuple[Step, ...]

    @property
    def scored(self) -> tuple[Step, ...]:
        """The steps that have a score."""
        return tuple(step for step in self.steps if step.score is not None)

    def trend(self, width: int = 7) -> list[tuple[int, float]]:
        """Return (place, mean of the `width` scores around it), narrower at both ends."""
        steps = self.scored
        half = width // 2
        around = (steps[max(0, n - half) : n + half + 1] for n in range(len(steps)))
        return [(step.place, _mean(some)) for step, some in zip(steps, around, strict=True)]

    def derails(self, at: float, length: int = _STRETCH) -> Stretch | None:
        """Return the stretch of `length` scored comments of which most reach `at`, the first such.

        It begins and ends with one that does. None where fewer than three do in any stretch.
        """
        steps = self.scored
        over = [step.score is not None and step.score >= at for step in steps]
        starts = range(max(len(steps) - length, 0) + 1)
        best = max(starts, key=lambda n: sum(over[n : n + length]))
        reached = [n for n in range(best, min(best + length, len(steps))) if over[n]]
        if len(reached) < _FEWEST:
            return None
        first, last = reached[0], reached[-1]
        return Stretch(steps[first].place, steps[last].place, len(reached), last - first + 1)


def _mean(steps: Sequence[Step]) -> float:
    scores = [step.score for step in steps if step.score is not None]
    return sum(scores) / len(scores)
