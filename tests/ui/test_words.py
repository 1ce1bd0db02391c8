from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from triage.domain.comments import Comment, Thread
from triage.domain.decisions import FlagSource
from triage.domain.entries import Entry
from triage.domain.languages import UNKNOWN, Coverage, not_scored_for
from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label, Scores
from triage.ui.words import (
    ago,
    in_language,
    in_short,
    likelihood,
    place,
    reasons,
    sum_of_place,
    unread_labels,
)
from triage.workbench import Item

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


OWN = Policy("p", 1, (Threshold(Label.THREAT, 0.3),), NOW, "lead", severity={Label.THREAT: 5.0})


def item(
    *, score: float = 0.8, days: float = 0, asked: FlagSource | None = None, **fields: bool | int
) -> Item:
    blind, pending = bool(fields.pop("blind", False)), bool(fields.pop("pending", True))
    comment = Comment("c", "t", "text", **fields)
    scores = Scores({Label.THREAT: score})
    entry = Entry(
        comment=comment,
        thread_title="",
        source="a.csv",
        revision=1,
        text_sha256=comment.text_sha256,
        scores=scores,
        route=Route.REVIEW,
        asked=asked,
        flagged=True,
        priority=score,
        verdict=None,
        decision_id=None,
        reviewer=None,
        decided_at=None,
        pending=pending,
        arrived_at=NOW - timedelta(days=days),
    )
    return Item(entry, Thread("t"), None, (), (), OWN.propose(scores), (), (), blind=blind)


@pytest.mark.parametrize(
    ("shown", "because", "sum_"),
    [
        (item(), "likely threat", "threat 0.80 × severity 5 of 5 = 0.80"),
        (
            item(reach=999, days=3.2),
            "likely threat, reach 999, here for 3 days",
            "threat 0.80 × severity 5 of 5 × 1.25 for a reach of 999 + 0.16 for 3 days here = 1.16",
        ),
        (item(asked=FlagSource.REVIEWER), "a colleague flagged it", ""),
        (
            item(asked=FlagSource.READER),
            "likely threat",
            "threat 0.80 × severity 5 of 5 = 0.80",
        ),
        (item(asked=FlagSource.READER, score=0.35), "a reader flagged it", ""),
        (item(blind=True, reach=999), None, ""),
        (item(pending=False), None, ""),
        (item(pending=False, asked=FlagSource.REVIEWER), None, ""),
    ],
)
def test_a_place_in_the_queue_is_told_in_words_and_in_numbers(
    shown: Item, because: str | None, sum_: str
) -> None:
    assert place(shown, NOW) == (f"Its place: {because}" if because else "")
    assert sum_of_place(shown, OWN, NOW) == sum_


def spoken(language: str, scores: Scores) -> Item:
    """Return an item in a language, as the desk shows it."""
    one = item()
    entry = replace(one.entry, language=language, scores=scores)
    return replace(one, entry=entry, proposal=OWN.propose(scores))


def test_a_comment_that_nobody_reads_says_which_language_it_is() -> None:
    french = spoken("fr", not_scored_for("fr"))
    assert reasons(french) == [
        "It is not scored: this is French, which no scorer in use reads.",
    ]
    assert in_short(french.entry, OWN) == "not scored: French"
    short = spoken(UNKNOWN, not_scored_for(UNKNOWN))
    assert "too short to tell its language" in reasons(short)[0]


def test_labels_without_a_score_for_its_language_are_named() -> None:
    both = [Label.THREAT, Label.INCIVILITY]
    french = spoken("fr", Scores({Label.THREAT: 0.2})).entry
    read = Coverage({Label.INCIVILITY: ("en",)})
    assert unread_labels(french, both, "en", read) == (
        "Not scored, for no scorer in use reads French: incivility."
    )
    assert unread_labels(french, [Label.THREAT], "en", read) == ""
    unseen = spoken("fr", not_scored_for("fr")).entry
    assert unread_labels(unseen, both, "en", read) == "", "the reasons say it"


@pytest.mark.parametrize(("language", "own"), [("en", "en"), (UNKNOWN, "en"), ("fr", "fr")])
def test_a_label_that_has_no_score_yet_is_not_told_as_one_that_nobody_reads(
    language: str, own: str
) -> None:
    both = [Label.THREAT, Label.INCIVILITY]
    entry = spoken(language, Scores({Label.THREAT: 0.2})).entry
    read = Coverage({Label.INCIVILITY: (own,)}, unknown_as=own)
    assert "Not scored" not in unread_labels(entry, both, own, read)


def test_a_comment_that_is_too_short_to_tell_says_how_it_was_read() -> None:
    short = spoken(UNKNOWN, Scores({Label.THREAT: 0.2})).entry
    assert unread_labels(short, [Label.THREAT], "fr", Coverage()) == (
        "It is too short to tell its language: read as French."
    )


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "French"), ("en", ""), (UNKNOWN, ""), (None, "")]
)
def test_the_sites_own_language_needs_no_mention(language: str | None, words: str) -> None:
    assert in_language(language, "en") == words
