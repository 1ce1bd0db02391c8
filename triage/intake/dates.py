"""Times as people and programs write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, tzinfo
from email.utils import parsedate_to_datetime

__all__ = ["day_comes_first", "parse_time"]

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(?P<month>[a-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_ZONE = r"(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?(?:[:.](?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?"
)
_TAIL = rf"(?:(?:\s*,\s*|\s+)(?:(?:at|um|à|@|-|–|—|\|)\s*)?{_CLOCK}(?:\s*{_ZONE})?)?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_WRITTEN = tuple(
    re.compile(_WEEKDAY + day + _TAIL, re.IGNORECASE)
    for day in (
        rf"{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        rf"{_DAY}\.?[\s-]+(?:of\s+)?{_MONTH},?[\s-]+{_YEAR}",
        rf"{_YEAR}[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}})",
        rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
    )
)
_SLASHED = re.compile(rf"(?P<one>\d{{1,2}})[/-](?P<two>\d{{1,2}})[/-]{_YEAR}{_TAIL}", re.IGNORECASE)
_TWITTER = re.compile(
    rf"\w{{3}} {_MONTH} {_DAY} (?P<clock>[\d:]+) (?P<zone>[+-]\d{{4}}) {_YEAR}", re.IGNORECASE
)
_EPOCH = re.compile(r"-?\d{9,19}(?:\.\d+)?")
_EARLIEST_EPOCH = 1e8  # 1973: smaller numbers are years, ids or row numbers rather than times
_LONGEST = 100
_EPOCH_UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))


def parse_time(value: object, zone: tzinfo, *, day_first: bool | None = None) -> datetime:
    """Return a moment in UTC; `zone` holds for times that name none.

    Understands ISO 8601, RFC 2822, epoch seconds, milliseconds, microseconds and nanoseconds,
    `November 24, 2017 at 3:02 pm`, `24 Nov 2017, 15:02`, `24.11.2017 15:02`, and `11/24/2017
    15:02`, where `day_first` decides if both numbers could be the month. A date without a time is
    its midnight. Raises ValueError, which says why, for anything else.
    """
    try:
        moment = _moment(value, zone, day_first)
        return moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("it lies outside the years 1 to 9999") from error


def day_comes_first(values: Iterable[object]) -> bool | None:
    """Tell from a column's values whether `3/4/2017` is 3 April; None where nothing decides."""
    for value in values:
        match = _SLASHED.fullmatch(value.strip()) if isinstance(value, str) else None
        if match and max(int(match["one"]), int(match["two"])) > 12:
            return int(match["one"]) > 12
    return None


def _moment(value: object, zone: tzinfo, day_first: bool | None) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), zone)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(float(value))
    if isinstance(value, str):
        return _from_text(value.strip(), day_first)
    raise ValueError(f"a {type(value).__name__} is no time")


def _from_epoch(number: float) -> datetime:
    if not _EARLIEST_EPOCH <= abs(number) < 1e20:
        raise ValueError("as a number of seconds it would be no plausible time")
    for at_least, per_second in _EPOCH_UNITS:
        if abs(number) >= at_least:
            number /= per_second
            break
    try:
        return datetime.fromtimestamp(number, UTC)
    except (OSError, OverflowError, ValueError) as error:
        raise ValueError("as a number of seconds it would be no plausible time") from error


def _from_text(text: str, day_first: bool | None) -> datetime:
    if len(text) > _LONGEST:
        raise ValueError("it is too long for a time")
    if _EPOCH.fullmatch(text):
        return _from_epoch(float(text))
    try:
        return datetime.fromisoformat(re.sub(r"\s*(?:UTC|GMT)$", "+00:00", text))
    except ValueError:
        pass
    for pattern in _WRITTEN:
        if match := pattern.fullmatch(text):
            return _from_match(match, _month(match["month"]), int(match["day"]))
    if match := _SLASHED.fullmatch(text):
        return _from_match(match, *_slashed(int(match["one"]), int(match["two"]), day_first))
    if match := _TWITTER.fullmatch(text):
        text = f"{match['day']} {match['month']} {match['year']} {match['clock']} {match['zone']}"
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError) as error:
        raise ValueError("write it as 2017-11-24T15:02:00Z") from error


def _month(word: str) -> int:
    if word.isdecimal():
        return int(word)
    try:
        return _MONTHS.index(word[:3].lower()) + 1
    except ValueError:
        raise ValueError(f"{word!r} is no month; write it as 2017-11-24T15:02:00Z") from None


def _slashed(one: int, two: int, day_first: bool | None) -> tuple[int, int]:
    """Return (month, day)."""
    if one == two or two > 12:
        return one, two
    if one > 12:
        return two, one
    if day_first is None:
        raise ValueError("day or month may come first; write it as 2017-11-24")
    return (two, one) if day_first else (one, two)


def _from_match(match: re.Match[str], month: int, day: int) -> datetime:
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{hour} {match['half']} is no time of day")
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    moment = datetime(int(match["year"]), month, day, hour, minute, second)  # noqa: DTZ001
    zone = match["zone"]
    if zone is None:
        return moment
    offset = "+00:00" if zone.lower() in {"z", "utc", "gmt"} else zone
    return datetime.fromisoformat(moment.isoformat() + offset)
