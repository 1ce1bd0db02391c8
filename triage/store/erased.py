"""What stands in the place of what was erased, and how queries tell it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import false, func

from triage.store.schema import standing

__all__ = ["ERASED", "ERASED_UNDECIDED", "GONE", "marker"]

ERASED = "erased"
"""Why a decided comment whose text is erased has no scores by a newer scorer."""

ERASED_UNDECIDED = "erased before it was decided"
"""Why a comment has no scores, no flag and no place in the queue: nobody can read it any more."""

GONE = func.coalesce(standing.c.not_scored == ERASED_UNDECIDED, false())
"""Whether a comment was erased before anybody decided: there is nothing left to do with it."""


def marker(at: datetime) -> str:
    """Return what is shown in place of a text."""
    return f"[erased {at:%Y-%m-%d}]"
