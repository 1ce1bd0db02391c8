"""Claims: who has which comment on the screen, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage.domain.checks import check_aware, check_named

__all__ = ["Claim"]


@dataclass(frozen=True, slots=True)
class Claim:
    """One reviewer's hold on one comment, until a moment; nobody is handed it meanwhile.

    It keeps two people from doing the same work. It forbids nothing: whoever opens the comment by
    its link may decide all the same. `thread_title`, or its id where it has none, tells others
    where the reviewer is.
    """

    comment_id: str
    reviewer: str
    until: datetime
    thread_title: str = ""

    def __post_init__(self) -> None:
        check_named("a claim's comment id", self.comment_id)
        check_named("a claim's reviewer", self.reviewer)
        check_aware("a claim's end", self.until)
