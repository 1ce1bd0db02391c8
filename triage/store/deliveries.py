"""Deliveries: what webhooks are still to be told, who tries it at present, and what was given up.

Nothing is written when something happens: what is new follows from the logs, up to which row a
webhook was told stands beside it, and both move in one transaction. So nothing is lost with a
process, and a decision costs what it did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, update

from triage.domain.webhooks import PATIENCE, DeadLetter, Event, Extra, Webhook, hold_after
from triage.errors import NotFoundError
from triage.store.database import Database
from triage.store.events import LOGS, newest, news
from triage.store.rows import among
from triage.store.schema import comments, webhooks
from triage.store.schema import webhook_deliveries as deliveries
from triage.store.webhooks import hook_of

__all__ = ["Claimed", "Deliveries"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that its holder, and nobody else, tries to deliver, for the `attempts`-th time."""

    hook: Webhook
    secret: str = field(repr=False)
    event: Event
    attempts: int
    pk: int
    hook_pk: int


class Deliveries:
    """What is to be delivered, of all webhooks of a store.

    Any number of processes may deliver: there is one writer at a time, and what one claims is due
    again for the others only when its claim ends.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> bool:
        """Return whether a message may be delivered now; writes nothing."""
        with self._database.read() as connection:
            hooks = connection.execute(_ready(now)).all()
            return any(
                _ahead(connection, hook) or connection.execute(_due(hook, now).limit(1)).first()
                for hook in hooks
            )

    def claim(
        self, now: datetime, until: datetime, each: int, only: int | None = None
    ) -> list[Claimed]:
        """Return up to `each` messages of every webhook, the caller's own until a moment.

        With `only`, the key of a webhook, of that one alone.

        What failed before and is due again comes first, then what is new, in the order of its log.
        A receiver that seems down gets one, to see whether it still is.
        """
        claimed: list[Claimed] = []
        with self._database.write() as connection:
            for hook in connection.execute(_ready(now, only)).all():
                many = each if hook.failures < PATIENCE else 1
                rows = _again(connection, hook, now, until, many)
                rows += _entered(connection, hook, until, many - len(rows))
                claimed += _claimed(connection, hook, rows)
        return claimed

    def still_wanted(self, one: Claimed) -> bool:
        """Return whether a claimed message is to be sent yet: nobody disabled or removed it."""
        wanted = (
            select(deliveries.c.pk)
            .join(webhooks, webhooks.c.pk == deliveries.c.hook_pk)
            .where(_held(one), webhooks.c.active)
        )
        with self._database.read() as connection:
            return connection.execute(wanted).first() is not None

    def delivered(self, ones: Sequence[Claimed], at: datetime) -> None:
        """Note that messages of one webhook arrived: they are done, and its receiver is well."""
        if not ones:
            return
        with self._database.write() as connection:
            these = among(connection, deliveries.c.pk, [one.pk for one in ones])
            gone = connection.execute(delete(deliveries).where(these)).rowcount
            if not gone:
                return  # somebody else delivered them too, or let them go
            connection.execute(
                update(webhooks)
                .where(webhooks.c.pk == ones[0].hook_pk)
                .values(
                    delivered=webhooks.c.delivered + gone,
                    delivered_at=at,
                    failures=0,
                    failing_since=None,
                    held_until=None,
                    last_error="",
                )
            )

    def failed(self, one: Claimed, at: datetime, why: str, wait: timedelta | None) -> None:
        """Note that a try failed: the next one comes after `wait`, or without it never."""
        when = {"due_at": None, "died_at": at} if wait is None else {"due_at": at + wait}
        with self._database.write() as connection:
            why = _unquoted(connection, one, why)
            put_off = update(deliveries).where(_held(one))
            if not connection.execute(put_off.values(**when, error=why)).rowcount:
                return  # its claim ended, and somebody else tried
            mine = webhooks.c.pk == one.hook_pk
            failures = connection.execute(select(webhooks.c.failures).where(mine)).scalar_one() + 1
            hold = hold_after(failures)
            connection.execute(
                update(webhooks)
                .where(mine)
                .values(
                    failed=webhooks.c.failed + 1,
                    given_up=webhooks.c.given_up + int(wait is None),
                    failures=failures,
                    failing_since=func.coalesce(webhooks.c.failing_since, at),
                    held_until=None if hold is None else at + hold,
                    last_error=why,
                )
            )

    def refused_for_good(self, one: Claimed, at: datetime, why: str) -> None:
        """Disable a webhook whose receiver wants no more; its messages wait until it is enabled."""
        with self._database.write() as connection:
            if not _put_back(connection, one, at):
                return  # its claim ended, and somebody else tried: perhaps with better luck
            why = _unquoted(connection, one, why)
            mine = update(webhooks).where(webhooks.c.pk == one.hook_pk)
            connection.execute(mine.values(active=False, disabled_why=why, last_error=why))

    def put_back(self, ones: Collection[Claimed], now: datetime) -> None:
        """Give back what was claimed and not tried: it is due at once, and no try is counted."""
        if not ones:
            return
        with self._database.write() as connection:
            for one in ones:
                _put_back(connection, one, now)

    def dead(self, limit: int = 100) -> list[DeadLetter]:
        """Return what was given up, the latest first."""
        statement = (
            select(deliveries, webhooks.c.name.label("hook"))
            .join(webhooks, webhooks.c.pk == deliveries.c.hook_pk)
            .where(deliveries.c.died_at.is_not(None))
            .order_by(deliveries.c.died_at.desc(), deliveries.c.pk.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
            events = _events(connection, rows, ())
        return [
            DeadLetter(
                number=row.pk,
                hook=row.hook,
                event=events[row.log, row.fact_pk],
                attempts=row.attempts,
                died_at=row.died_at,
                error=row.error,
            )
            for row in rows
        ]

    def retry(self, numbers: Collection[int] | None, now: datetime) -> int:
        """Let what was given up be tried anew, from now on; return how many. None: all of it.

        Raises NotFoundError for a number under which nothing was given up; nothing is changed then.
        """
        with self._database.write() as connection:
            dead = _given_up(connection, numbers)
            # Whoever asks for it has reason to think that the receiver is well again.
            theirs = webhooks.c.pk.in_(select(deliveries.c.hook_pk).where(dead))
            connection.execute(update(webhooks).where(theirs).values(held_until=None))
            again = {"died_at": None, "due_at": now, "attempts": 0}
            return connection.execute(update(deliveries).where(dead).values(**again)).rowcount

    def let_go(self, numbers: Collection[int] | None) -> int:
        """Forget what was given up; return how many. None: all of it. Raises as `retry` does."""
        with self._database.write() as connection:
            dead = _given_up(connection, numbers)
            return connection.execute(delete(deliveries).where(dead)).rowcount


def _ready(now: datetime, only: int | None = None) -> Any:
    """Select the webhooks that something may be sent to now, or the one that is named if it is."""
    held = webhooks.c.held_until
    free = or_(held.is_(None), held <= now)
    ready = select(webhooks).where(webhooks.c.active, free).order_by(webhooks.c.pk)
    return ready if only is None else ready.where(webhooks.c.pk == only)


def _due(hook: Row[Any], now: datetime) -> Any:
    mine = select(deliveries).where(deliveries.c.hook_pk == hook.pk, deliveries.c.due_at <= now)
    return mine.order_by(deliveries.c.due_at, deliveries.c.pk)


def _held(one: Claimed) -> ColumnElement[bool]:
    """Return the condition that a delivery is still its claimer's: nobody tried it since."""
    return (deliveries.c.pk == one.pk) & (deliveries.c.attempts == one.attempts)


def _ahead(connection: Connection, hook: Row[Any]) -> bool:
    """Whether a log went on since a webhook was told, which may concern it."""
    types = hook_of(hook).events
    return any(
        log.of(types) is not None and newest(connection, log) > hook.told.get(name, 0)
        for name, log in LOGS.items()
    )


def _again(
    connection: Connection, hook: Row[Any], now: datetime, until: datetime, many: int
) -> list[Row[Any]]:
    """Claim what is due, and return its rows as they are then."""
    pks = [row.pk for row in connection.execute(_due(hook, now).limit(many))]
    if not pks:
        return []
    mine = among(connection, deliveries.c.pk, pks)
    count = {"due_at": until, "attempts": deliveries.c.attempts + 1}
    connection.execute(update(deliveries).where(mine).values(**count))
    return list(connection.execute(select(deliveries).where(mine).order_by(deliveries.c.pk)))


def _entered(connection: Connection, hook: Row[Any], until: datetime, many: int) -> list[Row[Any]]:
    """Enter what is new in the logs, claimed from the first, and return its rows."""
    types, told, rows = hook_of(hook).events, dict(hook.told), list[Row[Any]]()
    for name, log in LOGS.items():
        room = many - len(rows)
        if room <= 0 or log.of(types) is None:
            continue
        found = news(connection, log, types, told.get(name, 0), room)
        told[name] = found[-1] if len(found) == room else newest(connection, log)
        if found:
            row = {"hook_pk": hook.pk, "log": name, "due_at": until, "attempts": 1, "error": ""}
            entering = insert(deliveries).returning(deliveries, sort_by_parameter_order=True)
            made = connection.execute(entering, [{**row, "fact_pk": pk} for pk in found])
            rows += made.all()
    if told != hook.told:
        connection.execute(update(webhooks).where(webhooks.c.pk == hook.pk).values(told=told))
    return rows


def _claimed(connection: Connection, hook: Row[Any], rows: Sequence[Row[Any]]) -> list[Claimed]:
    known = hook_of(hook)
    events = _events(connection, rows, known.extras)
    return [
        Claimed(known, hook.secret, events[row.log, row.fact_pk], row.attempts, row.pk, hook.pk)
        for row in rows
    ]


def _events(
    connection: Connection, rows: Iterable[Row[Any]], extras: Collection[Extra]
) -> dict[tuple[str, int], Event]:
    """Return what the rows of deliveries tell of, by log and key."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        wanted[row.log].append(row.fact_pk)
    return {
        (name, pk): event
        for name, pks in wanted.items()
        for pk, event in LOGS[name].read(connection, pks, extras).items()
    }


def _put_back(connection: Connection, one: Claimed, now: datetime) -> bool:
    """Give a message back untried; return whether it was its claimer's yet."""
    untried = {"due_at": now, "attempts": one.attempts - 1}
    return connection.execute(update(deliveries).where(_held(one)).values(**untried)).rowcount > 0


def _unquoted(connection: Connection, one: Claimed, why: str) -> str:
    """Return why a try failed: without what was answered where its comment is erased by now.

    The receiver got its words while they were here, and may quote them.
    """
    here = select(comments.c.pk).where(
        comments.c.id == one.event.data["comment_id"], comments.c.erased_at.is_(None)
    )
    answered, colon, _ = why.partition(": ")
    if not colon or not answered.startswith("HTTP ") or connection.execute(here).first():
        return why
    return answered


def _given_up(connection: Connection, numbers: Collection[int] | None) -> ColumnElement[bool]:
    """Return the condition that a delivery was given up, all or those with these numbers.

    Raises NotFoundError for a number that is none of them.
    """
    dead = deliveries.c.died_at.is_not(None)
    if numbers is None:
        return dead
    these = dead & among(connection, deliveries.c.pk, numbers)
    found = connection.execute(select(deliveries.c.pk).where(these)).scalars()
    missing = sorted(set(numbers).difference(found))
    if missing:
        raise NotFoundError(
            f"nothing that was given up has the number {missing[0]}: triage webhook dead"
        )
    return these
