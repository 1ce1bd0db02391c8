"""Two periods of one length, the later up to the newest comment: what changed between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.tuning.curves import Evidence
from triage.tuning.drift import Change, Drift, drift

__all__ = ["MONTH", "Periods", "periods"]

MONTH = 28
"""Days of a period where nobody asked for others: four weeks, so that all weekdays count alike."""

_SELDOM = 0.01


@dataclass(frozen=True, slots=True)
class Periods:
    """So many comments in the `days` up to the newest one, and in as many before that.

    `found` says how they differ; None where one of them has no comment.
    """

    days: int
    before: int
    after: int
    found: Drift | None

    @property
    def changed(self) -> bool:
        """Whether anything is shown to have changed."""
        one = self.found
        if one is None:
            return False
        precise = one.precision is not None and one.precision.shown
        return one.flagged.shown or precise or one.chance < _SELDOM

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """What is compared: its name, then, now, and what follows, in words."""
        one = self.found
        if one is None:
            return []
        rows = [
            ("comments", f"{self.before:,}", f"{self.after:,}", ""),
            ("of 100, flagged are", *_change(one.flagged)),
        ]
        if one.precision is None:
            unknown = "not known: in one of them nobody reviewed any"
            rows.append(("of 100 flagged, right are", "", "", unknown))
        else:
            rows.append(("of 100 flagged, right are", *_change(one.precision)))
        apart = f"up to {100 * one.distance:.0f} of 100 comments apart"
        seldom = "more than chance" if one.chance < _SELDOM else "no change is shown"
        rows.append(("their scores", "", apart, f"{seldom} (p = {one.chance:.2g})"))
        return rows

    @property
    def said(self) -> str:
        """What follows, in a sentence or two."""
        which = f"the {self.days:,} days up to the newest comment and the {self.days:,} before them"
        if self.found is None:
            return f"Nothing to compare: there are no comments in one of the two periods, {which}."
        if not self.changed:
            return f"Between {which} nothing is shown to have changed."
        return (
            f"Something changed between {which}. A threshold that was found earlier may not hold: "
            "look at its figures again, and draw an audit sample of what came since."
        )


def periods(
    evidence: Evidence, day: NDArray[np.float64], threshold: float, days: int = MONTH
) -> Periods:
    """Return how the last `days` differ from those before them.

    `day` says of each comment when it came, in days from any moment on; NaN where nobody knows.
    Raises ValueError unless a period is a day or more.
    """
    if days < 1:
        raise ValueError(f"a period is a day or more, not {days}")
    known = ~np.isnan(day)
    newest = float(day[known].max()) if known.any() else 0.0
    after = known & (day > newest - days)
    before = known & ~after & (day > newest - 2 * days)
    then, now = (
        Evidence(evidence.score[rows], evidence.label[rows], evidence.probability[rows])
        for rows in (before, after)
    )
    found = drift(then, now, threshold) if len(then.score) and len(now.score) else None
    return Periods(days, len(then.score), len(now.score), found)


def _change(one: Change) -> tuple[str, str, str]:
    span = f"{100 * one.low:+.1f} to {100 * one.high:+.1f}"
    said = "no change is shown" if not one.shown else "more" if one.low > 0 else "fewer"
    return (
        f"{100 * one.before:.1f} (of {one.before_of:,})",
        f"{100 * one.after:.1f} (of {one.after_of:,})",
        f"{said} ({span})",
    )
