"""Verbs about appeals: taken in, listed, and how often they are overturned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from triage.domain.appeals import Appealed, AppealedBy, AppealStatus, AppealVia
from triage.domain.entries import AppealRecord
from triage.review.appeals import count_outcomes, take_in
from triage.tuning.overturns import Overturned, overturn_rates
from triage.workbench.parts import Parts

__all__ = ["AppealReport", "Appealing"]


@dataclass(frozen=True, slots=True)
class AppealReport:
    """How many appeals there are by status, and how often they are overturned.

    `by_reason` has the reasons of the first decisions, most frequent first; `by_band` the bands of
    the scores they were decided upon (`AppealRecord.strongest`), rising.
    """

    statuses: Mapping[AppealStatus, int]
    by_reason: Mapping[str, Overturned]
    by_band: Mapping[str, Overturned]


class Appealing(Parts):
    """Somebody objects, and somebody else looks again."""

    def appeal(
        self,
        comment_id: str,
        text: str = "",
        *,
        by: AppealedBy = AppealedBy.UNKNOWN,
        via: AppealVia = AppealVia.HAND,
        received_by: str,
        decision_id: str | None = None,
        external_id: str | None = None,
    ) -> Appealed:
        """Take in an appeal against the decision in force, or against `decision_id` if that is it.

        Its comment waits for a reviewer who has not decided that text. Sent again under the same
        `external_id` it is the appeal that is kept, with what became of it. Raises NotFoundError
        for an unknown comment, UsageError where there is no approval or rejection in force or the
        text is too long, ConflictError where that decision is not in force or was appealed against
        before, or the external id is of another comment's appeal.
        """
        made = take_in(
            self.store,
            comment_id,
            text,
            by=by,
            via=via,
            received_by=received_by,
            at=self._clock(),
            decision_id=decision_id,
            external_id=external_id,
        )
        return self.store.appeals.get(made.id)

    def appealed(self, appeal_id: str) -> Appealed:
        """Return an appeal and what became of it; raise NotFoundError for an unknown one."""
        return self.store.appeals.get(appeal_id)

    def appeals(self, *, only_open: bool = False, limit: int = 1_000) -> list[AppealRecord]:
        """Return the first appeals, by comment, the oldest first; `only_open` those that wait."""
        return list(islice(self.store.appeals.records(only_open=only_open), limit))

    def appeal_report(self) -> AppealReport:
        """Return how many appeals were answered and overturned, by reason and by score."""
        counted = count_outcomes(self.store.appeals.records())
        frequent = dict(counted.answered.most_common())
        rising = dict(sorted(counted.answered_by_band.items()))
        return AppealReport(
            statuses=dict(counted.statuses),
            by_reason=overturn_rates(frequent, counted.overturned),
            by_band=overturn_rates(rising, counted.overturned_by_band),
        )
