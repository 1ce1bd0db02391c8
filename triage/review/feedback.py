"""What moderators elsewhere decided, as their programs tell: decisions that a person outranks."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from triage.domain.arrivals import FEEDBACK, Suggestion
from triage.domain.decisions import DecidedBy, Decision
from triage.store import Store

__all__ = ["take_feedback"]


def take_feedback(
    store: Store, comment_id: str, text_sha256: str, said: Suggestion, *, by: str, at: datetime
) -> Decision:
    """Record what a client says of a comment's text, unless it said so last; return the decision.

    It names neither policy nor scorer: what that moderator saw is not known. Raises NotFoundError
    for an unknown comment, ConflictError where it has another text by now.
    """
    decision = Decision(
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
    return store.decisions.say(decision)
