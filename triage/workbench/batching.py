"""Verbs that decide many comments at once, by their scores."""

from __future__ import annotations

from triage.domain.batches import BatchReport, ScoreRange, Tally
from triage.domain.decisions import Verdict
from triage.domain.entries import Entry
from triage.domain.scores import Label
from triage.review.batches import decide_batch
from triage.store import Picked
from triage.workbench.parts import Parts

__all__ = ["Batching"]


class Batching(Parts):
    """A range of scores is looked through and decided."""

    def score_counts(self, label: Label, columns: int = 100) -> list[int]:
        """Return how many undecided comments have a score in each of so many equal steps."""
        return self.store.batches.counts(label, columns)

    def batch_tally(self, within: ScoreRange) -> Tally:
        """Return how many undecided comments a range of scores holds."""
        return self.store.batches.tally(within)

    def batch_samples(self, within: ScoreRange, many: int = 12, turn: int = 0) -> list[Entry]:
        """Return undecided comments spread evenly over a range; each `turn` draws others."""
        return self.store.batches.samples(within, many, turn)

    def pick_batch(self, within: ScoreRange) -> Picked:
        """Return what a range holds now: a batch decides on these comments, and on none since."""
        return self.store.batches.pick(within)

    def decide_batch(
        self, picked: Picked, verdict: Verdict, *, reviewer: str, note: str = ""
    ) -> BatchReport:
        """Record one verdict about what was picked, as one act; what changed since is left out.

        Raises ConflictError where nothing is left of it.
        """
        return decide_batch(
            self.store, picked, verdict, reviewer=reviewer, at=self._clock(), note=note
        )
