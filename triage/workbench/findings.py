"""What is known at one moment of what thresholds find and miss: for each label, and for all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triage.domain.scores import Label
from triage.store import Groups, Kind, KnownComments, VersionSeen
from triage.store.evidence import APPROVED, BITS, REJECTED, UNDECIDED
from triage.tuning.labelling import Asked, Sample, chances, is_among, is_rejected
from triage.tuning.outcomes import AuditState
from triage.tuning.together import lowest, positions
from triage.workbench.targets import Target

if TYPE_CHECKING:
    from triage.workbench.comparison import Comparison

__all__ = ["Findings"]

Vector = NDArray[np.float64]


class Findings:
    """Everything that is known at one moment; threads may share it."""

    def __init__(self, known: KnownComments) -> None:
        self.known = known
        self.policy = known.history[-1]
        self._at = lowest(self.policy.thresholds)
        decided = known.verdict != UNDECIDED
        self._position = positions(known.scores, self._at, known.unreadable)
        sample = Sample(known.probability, known.number, known.drawn)
        last_draw = -np.inf if known.last_draw is None else known.last_draw
        settled = known.decided_at <= last_draw  # NaN, for the undecided, is not
        asked = Asked(
            by_policy=known.by_policy,
            by_person=known.asked,
            earlier=settled | self._flagged_before(),
            decided=decided,
            automatic=known.automatic,
            share=known.share,
            sample=sample,
        )
        self._asked = chances(asked)
        open_ = ~(np.isnan(self._position) | known.by_policy | known.asked | decided)
        self.audit = AuditState(
            population=int((sample.probability > 0).sum()),
            drawn=int(self._asked.drawn.sum()),
            decided=int((self._asked.drawn & decided).sum()),
            in_turn=int((self._asked.in_turn & decided).sum()),
            outside=int((open_ & (sample.probability == 0)).sum()),
        )
        self.groups: dict[Kind, Groups] = {}
        self.versions: list[VersionSeen] | None = None
        self.days: Vector | None = None
        self.comparisons: dict[object, Comparison] = {}
        self._targets: dict[Label | None, Target] = {}
        self._lock = RLock()

    @property
    def comments(self) -> int:
        """How many comments there are."""
        return len(self.known.comment)

    @property
    def labels(self) -> list[Label]:
        """The labels that the panel in force scores."""
        return list(self.known.scores)

    def target(self, label: Label | None = None) -> Target:
        """Return what is known for a label, or for the whole policy; the first time takes longer.

        Raises KeyError for a label that nobody scores.
        """
        with self._lock:
            if label not in self._targets:
                self._targets[label] = self._made(label)
            return self._targets[label]

    def rated_by(self, label: Label, score: Vector) -> Target:
        """Return what is known for a label where other scores stand for those in force.

        Who was asked about stays as it was: that hangs on what the scores in force flagged.
        """
        return self._target(label, score, self.known.asked | self._by_others(label))

    def _made(self, label: Label | None) -> Target:
        if label is None:
            return self._target(label, self._position, self.known.asked)
        return self.rated_by(label, self.known.scores[label])

    def _target(self, label: Label | None, score: Vector, anyway: NDArray[np.bool_]) -> Target:
        return Target(label, score, self.truth(label), self._asked, anyway, self.known, self._at)

    def truth(self, label: Label | None) -> NDArray[np.int8]:
        """Return of every comment whether the label applies: 1, 0, or -1 where nobody said."""
        one = self.known
        approved, rejected = one.verdict == APPROVED, one.verdict == REJECTED
        if label is None:
            return is_rejected(approved, rejected)
        bit = BITS[label]
        return is_among(
            approved,
            rejected,
            (one.given & bit) > 0,
            (one.refused & bit) > 0,
            (one.given & ~np.uint16(bit)) > 0,
        )

    def _by_others(self, label: Label) -> NDArray[np.bool_]:
        at = {other: threshold for other, threshold in self._at.items() if other is not label}
        return self._flags(at)

    def _flags(self, at: Mapping[Label, float]) -> NDArray[np.bool_]:
        found = self.known.unreadable.copy()
        for label, threshold in at.items():
            if label in self.known.scores:
                found |= self.known.scores[label] >= threshold
        return found

    def _flagged_before(self) -> NDArray[np.bool_]:
        """Return what any earlier policy flagged, by the scores in force.

        Of a label only policies tell under which its scorer version was in use: the thresholds of
        others were for other scores.
        """
        found = np.zeros(len(self.known.comment), bool)
        for policy, after in pairwise(self.known.history):
            used = self._used(policy.created_at, after.created_at)
            at = lowest(policy.thresholds)
            found |= self._flags({label: one for label, one in at.items() if label in used})
        return found

    def _used(self, since: datetime, until: datetime) -> set[Label]:
        """Return the labels whose scorer version of now was in use at some time of a period."""
        panels = self.known.panels
        ends = [moment for moment, _ in panels[1:]] + [datetime.max.replace(tzinfo=UTC)]
        return {
            label
            for (start, panel), end in zip(panels, ends, strict=True)
            if start < until and since < end
            for label, seat in panel.items()
            if self.known.panel.get(label) == seat
        }
