"""Verbs about appeals: taken in, listed, and how often they are overturned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from triage.domain.appeals import Appealed, AppealedBy, AppealStatus, AppealVia, Dismissal
from triage.domain.decisions import Verdict
from triage.domain.entries import AppealRecord
from triage.errors import UsageError
from triage.review.appeals import Tally, count_outcomes, take_in
from triage.tuning.overturns import Overturned, overturn_rates
from triage.workbench.parts import Parts
from triage.workbench.remembered import Remembered

__all__ = ["AppealReport", "Appealing", "OverturnRates"]


@dataclass(frozen=True, slots=True)
class OverturnRates:
    """How often decisions of one verdict are overturned.

    `by_reason` has the reasons of the first decisions, most frequent first; `by_band` the bands of
    the scores they were decided upon (`AppealRecord.strongest`), rising.
    """

    by_reason: Mapping[str, Overturned]
    by_band: Mapping[str, Overturned]


@dataclass(frozen=True, slots=True)
class AppealReport:
    """How many appeals there are by status, and how often they are overturned, by first verdict.

    `own_answers` are by whoever had decided first, as `TRIAGE_OWN_APPEALS` allows. `oldest_open` is
    when the first of those that wait came in, None where none does; `unanswerable` is how many of
    them nobody may answer who ever decided anything here.
    """

    statuses: Mapping[AppealStatus, int]
    rates: Mapping[Verdict, OverturnRates]
    own_answers: int
    oldest_open: datetime | None
    unanswerable: int


class Appealing(Parts):
    """Somebody objects, and somebody else looks again."""

    @cached_property
    def _reported(self) -> Remembered[AppealReport]:
        return Remembered()

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

    def dismiss_appeals(
        self, appeal_ids: Sequence[str], by: str, *, why: str, reply: str = ""
    ) -> int:
        """End appeals that wait without a second look, all or none; return how many.

        The decisions stand, and no rate counts it. Raises UsageError for whoever is no lead and
        without a reason, NotFoundError for an unknown one, ConflictError for one that does not
        wait.
        """
        self.leads_only(by, "dismiss appeals")
        now = self._clock()
        try:
            ended = [Dismissal(one, by, now, why, reply) for one in dict.fromkeys(appeal_ids)]
        except ValueError as error:
            raise UsageError(str(error)) from error
        self.store.appeals.dismiss(ended)
        return len(ended)

    def appeals_against(self, batch: str) -> list[str]:
        """Return the ids of the appeals that wait against the decisions of one batch or group."""
        waiting = self.store.appeals.records(only_open=True)
        return [one.appealed.appeal.id for one in waiting if one.appealed.first.batch == batch]

    def appeal_report(self) -> AppealReport:
        """Return how many appeals were answered and overturned, and how long others wait.

        Counted once after each change, for it reads every appeal.
        """
        return self._reported.of(self.store.evidence.stamp, self._counted_appeals)

    def _counted_appeals(self) -> AppealReport:
        counted = count_outcomes(self.store.appeals.records())
        return AppealReport(
            statuses=dict(counted.statuses),
            rates={verdict: _rates(tally) for verdict, tally in counted.by_verdict.items()},
            own_answers=counted.own,
            oldest_open=counted.oldest_open,
            unanswerable=self.store.appeals.unanswerable(own=self.settings.own_appeals),
        )


def _rates(tally: Tally) -> OverturnRates:
    frequent = dict(tally.answered.most_common())
    rising = dict(sorted(tally.answered_by_band.items()))
    return OverturnRates(
        by_reason=overturn_rates(frequent, tally.overturned),
        by_band=overturn_rates(rising, tally.overturned_by_band),
    )
