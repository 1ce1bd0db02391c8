"""Verbs about the audit: comments drawn by chance from those that nothing flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from triage.domain.audits import Audit, AuditDraw
from triage.errors import UsageError
from triage.tuning.sampling import inclusion, permanent_numbers
from triage.workbench.parts import Parts

__all__ = ["Auditing"]


class Auditing(Parts):
    """What the policy misses is looked for."""

    def draw_audit(self, expected: float, by: str) -> AuditDraw:
        """Draw about `expected` comments that nothing flags, and put them into the queue.

        Those that earlier draws drew count: asked for 500 after 300, it draws about 200 more. See
        `Audits.draw` and docs/thresholds.md. Raises UsageError for whoever is no lead, for a
        number that is not above 0, and where there is nothing to draw from.
        """
        self.leads_only(by, "draw an audit")
        if not (isfinite(expected) and expected > 0):
            raise UsageError(f"an audit of {expected} comments cannot be drawn: ask for 1 or more")
        return self.store.audits.draw(_Sampling(expected), expected, by, self._clock())

    def audits(self) -> list[Audit]:
        """Return every draw with how far its review is, the first one first."""
        return self.store.audits.all()


@dataclass(frozen=True, slots=True)
class _Sampling:
    """The sampling of `triage.tuning`, as the store asks for it."""

    expected: float

    def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        return permanent_numbers(ids, salt).tolist()  # type: ignore[no-any-return]

    def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
        return inclusion(np.asarray(closeness), self.expected).tolist()  # type: ignore[no-any-return]
