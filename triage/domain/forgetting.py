"""Forgetting: what is erased, what is kept, and what must not come back."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from triage.domain.checks import check_aware, check_named

__all__ = ["Erased", "Erasure", "ErasureKind", "Marks", "Retention"]


class ErasureKind(StrEnum):
    """Why something was erased."""

    AUTHOR = "author"
    COMMENTS = "comments"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased, or would be.

    `texts` counts wordings, one per revision, `notes` what reviewers and others wrote about the
    comments (appeals, replies and reasons of dismissals too). `decisions` about them are kept,
    without their notes.
    """

    comments: int = 0
    texts: int = 0
    notes: int = 0
    decisions: int = 0

    def __add__(self, other: Erased) -> Erased:
        return Erased(
            self.comments + other.comments,
            self.texts + other.texts,
            self.notes + other.notes,
            self.decisions + other.decisions,
        )

    def as_counts(self) -> Mapping[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in ("comments", "texts", "notes", "decisions")}


@dataclass(frozen=True, slots=True)
class Erasure:
    """A record of what was erased: when, by whom, how much, and never whose it was."""

    at: datetime
    by: str
    kind: ErasureKind
    erased: Erased

    def __post_init__(self) -> None:
        check_aware("an erasure's time", self.at)
        check_named("who erased", self.by)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long comments are kept: since their decision, and the undecided since they came.

    None keeps them. Raises ValueError for a period of less than a day.
    """

    decided: timedelta | None = None
    undecided: timedelta | None = None

    def __post_init__(self) -> None:
        for period in (self.decided, self.undecided):
            if period is not None and period < timedelta(days=1):
                raise ValueError("a comment is kept for a day at least")

    def __bool__(self) -> bool:
        return self.decided is not None or self.undecided is not None


@dataclass(frozen=True, slots=True)
class Marks:
    """Keyed digests (HMAC-SHA-256) by which what is forgotten is told when it comes again."""

    key: str = field(repr=False)

    def author(self, name: str) -> str:
        """Return the mark of a name."""
        return self._digest("author", name)

    def comment(
        self, thread_id: str, author: str | None, created_at: datetime | None, text_sha256: str
    ) -> str:
        """Return the mark of a comment that has no id at its source."""
        at = "" if created_at is None else f"{created_at.timestamp():.6f}"
        return self._digest("comment", thread_id, author or "", at, text_sha256)

    def _digest(self, *parts: str) -> str:
        told = "\0".join(f"{len(part)}:{part}" for part in parts)
        return hmac.new(
            self.key.encode(), told.encode("utf-8", "surrogatepass"), sha256
        ).hexdigest()
