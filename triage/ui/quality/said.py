"""Who said what of a comment, in one line."""

from __future__ import annotations

from triage.domain.decisions import Decision
from triage.domain.looks import Gold, Opinion
from triage.domain.scores import Label
from triage.ui.words import ago

__all__ = ["said"]


def said(one: Decision | Opinion | Gold) -> str:
    """Return who gave which verdict for which reasons, and when."""
    who = one.by if isinstance(one, Gold) else one.reviewer
    words = [Label(code).words if code in list(Label) else code for code in one.reasons]
    because = f" for {', '.join(words)}" if words else ""
    note = "" if isinstance(one, Gold) else one.note
    remark = f": “{note}”" if note else ""
    return f"{who}: {one.verdict}{because}, {ago(one.at)}{remark}"
