"""A batch by score: one verdict about every comment that was picked, read by nobody."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from triage.domain.batches import BatchReport
from triage.domain.decisions import BATCH, Decision, Verdict
from triage.store import Picked, Store

__all__ = ["decide_batch"]


def decide_batch(
    store: Store, picked: Picked, verdict: Verdict, *, reviewer: str, at: datetime, note: str = ""
) -> BatchReport:
    """Record the verdict as one act, whose decisions say which label and range they were for.

    Raises ConflictError where nothing of what was picked is left to decide.
    """
    batch = uuid4().hex
    said = f"in batch, {picked.within}" + (f": {note}" if note else "")

    def make(comment_id: str, text_sha256: str) -> Decision:
        return Decision(
            id=uuid4().hex,
            comment_id=comment_id,
            text_sha256=text_sha256,
            verdict=verdict,
            reviewer=reviewer,
            at=at,
            note=said,
            via=BATCH,
            batch=batch,
        )

    return store.batches.decide(picked, verdict, make)
