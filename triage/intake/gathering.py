"""From what records say to threads: ids, replies, times, and pieces of bounded size.

Every reader of a format that carries ids hands its records to a `Gatherer`, so that what is wrong
with one is found, told and mended in the same way everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from triage.domain.comments import (
    MOST_REACH,
    Comment,
    Ids,
    Origin,
    Problem,
    SourceState,
    Thread,
)
from triage.domain.seen_ids import SeenIds
from triage.files.encoding import LONGEST_TEXT
from triage.files.markup import plain_text
from triage.intake.dates import parse_time
from triage.intake.derived import IdMaker, short_digest
from triage.intake.reader import ReadOptions, Report

__all__ = ["PIECE", "Article", "Gatherer", "Said", "fit", "from_html"]

PIECE = 2_000
"""How many comments are held at once; a longer thread comes in several pieces."""

_LONGEST_ID = 300  # characters; a database's index refuses much longer ones
_CONTROL = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says of a comment, as it stands there; blank is as good as missing.

    `at` is the line it stands on, or its number in the file; `revision` is the source's id of the
    text.
    """

    at: int
    id: str
    thread_id: str
    text: str
    parent_id: str = ""
    author: str = ""
    created_at: object = None
    state: SourceState | None = None
    reports: int | None = None
    reach: int | None = None
    revision: str = ""


@dataclass(slots=True)
class Article:
    """What is said of what people comment on."""

    title: str = ""
    url: str | None = None
    article: str = ""


@dataclass(slots=True)
class _Draft:
    article: Article = field(default_factory=Article)
    comments: list[Comment] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


class Gatherer:
    """Takes records in the order of a file, and gives threads in pieces of at most PIECE comments.

    A record with a text that is too long, or with an id that was there before, is left out; one
    with an unusable id, parent or time is kept as far as it can be. `report` is told of each.
    `reader` is the key of the layout: with it a comment keeps the id that its source knows it by.
    `zone` holds for times without one (default: the options'); `counted` says what a record's
    number counts, where it is no line.
    """

    def __init__(
        self,
        path: Path,
        options: ReadOptions,
        report: Report,
        *,
        reader: str,
        zone: tzinfo | None = None,
        counted: str = "",
    ) -> None:
        self._path = path
        self._options = options
        self._report = report
        self._reader = reader
        self._zone = zone or options.timezone
        self._counted = counted
        self._maker = IdMaker()
        self._seen = SeenIds()
        self._positions: dict[str, int] = {}
        self._drafts: dict[str, _Draft] = {}
        self._held = 0
        self.comments = 0

    def tell(self, at: int | None, message: str) -> None:
        """Report a problem at a line or a record."""
        if self._counted and at is not None:
            at, message = None, f"{self._counted} {at}: {message}"
        self._report(Problem(self._path.name, at, message))

    def article(self, thread_id: str, article: Article) -> None:
        """Take what is said of a thread; with the next piece, it comes even without comments."""
        name = self._thread_id(thread_id)
        self._held += name not in self._drafts
        known = self._drafts.setdefault(name, _Draft()).article
        known.title = article.title or known.title
        known.url = article.url or known.url
        known.article = article.article or known.article

    def take(self, said: Said) -> None:
        """Take what is said of a comment."""
        if len(said.text) > LONGEST_TEXT:
            self.tell(said.at, f"a text of more than {LONGEST_TEXT:,} characters: left out")
            return
        thread_id = self._thread_id(said.thread_id)
        created_at = self._time(said)
        comment_id = self._id(said, thread_id, created_at)
        before = self._seen.add(comment_id, said.at)
        if before is not None:
            where = f"{self._counted or 'line'} {before}"
            self.tell(said.at, f"id {comment_id!r} already stands at {where}: left out")
            return
        position = self._positions.get(thread_id, 0)
        self._positions[thread_id] = position + 1
        comment = Comment(
            comment_id,
            thread_id,
            said.text,
            position=position,
            parent_id=self._parent_id(said, comment_id),
            author=said.author.strip() or None,
            created_at=created_at,
            state=said.state,
            reports=said.reports,
            reach=None if said.reach is None else min(said.reach, MOST_REACH),
            origin=self._origin(said),
        )
        draft = self._drafts.setdefault(thread_id, _Draft())
        draft.comments.append(comment)
        draft.lines.append(said.at)
        self._held += 1
        self.comments += 1

    def full(self) -> Iterator[Thread]:
        """Yield what is held once it is a piece; nothing before that."""
        if self._held >= PIECE:
            yield from self.rest()

    def rest(self) -> Iterator[Thread]:
        """Yield all that is held."""
        drafts, self._drafts, self._held = self._drafts, {}, 0
        for thread_id, draft in drafts.items():
            self._tell_circles(draft)
            yield Thread(
                thread_id,
                title=draft.article.title.strip(),
                article=draft.article.article,
                url=draft.article.url or None,
                source=self._path.name,
                ids=Ids.GIVEN,
                comments=tuple(draft.comments),
            )

    def _thread_id(self, given: str) -> str:
        return self._options.named(fit(given.strip() or self._path.stem.strip() or "thread"))

    def _origin(self, said: Said) -> Origin | None:
        if not _usable(said.id):
            return None
        return Origin(self._reader, said.id, said.revision if _usable(said.revision) else None)

    def _id(self, said: Said, thread_id: str, created_at: datetime | None) -> str:
        if _usable(said.id):
            return self._options.named(said.id)
        why = "it has no id" if not said.id.strip() else "its id is too long or holds a line break"
        self.tell(said.at, f"{why}: one was derived from its author, time and text")
        when = None if created_at is None else created_at.isoformat()
        return self._maker.make(thread_id, said.author.strip() or None, when, said.text)

    def _parent_id(self, said: Said, comment_id: str) -> str | None:
        if not said.parent_id.strip():
            return None
        if fit(said.parent_id) != said.parent_id:
            self.tell(said.at, "its parent's id is unusable: kept as a top-level comment")
            return None
        parent_id = self._options.named(said.parent_id)
        if parent_id == comment_id:
            self.tell(said.at, "it names itself as its parent: kept as a top-level comment")
            return None
        return parent_id

    def _time(self, said: Said) -> datetime | None:
        if said.created_at is None or said.created_at == "":
            return None
        try:
            return parse_time(said.created_at, self._zone)
        except ValueError as error:
            shown = str(said.created_at)[:40]
            self.tell(said.at, f"unreadable time {shown!r}: {error}; kept without a time")
            return None

    def _tell_circles(self, draft: _Draft) -> None:
        """Tell of comments of a piece that answer each other in a circle; they stay as they are.

        `Thread.walk` shows the first of them at the top level.
        """
        parents = {comment.id: comment.parent_id for comment in draft.comments}
        done: set[str] = set()
        for comment, line in zip(draft.comments, draft.lines, strict=True):
            here: str | None = comment.id
            path: set[str] = set()
            while here is not None and here not in done and here not in path:
                path.add(here)
                here = parents.get(here)
            if here in path:
                self.tell(line, f"{comment.id!r} answers itself in a circle of replies: kept")
            done |= path


def _usable(given: str) -> bool:
    return bool(given.strip()) and fit(given) == given


def from_html(markup: str) -> str:
    """Return a comment's text; one that is too long stays so, and is told when it is taken."""
    return markup if len(markup) > LONGEST_TEXT else plain_text(markup)


def fit(given: str) -> str:
    """Return an id that a database can index: as it is, or shortened and without controls."""
    plain = _CONTROL.sub(" ", given)
    if len(plain) <= _LONGEST_ID and plain == given:
        return given
    return f"{plain[: _LONGEST_ID - 20]}-{short_digest(given)}"
