"""Writing what an import brings, a chunk in a transaction: threads, texts, comments and edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, bindparam, select, update

from triage.domain.comments import Comment, Thread
from triage.store.bands import index_texts
from triage.store.database import load
from triage.store.languages import languages_of, partly_read
from triage.store.rows import among
from triage.store.sameness import ORIGIN, Evidence, Known, origin_of
from triage.store.schema import comments, returned, revisions, standing, texts, threads
from triage.store.standing import judge, now, refresh, standing_row

__all__ = ["Chunk", "Told", "save_threads", "unstored", "write_chunk"]


@dataclass(slots=True)
class Chunk:
    """What one transaction is about to write."""

    fresh: dict[str, tuple[Comment, Thread, str]] = field(default_factory=dict)
    edited: list[tuple[Known, str]] = field(default_factory=list)
    moved: list[dict[str, object]] = field(default_factory=list)
    reaching: list[int] = field(default_factory=list)
    stated: list[int] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    told: dict[str, Evidence] = field(default_factory=dict)
    reports: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """Digest of a text -> its language, and the version of what told it."""

    languages: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None


def unstored(connection: Connection, given: Mapping[str, str]) -> dict[str, str]:
    """Return digest -> text of those that are not stored."""
    known = _pks(connection, texts.c.sha256, list(given))
    return {digest: text for digest, text in given.items() if digest not in known}


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


def write_chunk(
    connection: Connection,
    chunk: Chunk,
    thread_pks: dict[str, int],
    at: datetime,
    told: Told,
) -> dict[str, int]:
    """Write a chunk; return id -> key of the comments that are new."""
    known = _pks(connection, texts.c.sha256, list(chunk.texts))
    news = {digest: text for digest, text in chunk.texts.items() if digest not in known}
    text_pks = known | _save_texts(connection, news, told)
    spoken = languages_of(connection, text_pks.values())
    pks = _write_new(connection, chunk, thread_pks, text_pks, spoken, at) if chunk.fresh else {}
    # A text that some other comment brought earlier has its scores already, and one that a scorer
    # does not read gets none, so that nothing else would tell what follows from that.
    unread = partly_read(connection, spoken)
    rated = [
        pk
        for name, pk in pks.items()
        if (digest := chunk.fresh[name][2]) in known or text_pks[digest] in unread
    ]
    if rated:
        refresh(connection, among(connection, now.c.comment_pk, rated))
    if chunk.moved:
        names = ("parent_id", "author", "created_at", "position", "number", "reach", "state")
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*names, *ORIGIN)}
        mine = update(comments).where(comments.c.pk == bindparam("of"))
        connection.execute(mine.values(values), chunk.moved)
        if chunk.reaching:
            refresh(connection, among(connection, now.c.comment_pk, chunk.reaching))
    if chunk.stated:
        _keep_when(connection, chunk.stated, at)
    if chunk.edited:
        _write_edits(connection, chunk, text_pks, spoken, at)
    return pks


def _keep_when(connection: Connection, stated: list[int], at: datetime) -> None:
    """Keep that an import told the state of these comments, where they were handed back before.

    Also where it is the state that was known: the site may have gone back to it.
    """
    handed = select(returned.c.pk).where(returned.c.comment_pk == comments.c.pk).exists()
    mine = update(comments).where(among(connection, comments.c.pk, stated), handed)
    connection.execute(mine.values(state_at=at))


def _save_texts(connection: Connection, fresh: dict[str, str], told: Told) -> dict[str, int]:
    """Store texts that are not there yet, with their language; return digest -> key.

    One that nobody told of is stored without: it went between the look and now, or nobody tells.
    """
    rows = [
        {"sha256": digest, "text": text, "length": len(text), "banded": True}
        | {"language": told.languages.get(digest)}
        | {"language_by": told.by if digest in told.languages else None}
        for digest, text in fresh.items()
    ]
    load(connection, texts, rows)
    stored = _pks(connection, texts.c.sha256, list(fresh))
    index_texts(connection, [(pk, fresh[digest]) for digest, pk in stored.items()])
    return stored


def _pks(connection: Connection, column: Column[Any], values: list[str]) -> dict[str, int]:
    """Return value -> key, for the rows of a table where a unique column has these values."""
    statement = select(column, column.table.c.pk).where(among(connection, column, values))
    return {value: int(pk) for value, pk in connection.execute(statement)}


def _write_new(
    connection: Connection,
    chunk: Chunk,
    thread_pks: dict[str, int],
    text_pks: dict[str, int],
    spoken: dict[int, str | None],
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
            **origin_of(comment),
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
        stands.append(standing_row(pk, thread_pks[thread.id], text_pk, spoken[text_pk]))
    load(connection, revisions, first)
    load(connection, standing, stands)
    return pks


def _write_edits(
    connection: Connection,
    chunk: Chunk,
    text_pks: dict[str, int],
    spoken: dict[int, str | None],
    at: datetime,
) -> None:
    changes: list[dict[str, Any]] = [
        {"of": old.pk, "to": old.revisions + 1, "now_text": text_pks[digest]}
        | {"now_language": spoken[text_pks[digest]]}
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
        "language": bindparam("now_language"),
        "revision": bindparam("to"),
        "verdict": None,
        "decision_pk": None,
        "appeal_pk": None,
        "reopened": False,
        "looked": False,
    }
    connection.execute(replaced.values(text_values), changes)
    pks = [old.pk for old, _ in chunk.edited]
    judge(connection, pks)
    refresh(connection, among(connection, now.c.comment_pk, pks))
