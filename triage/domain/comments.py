"""Comments and the threads they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from triage.domain.checks import check_aware, check_named
from triage.domain.scores import GivenScores

__all__ = [
    "MOST_REACH",
    "Comment",
    "Ids",
    "Node",
    "Origin",
    "Problem",
    "SourceState",
    "Thread",
    "one_line",
    "text_digest",
]


MOST_REACH = 10**15
"""More than any source can mean, and less than any database's integers end at."""


def text_digest(text: str) -> str:
    """Return the SHA-256 (hex) of a text in UTF-8: the key under which a text is scored once."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def one_line(text: str, length: int) -> str:
    """Return the beginning of a text on one line."""
    line = " ".join(text[: 2 * length].split())
    return (line if len(line) <= length else line[:length] + "…") or "(empty)"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the input that could not be used: located, so that a person can mend it.

    `line` counts from 1 and is None where the whole file is meant.
    """

    where: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = self.where if self.line is None else f"{self.where}:{self.line}"
        return f"{place}: {self.message}"


class SourceState(StrEnum):
    """What a comment's source says of its moderation. It is no decision of ours.

    Most approvals at a source mean that nobody objected, so none takes a comment out of the queue.
    """

    APPROVED = "approved"
    PENDING = "pending"
    REJECTED = "rejected"
    SPAM = "spam"
    TRASH = "trash"
    DELETED = "deleted"
    """Taken back by its author, or gone for a reason that the source does not tell."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Under which name its source knows a comment: what a decision needs to find the way back.

    `reader` is the key of the layout that it was read in (`wxr`), `id` the source's own id, before
    any namespace, and `revision` the source's id of the text, where it has one. Raises ValueError
    for a blank reader or id.
    """

    reader: str
    id: str
    revision: str | None = None

    def __post_init__(self) -> None:
        check_named("the reader of an origin", self.reader)
        check_named("an id at its source", self.id)


@dataclass(frozen=True, slots=True)
class Comment:
    """One text by one author at one time.

    `id` is unique in the store and stable across imports. `position` orders the comments of a
    thread as its source shows them (from 0). `number` is the number that the source prints beside
    the comment, if any. `parent_id` may name a comment that was never imported. `reach` is how many
    people it reached, as far as the source tells: likes, votes, replies or views; `state` is what
    the source says of its moderation, `reports` how many of its readers objected, and `origin`
    where it is found there. All four are None where it does not say. `erased_at` is when its author
    and its text were erased here: the text is then a marker that says so.

    Raises ValueError for a blank id, a negative position or count, a time without a timezone, or a
    reach beyond `MOST_REACH`.
    """

    id: str
    thread_id: str
    text: str
    position: int = 0
    parent_id: str | None = None
    author: str | None = None
    created_at: datetime | None = None
    number: str | None = None
    reach: int | None = None
    state: SourceState | None = None
    reports: int | None = None
    origin: Origin | None = None
    erased_at: datetime | None = None

    def __post_init__(self) -> None:
        check_named("a comment's id", self.id)
        check_named("a comment's thread id", self.thread_id)
        check_aware("a comment's time", self.created_at)
        if self.position < 0:
            raise ValueError(f"a comment's position counts from 0, not {self.position}")
        if self.reach is not None and not 0 <= self.reach <= MOST_REACH:
            raise ValueError(f"a comment's reach lies from 0 to {MOST_REACH:,}, not {self.reach}")
        if self.reports is not None and self.reports < 0:
            raise ValueError(f"a comment's reports count from 0, not {self.reports}")

    @property
    def text_sha256(self) -> str:
        """The digest of this comment's text."""
        return text_digest(self.text)


class Ids(StrEnum):
    """Where the ids of a thread's comments come from."""

    GIVEN = "given"
    """The source carries them: the same id is the same comment."""
    DERIVED = "derived"
    """We made them from author, time and text: a re-import is aligned with what is known."""


@dataclass(frozen=True, slots=True)
class Node:
    """A comment at its place in the tree; `depth` is 0 for a top-level comment."""

    comment: Comment
    depth: int


@dataclass(frozen=True, slots=True)
class Thread:
    """The ordered tree of comments under one article.

    A reader may hand over one thread in several pieces, each a Thread with the same id.
    `source` says where it was read (a file name, never a whole path). `scores` came with the
    comments: by scorers that rated their texts elsewhere.
    """

    id: str
    title: str = ""
    article: str = ""
    url: str | None = None
    source: str = ""
    ids: Ids = Ids.GIVEN
    comments: tuple[Comment, ...] = field(default=(), repr=False)
    scores: tuple[GivenScores, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        check_named("a thread's id", self.id)
        for comment in self.comments:
            if comment.thread_id != self.id:
                raise ValueError(f"comment {comment.id!r} belongs to thread {comment.thread_id!r}")

    def with_comments(self, comments: Iterable[Comment]) -> Thread:
        """Return this thread with other comments."""
        return replace(self, comments=tuple(comments))

    def walk(self) -> Iterator[Node]:
        """Yield the comments depth first, siblings in source order.

        A comment whose parent is unknown here counts as top-level, and so does the first
        comment of a cycle: hostile input must not hide a comment.
        """
        children: dict[str | None, list[Comment]] = {}
        known = {comment.id for comment in self.comments}
        for comment in sorted(self.comments, key=lambda comment: comment.position):
            parent = comment.parent_id if comment.parent_id in known else None
            children.setdefault(parent, []).append(comment)
        seen: set[str] = set()
        roots = [*children.get(None, ()), *sorted(self.comments, key=lambda c: c.position)]
        for root in roots:
            stack = [(root, 0)]
            while stack:
                comment, depth = stack.pop()
                if comment.id in seen:
                    continue
                seen.add(comment.id)
                yield Node(comment, depth)
                stack.extend((child, depth + 1) for child in reversed(children.get(comment.id, ())))
