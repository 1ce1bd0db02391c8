"""Which logs are on the chain, and what of a row of each is hashed.

A fact is every column of its row that is not null, by name, so that a column that comes later and
is null in what was there before changes no hash. Words that somebody may have to erase, and which
text it was about, are sealed apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, FromClause, Row, Select, Table, and_, bindparam, select

from triage.store.rows import among
from triage.store.schema import (
    adoptions,
    answers,
    appeals,
    audit_draws,
    comments,
    decisions,
    dismissals,
    flags,
    gold,
    guidelines,
    learned,
    notes,
    opinions,
    panels,
    policies,
    returned,
    texts,
)

__all__ = ["LOGS", "ChainedLog", "Fact"]

_TEXT = "text_sha256"
_GONE = "is_erased"
_PORTION = 1_000


class Fact(NamedTuple):
    """A row as it is hashed: what stays, and what may be erased.

    `erased` says whether what its words are about was: only then may they be unproven.
    """

    key: int
    stays: Mapping[str, object]
    words: Mapping[str, object]
    erased: bool = False


@dataclass(frozen=True, slots=True)
class ChainedLog:
    """A log whose rows are on the chain: only ever added to, with keys that grow.

    `words` are its columns of free text about a comment, which may be erased; `changing` those that
    are no part of the fact, because they follow from others later.
    """

    table: Table
    words: tuple[str, ...] = ()
    changing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the log on the chain: its table's."""
        return self.table.name

    @property
    def key(self) -> Column[Any]:
        """The key of its rows."""
        (key,) = self.table.primary_key.columns
        return key

    @property
    def sealed(self) -> bool:
        """Whether its rows hold anything that may be erased."""
        return bool(self.words) or "text_pk" in self.table.c

    def after(self, connection: Connection, key: int) -> Iterator[list[Fact]]:
        """Yield the facts after a key in their order, in portions."""
        rows: Sequence[Row[Any]] = ()
        while len(rows) in (0, _PORTION):
            wanted = {"after": key, "portion": _PORTION}
            rows = connection.execute(_rows_after(self), wanted).all()
            if not rows:
                return
            facts = self.facts_of(rows)
            yield facts
            key = facts[-1].key

    def read(self, connection: Connection, keys: Iterable[int]) -> dict[int, Fact | None]:
        """Return key -> fact for those of the keys that there are; None for what cannot be read.

        Somebody who alters rows may leave what is no time and no JSON, and SQLite keeps what is no
        whole number in a column of whole numbers: no fact has such a key.
        """
        wanted = [key for key in keys if isinstance(key, int)]
        try:
            mine = _rows(self).where(among(connection, self.key, wanted))
            found = self.facts_of(connection.execute(mine).all())
        except (ValueError, TypeError, LookupError):
            return self._one_by_one(connection, wanted)
        return {fact.key: fact for fact in found}

    def _one_by_one(self, connection: Connection, keys: list[int]) -> dict[int, Fact | None]:
        there = select(self.key).where(among(connection, self.key, keys))
        found: dict[int, Fact | None] = dict.fromkeys(connection.execute(there).scalars().all())
        for key in found:
            try:
                row = connection.execute(_rows(self).where(self.key == key)).one()
                (found[key],) = self.facts_of([row])
            except (ValueError, TypeError, LookupError):
                continue
        return found

    def facts_of(self, rows: Sequence[Row[Any]]) -> list[Fact]:
        """Return the facts in rows of `_rows`."""
        if not rows:
            return []
        names = list(rows[0]._fields)
        apart = {self.key.name, "text_pk", _TEXT, _GONE, *self.words, *self.changing}
        stay = [(name, place) for place, name in enumerate(names) if name not in apart]
        told = [(name, place) for place, name in enumerate(names) if name in (*self.words, _TEXT)]
        key = names.index(self.key.name)
        gone = names.index(_GONE) if self.sealed else None
        return [
            Fact(
                row[key],
                {name: row[place] for name, place in stay if row[place] is not None},
                {name: row[place] for name, place in told},
                gone is not None and bool(row[gone]),
            )
            for row in map(tuple, rows)
        ]


@cache
def _rows(log: ChainedLog) -> Select[Any]:
    if not log.sealed:
        return select(log.table)
    table, erased = log.table, comments.c.erased_at.is_not(None)
    source: FromClause = table
    if "comment_pk" in table.c:
        about = table.c.comment_pk
    else:
        source = source.outerjoin(appeals, appeals.c.pk == table.c.appeal_pk)
        about = appeals.c.comment_pk
    source = source.outerjoin(comments, comments.c.pk == about)
    if "text_pk" not in table.c:
        return select(table, erased.label(_GONE)).select_from(source)
    source = source.outerjoin(texts, texts.c.pk == table.c.text_pk)
    gone = and_(erased, texts.c.erased_at.is_not(None))
    return select(table, texts.c.sha256.label(_TEXT), gone.label(_GONE)).select_from(source)


@cache
def _rows_after(log: ChainedLog) -> Select[Any]:
    further = _rows(log).where(log.key > bindparam("after"))
    return further.order_by(log.key).limit(bindparam("portion"))


LOGS: Mapping[str, ChainedLog] = {
    log.name: log
    for log in (
        # What is decided by comes before what is decided.
        ChainedLog(policies),
        ChainedLog(guidelines),
        ChainedLog(panels),
        ChainedLog(learned),
        ChainedLog(adoptions),
        # How many a draw drew grows where a policy leaves comments to people.
        ChainedLog(audit_draws, changing=("expected", "population", "drawn", "due")),
        ChainedLog(flags, words=("note",)),
        ChainedLog(decisions, words=("note",)),
        ChainedLog(appeals, words=("text",)),
        ChainedLog(answers, words=("reply",)),
        ChainedLog(dismissals, words=("why", "reply")),
        ChainedLog(notes, words=("note",)),
        ChainedLog(gold),
        ChainedLog(opinions, words=("note",)),
        ChainedLog(returned),
    )
}
"""Every log that is on the chain, in the order in which one transaction's rows are chained."""
