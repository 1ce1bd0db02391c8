"""Both databases that the store promises to work on, fresh for every test.

PostgreSQL is the server that TRIAGE_TEST_POSTGRES_URL names (a role that may create databases),
or else a throw-away one, started from the binaries of the machine. Where there is neither, its
tests are skipped, unless TRIAGE_REQUIRE_POSTGRES is set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, make_url

from triage.store import Store
from triage.store.schema import metadata

ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def _binaries() -> Path | None:
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server of the test's own, which may go away and come back."""

    url: str
    control: Callable[..., None]

    def stop(self) -> None:
        """Go away as after a crash: connections are dropped, and what was committed is there."""
        self.control("-m", "immediate", "stop")

    def start(self) -> None:
        self.control("-w", "start")


@contextmanager
def _throw_away_server(binaries: Path) -> Iterator[Server]:
    """Run a server on a socket in a temporary folder; it refuses to run as root, so we ask."""
    folder = Path(tempfile.mkdtemp(prefix="triage-pg-"))
    as_owner: dict[str, Any] = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_owner |= {"user": "postgres", "group": "postgres", "extra_groups": []}
    data, control = str(folder / "data"), str(binaries / "pg_ctl")
    quick = "-c fsync=off -c synchronous_commit=on -c full_page_writes=off -c max_connections=40"
    try:
        subprocess.run(
            [
                *(str(binaries / "initdb"), "--pgdata", data, "--username", "postgres"),
                *("--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            **as_owner,
        )
        options = f"-c listen_addresses='' -k {folder} {quick}"
        always = [control, "-D", data, "-l", str(folder / "log"), "-o", options]

        def controlled(*what: str) -> None:
            subprocess.run([*always, *what], **as_owner)

        server = Server(f"postgresql://postgres@/postgres?host={folder}", controlled)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _execute(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def _new_database(server: str) -> Iterator[str]:
    """Make an empty database, and drop it in the end."""
    name = f"triage_test_{uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server where databases may be made."""
    given, binaries = os.environ.get("TRIAGE_TEST_POSTGRES_URL"), _binaries()
    if given:
        yield given
    elif binaries:
        with _throw_away_server(binaries) as server:
            yield server.url
    elif os.environ.get("TRIAGE_REQUIRE_POSTGRES"):
        pytest.fail("TRIAGE_REQUIRE_POSTGRES is set, but there is no PostgreSQL server to be found")
    else:
        pytest.skip("no PostgreSQL server here; name one in TRIAGE_TEST_POSTGRES_URL")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server that tests may stop and start."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server's programs here")
    with _throw_away_server(binaries) as own:
        yield own


@pytest.fixture
def own_url(server: Server) -> Iterator[str]:
    """The URL of an empty database on that server."""
    with _new_database(server.url) as url:
        yield url


@pytest.fixture(params=ENGINES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which there is nothing at all, on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with _new_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The SQLite store that tests share: statements are compiled once, not once per test."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('store') / 'triage.db'}") as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_store(postgres_server: str) -> Iterator[Store]:
    """The PostgreSQL store that tests share."""
    with _new_database(postgres_server) as url, Store.open(url) as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store on each engine."""
    opened: Store = request.getfixturevalue(f"{request.param}_store")
    with opened._database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    return opened
