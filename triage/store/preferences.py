"""Preferences: what one reviewer chose for the dashboard, instead of what the site does."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from triage.store.database import Database
from triage.store.schema import preferences

__all__ = ["Preferences"]


class Preferences:
    """The preferences of a store. They are no facts of the review: the last choice is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, reviewer: str, name: str) -> str | None:
        """Return what a reviewer chose; None where it is left to the site."""
        mine = preferences.c.reviewer == reviewer, preferences.c.name == name
        with self._database.read() as connection:
            found = connection.execute(select(preferences.c.value).where(*mine)).scalar()
        return None if found is None else str(found)

    def set(self, reviewer: str, name: str, value: str | None) -> None:
        """Keep a choice; None leaves it to the site again."""
        mine = preferences.c.reviewer == reviewer, preferences.c.name == name
        with self._database.write() as connection:
            connection.execute(delete(preferences).where(*mine))
            if value is not None:
                row = {"reviewer": reviewer, "name": name, "value": value}
                connection.execute(insert(preferences).values(row))
