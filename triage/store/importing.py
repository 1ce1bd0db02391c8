"""Saving threads: what is new, what was edited, what is the same, and what cannot be both.

Comments are written in chunks, each one transaction: a kill between any two lines leaves whole
comments, and running the same import again completes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from triage.domain.comments import Comment, Ids, Problem, Thread, text_digest
from triage.domain.languages import Identifier
from triage.domain.scores import ScorerInfo, Scores
from triage.domain.seen_ids import SeenIds
from triage.store.chunks import Chunk, Told, save_threads, unstored, write_chunk
from triage.store.database import Database
from triage.store.flags import report
from triage.store.sameness import Evidence, Known, known_comments, moved
from triage.store.scores import save_new_scores

__all__ = ["Saved", "ThreadWriter"]

_CHUNK = 2_000
_MOST_PROBLEMS = 1_000
_NOT_STORED = 0  # no key: those of a thread begin at 1
_LONGEST_ID = 500
"""Ids are indexed, and PostgreSQL's index entries end at 2,700 bytes."""

_Piece = tuple[Thread, tuple[Comment, ...]]


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an import: counts of comments, and what was not stored.

    At most 1,000 problems are listed; a last one then says how many more there were. `refused`
    are the ids of those that were another comment than the one that has it, as far as listed.
    `forgotten` counts those that were erased here, and are left as they are. `named` tells of those
    that arrived without an id which comment they are by now.
    """

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    refused: frozenset[str] = frozenset()
    forgotten: int = 0
    named: Mapping[str, str] = field(default_factory=dict)


class ThreadWriter:
    """One import. Not to be shared between threads, nor used twice."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        identifier: Identifier | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._identifier = identifier
        self._stored = SeenIds()
        self._new = self._revised = self._unchanged = self._forgotten = 0
        self._problems: list[Problem] = []
        self._unlisted = 0
        self._refused: set[str] = set()

    def save(
        self, pieces: Iterable[Thread], on_progress: Callable[[int], object] | None = None
    ) -> Saved:
        """Store the threads; `on_progress` hears after each chunk how many comments are done."""
        done = 0
        for chunk in _chunks(pieces):
            told = self._languages(chunk)
            with self._database.write() as connection:
                self._save(connection, chunk, told)
            done += sum(len(part) for _, part in chunk)
            if on_progress is not None:
                on_progress(done)
        return self._told()

    def look(self, pieces: Iterable[Thread]) -> Saved:
        """Return what `save` would say of the threads, which are held in memory; store nothing."""
        whole = Chunk()
        for chunk in _chunks(pieces):
            rows = self._fitting(self._fitting_pieces(chunk))
            with self._database.read() as connection:
                known = known_comments(connection, [comment.id for comment, _ in rows])
            for comment, thread in rows:
                self._sort(whole, comment, thread, known.get(comment.id), _NOT_STORED)
        return self._told()

    def _told(self) -> Saved:
        if self._unlisted:
            more = f"{self._unlisted} further comments were not stored, and are not listed"
            self._problems.append(Problem(self._problems[-1].where, None, more))
        counts = (self._new, self._revised, self._unchanged)
        return Saved(*counts, tuple(self._problems), frozenset(self._refused), self._forgotten)

    def _fitting_pieces(self, pieces: Iterable[_Piece]) -> list[_Piece]:
        return [piece for piece in pieces if self._fits(piece[0].id, piece[0], len(piece[1]))]

    def _fitting(self, pieces: Iterable[_Piece]) -> list[tuple[Comment, Thread]]:
        return [
            (comment, thread)
            for thread, part in pieces
            for comment in part
            if self._fits(comment.id, thread, 1)
        ]

    def _languages(self, pieces: list[_Piece]) -> Told:
        """Have the languages of new texts told while nobody waits for a write to end."""
        if self._identifier is None:
            return Told()
        given = {one.text_sha256: one.text for _, part in pieces for one in part}
        with self._database.read() as connection:
            news = unstored(connection, given)
        said = self._identifier.identify(list(news.values()))
        return Told(dict(zip(news, said, strict=True)), self._identifier.version)

    def _save(self, connection: Connection, pieces: list[_Piece], told: Told) -> None:
        pieces = self._fitting_pieces(pieces)
        thread_pks = save_threads(connection, [thread for thread, _ in pieces], self._clock())
        rows = self._fitting(pieces)
        known = known_comments(connection, [comment.id for comment, _ in rows])
        chunk = Chunk()
        for comment, thread in rows:
            self._sort(chunk, comment, thread, known.get(comment.id), thread_pks[thread.id])
        at = self._clock()
        pks = {comment_id: old.pk for comment_id, old in known.items()}
        pks |= write_chunk(connection, chunk, thread_pks, at, told)
        report(connection, {pks[name]: count for name, count in chunk.reports.items()}, at)
        for scorer, given in _given(pieces, {one.sha256 for one in chunk.told.values()}):
            save_new_scores(connection, scorer, given, at)

    def _fits(self, name: str, thread: Thread, lost: int) -> bool:
        if len(name) <= _LONGEST_ID:
            return True
        message = (
            f"the id {name[:40]!r}... has {len(name)} characters, and ids end at {_LONGEST_ID}; "
            f"not stored ({lost} comments): give it a shorter id"
        )
        self._tell(thread, message)
        return False

    def _sort(
        self, chunk: Chunk, comment: Comment, thread: Thread, old: Known | None, thread_pk: int
    ) -> None:
        if old is not None and old.erased:
            self._forgotten += 1
            return
        digest = text_digest(comment.text)
        told = Evidence(digest, comment.created_at, comment.author, thread.source)
        before = chunk.told.get(comment.id)
        if before is None and old is not None and comment.id in self._stored:
            before = old.evidence
        if before is not None:
            if before.sha256 != digest:
                self._refuse(comment, thread, "appears twice in this import with different texts")
            elif thread.ids is Ids.GIVEN and (words := told.against(before)):
                self._refuse(comment, thread, f"appears twice in this import, {words}")
            else:
                self._unchanged += 1
            return
        if old is not None and thread.ids is Ids.GIVEN and (words := told.against(old.evidence)):
            text = "the same" if old.sha256 == digest else "another"
            self._refuse(comment, thread, f"is known with {text} text and {words}")
            return
        self._stored.add(comment.id)
        chunk.told[comment.id] = told
        if comment.reports is not None:
            chunk.reports[comment.id] = comment.reports
        if old is None:
            self._new += 1
            chunk.fresh[comment.id] = (comment, thread, digest)
            chunk.texts[digest] = comment.text
            return
        if old.sha256 == digest:
            self._unchanged += 1
        else:
            self._revised += 1
            chunk.edited.append((old, digest))
            chunk.texts[digest] = comment.text
        if old.thread_pk == thread_pk and comment.state is not None:
            chunk.stated.append(old.pk)
        if old.thread_pk == thread_pk and (change := moved(old, comment)):
            chunk.moved.append(change)
            if change["new_reach"] != old.reach:
                chunk.reaching.append(old.pk)

    def _refuse(self, comment: Comment, thread: Thread, why: str) -> None:
        message = (
            f"comment {comment.id!r} {why}, so it is another comment under the same id; not "
            "stored: give each comment its own id, or import this source with --source NAME"
        )
        self._tell(thread, message)
        if len(self._refused) < _MOST_PROBLEMS:
            self._refused.add(comment.id)

    def _tell(self, thread: Thread, message: str) -> None:
        if len(self._problems) < _MOST_PROBLEMS:
            self._problems.append(Problem(_place(thread), None, message))
        else:
            self._unlisted += 1


def _place(thread: Thread) -> str:
    return thread.source or f"thread {thread.id[:80]}"


def _chunks(pieces: Iterable[Thread]) -> Iterator[list[_Piece]]:
    """Cut and join pieces of threads so that each chunk holds about as many comments."""
    chunk: list[_Piece] = []
    room = _CHUNK
    for thread in pieces:
        start = 0
        while True:
            part = thread.comments[start : start + room]
            chunk.append((thread, part))
            start += len(part)
            room -= max(len(part), 1)
            if room <= 0:
                yield chunk
                chunk, room = [], _CHUNK
            if start >= len(thread.comments):
                break
    if chunk:
        yield chunk


def _given(
    pieces: Iterable[_Piece], digests: set[str]
) -> Iterator[tuple[ScorerInfo, dict[str, Scores]]]:
    """Yield what scorers elsewhere said of texts that were stored."""
    for thread, part in pieces:
        for one in thread.scores:
            mine = {comment.text_sha256 for comment in part} & digests & one.by_text.keys()
            yield one.scorer, {digest: one.by_text[digest] for digest in mine}
