from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from triage.ui.words import ago, likelihood

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "23 October 2026"),
    ],
)
def test_a_moment_is_told_in_the_coarsest_unit_and_after_a_month_by_its_date(
    passed: timedelta, words: str
) -> None:
    assert ago(NOW - passed, NOW) == words


@pytest.mark.parametrize(
    ("score", "word"),
    [
        (1.0, "very likely"),
        (0.85, "very likely"),
        (0.84, "likely"),
        (0.5, "unsure"),
        (0, "unlikely"),
    ],
)
def test_a_score_has_a_word(score: float, word: str) -> None:
    assert likelihood(score) == word
