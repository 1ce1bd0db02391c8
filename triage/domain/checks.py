"""The checks that the domain's dataclasses run on construction."""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["check_aware", "check_digest", "check_named", "check_unit", "utc_now"]

_HEX = frozenset("0123456789abcdef")
_CONTROL = re.compile("[\x00-\x1f]")


def check_named(what: str, value: str) -> None:
    """Raise ValueError unless `value` is a non-blank string without control characters."""
    if value.isprintable() and value.strip():  # most are, and Python tells at once
        return
    if not value.strip():
        raise ValueError(f"{what} must not be blank")
    if _CONTROL.search(value):
        raise ValueError(f"{what} must not contain control characters: {value!r}")


def check_aware(what: str, value: datetime | None) -> None:
    """Raise ValueError for a datetime without a timezone; None passes."""
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{what} needs a timezone: {value.isoformat()}")


def check_unit(what: str, value: float) -> None:
    """Raise ValueError unless 0 <= value <= 1 (NaN fails too)."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{what} must lie between 0 and 1, not {value!r}")


def check_digest(what: str, value: str) -> None:
    """Raise ValueError unless `value` is a SHA-256 in lower-case hexadecimal."""
    if len(value) != 64 or not _HEX.issuperset(value):
        raise ValueError(f"{what} must be 64 hexadecimal digits, not {value!r}")


def utc_now() -> datetime:
    """Return the present moment in UTC: the clock where none is handed in."""
    return datetime.now(UTC)
