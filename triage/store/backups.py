"""A backup: an SQLite file with every row of a database, whichever engine that is on.

So one file serves both engines, and to take it back on another engine is how a site moves there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, delete, func, literal, or_, select

from triage.domain.chain import Verified
from triage.domain.policy import DEFAULT_NAME
from triage.errors import StoreError, UsageError
from triage.store.chain import verified
from triage.store.database import Database, load, streamed
from triage.store.migrate import bring_up_to_date
from triage.store.rows import batched
from triage.store.schema import links, metadata, policies, secrets

__all__ = ["Copied", "back_up", "take_back"]

_ROWS_AT_ONCE = 5_000
Counts = Mapping[str, int]
"""Table -> rows."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied, and whether the chain over the logs holds in the copy."""

    counts: Counts
    chain: Verified


def back_up(database: Database, path: Path, tick: Callable[[int, int | None], None]) -> Copied:
    """Write one state of the database to an SQLite file, read that again, and say what it holds.

    `path` is an empty file or none; nobody has to stop working meanwhile. `tick` is told how many
    rows are done, of how many. Raises StoreError where the file does not hold what was read.
    """
    with closing(Database(_file(path))) as copy:
        with database.read() as source:
            counts = _counts(source)
            if database.is_sqlite:
                with copy.driver() as into:
                    # From the connection that counted: it sees the same state until it is closed.
                    source.connection.driver_connection.backup(into)  # type: ignore[union-attr]
                tick(sum(counts.values()), sum(counts.values()))
            else:
                bring_up_to_date(copy)
                with copy.write() as target:
                    _copy(source, target, counts, tick)
        with copy.read() as written:
            chain = verified(written)
        copy.close()
        fault = _fault(copy, counts)
    if fault:
        raise StoreError(
            f"the backup of {database.url} is not what was read ({fault}): check the disk, and run "
            "it again; the database itself is as it was"
        )
    return Copied(counts, chain)


def _fault(copy: Database, counts: Counts) -> str:
    """Read a backup again and make it one file; say what is wrong with it, if anything is."""
    with copy.driver() as written:
        if fault := _unsound(written):
            return fault
        for name, rows in counts.items():
            (found,) = written.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
            if found != rows:
                return f"{name} has {found:,} rows, not {rows:,}"
        # Without a log beside it, it may be moved, and read where nobody may write.
        written.execute("PRAGMA journal_mode = DELETE")
    return ""


def _unsound(written: sqlite3.Connection) -> str:
    """Say what is wrong with a file as SQLite sees it, and with its references."""
    try:
        told = [row[0] for row in written.execute("PRAGMA integrity_check(3)")]
        if told != ["ok"]:
            return "; ".join(told)
        lacking = written.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if lacking is None else f"a row of {lacking[0]} refers to none"


def take_back(database: Database, path: Path, tick: Callable[[int, int | None], None]) -> Copied:
    """Fill a database that holds nothing yet with the rows of a backup; say what it holds now.

    It is one transaction: all or nothing. `path` is changed where an earlier version wrote it: its
    schema is brought up to date first, so hand over a copy. Raises UsageError where the database
    is in use, StoreError where the file is damaged, or no database of ours.
    """
    with closing(Database(_file(path))) as copy:
        with copy.driver() as written:
            fault = _unsound(written)
        if fault:
            raise StoreError(f"{path}: this backup is damaged ({fault}): take another")
        copy.close()
        bring_up_to_date(copy)
        bring_up_to_date(database)
        with copy.read() as source, database.write() as target:
            _check_new(target, database.url)
            for table in reversed(metadata.sorted_tables):
                target.execute(delete(table))
            counts = _counts(source)
            _copy(source, target, counts, tick)
            if not database.is_sqlite:
                _number_on(target)
            chain = verified(target)
        return Copied(counts, chain)


def _check_new(target: Connection, url: str) -> None:
    """Raise UsageError where a database holds a row that a new one does not have."""
    for table in metadata.sorted_tables:
        if table in (secrets, links):  # they come with other rows, which say so
            continue
        rows = select(literal(1)).select_from(table).limit(1)
        if table is policies:
            rows = rows.where(or_(table.c.name != DEFAULT_NAME, table.c.version != 1))
        if target.execute(rows).first() is not None:
            raise UsageError(
                f"{url} is in use: it holds rows in {table.name!r}, and a backup never replaces "
                "any; name a new database"
            )


def _copy(
    source: Connection,
    target: Connection,
    counts: Counts,
    tick: Callable[[int, int | None], None],
) -> None:
    done, of = 0, sum(counts.values())
    for table in metadata.sorted_tables:
        rows = streamed(source, select(table).order_by(*table.primary_key))
        for portion in batched(rows, _ROWS_AT_ONCE):
            load(target, table, [dict(row._mapping) for row in portion])
            done += len(portion)
            tick(done, of)


def _counts(connection: Connection) -> dict[str, int]:
    """Return table -> rows. The first look fixes which state of the database is read."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def _number_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that came with their numbers."""
    for table in metadata.sorted_tables:
        key = table.autoincrement_column
        if key is None:
            continue
        sequence = connection.execute(
            select(func.pg_get_serial_sequence(table.name, key.name))
        ).scalar()
        newest = connection.execute(select(func.max(key))).scalar()
        if sequence is not None and newest is not None:
            connection.execute(select(func.setval(sequence, newest)))


def _file(path: Path) -> str:
    """Return the URL of an SQLite file, whatever characters its name has."""
    url = URL.create("sqlite", database=str(path.absolute()))
    return url.render_as_string(hide_password=False)
