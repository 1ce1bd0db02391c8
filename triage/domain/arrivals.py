"""Comments that other programs send one by one, and what their moderators say of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.domain.checks import check_named, check_unit
from triage.domain.comments import Problem
from triage.domain.decisions import Verdict
from triage.domain.scores import Label

__all__ = ["FEEDBACK", "Arrival", "Received", "Suggestion", "Unnamed"]

FEEDBACK = "feedback"
"""What `Decision.via` says where a moderator decided elsewhere, and a client told us."""
_SAID = 0.5  # from here on a suggested score says that the label applies


@dataclass(frozen=True, slots=True)
class Arrival:
    """A comment as a client sends it to be rated: its text, and what else the client says of it.

    `client` is the name of its token. `comment_id` and `parent_id` are the client's own ids, None
    where it tells none; `parent` is the text that it answers, "" if that is not told. `url` and
    `article` are of the page under which it stands, `community` what the client calls its site.
    `asked_at` is when it was sent, where it is kept later: what a moderator said since is about it.
    """

    client: str
    text: str
    comment_id: str | None = None
    parent_id: str | None = None
    parent: str = ""
    url: str | None = None
    article: str = ""
    community: str = ""
    asked_at: datetime | None = None

    def __post_init__(self) -> None:
        check_named("a client", self.client)
        if self.comment_id is not None:
            check_named("a comment's id", self.comment_id)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A comment that was sent without an id: when, and in which threads its client may name it.

    The more is `told` of its place, the likelier it is the one that its client names.
    """

    asked_at: datetime
    may_stand_in: Callable[[str], bool]
    told: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a moderator elsewhere says of a comment, as scores: 1 for a label that applies, else 0.

    `others` are attributes that no label here stands for, by the client's names. Raises ValueError
    where nothing is said, or for a value outside [0, 1].
    """

    arrival: Arrival
    labels: Mapping[Label, float] = field(default_factory=dict)
    others: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.labels and not self.others:
            raise ValueError("a suggestion says something of at least one attribute")
        for name, value in (*self.labels.items(), *self.others.items()):
            check_unit(f"the suggested score for {name}", value)

    @property
    def verdict(self) -> Verdict:
        """Reject where anything is said to apply, approve where nothing does."""
        said = (*self.labels.values(), *self.others.values())
        return Verdict.REJECT if max(said) >= _SAID else Verdict.APPROVE

    @property
    def reasons(self) -> tuple[str, ...]:
        """The labels that are said to apply."""
        return tuple(label.value for label in Label if self.labels.get(label, 0.0) >= _SAID)

    @property
    def refused(self) -> tuple[str, ...]:
        """The labels that are said not to apply."""
        return tuple(label.value for label in Label if self.labels.get(label, 1.0) < _SAID)

    @property
    def note(self) -> str:
        """What was said to apply that no label here stands for."""
        return ", ".join(sorted(name for name, value in self.others.items() if value >= _SAID))


@dataclass(frozen=True, slots=True)
class Received:
    """What became of comments that were sent: their ids, counts, and what was left out.

    `unrated` are texts among them that have no scores by the scorers in use yet.
    """

    ids: tuple[str, ...] = ()
    new: int = 0
    revised: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    unrated: tuple[str, ...] = ()
