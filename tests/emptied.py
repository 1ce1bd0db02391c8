"""One store for all examples of a state machine, emptied for each of them."""

from __future__ import annotations

import tempfile
from functools import cache

from sqlalchemy import delete

from triage.store import Store
from triage.store.schema import metadata

__all__ = ["empty_store"]


@cache
def _shared_store() -> tuple[Store, tempfile.TemporaryDirectory[str]]:
    """Open one store for all examples: statements are compiled once, not once per example."""
    folder = tempfile.TemporaryDirectory(prefix="triage-machine-")
    return Store.open(f"sqlite:///{folder.name}/triage.db"), folder


def empty_store() -> Store:
    """Return the store with nothing in it."""
    store, _ = _shared_store()
    with store._database.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    return store
