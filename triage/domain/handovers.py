"""Hand-over notes: what reviewers tell one another about the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.assignments import Part
from triage.domain.checks import check_aware, check_named

__all__ = ["LONGEST_NOTE", "SHOWN_FOR", "HandoverNote"]

LONGEST_NOTE = 2_000
"""Characters of a note."""

SHOWN_FOR = timedelta(days=30)
"""How long a note is shown to who has not dismissed it: a newcomer need not read last year's."""


@dataclass(frozen=True, slots=True)
class HandoverNote:
    """A note in plain text, about a part of the queue, or the whole desk where that is None.

    Of one that was withdrawn the text is gone. Raises ValueError for a text that is blank, or
    longer than a note may be.
    """

    id: str
    by: str
    at: datetime
    text: str
    about: Part | None = None
    withdrawn_by: str | None = None

    def __post_init__(self) -> None:
        check_named("a note's writer", self.by)
        check_aware("a note's time", self.at)
        if self.withdrawn_by is None and not self.text.strip():
            raise ValueError("a note must not be blank")
        if len(self.text) > LONGEST_NOTE:
            raise ValueError(f"a note has at most {LONGEST_NOTE:,} characters")
        if "\0" in self.text:
            raise ValueError("a note must not contain a NUL character")
