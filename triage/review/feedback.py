"""What moderators elsewhere decided, as their programs tell: decisions that a person outranks."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from triage.domain.arrivals import FEEDBACK, Suggestion
from triage.domain.decisions import DecidedBy, Decision

__all__ = ["feedback_on"]


def feedback_on(
    comment_id: str, text_sha256: str, said: Suggestion, *, by: str, at: datetime
) -> Decision:
    """Return what a client says of a comment's text as a decision, to be said once.

    It names neither policy nor scorer: what that moderator saw is not known.
    """
    return Decision(
        id=uuid4().hex,
        comment_id=comment_id,
        text_sha256=text_sha256,
        verdict=said.verdict,
        reviewer=by,
        at=at,
        reasons=said.reasons,
        refused=said.refused,
        note=said.note,
        decided_by=DecidedBy.CLIENT,
        via=FEEDBACK,
    )
