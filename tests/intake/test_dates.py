"""Times as people and programs write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.intake.dates import day_comes_first, parse_time

THREE_PAST = datetime(2017, 11, 24, 15, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2017-11-24T15:02:00Z",
        "2017-11-24 15:02",
        "2017-11-24 15:02:00 UTC",
        "2017-11-24T16:02:00+0100",
        "2017/11/24 15:02",
        "November 24, 2017 at 3:02 pm",
        "Friday, Nov. 24th, 2017 @ 3:02 p.m.",
        "24 November 2017, 15:02",
        "24. November 2017 um 15:02",
        "24.11.2017 15:02",
        "11/24/2017 3:02 PM",
        "24/11/2017 15:02",
        "Fri, 24 Nov 2017 15:02:00 +0000",
        "Fri Nov 24 15:02:00 +0000 2017",
        "1511535720",
        "1511535720000",
        1511535720,
        1511535720000,
        1511535720.0,
        1511535720000000,
        datetime(2017, 11, 24, 15, 2),  # noqa: DTZ001 - as a Parquet file holds it
        datetime(2017, 11, 24, 17, 2, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_a_time_is_read_in_many_forms(text: object) -> None:
    assert parse_time(text, UTC) == THREE_PAST


@pytest.mark.parametrize(
    "text", ["2017-11-24", "November 24, 2017", "20171124", date(2017, 11, 24)]
)
def test_a_date_alone_is_its_midnight(text: object) -> None:
    assert parse_time(text, UTC) == datetime(2017, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hour"), [("12:30 am", 0), ("1:30 am", 1), ("12:30 pm", 12), ("11:30 pm", 23)]
)
def test_noon_and_midnight_are_told_apart(text: str, hour: int) -> None:
    assert parse_time(f"May 1, 2020 at {text}", UTC).hour == hour


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("yesterday", "write it as"),
        ("2017", "write it as"),
        ("November 31, 2017", "day"),
        ("May 1, 2020 at 13:00 pm", "no time of day"),
        ("Foo 3, 2017", "no month"),
        ("3/4/2017", "day or month may come first"),
        ("0001-01-01T00:00:00+05:00", "years 1 to 9999"),
        ("9" * 200, "too long"),
        (12, "plausible"),
        (float("nan"), "plausible"),
        (10**400, "years 1 to 9999"),
        (True, "bool"),
        ([], "list"),
    ],
)
def test_what_is_no_time_says_why(text: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_time(text, UTC)


def test_a_column_tells_whether_the_day_comes_first() -> None:
    assert day_comes_first(["3/4/2017", None, "25/4/2017"]) is True
    assert day_comes_first(["3/4/2017", "4/25/2017 10:00"]) is False
    assert day_comes_first(["3/4/2017", "soon"]) is None
    assert parse_time("3/4/2017", UTC, day_first=True).month == 4
    assert parse_time("3/4/2017", UTC, day_first=False).month == 3


@given(st.one_of(st.text(), st.integers(), st.floats(), st.dates(), st.datetimes()))
def test_anything_is_a_moment_in_utc_or_a_value_error(value: object) -> None:
    try:
        moment = parse_time(value, timezone(timedelta(hours=3)))
    except ValueError:
        return
    assert moment.tzinfo is UTC


@given(st.datetimes().filter(lambda moment: moment.year > 1000))
def test_what_a_program_writes_is_read_back(moment: datetime) -> None:
    assert parse_time(moment.isoformat(), UTC) == moment.replace(tzinfo=UTC)
    text = f"{moment:%B} {moment.day}, {moment.year} at {moment:%I:%M %p}"
    read = parse_time(text, UTC)
    assert read == moment.replace(second=0, microsecond=0, tzinfo=UTC)
