"""Webhooks at rest: who is told of what, with which secret, and how that goes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from triage.domain.webhooks import EventType, Extra, HookState, Webhook
from triage.errors import ConflictError, NotFoundError
from triage.store.database import Database
from triage.store.events import LOGS, newest, news_count
from triage.store.schema import webhook_deliveries, webhooks

__all__ = ["Webhooks", "hook_of"]


class Webhooks:
    """The webhooks of a store. Their secrets are needed to sign with, so they stand in there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, hook: Webhook, secret: str) -> None:
        """Keep a new webhook, which is told of what happens from now on.

        Raises ConflictError where its name is taken.
        """
        with self._database.write() as connection:
            if connection.execute(_named(hook.name)).first() is not None:
                raise ConflictError(f"there is a webhook {hook.name!r} already; use another name")
            now = {name: newest(connection, log) for name, log in LOGS.items()}
            connection.execute(
                insert(webhooks).values(
                    name=hook.name,
                    url=hook.url,
                    secret=secret,
                    events=sorted(hook.events),
                    extras=sorted(hook.extras),
                    created_at=hook.created_at,
                    created_by=hook.created_by,
                    active=True,
                    disabled_why="",
                    told=now,
                    delivered=0,
                    failed=0,
                    given_up=0,
                    failures=0,
                    last_error="",
                )
            )

    def get(self, name: str) -> tuple[Webhook, str]:
        """Return a webhook and its secret; raise NotFoundError for an unknown name."""
        with self._database.read() as connection:
            row = _found(connection, name)
        return hook_of(row), row.secret

    def any_active(self) -> bool:
        """Return whether anybody is to be told of anything."""
        with self._database.read() as connection:
            found = select(webhooks.c.pk).where(webhooks.c.active).limit(1)
            return connection.execute(found).first() is not None

    def states(self) -> list[HookState]:
        """Return how it goes with every webhook, by name."""
        with self._database.read() as connection:
            rows = connection.execute(select(webhooks).order_by(webhooks.c.name)).all()
            return [_state(connection, row) for row in rows]

    def switch(self, name: str, *, active: bool) -> None:
        """Disable a webhook, or enable it again, with what happened meanwhile still to be told.

        Raises NotFoundError for an unknown name.
        """
        # A fresh start either way: neither what failed before nor why it was disabled counts.
        start = {"disabled_why": "", "failures": 0, "failing_since": None, "held_until": None}
        with self._database.write() as connection:
            row = _found(connection, name)
            mine = update(webhooks).where(webhooks.c.pk == row.pk)
            connection.execute(mine.values(active=active, **start))

    def answers_well(self, name: str) -> None:
        """Note that a receiver was just seen to answer: what waits for it waits no longer."""
        well = {"failures": 0, "failing_since": None, "held_until": None, "last_error": ""}
        with self._database.write() as connection:
            connection.execute(update(webhooks).where(webhooks.c.name == name).values(**well))

    def remove(self, name: str) -> None:
        """Forget a webhook, its secret and what waits for it; raise NotFoundError."""
        with self._database.write() as connection:
            pk = _found(connection, name).pk
            waiting = delete(webhook_deliveries).where(webhook_deliveries.c.hook_pk == pk)
            connection.execute(waiting)
            connection.execute(delete(webhooks).where(webhooks.c.pk == pk))


def hook_of(row: Row[Any]) -> Webhook:
    """Return the webhook in a row of its table."""
    return Webhook(
        name=row.name,
        url=row.url,
        events=frozenset(map(EventType, row.events)),
        extras=frozenset(map(Extra, row.extras)),
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _state(connection: Connection, row: Row[Any]) -> HookState:
    hook, mine = hook_of(row), webhook_deliveries.c.hook_pk == row.pk
    died = func.count(webhook_deliveries.c.died_at)
    entered, dead = connection.execute(select(func.count(), died).where(mine)).one()
    ahead = sum(
        news_count(connection, log, hook.events, row.told.get(name, 0))
        for name, log in LOGS.items()
    )
    return HookState(
        hook=hook,
        active=row.active,
        waiting=entered - dead + ahead,
        dead=dead,
        delivered=row.delivered,
        failed=row.failed,
        given_up=row.given_up,
        delivered_at=row.delivered_at,
        failing_since=row.failing_since,
        held_until=row.held_until,
        last_error=row.last_error,
        disabled_why=row.disabled_why,
    )


def _named(name: str) -> Any:
    return select(webhooks).where(webhooks.c.name == name)


def _found(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(_named(name)).one_or_none()
    if row is None:
        raise NotFoundError(f"there is no webhook {name!r}: triage webhook list")
    return row
