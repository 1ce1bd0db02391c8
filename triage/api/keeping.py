"""What becomes of what clients send besides a score: a seam, filled by verbs of the workbench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from triage.domain.scores import Label, ScorerInfo, Scores

if TYPE_CHECKING:
    from triage.api.callers import Caller

__all__ = ["Context", "Keeper", "Sent", "Suggested"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a client says a comment stands under, as plain text; Coral sends the story's URL."""

    entries: tuple[str, ...] = ()
    article: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A comment as a client of Perspective sends it; `text` is plain, whatever it was written in.

    `client_token`, `session_id` and `community_id` are the client's own; empty where it sent none.
    """

    text: str
    languages: tuple[str, ...] = ()
    context: Context = field(default_factory=Context)
    client_token: str = ""
    session_id: str = ""
    community_id: str = ""


@dataclass(frozen=True, slots=True)
class Suggested:
    """What a client says the scores should be: label -> value in [0, 1], of the whole text.

    `attributes` has the same by the names that the client used; some may have no label here.
    """

    sent: Sent
    labels: Mapping[Label, float]
    attributes: Mapping[str, float]


class Keeper(Protocol):
    """Keeps comments and feedback. Called outside the event loop; may raise TriageError."""

    def keep(self, sent: Sent, scores: Scores, seats: Mapping[Label, ScorerInfo]) -> None:
        """Keep an analysed comment that the client allowed to be stored."""
        ...

    def suggest(self, suggested: Suggested, caller: Caller | None) -> None:
        """Keep what a client says of a comment."""
        ...
