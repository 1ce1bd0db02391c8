"""Guidelines: immutable versions; the last one saved is in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from triage.domain.guidelines import Guidelines
from triage.errors import ConflictError, UsageError
from triage.store.database import Database
from triage.store.schema import guidelines

__all__ = ["GuidelinesBook", "guidelines_in_force"]


class GuidelinesBook:
    """The guidelines of a store."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def save(self, text: str, by: str, *, upon: int, why: str = "") -> Guidelines:
        """Put a new version in force and return it.

        `upon` is the version that was edited, 0 for the first. Raises ConflictError where another
        one is in force meanwhile, UsageError for a text that cannot be guidelines (see
        `Guidelines`). The text in force, saved again, makes no new version.
        """
        with self._database.write() as connection:
            present = guidelines_in_force(connection)
            version = present.version if present else 0
            if present is not None and present.text == text:
                return present
            if version != upon:
                raise ConflictError(
                    f"the guidelines were changed meanwhile, they are at version {version} now; "
                    "read that one and bring your change into it"
                )
            try:
                made = Guidelines(version + 1, text, self._clock(), by, why)
            except ValueError as error:
                raise UsageError(str(error)) from error
            row = {
                "version": made.version,
                "text": made.text,
                "created_at": made.created_at,
                "created_by": made.created_by,
                "why": made.why,
            }
            connection.execute(insert(guidelines).values(row))
        return made

    def in_force(self) -> Guidelines | None:
        """Return the guidelines in force; None before the first."""
        with self._database.read() as connection:
            return guidelines_in_force(connection)

    def history(self) -> list[Guidelines]:
        """Return every version, the one in force last."""
        with self._database.read() as connection:
            rows = connection.execute(select(guidelines).order_by(guidelines.c.version))
            return [_of(row) for row in rows]


def guidelines_in_force(connection: Connection) -> Guidelines | None:
    """Return the guidelines that were saved last; None before the first."""
    newest = select(func.max(guidelines.c.version)).scalar_subquery()
    row = connection.execute(select(guidelines).where(guidelines.c.version == newest)).one_or_none()
    return None if row is None else _of(row)


def _of(row: Row[Any]) -> Guidelines:
    return Guidelines(row.version, row.text, row.created_at, row.created_by, row.why)
