"""Databases that cost a test little: copied, written without waiting, statements compiled once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from triage.store import Store, database, store


@contextmanager
def quick_files(folder: Path) -> Iterator[None]:
    """Make new SQLite databases copies of one that is migrated in `folder`; wait for no disk.

    Thousands of tests want one, the way through all versions takes a fifth of a second, and no test
    cuts the power. Processes of their own know nothing of this.
    """
    migrated = folder / "triage.db"
    Store.open(f"sqlite:///{migrated}").close()
    bring_up_to_date = store.bring_up_to_date

    def copied(new: database.Database) -> str | None:
        file = new.file
        if file is None or file.exists() or "?" in new.url:
            return bring_up_to_date(new)
        whole = file.with_name(f"{file.name}-{uuid4().hex}")
        with suppress(OSError):  # what is wrong with the place, triage says in its own words
            shutil.copy(migrated, whole)
            with suppress(FileExistsError):  # of several that open it, one was faster
                file.hardlink_to(whole)
            whole.unlink()
        bring_up_to_date(new)
        return None  # as of a new one

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "bring_up_to_date", copied)
        hurried = [one.replace("= FULL", "= OFF") for one in database._SQLITE_PRAGMAS]
        patch.setattr(database, "_SQLITE_PRAGMAS", tuple(hurried))
        patch.setattr(database, "create_engine", _compiling_once())
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda one: hash(type(one)))
        yield


def _compiling_once() -> Callable[..., Engine]:
    """Return a `create_engine` whose engines share what was compiled; a third of a short test."""
    compiled: LRUCache[Any, Any] = LRUCache(1_000)

    def created(*given: Any, **options: Any) -> Engine:
        return create_engine(*given, **options, execution_options={"compiled_cache": compiled})

    return created
