"""Saved views of Browse: a filter and an order under a name, for one reviewer or for all."""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, insert, or_, select

from triage.domain.views import SavedView
from triage.errors import NotFoundError
from triage.store.database import Database
from triage.store.schema import saved_views

__all__ = ["SavedViews"]


class SavedViews:
    """The saved views of a store. They are no facts of the review: the last state is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, reviewer: str) -> list[SavedView]:
        """Return a reviewer's own views and those that others share, by name."""
        seen = or_(saved_views.c.reviewer == reviewer, saved_views.c.shared)
        statement = select(saved_views).where(seen)
        statement = statement.order_by(saved_views.c.name, saved_views.c.reviewer)
        with self._database.read() as connection:
            return [
                SavedView(row.name, row.reviewer, row.link, row.at, shared=row.shared)
                for row in connection.execute(statement)
            ]

    def save(self, view: SavedView) -> None:
        """Keep a view, in place of the same reviewer's of the same name."""
        row = {
            "reviewer": view.reviewer,
            "name": view.name,
            "shared": view.shared,
            "link": {name: list(values) for name, values in view.link.items()},
            "at": view.at,
        }
        with self._database.write() as connection:
            connection.execute(delete(saved_views).where(*_mine(view.name, view.reviewer)))
            connection.execute(insert(saved_views).values(row))

    def remove(self, name: str, reviewer: str) -> None:
        """Forget one of this reviewer's views; raise NotFoundError where there is none."""
        with self._database.write() as connection:
            gone = connection.execute(delete(saved_views).where(*_mine(name, reviewer)))
            if not gone.rowcount:
                raise NotFoundError(f"{reviewer} has no view called {name!r}")


def _mine(name: str, reviewer: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return saved_views.c.reviewer == reviewer, saved_views.c.name == name
