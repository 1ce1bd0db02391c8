"""Scores that are kept beside an output until it is whole, so that a run that stops loses none.

The file is an SQLite database. It holds digests of texts and what scorers said of them, no text.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from stat import S_ISREG

from triage.domain.scores import Label, Scores, ToxicSpan
from triage.errors import TriageError, UsageError

__all__ = ["Kept", "keeping", "place_beside"]

_FORMAT = 0x54726731  # "Trg1", SQLite's application_id: whose file it is, and of which layout
_SAID = (
    "(digest BLOB NOT NULL, scorer INTEGER NOT NULL, said TEXT NOT NULL, UNIQUE (digest, scorer))"
)
_TABLES = (
    "CREATE TABLE scorer (pk INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    f"CREATE TABLE score {_SAID}",
)
# What concerns one run only goes where SQLite puts what is temporary: in memory, or on the disk
# where there is too much of it.
_OF_THIS_RUN = (
    "CREATE TEMP TABLE wanted (digest BLOB PRIMARY KEY) WITHOUT ROWID",
    f"CREATE TEMP TABLE put_off {_SAID}",
)


def place_beside(output: Path) -> Path:
    """Return where the scores for an output are kept while it is not whole: `out.csv.resume`."""
    return output.with_name(f"{output.name}.resume")


@contextmanager
def keeping(output: Path) -> Iterator[Kept]:
    """Yield the scores that are kept beside `output`, those of an earlier run among them.

    They are removed when the block ends without an error and nothing was put off, and stay
    otherwise; a file without scores never stays. Raises UsageError where the file cannot be
    written, is in use by another run, or is no file of ours.
    """
    path = place_beside(output)
    _make(path)
    needed = True
    try:
        with _plainly(path), closing(_opened(path)) as connection:
            kept = Kept(connection)
            try:
                yield kept
                needed = kept.put_off()[0] > 0
            finally:
                needed = needed and kept.holds_any()
    finally:
        if not needed:
            path.unlink(missing_ok=True)


class Kept:
    """What scorers, named by key and version, said of texts, named by their digests.

    Every `save` is on the disk when it returns. What a scorer put off (`Scores.later`) is
    remembered for this run only: the next one asks again.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._scorers: dict[str, int] = {}

    def said(self, scorer: str, digests: Iterable[str]) -> dict[str, Scores]:
        """Return digest -> scores, of those of the digests of which the scorer said something."""
        pk, wanted = self._pk(scorer), [bytes.fromhex(digest) for digest in digests]
        among = f"scorer = {pk} AND digest IN ({', '.join('?' * len(wanted))})"
        found: dict[str, Scores] = {}
        for table, later in (("put_off", True), ("score", False)):
            rows = self._connection.execute(
                f"SELECT digest, said FROM {table} WHERE {among}",  # noqa: S608 - our own words
                wanted,
            )
            for digest, said in rows:
                scores = _read(said, later=later)
                if scores is not None:
                    found[digest.hex()] = scores
        return found

    def save(self, scorer: str, said: Mapping[str, Scores]) -> None:
        """Keep digest -> scores: all of them or, where the disk fails, none."""
        pk = self._pk(scorer)
        with self._transaction():
            for table, later in (("put_off", True), ("score", False)):
                self._connection.executemany(
                    f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)",  # noqa: S608
                    [
                        (bytes.fromhex(digest), pk, _written(scores))
                        for digest, scores in said.items()
                        if scores.later is later
                    ],
                )

    def want(self, digests: Iterable[str]) -> None:
        """Note texts that this run is about; each counts once."""
        with self._transaction():
            self._connection.executemany(
                "INSERT OR IGNORE INTO wanted VALUES (?)",
                [(bytes.fromhex(digest),) for digest in digests],
            )

    def counts(self, scorers: Iterable[str]) -> tuple[int, int]:
        """Return how many of the wanted texts all of these scorers rated, and how many not."""
        pks = [self._pk(scorer) for scorer in scorers]
        wanted, rated = self._connection.execute(
            """
            SELECT count(*), coalesce(sum(? = (
                SELECT count(*) FROM score WHERE score.digest = wanted.digest
                AND scorer IN (SELECT value FROM json_each(?))
            )), 0) FROM wanted
            """,
            (len(pks), json.dumps(pks)),
        ).fetchone()
        return rated, wanted - rated

    def put_off(self) -> tuple[int, str]:
        """Return how many texts a scorer put off in this run, and the reason for the last."""
        count = self._connection.execute("SELECT count(DISTINCT digest) FROM put_off").fetchone()[0]
        last = self._connection.execute("SELECT said FROM put_off ORDER BY rowid DESC LIMIT 1")
        scores = next((_read(said, later=True) for (said,) in last), None)
        return count, "" if scores is None else scores.not_scored or ""

    def holds_any(self) -> bool:
        """Return whether a next run would find any scores here."""
        return self._connection.execute("SELECT 1 FROM score LIMIT 1").fetchone() is not None

    def _pk(self, scorer: str) -> int:
        if scorer not in self._scorers:
            self._connection.execute("INSERT OR IGNORE INTO scorer (name) VALUES (?)", (scorer,))
            found = self._connection.execute("SELECT pk FROM scorer WHERE name = ?", (scorer,))
            self._scorers[scorer] = int(found.fetchone()[0])
        return self._scorers[scorer]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _make(path: Path) -> None:
    """Make an empty file that only its owner may read, unless there is a file.

    Raises UsageError where none can be made, and for a link or a folder.
    """
    try:
        if not S_ISREG(path.lstat().st_mode):
            raise _in_the_way(path)
    except FileNotFoundError:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise UsageError(
                f"cannot write {path}, where scores are kept until the output is whole: "
                f"{error.strerror}; choose another place"
            ) from error


def _opened(path: Path) -> sqlite3.Connection:
    """Return a connection that has the file to itself, with its tables made or checked."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    for pragma in ("locking_mode = EXCLUSIVE", "synchronous = NORMAL", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}").close()
    connection.execute("BEGIN EXCLUSIVE")
    if path.stat().st_size == 0:
        connection.execute(f"PRAGMA application_id = {_FORMAT}")
        for table in _TABLES:
            connection.execute(table)
    tables = connection.execute(
        "SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_autoindex%' ORDER BY rowid"
    ).fetchall()
    (whose,) = connection.execute("PRAGMA application_id").fetchone()
    if whose != _FORMAT or [sql for (sql,) in tables] != list(_TABLES):
        raise _in_the_way(path)
    connection.execute("COMMIT")
    for table in _OF_THIS_RUN:
        connection.execute(table)


def _in_the_way(path: Path) -> UsageError:
    return UsageError(
        f"{path} is in the way: `triage rate` keeps scores there until its output is whole, and "
        "this was left by something else, or is damaged. Move it away, or name another output"
    )


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """Say in words what SQLite says of the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise UsageError(
                f"{path} is in use: another `triage rate` writes the same output; wait for it to "
                "end, or name another output"
            ) from error
        raise TriageError(
            f"{path}, where scores are kept until the output is whole: {error}; make room, or "
            "choose another place, and run it again"
        ) from error
    except sqlite3.DatabaseError as error:
        raise _in_the_way(path) from error


def _written(scores: Scores) -> str:
    content: dict[str, object] = {
        "values": {label.value: float(score) for label, score in scores.values.items()},
        "not_scored": scores.not_scored,
        "spans": [[one.start, one.end, float(one.weight)] for one in scores.spans],
        "where": {label.value: list(stretch) for label, stretch in scores.where.items()},
        "mentions": {identity: float(one) for identity, one in scores.mentions.items()},
        "rough": scores.rough,
        "language": scores.language,
    }
    return json.dumps({name: value for name, value in content.items() if value or value == ""})


def _read(said: str, *, later: bool) -> Scores | None:
    """Return the scores in a row; None for what nobody here wrote: it is asked for again."""
    try:
        content = json.loads(said)
        return Scores(
            {Label(label): float(score) for label, score in content.get("values", {}).items()},
            not_scored=content.get("not_scored"),
            spans=tuple(ToxicSpan(*span) for span in content.get("spans", ())),
            where={
                Label(label): (at, end) for label, (at, end) in content.get("where", {}).items()
            },
            mentions=content.get("mentions", {}),
            later=later,
            rough=content.get("rough") is True,
            language=content.get("language"),
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
