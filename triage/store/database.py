"""The engine below the store: connections, transactions, and database errors in plain words.

One writer at a time, on both engines: SQLite by BEGIN IMMEDIATE, PostgreSQL by an advisory lock.
Writes are short, and the read model never has to reason about two of them at once.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from math import log10
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Insert,
    PoolProxiedConnection,
    Row,
    Select,
    Table,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from triage.domain.pools import Pool
from triage.errors import StoreError, UsageError
from triage.store.patterns import found_in

__all__ = ["Database", "load", "load_numbers", "streamed"]

_WAIT_SECONDS = 30
_WRITER = 7_521_962_890  # any number, as long as every triage takes the same lock
_ROWS_AT_ONCE = 1_000
_ROWS_A_STATEMENT = 50  # SQLite takes 32,766 values in one
_STEPS_BETWEEN_LOOKS = 2_000  # of SQLite's machine: some 100 rows

_POSTGRES_ARGUMENTS: Mapping[str, object] = {
    # Compiling our short queries takes PostgreSQL longer than running them.
    "options": "-c timezone=UTC -c jit=off",
    # A server that went silent is noticed within a minute or so, not after TCP's two hours.
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # NORMAL would not wait for the disk: a power cut would take the last verdicts with it.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",
    "PRAGMA temp_store = MEMORY",
)

_GONE = (
    "the server went away while this was done; if it was to be saved, look whether it is there, "
    "and else do it again"
)
_FULL = (
    "the server takes no more connections; lower TRIAGE_POOL_SIZE of the processes, or raise its "
    "max_connections (docs/operations.md)"
)
_TAKEN = (
    "all connections of this process were in use for too long; try again, or allow it more "
    "(TRIAGE_POOL_SIZE, docs/operations.md)"
)
_IN_PLAIN_WORDS = (
    ("database is locked", "another program is writing to it; close that one or try again"),
    ("lock timeout", "another program is writing to it; close that one or try again"),
    ("readonly database", "it may only be read; check the permissions of the file and its folder"),
    ("not a database", "that file is no SQLite database; name another one"),
    (
        "chain.log, chain.fact_pk",
        "its log was altered past triage, and takes nothing more: triage verify; restore a backup",
    ),
    ("malformed", "the file is damaged; restore a backup"),
    ("unable to open", "it cannot be opened; check that its folder exists and may be written to"),
    ("disk is full", "the disk is full; make room and try again"),
    ("disk i/o error", "the disk cannot be used; make room if it is full, else check it"),
    ("password authentication", "the user or the password is wrong"),
    ("does not exist", "the database, or something in it, does not exist"),
    ("connection refused", "no server answers there; check that it runs, and the host and port"),
    ("failed to resolve", "that host is not known; check its name"),
    ("interrupted", "that took too long; narrow it down"),
    ("statement timeout", "that took too long; narrow it down"),
    ("invalid regular expression", "PostgreSQL cannot use that pattern; write it more simply"),
    ("queuepool limit", _TAKEN),
    ("too many c", _FULL),
    ("connection slots are reserved", _FULL),
    ("terminating connection", _GONE),
    ("server closed the connection", _GONE),
    ("connection is closed", _GONE),
    ("connection is lost", _GONE),
    ("database system is", "the server is starting, or ending; try again in a moment"),
    ("is the server running", "no server answers there; check that it runs, and the host and port"),
    ("connection timeout", "no server answers there; check that it runs, and the host and port"),
)


class Database:
    """One SQLite file or PostgreSQL database; may be shared by threads.

    Everything it raises is a StoreError that names the database without its password.
    """

    def __init__(self, url: str, pool: Pool | None = None) -> None:
        self._url = _understood(url)
        self._pool = pool or Pool()
        self._guard: Callable[[Connection], None] | None = None
        self.url = self._url.render_as_string(hide_password=True)
        self._watching = Lock()
        self._watcher: PoolProxiedConnection | None = None
        self._watched: Mapping[Table, Select[Any]] = {}
        self._then: Callable[[Connection, Mapping[Table, int]], None] | None = None
        with self._plainly():
            self._engine = self._created()

    def _created(self) -> Engine:
        own = {"timeout": _WAIT_SECONDS} if self.is_sqlite else _POSTGRES_ARGUMENTS
        arguments = {name: value for name, value in own.items() if name not in self._url.query}
        try:
            engine = create_engine(
                self._url,
                connect_args=arguments,
                pool_pre_ping=not self.is_sqlite,
                hide_parameters=True,  # they hold texts and names, and errors end in logs
                pool_size=self._pool.size,
                max_overflow=self._pool.overflow,
                pool_timeout=self._pool.seconds,
                pool_recycle=round(self._pool.recycle_minutes * 60) or -1,
            )
        except ModuleNotFoundError as error:
            raise StoreError(
                f"{self.url}: PostgreSQL needs a driver that is not installed; "
                "run: pip install 'triage-workbench[postgres]'"
            ) from error
        if self.is_sqlite:
            event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite if self.is_sqlite else _begin_postgres)
        if self.is_sqlite:
            self._writer = engine.execution_options(triage_write=True)
            return engine
        # Whatever the server's default: a reader keeps the state it began with, and a writer sees
        # what was committed while it waited for the lock.
        self._writer = engine.execution_options(triage_write=True, isolation_level="READ COMMITTED")
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is an SQLite file; otherwise it is PostgreSQL."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """Where an SQLite file lies, links followed; None for PostgreSQL."""
        if not self.is_sqlite:
            return None
        return Path((self._url.database or "").removeprefix("file:")).resolve()

    @contextmanager
    def read(self, within: float | None = None) -> Iterator[Connection]:
        """Yield a connection whose reads see one state of the database.

        A statement that takes longer than `within` seconds is given up, with a StoreError.
        """
        with self._plainly(), self._engine.connect() as connection:
            if within is None:
                yield connection
            else:
                with _limited(connection, within):
                    yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield the only writing connection; commit on success, else leave everything as it was.

        What `guard` was given is asked first.
        """
        with self._plainly(), self._writer.begin() as connection:
            if self._guard is not None:
                self._guard(connection)
            if self._then is None:
                yield connection
                return
            inserted = _Inserted(self._watched)
            connection.execution_options(triage_inserted=inserted)
            yield connection
            if inserted.before:
                self._then(connection, inserted.before)

    def watch(
        self,
        tables: Mapping[Table, Column[Any]],
        then: Callable[[Connection, Mapping[Table, int]], None],
    ) -> None:
        """Have `then` called before a transaction commits that inserted into any of these tables.

        `tables` maps each to its key, which grows. `then` gets the connection and, for each table
        that rows were inserted into, the greatest key that it held before.
        """
        self._watched = {table: select(func.max(key)) for table, key in tables.items()}
        self._then = then
        event.listen(self._writer, "before_execute", _note_insert)

    def guard(self, check: Callable[[Connection], None]) -> None:
        """Have each later `write` ask this first; it raises where nothing may be written."""
        self._guard = check

    def stream(self, statement: Select[Any], within: float | None = None) -> Iterator[Row[Any]]:
        """Yield rows of one state of the database without holding them all in memory.

        `within` is that of `read`.
        """
        with self.read(within) as connection:
            yield from streamed(connection, statement)

    @contextmanager
    def driver(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection of SQLite's own to the file, beside ours and without our settings."""
        if self.file is None:
            raise StoreError(f"{self.url} is no SQLite file")
        with self._plainly(), closing(sqlite3.connect(self.file)) as connection:
            yield connection

    def clean(self) -> None:
        """Leave nothing of what was deleted in the database's own files; takes as long as a copy.

        SQLite's file is written anew, and its log emptied. PostgreSQL's dead rows are removed, and
        what its planner remembers of values is found anew; bytes on its disk are its own affair.
        Raises StoreError where somebody reads for so long that the log cannot be emptied.
        """
        if not self.is_sqlite:
            with self._plainly(), self._writer.connect() as connection:
                bare = connection.execution_options(
                    triage_write=False, isolation_level="AUTOCOMMIT"
                )
                bare.exec_driver_sql("VACUUM (ANALYZE)")
            return
        with self.driver() as own:
            own.isolation_level = None
            own.execute(f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1_000}")
            own.execute("VACUUM")
            busy, *_ = own.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise StoreError(f"{self.url}: another program reads it; close that one and try again")

    def stamp(self) -> object:
        """Return what differs from an earlier stamp if anything was committed in between.

        It may differ for no reason, on PostgreSQL by what other databases of the server do.
        """
        if not self.is_sqlite:
            with self.read() as connection:
                newest = connection.exec_driver_sql(
                    "SELECT pg_snapshot_xmax(pg_current_snapshot())"
                )
                return newest.scalar_one()
        with self._plainly(), self._watching:
            if self._watcher is None:
                # It tells of what others commit: so this connection must be nobody's else.
                pooled = self._engine.raw_connection()
                pooled.detach()
                self._watcher = pooled
            return self._watcher.cursor().execute("PRAGMA data_version").fetchone()[0]

    def close(self) -> None:
        """Close all connections."""
        with self._watching:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
        self._engine.dispose()

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreError(f"{self.url}: {_words(error)}") from _untelling(error)


class _Inserted:
    """Which of the watched tables a transaction inserted into, with the greatest key before.

    `watched` are the queries for that key.
    """

    def __init__(self, watched: Mapping[Table, Select[Any]]) -> None:
        self._watched = watched
        self.before: dict[Table, int] = {}

    def note(self, connection: Connection, table: Table) -> None:
        if table in self._watched and table not in self.before:
            self.before[table] = connection.execute(self._watched[table]).scalar() or 0


def _note(connection: Connection, table: Table) -> None:
    """Note that a transaction inserts into a table: before it does."""
    inserted: _Inserted | None = connection.get_execution_options().get("triage_inserted")
    if inserted is not None:
        inserted.note(connection, table)


def _note_insert(connection: Connection, clause: object, *_rest: object) -> None:
    if isinstance(clause, Insert) and isinstance(clause.table, Table):
        _note(connection, clause.table)


def streamed(connection: Connection, statement: Select[Any]) -> Iterator[Row[Any]]:
    """Yield rows without holding them all in memory; the connection may be used in between."""
    options = {"stream_results": True, "yield_per": _ROWS_AT_ONCE}
    yield from connection.execute(statement, execution_options=options)


def load(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all name the same columns, as fast as the engine takes them."""
    if not rows:
        return
    dialect = connection.dialect
    columns = [table.c[name] for name in rows[0]]
    processors = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    _enter(connection, table, columns, _processed(rows, processors))


def load_numbers(connection: Connection, table: Table, rows: Sequence[tuple[int, ...]]) -> None:
    """Insert rows of plain numbers, one for each column of a table, faster than `load`."""
    if rows:
        _enter(connection, table, list(table.c), rows)


def _enter(
    connection: Connection,
    table: Table,
    columns: Sequence[Column[Any]],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Insert values as the driver takes them."""
    _note(connection, table)
    dialect = connection.dialect
    quote = dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(quote(column.name) for column in columns)})"
    if dialect.name == "sqlite":
        # What SQLAlchemy does for each row takes longer than what SQLite does, and a statement for
        # many rows half the time of one for each.
        whole = len(rows) - len(rows) % _ROWS_A_STATEMENT
        for size, some in ((_ROWS_A_STATEMENT, rows[:whole]), (1, rows[whole:])):
            if some:
                marks = ", ".join(["(" + ", ".join("?" * len(columns)) + ")"] * size)
                values = [
                    tuple(chain.from_iterable(some[at : at + size]))
                    for at in range(0, len(some), size)
                ]
                statement = f"INSERT INTO {into} VALUES {marks}"  # noqa: S608 names of the schema
                connection.exec_driver_sql(statement, values)
        return
    driver = connection.connection.cursor()
    try:
        # A row by COPY costs PostgreSQL a fifth of what it costs by INSERT.
        with driver.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(None, None, error, dialect.loaded_dbapi.Error) from error
    finally:
        driver.close()


def _processed(
    rows: Sequence[Mapping[str, object]], processors: Sequence[Callable[[Any], Any] | None]
) -> list[tuple[Any, ...]]:
    """Return the rows' values as the driver takes them, column by column."""
    done: list[Iterable[Any]] = []
    columns = zip(*(row.values() for row in rows), strict=True)
    for process, column in zip(processors, columns, strict=True):
        if process is None:
            done.append(column)
        elif column.count(column[0]) == len(column):  # such as the moment of an import
            done.append([process(column[0])] * len(column))
        else:
            done.append(map(process, column))
    return list(zip(*done, strict=True))


def _understood(url: str) -> URL:
    """Return the URL with its driver named, or raise a UsageError that says what would do."""
    advice = "use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend in {"postgresql", "postgres"}:
            return parsed.set(drivername="postgresql+psycopg")
    except (ArgumentError, NoSuchModuleError) as error:
        raise UsageError(f"that is no database URL; {advice}") from error
    if backend != "sqlite":
        raise UsageError(f"{backend} databases are not supported; {advice}")
    if not parsed.database or ":memory:" in parsed.database:
        raise UsageError(f"a database in memory cannot be shared between threads; {advice}")
    return parsed


def _words(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    said = " ".join((primary or str(cause)).split())
    for sign, words in _IN_PLAIN_WORDS:
        if sign in said.lower():
            return words
    return said or type(cause).__name__


def _untelling(error: Exception) -> Exception | None:
    """Return an error as the cause of ours, unless a traceback of it would quote rows.

    PostgreSQL's own words do: the row that failed, or the line of a COPY.
    """
    cause = getattr(error, "orig", None) or error
    return None if hasattr(cause, "diag") else error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # sqlite3 would otherwise begin transactions by its own rules; see "Serializable isolation /
    # Savepoints / Transactional DDL" in SQLAlchemy's page on SQLite.
    connection.isolation_level = None
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(pragma).close()
    # SQLite's own lower() knows ASCII only, and a search for "ärger" should find "Ärger".
    connection.create_function("lower", 1, _lower, deterministic=True)
    connection.create_function("decades", 1, log10, deterministic=True)
    connection.create_function("found_in", 2, found_in, deterministic=True)


@contextmanager
def _limited(connection: Connection, seconds: float) -> Iterator[None]:
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(seconds * 1_000)}")
        yield
        return
    driver: Any = connection.connection.driver_connection
    end = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)


def _lower(value: str | None) -> str | None:
    return value.lower() if isinstance(value, str) else value


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("triage_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgres(connection: Connection) -> None:
    if connection.get_execution_options().get("triage_write"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAIT_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
