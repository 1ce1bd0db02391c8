"""What comes back from another machine: an answer, or the reason why there was none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["Answer", "NoAnswer", "one_line"]


class NoAnswer(Exception):  # noqa: N818 - it is caught where it is said again as what it means
    """There was no whole answer; the message says why and holds nothing of what was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `headers` in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def seconds_asked(self, now: datetime) -> float:
        """Return the seconds of a Retry-After (RFC 9110, 10.2.3), 0 for none or nonsense."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdecimal():
            return float(value[:9])
        try:
            until = parsedate_to_datetime(value)
        except (TypeError, ValueError, OverflowError):  # a year of twenty digits
            return 0.0
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(0.0, (until - now).total_seconds())


def one_line(text: str, most: int) -> str:
    """Return somebody else's words as one line of at most `most` printable characters."""
    plain = "".join(char if char.isprintable() else " " for char in text[: most * 4])
    line = " ".join(plain.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
