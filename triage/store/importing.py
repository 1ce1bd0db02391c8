"""Saving threads: what is new, what was edited, what is the same, and what cannot be both.

Comments are written in chunks, each one transaction: a kill between any two lines leaves whole
comments, and running the same import again completes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, bindparam, exists, select, update

from triage.domain.comments import Comment, Ids, Problem, Thread, text_digest
from triage.domain.scores import ScorerInfo, Scores
from triage.domain.seen_ids import SeenIds
from triage.store.bands import index_texts
from triage.store.columns import in_utc
from triage.store.database import Database, load
from triage.store.flags import report
from triage.store.rows import among
from triage.store.schema import comments, revisions, scores, standing, texts, threads
from triage.store.scores import save_new_scores
from triage.store.standing import judge, now, refresh, standing_row

__all__ = ["Saved", "ThreadWriter", "save_threads"]

_CHUNK = 2_000
_ORIGIN = ("reader", "site_id", "site_revision")
_MOST_PROBLEMS = 1_000
_LONGEST_ID = 500
"""Ids are indexed, and PostgreSQL's index entries end at 2,700 bytes."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an import: counts of comments, and what was not stored.

    At most 1,000 problems are listed; a last one then says how many more there were. `refused`
    are the ids of those that were another comment than the one that has it, as far as listed.
    """

    new: int = 0
    revised: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    refused: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Known:
    """A comment as the database holds it."""

    pk: int
    thread_pk: int
    sha256: str
    revisions: int
    parent_id: str | None
    author: str | None
    created_at: datetime | None
    position: int
    number: str | None
    reach: int | None
    state: str | None
    reader: str | None
    site_id: str | None
    site_revision: str | None
    source: str

    @property
    def evidence(self) -> _Evidence:
        """What the database holds against taking another comment for this one."""
        return _Evidence(self.sha256, self.created_at, self.author, self.source)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What shows whether two comments under one id are the same one."""

    sha256: str
    created_at: datetime | None
    author: str | None
    source: str

    def against(self, known: _Evidence) -> str | None:
        """Say what shows that this is no newer state of a known comment; None if nothing does.

        The time tells, else the author; where neither is known on both sides, another text from
        another source is another comment. An equal time outweighs another author where the text
        is the same (people rename themselves), not where it differs: a day's comments may all
        carry one date.
        """
        same_text = self.sha256 == known.sha256
        timed = self.created_at is not None and known.created_at is not None
        if self.created_at is not None and known.created_at is not None:
            if in_utc(self.created_at) != in_utc(known.created_at):
                return "written at another time"
            if same_text:
                return None
        mine, theirs = _named(self.author), _named(known.author)
        if mine is not None and theirs is not None:
            return None if mine == theirs else "by another author"
        if timed or same_text or self.source == known.source:
            return None
        return f"from another source ({known.source!r})"


def _named(author: str | None) -> str | None:
    """Return who an author is; `[deleted]` and its like stand for somebody who is gone."""
    if author is None or (author.startswith("[") and author.endswith("]")):
        return None
    return author


@dataclass(slots=True)
class _Chunk:
    """What one transaction is about to write."""

    fresh: dict[str, tuple[Comment, Thread, str]] = field(default_factory=dict)
    edited: list[tuple[_Known, str]] = field(default_factory=list)
    moved: list[dict[str, object]] = field(default_factory=list)
    reaching: list[int] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    told: dict[str, _Evidence] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)


class ThreadWriter:
    """One import. Not to be shared between threads, nor used twice."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._stored = SeenIds()
        self._new = self._revised = self._unchanged = 0
        self._problems: list[Problem] = []
        self._unlisted = 0
        self._refused: set[str] = set()

    def save(
        self, pieces: Iterable[Thread], on_progress: Callable[[int], object] | None = None
    ) -> Saved:
        """Store the threads; `on_progress` hears after each chunk how many comments are done."""
        done = 0
        for chunk in _chunks(pieces):
            with self._database.write() as connection:
                self._save(connection, chunk)
            done += sum(len(part) for _, part in chunk)
            if on_progress is not None:
                on_progress(done)
        if self._unlisted:
            more = f"{self._unlisted} further comments were not stored, and are not listed"
            self._problems.append(Problem(self._problems[-1].where, None, more))
        counts = (self._new, self._revised, self._unchanged)
        return Saved(*counts, tuple(self._problems), frozenset(self._refused))

    def _save(
        self, connection: Connection, pieces: list[tuple[Thread, tuple[Comment, ...]]]
    ) -> None:
        pieces = [piece for piece in pieces if self._fits(piece[0].id, piece[0], len(piece[1]))]
        thread_pks = save_threads(connection, [thread for thread, _ in pieces], self._clock())
        rows = [
            (comment, thread)
            for thread, part in pieces
            for comment in part
            if self._fits(comment.id, thread, 1)
        ]
        known = _known(connection, [comment.id for comment, _ in rows])
        chunk = _Chunk()
        for comment, thread in rows:
            self._sort(chunk, comment, thread, known.get(comment.id), thread_pks[thread.id])
        at = self._clock()
        pks = {comment_id: old.pk for comment_id, old in known.items()}
        pks |= _write(connection, chunk, thread_pks, at)
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
        self, chunk: _Chunk, comment: Comment, thread: Thread, old: _Known | None, thread_pk: int
    ) -> None:
        digest = text_digest(comment.text)
        told = _Evidence(digest, comment.created_at, comment.author, thread.source)
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
        if old.thread_pk == thread_pk and (moved := _moved(old, comment)):
            chunk.moved.append(moved)
            if moved["new_reach"] != old.reach:
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


def _chunks(pieces: Iterable[Thread]) -> Iterator[list[tuple[Thread, tuple[Comment, ...]]]]:
    """Cut and join pieces of threads so that each chunk holds about as many comments."""
    chunk: list[tuple[Thread, tuple[Comment, ...]]] = []
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


def _moved(old: _Known, comment: Comment) -> dict[str, object] | None:
    """Return what a newer import tells beside the text, where it differs from what is stored."""
    fields: dict[str, object] = {
        "parent_id": comment.parent_id or old.parent_id,
        "author": comment.author or old.author,
        "created_at": comment.created_at or old.created_at,
        "position": comment.position,
        "number": comment.number or old.number,
        "reach": old.reach if comment.reach is None else comment.reach,
        "state": (comment.state and comment.state.value) or old.state,
    }
    fields |= _origin(comment) if comment.origin else {name: getattr(old, name) for name in _ORIGIN}
    if all(getattr(old, name) == value for name, value in fields.items()):
        return None
    return {"of": old.pk} | {f"new_{name}": value for name, value in fields.items()}


def _origin(comment: Comment) -> dict[str, str | None]:
    """Return where its source finds a comment, as columns."""
    found = comment.origin
    told = (found.reader, found.id, found.revision) if found else (None, None, None)
    return dict(zip(_ORIGIN, told, strict=True))


def _known(connection: Connection, ids: list[str]) -> dict[str, _Known]:
    statement = (
        select(comments, texts.c.sha256)
        .join(standing, standing.c.comment_pk == comments.c.pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .where(among(connection, comments.c.id, ids))
    )
    return {
        row.id: _Known(
            pk=row.pk,
            thread_pk=row.thread_pk,
            sha256=row.sha256,
            revisions=row.revisions,
            parent_id=row.parent_id,
            author=row.author,
            created_at=row.created_at,
            position=row.position,
            number=row.number,
            reach=row.reach,
            state=row.state,
            reader=row.reader,
            site_id=row.site_id,
            site_revision=row.site_revision,
            source=row.source,
        )
        for row in connection.execute(statement)
    }


def save_threads(connection: Connection, pieces: list[Thread], at: datetime) -> dict[str, int]:
    """Store new threads and what is newly told of known ones; return id -> key."""
    told: dict[str, dict[str, Any]] = {}
    for piece in pieces:
        mine = told.setdefault(piece.id, {"title": "", "article": "", "url": None, "source": ""})
        heard = {
            "title": piece.title,
            "article": piece.article,
            "url": piece.url,
            "source": mine["source"] or piece.source,
            "ids": piece.ids.value,
        }
        mine |= {name: value for name, value in heard.items() if value}
    found = {
        row.id: row
        for row in connection.execute(select(threads).where(among(connection, threads.c.id, told)))
    }
    pks = {thread_id: int(row.pk) for thread_id, row in found.items()}
    fresh = [
        {"id": name, "imported_at": at, **mine} for name, mine in told.items() if name not in found
    ]
    load(connection, threads, fresh)
    pks |= _pks(connection, threads.c.id, [str(row["id"]) for row in fresh])
    for thread_id, row in found.items():
        news = {
            name: told[thread_id][name]
            for name in ("title", "article", "url")
            if told[thread_id][name] and told[thread_id][name] != getattr(row, name)
        }
        if news:
            connection.execute(update(threads).where(threads.c.pk == row.pk).values(news))
    return pks


def _given(
    pieces: Iterable[tuple[Thread, tuple[Comment, ...]]], digests: set[str]
) -> Iterator[tuple[ScorerInfo, dict[str, Scores]]]:
    """Yield what scorers elsewhere said of texts that were stored."""
    for thread, part in pieces:
        for one in thread.scores:
            mine = {comment.text_sha256 for comment in part} & digests & one.by_text.keys()
            yield one.scorer, {digest: one.by_text[digest] for digest in mine}


def _write(
    connection: Connection, chunk: _Chunk, thread_pks: dict[str, int], at: datetime
) -> dict[str, int]:
    """Write a chunk; return id -> key of the comments that are new."""
    text_pks = _save_texts(connection, chunk.texts)
    pks = _write_new(connection, chunk, thread_pks, text_pks, at) if chunk.fresh else {}
    if chunk.moved:
        names = ("parent_id", "author", "created_at", "position", "number", "reach", "state")
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*names, *_ORIGIN)}
        mine = update(comments).where(comments.c.pk == bindparam("of"))
        connection.execute(mine.values(values), chunk.moved)
        if chunk.reaching:
            refresh(connection, among(connection, now.c.comment_pk, chunk.reaching))
    if chunk.edited:
        _write_edits(connection, chunk, text_pks, at)
    return pks


def _save_texts(connection: Connection, wanted: dict[str, str]) -> dict[str, int]:
    """Store each text that is not there yet; return digest -> key."""
    pks = _pks(connection, texts.c.sha256, list(wanted))
    fresh = [
        {"sha256": digest, "text": text, "length": len(text), "banded": True}
        for digest, text in wanted.items()
        if digest not in pks
    ]
    load(connection, texts, fresh)
    stored = _pks(connection, texts.c.sha256, [str(row["sha256"]) for row in fresh])
    index_texts(connection, [(pk, wanted[digest]) for digest, pk in stored.items()])
    return pks | stored


def _pks(connection: Connection, column: Column[Any], values: list[str]) -> dict[str, int]:
    """Return value -> key, for the rows of a table where a unique column has these values."""
    statement = select(column, column.table.c.pk).where(among(connection, column, values))
    return {value: int(pk) for value, pk in connection.execute(statement)}


def _write_new(
    connection: Connection,
    chunk: _Chunk,
    thread_pks: dict[str, int],
    text_pks: dict[str, int],
    at: datetime,
) -> dict[str, int]:
    rows = [
        {
            "id": comment.id,
            "thread_pk": thread_pks[thread.id],
            "parent_id": comment.parent_id,
            "author": comment.author,
            "created_at": comment.created_at,
            "position": comment.position,
            "number": comment.number,
            "reach": comment.reach,
            "state": comment.state and comment.state.value,
            **_origin(comment),
            "source": thread.source,
            "first_seen_at": at,
            "revisions": 1,
        }
        for comment, thread, _ in chunk.fresh.values()
    ]
    load(connection, comments, rows)
    pks = _pks(connection, comments.c.id, list(chunk.fresh))
    first, stands = [], []
    for comment_id, (_, thread, digest) in chunk.fresh.items():
        pk, text_pk = pks[comment_id], text_pks[digest]
        first.append({"comment_pk": pk, "number": 1, "text_pk": text_pk, "seen_at": at})
        stands.append(standing_row(pk, thread_pks[thread.id], text_pk))
    load(connection, revisions, first)
    load(connection, standing, stands)
    # A text that some other comment brought earlier has its scores already.
    scored = exists().where(scores.c.text_pk == now.c.text_pk)
    refresh(connection, among(connection, now.c.comment_pk, pks.values()) & scored)
    return pks


def _write_edits(
    connection: Connection, chunk: _Chunk, text_pks: dict[str, int], at: datetime
) -> None:
    changes = [
        {"of": old.pk, "to": old.revisions + 1, "now_text": text_pks[digest]}
        for old, digest in chunk.edited
    ]
    added = [
        {"comment_pk": one["of"], "number": one["to"], "text_pk": one["now_text"], "seen_at": at}
        for one in changes
    ]
    load(connection, revisions, added)
    counted = update(comments).where(comments.c.pk == bindparam("of"))
    connection.execute(counted.values(revisions=bindparam("to")), changes)
    replaced = update(standing).where(standing.c.comment_pk == bindparam("of"))
    text_values: dict[str, Any] = {
        "text_pk": bindparam("now_text"),
        "revision": bindparam("to"),
        "verdict": None,
        "decision_pk": None,
        "reopened": False,
        "looked": False,
    }
    connection.execute(replaced.values(text_values), changes)
    pks = [old.pk for old, _ in chunk.edited]
    judge(connection, pks)
    refresh(connection, among(connection, now.c.comment_pk, pks))
