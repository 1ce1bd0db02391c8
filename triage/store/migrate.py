"""Bring a database to this version's schema, from nothing or from any earlier version."""

from __future__ import annotations

from threading import Lock

from sqlalchemy import Connection, String, column, inspect, select, table

from triage.errors import StoreError
from triage.store.chain import link_all
from triage.store.database import Database
from triage.store.schema import links
from triage.store.standing import rebuild

__all__ = ["HEAD", "VERSION_TABLE", "bring_up_to_date"]

HEAD = "0029_assignments"
"""The newest revision in `migrations/versions`: where a database is at it, Alembic stays out."""

VERSION_TABLE = "triage_version"

_ALEMBIC = Lock()
"""Its environment is a global of the process, and threads may open several databases at once."""


def bring_up_to_date(database: Database) -> str | None:
    """Create or migrate the schema, in one transaction; return the version that it was before.

    None for a new database. From then on nothing is written once another process has migrated it
    to a newer version. Raises StoreError for a database that a newer version of triage wrote, and
    for one that holds another program's tables: neither is touched.
    """
    with database.read() as connection:
        version = _version(connection, database.url)
    if version != HEAD:
        with database.write() as connection:
            # Another process may have been faster; and what we looked at may have changed.
            version = _version(connection, database.url)
            if version != HEAD:
                _upgrade(connection, version, database.url)
    database.guard(lambda connection: _check_unchanged(connection, database.url))
    return version


def _check_unchanged(connection: Connection, url: str) -> None:
    """Raise StoreError where a newer version has migrated the database since it was opened.

    It may have given rows a meaning that this program does not know.
    """
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608
    if found != HEAD:
        raise StoreError(
            f"{url}: another version of triage has migrated this database while this program ran "
            f"(its schema is {found!r}, this one knows {HEAD!r}): nothing was saved; start this "
            "program anew, in the new version"
        )


def _version(connection: Connection, url: str) -> str | None:
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        if tables:
            raise StoreError(
                f"{url}: this database belongs to another program (it holds a table "
                f"{tables[0]!r}, and none of ours); name another one"
            )
        return None
    version = select(column("version_num", String)).select_from(table(VERSION_TABLE))
    return connection.execute(version).scalar()


def _upgrade(connection: Connection, version: str | None, url: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "triage.store:migrations")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(
            f"{url}: a newer version of triage wrote this database (its schema is {version!r}, "
            f"this program knows up to {HEAD!r}); upgrade triage, or name another database"
        )
    with _ALEMBIC:
        command.upgrade(config, "head")
    if version is not None:
        rebuild(connection)  # what is derived may be derived otherwise by now
        if connection.execute(select(links.c.number).limit(1)).first() is None:
            link_all(connection)  # from before there was a chain
