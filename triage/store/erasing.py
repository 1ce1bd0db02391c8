"""Erasing: texts, names and notes of some comments are gone, and what was decided stays.

Everything here works on a portion of comments in the caller's transaction, so that a long erasure
may be stopped between two portions and begun again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import (
    Connection,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from triage.domain.chain import ERASED
from triage.domain.comments import Ids
from triage.domain.copies import comparable
from triage.domain.forgetting import Erased, Marks
from triage.store.chain import erase_words
from triage.store.erased import marker
from triage.store.rows import among
from triage.store.schema import (
    answers,
    appeals,
    claims,
    comments,
    decisions,
    dismissals,
    doubled,
    flags,
    forgotten,
    gold,
    mentions,
    notes,
    opinions,
    revisions,
    scorers,
    scores,
    standing,
    text_bands,
    texts,
    threads,
)
from triage.store.standing import judge, now, refresh

__all__ = ["erase", "remember", "tally"]

_WHY = "the comment was erased"  # ends an appeal; of what ended before stands ERASED alone
_ABOUT_TEXTS = (revisions, decisions, notes, gold, opinions, standing)
_NOTED: tuple[Table, ...] = (decisions, notes, opinions, flags)


def tally(connection: Connection, pks: Sequence[int]) -> Erased:
    """Return what `erase` would do to these comments."""

    def count(table: Table, *where: Any) -> int:
        about = among(connection, table.c.comment_pk, pks)
        return connection.execute(
            select(func.count()).select_from(table).where(about, *where)
        ).scalar_one()

    noted = sum(count(table, table.c.note != "") for table in _NOTED)
    objected = count(appeals, appeals.c.text != "")
    theirs = select(appeals.c.pk).where(among(connection, appeals.c.comment_pk, pks))
    answered = (
        connection.execute(
            select(func.count())
            .select_from(column.table)
            .where(column.table.c.appeal_pk.in_(theirs), column != "")
        ).scalar_one()
        for column in (answers.c.reply, dismissals.c.reply, dismissals.c.why)
    )
    return Erased(
        comments=len(pks),
        texts=count(revisions),
        notes=noted + objected + sum(answered),
        decisions=count(decisions),
    )


def remember(connection: Connection, digests: Iterable[str], at: datetime) -> None:
    """Keep marks of what must not come back; of one that is known the later time counts."""
    wanted = set(digests)
    mine = among(connection, forgotten.c.digest, wanted)
    known = connection.execute(select(forgotten.c.digest).where(mine)).scalars().all()
    connection.execute(update(forgotten).where(mine, forgotten.c.at < at).values(at=at))
    fresh = sorted(wanted.difference(known))
    if fresh:
        connection.execute(insert(forgotten), [{"digest": one, "at": at} for one in fresh])


def erase(connection: Connection, pks: Sequence[int], marks: Marks, by: str, at: datetime) -> None:
    """Erase texts, author and notes of comments that are not erased yet.

    A text that somebody else's comment has too stays theirs; these comments then hang on a row of
    their own, with the same scores. Decisions, scores and audits are kept, and so is the chain over
    the logs.
    """
    _remember_idless(connection, pks, marks, at)
    erase_words(connection, pks)
    _erase_texts(connection, pks, at)
    mine = among(connection, comments.c.pk, pks)
    connection.execute(update(comments).where(mine).values(author=None, erased_at=at))
    _erase_notes(connection, pks)
    _end_what_waits(connection, pks, by, at)
    judge(connection, pks)
    refresh(connection, among(connection, now.c.comment_pk, pks))


def _remember_idless(
    connection: Connection, pks: Sequence[int], marks: Marks, at: datetime
) -> None:
    """Keep marks of comments whose ids were derived: their ids may be others the next time."""
    rows = connection.execute(
        select(threads.c.id, comments.c.author, comments.c.created_at, texts.c.sha256)
        .select_from(comments)
        .join(threads, threads.c.pk == comments.c.thread_pk)
        .join(revisions, revisions.c.comment_pk == comments.c.pk)
        .join(texts, texts.c.pk == revisions.c.text_pk)
        .where(threads.c.ids == Ids.DERIVED.value, among(connection, comments.c.pk, pks))
    )
    remember(connection, (marks.comment(*row) for row in rows), at)


def _erase_texts(connection: Connection, pks: Sequence[int], at: datetime) -> None:
    mine = among(connection, revisions.c.comment_pk, pks)
    said = {
        int(row.pk): row.text
        for row in connection.execute(
            select(texts.c.pk, texts.c.text)
            .where(texts.c.pk.in_(select(revisions.c.text_pk).where(mine)))
            .where(texts.c.erased_at.is_(None))
        )
    }
    # One pass over all revisions, for they have no index by text: it would cost every import.
    others = among(connection, revisions.c.text_pk, said), ~mine
    shared = set(connection.execute(select(revisions.c.text_pk).where(*others)).scalars())
    _blank(connection, [(pk, text) for pk, text in said.items() if pk not in shared], at)
    for pk in sorted(shared):
        _part(connection, pks, pk, at)


def _blank(connection: Connection, own: Sequence[tuple[int, str]], at: datetime) -> None:
    """Erase texts that nobody else's comment has, and what only they could have made."""
    if not own:
        return
    _leave_bands(connection, own)
    pks = [pk for pk, _ in own]
    connection.execute(
        delete(mentions).where(
            mentions.c.scorer_pk.in_(select(scorers.c.pk)),
            among(connection, mentions.c.text_pk, pks),
        )
    )
    said = marker(at)
    gone = update(texts).where(texts.c.pk == bindparam("of"))
    values: dict[str, Any] = {
        "text": said,
        "length": len(said),
        "sha256": bindparam("to"),
        "erased_at": at,
        "banded": True,
    }
    connection.execute(gone.values(values), [{"of": pk, "to": token_hex(32)} for pk in pks])


def _leave_bands(connection: Connection, own: Sequence[tuple[int, str]]) -> None:
    """Take texts out of the index of near copies, by its keys: it has no other order."""
    from triage.store.minhash import band_keys

    told = [(pk, said) for pk, text in own if (said := comparable(text)) is not None]
    if not told:
        return
    keys = band_keys([said for _, said in told])
    rows = [
        {"band": key, "of": pk}
        for (pk, _), mine in zip(told, keys.tolist(), strict=True)
        for key in set(mine)
    ]
    own_rows = and_(text_bands.c.key == bindparam("band"), text_bands.c.text_pk == bindparam("of"))
    connection.execute(delete(text_bands).where(own_rows), rows)


def _part(connection: Connection, pks: Sequence[int], text_pk: int, at: datetime) -> None:
    """Give comments a row in place of a text that others have, with its scores."""
    said = marker(at)
    spoken = select(texts.c.language, texts.c.language_by).where(texts.c.pk == text_pk)
    row = {"sha256": token_hex(32), "text": said, "length": len(said)}
    row |= connection.execute(spoken).one()._mapping
    made = insert(texts).returning(texts.c.pk)
    new = connection.execute(made, {**row, "banded": True, "erased_at": at}).scalar_one()
    kept = [column for column in scores.c if column is not scores.c.text_pk]
    copied = select(literal(new, scores.c.text_pk.type), *kept).where(scores.c.text_pk == text_pk)
    names = ["text_pk", *(column.name for column in kept)]
    connection.execute(insert(scores).from_select(names, copied))
    for table in _ABOUT_TEXTS:
        mine = among(connection, table.c.comment_pk, pks), table.c.text_pk == text_pk
        connection.execute(update(table).where(*mine).values(text_pk=new))


def _erase_notes(connection: Connection, pks: Sequence[int]) -> None:
    for table in _NOTED:
        mine = among(connection, table.c.comment_pk, pks), table.c.note != ""
        connection.execute(update(table).where(*mine).values(note=""))
    about = among(connection, appeals.c.comment_pk, pks)
    connection.execute(update(appeals).where(about).values(text=""))
    theirs = select(appeals.c.pk).where(about)
    connection.execute(update(answers).where(answers.c.appeal_pk.in_(theirs)).values(reply=""))
    ended = update(dismissals).where(dismissals.c.appeal_pk.in_(theirs))
    connection.execute(ended.values(reply="", why=ERASED))


def _end_what_waits(connection: Connection, pks: Sequence[int], by: str, at: datetime) -> None:
    """End what nobody can do without the text: appeals that wait, second looks, claims."""
    waiting = connection.execute(
        select(standing.c.appeal_pk).where(
            among(connection, standing.c.comment_pk, pks), standing.c.appeal_pk.is_not(None)
        )
    ).scalars()
    ended = {"by": by, "at": at, "why": _WHY, "reply": ""}
    rows = [{"appeal_pk": pk, **ended} for pk in waiting]
    if rows:
        connection.execute(insert(dismissals), rows)
    asked = among(connection, doubled.c.comment_pk, pks)
    connection.execute(update(doubled).where(asked).values(waiting=False))
    _take_back_answers(connection, pks, by, at)
    connection.execute(delete(claims).where(among(connection, claims.c.comment_pk, pks)))


def _take_back_answers(connection: Connection, pks: Sequence[int], by: str, at: datetime) -> None:
    """Take known answers out of the queue, by another fact: the last one about a comment counts."""
    mine = among(connection, gold.c.comment_pk, pks)
    known = connection.execute(select(gold).where(mine).order_by(gold.c.pk))
    last = {row.comment_pk: row._mapping for row in known}
    rows = [
        {name: row[name] for name in ("comment_pk", "text_pk", "verdict", "reasons")}
        | {"by": by, "at": at, "active": False}
        for row in last.values()
        if row["active"]
    ]
    if rows:
        connection.execute(insert(gold), rows)
