"""What follows from one threshold, in plain numbers; and how far it is known, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from triage.tuning.curves import Curves

__all__ = ["AuditState", "Bar", "Outcome", "Workload", "known", "outcome"]

_FEW = 30
_MANY_DUE = 0.1  # of what is flagged; below that the order of the queue changes little


@dataclass(frozen=True, slots=True)
class Workload:
    """What a policy with this threshold sends to review: comments, and how many a day.

    `hours_per_day` is None where nobody measured how long a decision takes.
    """

    queue: int
    queue_per_day: float
    hours_per_day: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from one threshold; None for what cannot be known.

    `flagged` of `comments` reach the threshold, whatever other labels say; `queue` is what the
    whole policy flags with it. `reviewed` labels stand behind the precision (Wilson's interval),
    `audited` behind the misses; `due` and `waiting` are due for review and undecided, at or above
    the threshold and below. The bounds on recall and misses are one-sided.
    """

    threshold: float
    comments: int
    flagged: int
    queue: int
    queue_per_day: float
    hours_per_day: float | None
    reviewed: int
    due: int
    precision: float | None
    precision_low: float
    precision_high: float
    audited: int
    waiting: int
    recall: float | None
    recall_low: float | None
    missed_per_1000: float | None
    missed_per_1000_most: float | None

    @property
    def share(self) -> float:
        """The share of comments that is flagged."""
        return self.flagged / self.comments if self.comments else 0.0

    @property
    def all_known(self) -> bool:
        """Whether every comment below was reviewed, so that recall is no bound but a count."""
        return self.recall is not None and self.audited == self.waiting == 0


@dataclass(frozen=True, slots=True)
class AuditState:
    """How far the audit is: comments it could draw, those drawn, and those that count by now.

    `decided` of those drawn have a verdict, in turn or not. `outside` counts comments that have a
    score, are neither flagged nor decided, and were in no draw: those that came later, or all
    before the first. While there are any, recall is not known.
    """

    population: int
    drawn: int
    decided: int
    in_turn: int
    outside: int

    @property
    def said(self) -> str:
        """How far it is, in a sentence."""
        if not self.drawn:
            return "No audit sample was drawn yet."
        said = f"Audit: {self.decided:,} of {self.drawn:,} drawn comments are decided"
        if self.in_turn < self.decided:
            said += f"; {self.in_turn:,} in their turn, and only those count"
        if self.outside:
            said += f"; {self.outside:,} comments came after the draw: recall is unknown for them"
        return said + "."


@dataclass(frozen=True, slots=True)
class Bar:
    """Comments with scores from `low` to `high`: reviewed, audited, and those nobody looked at."""

    low: float
    high: float
    reviewed: int
    audited: int
    unknown: int


def outcome(curves: Curves, threshold: float, load: Workload, confidence: float = 0.95) -> Outcome:
    """Return what follows from a threshold as plain numbers."""
    figures, at = curves.at(threshold, confidence), 0
    unreviewed = max(int(figures.unreviewed[at]), 1)
    return Outcome(
        threshold=threshold,
        comments=curves.comments,
        flagged=int(figures.flagged[at]),
        queue=load.queue,
        queue_per_day=load.queue_per_day,
        hours_per_day=load.hours_per_day,
        reviewed=int(figures.reviewed[at]),
        due=curves.due(threshold),
        precision=_known(figures.precision[at]),
        precision_low=float(figures.precision_low[at]),
        precision_high=float(figures.precision_high[at]),
        audited=int(figures.audited[at]),
        waiting=int(figures.waiting[at]),
        recall=_known(figures.recall[at]),
        recall_low=_known(figures.recall_low[at]),
        missed_per_1000=_known(figures.missed_per_1000[at]),
        missed_per_1000_most=_known(1000 * figures.missed_most[at] / unreviewed),
    )


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def known(one: Outcome, carries: str, confidence: float) -> str:
    """Return what is known at a threshold and what is not, for a person.

    `carries` ends a sentence about a comment: "should be rejected", "is an insult".
    """
    said = [_of_precision(one, carries, confidence), _of_recall(one, carries, confidence)]
    if one.waiting and one.recall_low is not None:
        said.append(
            f"{one.waiting:,} comments below it are due for review and undecided: the bound takes "
            "them all for missed."
        )
    return " ".join(said)


def _of_precision(one: Outcome, carries: str, confidence: float) -> str:
    if one.precision is None:
        return (
            "Nobody has reviewed a comment above this threshold: its precision is known once some "
            "of them are decided in Review."
        )
    few = ", which is few" if one.reviewed < _FEW else ""
    said = (
        f"Of 100 comments that it flags, {_hundred(one.precision_low)} to "
        f"{_hundred(one.precision_high)} {carries} ({one.reviewed:,} reviewed{few}; "
        f"{confidence:.0%} interval)."
    )
    if one.due > _MANY_DUE * one.flagged:
        said += (
            f" {one.due:,} that are flagged are not decided yet; the queue brings the surest "
            "first, so all of them may be less precise than that."
        )
    return said


def _of_recall(one: Outcome, carries: str, confidence: float) -> str:
    if one.recall_low is None:
        return (
            "How many it misses cannot be known from flagged comments alone: it takes an audit "
            "sample of what lies below."
        )
    if one.recall_low <= 0:
        return f"It is not shown yet that it finds any of those that {carries}."
    if one.all_known:
        return (
            f"It finds {_hundred(one.recall_low)} of 100 that {carries}: all that lies below was "
            "reviewed."
        )
    return (
        f"It finds at least {_hundred(one.recall_low)} of 100 that {carries}; that is true in "
        f"{confidence:.0%} of such audits ({one.audited:,} audited below)."
    )


def _hundred(share: float) -> str:
    return f"{100 * share:.0f}"
