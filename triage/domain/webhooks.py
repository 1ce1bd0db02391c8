"""Webhooks: who is told of what, what a message says, and when it is sent again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit, urlunsplit

from triage.domain.checks import check_aware, check_named
from triage.domain.urls import split_url

__all__ = [
    "PATIENCE",
    "PING",
    "Added",
    "DeadLetter",
    "Event",
    "EventType",
    "Extra",
    "HookState",
    "Webhook",
    "hold_after",
    "wait_after",
]

_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class EventType(StrEnum):
    """What somebody may be told of."""

    DECISION_MADE = "decision.made"
    DECISION_UNDONE = "decision.undone"
    APPEAL_RECEIVED = "appeal.received"
    APPEAL_SETTLED = "appeal.settled"


PING = "webhook.ping"
"""The type of a message that tells nothing: it tries whether a receiver answers."""


class Extra(StrEnum):
    """What a message says only where a webhook asks for it: it is, or may be, personal data."""

    REVIEWER = "reviewer"
    NOTE = "note"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Somebody who is told, at `url`, of `events`, with `extras` beside what all are told.

    Raises ValueError for a name other than 1 to 64 letters, digits, dots, hyphens and underscores,
    for an address that is none, and for no event.
    """

    name: str
    url: str
    events: frozenset[EventType]
    extras: frozenset[Extra]
    created_at: datetime
    created_by: str

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                "a webhook's name is 1 to 64 letters, digits, dots, hyphens and underscores, not "
                f"{self.name[:80]!r}"
            )
        split_url(self.url)
        if not self.events:
            raise ValueError(f"a webhook tells of something; name some of {', '.join(EventType)}")
        check_named("who added a webhook", self.created_by)
        check_aware("a webhook's time", self.created_at)

    @property
    def host(self) -> str:
        """Whom the messages are sent to."""
        return urlsplit(self.url).hostname or ""

    @property
    def shown_url(self) -> str:
        """The address without its query, which may hold a secret."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(query="…" if parts.query else ""))


@dataclass(frozen=True, slots=True)
class Added:
    """A webhook at the one moment when its secret is shown."""

    hook: Webhook
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HookState:
    """How it goes with a webhook.

    `waiting` are messages still to be delivered, `dead` those given up; `delivered` and `failed`
    count tries since it was added, `given_up` messages. `failing_since` is the first of the tries
    that failed in a row, `last_error` what the last one said; until `held_until` none is made.
    `active` is false where it was disabled, `disabled_why` then says how that came, if nobody did.
    """

    hook: Webhook
    active: bool
    waiting: int
    dead: int
    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    delivered_at: datetime | None = None
    failing_since: datetime | None = None
    held_until: datetime | None = None
    last_error: str = ""
    disabled_why: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, as everybody may be told it (`data`), and what only who asks for it is.

    `id` is the same whenever, and to whomever, it is told.
    """

    id: str
    type: EventType
    at: datetime
    data: Mapping[str, object]
    extras: Mapping[Extra, object]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up: to whom, after how many tries, and why the last one failed."""

    number: int
    hook: str
    event: Event
    attempts: int
    died_at: datetime
    error: str


PATIENCE = 5
"""Tries in a row that may fail before a receiver is taken to be down, and is left alone a while."""

_WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
_LONGEST_ASKED = timedelta(hours=24)
_SHORTEST_HOLD, _LONGEST_HOLD = timedelta(seconds=30), timedelta(minutes=10)


def wait_after(attempts: int, chance: float, asked: float = 0.0) -> timedelta | None:
    """Return how long to wait after so many tries that failed; None to give up.

    `chance` from [0, 1) spreads it over a fifth more, so that not everything that failed together
    comes again together. `asked` are the seconds of a Retry-After: as long at least, up to a day.
    """
    if attempts > len(_WAITS):
        return None
    wait = _WAITS[max(0, attempts - 1)] * (1 + chance / 5)
    return max(wait, min(timedelta(seconds=asked), _LONGEST_ASKED))


def hold_after(failures: int) -> timedelta | None:
    """Return how long nothing is sent to a receiver after so many tries in a row that failed.

    One that is down would else use up the tries of everything that waits for it. None: not at all.
    """
    if failures < PATIENCE:
        return None
    return min(_SHORTEST_HOLD * (1 << min(failures - PATIENCE, 20)), _LONGEST_HOLD)
