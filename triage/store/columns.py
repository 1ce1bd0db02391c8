"""Column types: moments in UTC, and text that any database can hold."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import BigInteger, DateTime, Integer, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

__all__ = ["FreeText", "Key", "Moment", "in_utc"]

Key = BigInteger().with_variant(Integer(), "sqlite")
"""A surrogate key. SQLite numbers rows by itself in a column of exactly INTEGER."""


def in_utc(moment: datetime) -> datetime:
    """Return a time as it is stored; the first and last hours of the calendar keep their digits."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """A point in time, stored in UTC and returned with its timezone; SQLite itself knows none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Bring a time to UTC."""
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_ESCAPE = "\U0010ffff"
_UNSTORABLE = re.compile("[\0\ud800-\udfff\U0010ffff]")
_ESCAPED = re.compile(_ESCAPE + "([0-9a-f]{6})")


class FreeText(TypeDecorator[str]):
    """Text from outside, kept to the last character.

    PostgreSQL refuses NUL and no database takes half a surrogate pair, yet a digest must match
    its text. Those characters are stored behind U+10FFFF, which is assigned to nothing.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Escape what a database cannot hold."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return _UNSTORABLE.sub(lambda found: f"{_ESCAPE}{ord(found[0]):06x}", value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Undo the escape."""
        if value is None or _ESCAPE not in value:
            return value
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
