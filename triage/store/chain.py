"""The chain in the database: facts are linked as they are committed, and checked from the first on.

There is one writer at a time, so that each link knows the one before. Nobody has to remember to
link: what a transaction put into a log is linked before it is committed (`Database.watch`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from secrets import token_bytes
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    Table,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
    update,
)

from triage.domain.chain import FORMAT, START, Head, Verified, link_hash, seal_of
from triage.store.chained import LOGS, ChainedLog, Fact
from triage.store.database import Database, load, streamed
from triage.store.rows import among, batched
from triage.store.schema import appeals, links
from triage.store.walking import Walk

__all__ = ["Chain", "erase_words", "link_all", "verified"]

Tick = Callable[[int, int | None], None]

_AT_ONCE = 1_000
_SALT = 16  # bytes
_NEWEST = select(links.c.number, links.c.hash).order_by(links.c.number.desc()).limit(1)
_BINARY = (links.c.hash, links.c.salt, links.c.sealed)


class Chain:
    """The chain of a store's logs."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.watch({log.table: log.key for log in LOGS.values()}, _link_new)

    def head(self) -> Head | None:
        """Return the last link; None before the first fact."""
        with self._database.read() as connection:
            return _head(connection)

    def verify(self, heads: Collection[str] = (), tick: Tick | None = None) -> Verified:
        """Walk along the whole chain, and say what is not as it was.

        `heads` are hashes noted earlier, 64 hexadecimal digits each. `tick` is told how many events
        are done, of how many. In bounded memory.
        """
        with self._database.read() as connection:
            return verified(connection, heads, tick)


def verified(
    connection: Connection, heads: Collection[str] = (), tick: Tick | None = None
) -> Verified:
    """Walk along the chain as one connection sees it; see `Chain.verify`."""
    of = connection.execute(select(func.count()).select_from(links)).scalar_one()
    walk = Walk(heads)
    done = 0
    for rows in _linked(connection):
        facts = {
            name: LOGS[name].read(connection, [row.fact_pk for row in rows if row.log == name])
            for name in {row.log for row in rows}
            if name in LOGS
        }
        for row in rows:
            walk.step(row, facts.get(row.log, {}))
        done += len(rows)
        if tick is not None:
            tick(done, of)
    for name, key in _unlinked(connection):
        walk.outside(name, key)
    return walk.outcome()


def link_all(connection: Connection) -> None:
    """Link every fact of a database that has no chain yet, log by log, as they are found now."""
    _link_new(connection, dict.fromkeys((log.table for log in LOGS.values()), 0))


def erase_words(connection: Connection, comment_pks: Collection[int]) -> None:
    """Let the chain forget the words about some comments: call it before they are erased.

    What they were sealed by is kept, and the salt is not, so that the rest of the chain still
    holds and nobody can find out which words they were. Of these events it is no longer proven
    which text they are about.
    """
    for log in LOGS.values():
        if not log.sealed:
            continue
        keys = connection.execute(select(log.key).where(_about(connection, log, comment_pks)))
        for some in batched(keys.scalars().all(), _AT_ONCE):
            _erase(connection, log, some)


def _about(
    connection: Connection, log: ChainedLog, comment_pks: Collection[int]
) -> ColumnElement[bool]:
    """Return the condition that a row of a log is about one of these comments."""
    if "comment_pk" in log.table.c:
        return among(connection, log.table.c.comment_pk, comment_pks)
    theirs = select(appeals.c.pk).where(among(connection, appeals.c.comment_pk, comment_pks))
    return log.table.c.appeal_pk.in_(theirs)


def _erase(connection: Connection, log: ChainedLog, keys: Collection[int]) -> None:
    facts = log.read(connection, keys)
    named = (links.c.log == log.name, among(connection, links.c.fact_pk, keys))
    salted = select(links.c.number, links.c.fact_pk, links.c.salt).where(*named)
    seals = []
    for row in connection.execute(salted.where(links.c.salt.is_not(None))):
        fact = facts[row.fact_pk]
        if fact is not None:
            seals.append({"link": row.number, "seal": seal_of(row.salt, fact.words)})
    if seals:
        mine = update(links).where(links.c.number == bindparam("link"))
        connection.execute(mine.values(salt=None, sealed=bindparam("seal")), seals)


def _head(connection: Connection) -> Head | None:
    row = connection.execute(_NEWEST).one_or_none()
    return None if row is None else Head(row.number, row.hash.hex())


def _link_new(connection: Connection, before: Mapping[Table, int]) -> None:
    """Link the rows of some logs that come after a key of each."""
    head = _head(connection)
    number, previous = (head.number, bytes.fromhex(head.hash)) if head else (0, START)
    for log in LOGS.values():
        if log.table not in before:
            continue
        for facts in log.after(connection, before[log.table]):
            rows = _links(log, facts, number, previous)
            load(connection, links, rows)
            number, previous = number + len(rows), rows[-1]["hash"]


def _links(
    log: ChainedLog, facts: Sequence[Fact], number: int, previous: bytes
) -> list[dict[str, Any]]:
    """Return the links of facts that follow the link with that number and hash."""
    salts = token_bytes(_SALT * len(facts)) if log.sealed else b""
    made: list[dict[str, Any]] = []
    for place, fact in enumerate(facts):
        number += 1
        salt = salts[place * _SALT : (place + 1) * _SALT] or None
        seal = None if salt is None else seal_of(salt, fact.words)
        previous = link_hash(previous, number, log.name, fact.key, fact.stays, seal)
        made.append(
            {
                "number": number,
                "log": log.name,
                "fact_pk": fact.key,
                "format": FORMAT,
                "hash": previous,
                "salt": salt,
            }
        )
    return made


def _linked(connection: Connection) -> Iterator[Sequence[Row[Any]]]:
    # SQLite keeps whatever somebody puts into a column; cast, it can be read.
    binary = [cast(column, LargeBinary).label(column.name) for column in _BINARY]
    plain = (links.c.number, links.c.log, links.c.fact_pk, links.c.format)
    every = select(*plain, *binary).order_by(links.c.number).limit(_AT_ONCE)
    rows = connection.execute(every).all()
    while rows:
        yield rows
        rows = connection.execute(every.where(links.c.number > rows[-1].number)).all()


def _unlinked(connection: Connection) -> Iterator[tuple[str, int]]:
    """Yield the rows of logs that no link names: log and key."""
    for row in streamed(connection, _UNLINKED):
        yield row.log, row.key


def _lacking(log: ChainedLog) -> Select[Any]:
    named = exists().where(links.c.log == log.name, links.c.fact_pk == log.key)
    return select(literal(log.name).label("log"), log.key.label("key")).where(~named)


_UNLINKED: Any = union_all(*map(_lacking, LOGS.values()))
