"""Verbs about the review itself: second looks, known answers, agreement, the last word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import uuid4

from triage.domain.agreement import Agreement
from triage.domain.decisions import Decision, Verdict, current_decision
from triage.domain.entries import Act, PutOff, Said, Seen
from triage.domain.looks import Disagreement, Gold, LookKind, Opinion
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.review.quality import Record, agreement_rows, label_rows, records
from triage.workbench.parts import Parts

__all__ = ["Quality", "QualityReport"]

_YES_NO = ("no", "yes")


@dataclass(frozen=True, slots=True)
class QualityReport:
    """How far reviewers agree on doubled comments, and each one's record.

    `verdicts` has a specific agreement per verdict, in their order; `labels` those labels that
    anybody gave as a reason, no and yes.
    """

    verdicts: Agreement
    labels: dict[Label, Agreement]
    records: tuple[Record, ...]


class Quality(Parts):
    """The review is measured."""

    def look_kind(self, comment_id: str, reviewer: str) -> LookKind | None:
        """Return why this reviewer is due to look at a decided comment; None where not so."""
        return self.store.looks.kinds([comment_id], reviewer).get(comment_id)

    def say(
        self,
        seen: Seen,
        kind: LookKind,
        verdict: Verdict,
        *,
        reviewer: str,
        reasons: Iterable[str] = (),
        note: str = "",
        seconds_spent: float | None = None,
    ) -> Opinion:
        """Record what a reviewer says at a second look; the verdict in force stays.

        Raises ConflictError where the look is not due any more.
        """
        said = Opinion(
            id=uuid4().hex,
            comment_id=seen.comment_id,
            text_sha256=seen.text_sha256,
            kind=kind,
            verdict=verdict,
            reviewer=reviewer,
            at=self._clock(),
            reasons=tuple(reasons),
            note=note,
            seconds_spent=seconds_spent,
        )
        self.store.looks.add(said)
        return said

    def withdraw_last(self, reviewer: str) -> Opinion | None:
        """Take this reviewer's last act back where that is an opinion, and return it."""
        said = self.store.looks.last(reviewer)
        acts = self.desk.recent_acts(reviewer, limit=1)
        if said is None or (acts and acts[0].decision.at > said.at):
            return None
        self.store.looks.withdraw(said, self._clock())
        return said

    def recently(self, reviewer: str, limit: int = 10) -> list[Act | Said | PutOff]:
        """Return what this reviewer decided, said and skipped last, the newest first.

        All of it can be taken back.

        Opinions stand among the decisions, for this reviewer alone.
        """
        acts = self.desk.recent_acts(reviewer, limit)
        said = self.store.looks.recent(reviewer, limit)
        skipped = self.store.skips.recent(reviewer, limit)
        all_: list[Act | Said | PutOff] = [*acts, *said, *skipped]
        all_.sort(key=lambda one: one.made.at, reverse=True)
        return all_[:limit]

    def withdraw(self, said: Opinion, reviewer: str) -> None:
        """Take back one of this reviewer's opinions, not only the last, so that it is due again.

        Raises UsageError for somebody else's, ConflictError where it was taken back already.
        """
        if said.reviewer != reviewer:
            raise UsageError("an opinion is taken back by whoever had it")
        self.store.looks.withdraw(said, self._clock())

    def gold(self) -> list[tuple[Gold, str]]:
        """Return the known answers, each with its text."""
        return self.store.looks.gold()

    def set_gold(self, seen: Iterable[Seen], by: str) -> int:
        """Make the verdicts in force of these comments known answers, all or none; return how many.

        Raises UsageError for whoever is no lead and for an undecided comment, ConflictError for one
        that was edited meanwhile.
        """
        self.leads_only(by, "set known answers")
        answers = [self._answer(one, by) for one in seen]
        self.store.looks.say_gold(answers)
        return len(answers)

    def _answer(self, seen: Seen, by: str) -> Gold:
        log = self.store.decisions.of(seen.comment_id)
        made = current_decision(one for one in log if one.text_sha256 == seen.text_sha256)
        if made is None or made.verdict is None:
            raise UsageError(
                f"comment {seen.comment_id!r} is not decided; decide it, then its verdict can "
                "be the known answer"
            )
        return Gold(
            seen.comment_id, seen.text_sha256, made.verdict, by, self._clock(), made.reasons
        )

    def take_gold_out(self, answer: Gold, by: str) -> None:
        """Ask nobody about a known answer any more; raise UsageError for whoever is no lead."""
        self.leads_only(by, "take known answers out")
        self.store.looks.say_gold([replace(answer, by=by, at=self._clock(), active=False)])

    def disagreements(self) -> list[Disagreement]:
        """Return doubled comments about which two differ and nobody had the last word yet."""
        return self.store.looks.disagreements()

    def have_last_word(
        self,
        found: Disagreement,
        verdict: Verdict,
        *,
        by: str,
        reasons: Iterable[str] = (),
        note: str = "",
    ) -> list[Decision]:
        """Decide a comment that two disagree about; both their verdicts are kept.

        Raises UsageError for whoever is no lead, ConflictError where it was decided meanwhile.
        """
        self.leads_only(by, "have the last word")
        seen = Seen(found.first.comment_id, found.first.text_sha256, found.first.id)
        return self.desk.decide(
            [seen], verdict, reviewer=by, reasons=reasons, note=note, via="adjudication"
        )

    def quality(self) -> QualityReport:
        """Return how far reviewers agree, and each one's record."""
        from triage.tuning.agreement import agreement, counted

        pairs = list(self.store.looks.pairs())
        given = {
            label
            for pair in pairs
            for label in Label
            if label in pair.other_reasons or label in pair.opinion.reasons
        }
        return QualityReport(
            verdicts=agreement(counted(agreement_rows(pairs), list(Verdict))),
            labels={
                label: agreement(counted(label_rows(pairs, label), _YES_NO))
                for label in Label
                if label in given
            },
            records=tuple(records(pairs)),
        )
