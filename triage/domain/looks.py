"""Second looks: what a reviewer says of a comment that has its verdict already, unseen by then.

They measure, and change nothing: how far two reviewers agree, and how often one gives the answer
that a lead has given. The verdict in force stays that of the decision log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from triage.domain.checks import check_aware, check_digest, check_named
from triage.domain.decisions import Decision, Verdict

__all__ = [
    "Disagreement",
    "Gold",
    "LookKind",
    "Opinion",
    "Paired",
    "doubled_by_chance",
    "look_in_turn",
]

_ONE_IN = 8


class LookKind(StrEnum):
    """Why a reviewer is asked about a comment that is decided."""

    DOUBLED = "doubled"
    GOLD = "gold"


@dataclass(frozen=True, slots=True)
class Opinion:
    """An append-only fact: what a reviewer said at a second look at one revision of a comment.

    `reasons` are labels (by value) and codes of the guidelines; `seconds_spent` as in a `Decision`.
    Taking it back is another fact, of which only the store knows.
    """

    id: str
    comment_id: str
    text_sha256: str
    kind: LookKind
    verdict: Verdict
    reviewer: str
    at: datetime
    reasons: tuple[str, ...] = ()
    note: str = ""
    seconds_spent: float | None = None

    def __post_init__(self) -> None:
        check_named("an opinion's id", self.id)
        check_named("an opinion's comment id", self.comment_id)
        check_named("an opinion's reviewer", self.reviewer)
        check_digest("an opinion's text digest", self.text_sha256)
        check_aware("an opinion's time", self.at)
        if self.seconds_spent is not None and not 0.0 <= self.seconds_spent < float("inf"):
            raise ValueError(f"seconds spent must be finite and not negative: {self.seconds_spent}")


@dataclass(frozen=True, slots=True)
class Gold:
    """A known answer: what a lead says of one revision, mixed into every reviewer's queue.

    The last word about a comment counts; one that is not `active` takes the answer out again.
    """

    comment_id: str
    text_sha256: str
    verdict: Verdict
    by: str
    at: datetime
    reasons: tuple[str, ...] = ()
    active: bool = True

    def __post_init__(self) -> None:
        check_named("a known answer's comment id", self.comment_id)
        check_named("a known answer's author", self.by)
        check_digest("a known answer's text digest", self.text_sha256)
        check_aware("a known answer's time", self.at)


@dataclass(frozen=True, slots=True)
class Paired:
    """What a reviewer said beside what it is measured by, about one text.

    `opinion` holds the verdict and the reasons that this reviewer gave first, before an undo.
    `other` is the first reviewer's verdict for a doubled comment, the known answer for gold; `by`
    is whose that is. `final` is the verdict in force today, None where the decision was taken back
    or the comment edited.
    """

    opinion: Opinion
    other: Verdict
    other_reasons: tuple[str, ...]
    by: str
    final: Verdict | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A doubled comment about which two said different things, and nobody has had the last word."""

    first: Decision
    second: Opinion
    text: str
    thread_id: str


def look_in_turn(reviewer: str, after: str) -> bool:
    """Whether a second look, if any is due, comes after this comment: one in eight, by no pattern.

    The same reviewer and comment give the same answer: going back and forth changes nothing.
    """
    told = f"{reviewer}\0{after}".encode("utf-8", "surrogatepass")
    return blake2b(told, digest_size=1).digest()[0] % _ONE_IN == 0


def doubled_by_chance(decision_ids: Iterable[str], share: float) -> list[str]:
    """Return those of some decisions whose comments are to be decided twice, one in 1/`share`.

    A decision's id is random, so its first eight hexadecimal digits are as good as a die, and
    nobody can tell beforehand. Raises ValueError for a share outside [0, 1].
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share lies between 0 and 1, not {share!r}")
    return [one for one in decision_ids if int(one[:8], 16) < share * 16**8]
