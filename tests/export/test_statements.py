"""Statements of reasons and notices: what is said of a decision, and that nobody is in it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.test_tables import COMMENT, DECIDED, DECISION
from triage.domain.comments import Comment
from triage.domain.decisions import DecidedBy, Verdict
from triage.domain.entries import Decided
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, Scores
from triage.domain.statement_rules import (
    Redress,
    RedressMethod,
    StatementRule,
    StatementRules,
)
from triage.domain.statements import Category, Ground, SourceType
from triage.errors import UsageError
from triage.export.notices import notice
from triage.export.statement_files import write_statements
from triage.export.statements import Stated, statement_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICIES = {"default@1": Policy("default", 1, (Threshold(Label.INSULT, 0.5),), NOON, "lea")}
RULES = StatementRules()
OWN = StatementRule(
    Category.CYBER_VIOLENCE,
    "Terms of use, section 4",
    "Section 4 forbids to call people fools.",
    keywords=("KEYWORD_CYBER_HARASSMENT",),
    url="https://example.org/terms",
)


def decided(**more: object) -> Decided:
    """The rejection of test_tables, with some of its decision changed."""
    return replace(DECIDED, decision=replace(DECISION, **more))  # type: ignore[arg-type]


def about(comment: Comment, **more: object) -> Decided:
    made = decided(**more)
    return replace(made, entry=replace(made.entry, comment=comment))


def stated(one: Decided, rules: StatementRules = RULES) -> Stated:
    made = statement_of(one, rules, POLICIES, UTC)
    assert made is not None
    return made


def told(one: Decided, rules: StatementRules = RULES, said: Mapping[str, str] = {}) -> str:
    return notice(one, rules, POLICIES, said, UTC)


def test_a_rejection_that_a_person_made_after_scores_found_it() -> None:
    made = stated(DECIDED)
    assert made.faults == ()
    assert made.fields == {
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": "The site's rules for comments: no insults",
        "incompatible_content_explanation": "The comment insults somebody. The site's rules for "
        "comments do not allow that.",
        "incompatible_content_illegal": "No",
        "category": "STATEMENT_CATEGORY_CYBER_VIOLENCE",
        "category_specification": ["KEYWORD_CYBER_HARASSMENT"],
        "content_type": ["CONTENT_TYPE_TEXT"],
        "content_date": "2026-11-22",
        "application_date": "2026-11-22",
        "decision_facts": "A comment was removed. A program that rates texts had found it. The "
        "program's score for insult was from 0.9 to 1.0 of 1. A person read it and decided. "
        "Reason: insult.",
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "puid": "d1",
    }


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.ESCALATE])
def test_what_takes_nothing_away_is_not_stated(verdict: Verdict) -> None:
    assert statement_of(decided(verdict=verdict), RULES, POLICIES, UTC) is None


@pytest.mark.parametrize(
    ("via", "by", "automated", "says"),
    [
        ("review", DecidedBy.PERSON, "NOT_AUTOMATED", "A person read it"),
        ("audit", DecidedBy.PERSON, "NOT_AUTOMATED", "A person read it"),
        ("batch", DecidedBy.PERSON, "PARTIALLY", "without reading each"),
        ("group", DecidedBy.PERSON, "PARTIALLY", "nearly the same words"),
        ("review", DecidedBy.POLICY, "FULLY", "without a person"),
        ("feedback", DecidedBy.CLIENT, "NOT_AUTOMATED", "in another system"),
    ],
)
def test_how_far_a_machine_decided(via: str, by: DecidedBy, automated: str, says: str) -> None:
    fields = stated(decided(via=via, decided_by=by)).fields
    assert fields["automated_decision"] == f"AUTOMATED_DECISION_{automated}"
    assert says in str(fields["decision_facts"])


def test_a_readers_report_is_a_notification_by_another_way_than_article_16() -> None:
    fields = stated(replace(DECIDED, reported=True)).fields
    assert fields["source_type"] == "SOURCE_TYPE_OTHER_NOTIFICATION"
    assert "A reader of the site had reported it." in str(fields["decision_facts"])


def test_a_report_is_what_the_site_says_that_reports_are() -> None:
    rules = StatementRules(reports=SourceType.ARTICLE_16)
    fields = stated(replace(DECIDED, reported=True), rules).fields
    assert fields["source_type"] == "SOURCE_ARTICLE_16"
    assert stated(DECIDED, rules).fields["source_type"] == "SOURCE_VOLUNTARY"


def test_scores_below_the_thresholds_of_that_time_found_nothing() -> None:
    low = replace(DECIDED, by_scorer={"compact@1": Scores({Label.INSULT: 0.49})})
    fields = stated(low).fields
    assert fields["automated_detection"] == "No"
    assert "A moderator of the site had come across it." in str(fields["decision_facts"])
    assert "from 0.4 to 0.5" in str(fields["decision_facts"])
    unscored = stated(replace(DECIDED, by_scorer={})).fields
    assert unscored["automated_detection"] == "No"
    assert "score" not in str(unscored["decision_facts"])


def test_without_a_reason_the_label_counts_whose_threshold_was_reached() -> None:
    fields = stated(decided(reasons=(), via="batch")).fields
    assert fields["category"] == "STATEMENT_CATEGORY_CYBER_VIOLENCE"
    nothing = stated(decided(reasons=(), policy=None)).fields
    assert nothing["category"] == "STATEMENT_CATEGORY_OTHER_VIOLATION_TC"
    assert "Reason" not in str(nothing["decision_facts"])


def test_a_comment_without_a_date_is_told_and_no_date_is_invented() -> None:
    made = stated(about(replace(COMMENT, created_at=None)))
    assert made.faults == ("content_date: is missing",)


def test_days_are_those_of_the_site() -> None:
    late = about(replace(COMMENT, created_at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC)))
    made = statement_of(late, RULES, POLICIES, ZoneInfo("Europe/Berlin"))
    assert made is not None
    assert made.fields["content_date"] == "2026-11-22"


def test_the_sites_own_ground_is_stated_with_its_address_and_its_law() -> None:
    rules = StatementRules({"R2": OWN}, "EN", ("DE", "AT"))
    made = stated(decided(reasons=("insult", "R2")), rules)
    assert made.faults == ()
    assert made.fields["decision_ground_reference_url"] == "https://example.org/terms"
    assert made.fields["territorial_scope"] == ["AT", "DE"]
    assert made.fields["content_language"] == "EN"
    assert str(made.fields["decision_facts"]).endswith("Reason: R2.")
    law = StatementRules({"R2": replace(OWN, ground=Ground.ILLEGAL)})
    fields = stated(decided(reasons=("R2",)), law).fields
    assert fields["illegal_content_legal_ground"] == "Terms of use, section 4"
    assert not any(name.startswith("incompatible") for name in fields)


def test_the_sites_own_words_that_are_the_comments_are_refused_with_their_place() -> None:
    rules = StatementRules({"insult": OWN})
    quoting = about(replace(COMMENT, text="They forbid TO CALL PEOPLE FOOLS, it seems"))
    (fault,) = stated(quoting, rules).faults
    assert fault.startswith("[reason.insult] explanation: shares the words 'to call people fools'")
    clause = about(replace(COMMENT, text="Read the terms of use, section 4!"))
    assert stated(clause, rules).faults == (), "a clause is public: quoting it stops nothing"
    ours = about(replace(COMMENT, text="The comment insults somebody. Ha."))
    assert stated(ours).faults == (), "our own words are there whatever a comment says"


@pytest.mark.parametrize("name", ["with space", "ümlaut", "x" * 600, "a/b"])
def test_a_decisions_id_becomes_one_that_is_taken_and_stays_the_same(name: str) -> None:
    first, again = (stated(decided(id=name)) for _ in range(2))
    assert first.faults == ()
    assert first.fields["puid"] == again.fields["puid"]
    assert first.fields["puid"] != stated(decided(id=name + "x")).fields["puid"]


WORDS = st.lists(
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=9), min_size=3, max_size=12
).map(" ".join)
LINES = WORDS | st.text()


@given(WORDS, LINES, LINES, LINES, st.lists(LINES, max_size=3))
def test_nothing_that_anybody_wrote_is_in_a_statement_or_a_notice(
    author: str, text: str, note: str, title: str, reasons: list[str]
) -> None:
    theirs = replace(COMMENT, author=author, text=text)
    made = about(theirs, note=note, reasons=tuple(dict.fromkeys(["insult", *reasons])))
    made = replace(made, entry=replace(made.entry, thread_title=title, source=title))
    assert stated(made) == stated(DECIDED)
    assert told(made) == told(DECIDED)
    said = " ".join([json.dumps(stated(made).fields), told(made)]).casefold()
    plain = " ".join([json.dumps(stated(DECIDED).fields), told(DECIDED)]).casefold()
    for one in (author, text, note, title, *reasons):
        words = re.findall(r"\w+", one.casefold())
        for place in range(len(words) - 2):
            run = r"\W+".join(map(re.escape, words[place : place + 3]))
            assert not re.search(rf"\b{run}\b", said) or re.search(rf"\b{run}\b", plain)


def test_a_notice_says_what_why_how_and_what_to_do() -> None:
    redress = Redress(RedressMethod.URL, "https://example.org/objection", "Within six months.")
    rules = StatementRules({"R2": OWN}, redress=redress)
    made = told(decided(reasons=("R2", "insult")), rules, {"R2": "No insults"})
    assert made == (
        "We removed your comment of 22 November 2026 on 22 November 2026.\n\n"
        "Why: No insults (R2); insult. Section 4 forbids to call people fools.\n\n"
        "The rule: Terms of use, section 4 (https://example.org/terms)\n\n"
        "How: A program that rates comments pointed it out. A person read your comment and "
        "decided.\n\n"
        "If you think this is wrong, tell us at https://example.org/objection. Within six "
        "months.\n"
    )


def test_a_notice_promises_no_way_to_object_that_there_is_not() -> None:
    made = told(DECIDED)
    assert "If you think" not in made
    by_mail = StatementRules(redress=Redress(RedressMethod.EMAIL, "us@example.org"))
    assert "write to us@example.org." in told(DECIDED, by_mail)


def test_a_notice_owns_up_to_what_nobody_read() -> None:
    assert "did not read each" in told(decided(via="batch"))
    assert "automatically" in told(decided(decided_by=DecidedBy.POLICY))
    assert "A reader reported it." in told(replace(DECIDED, reported=True))


def test_one_removal_is_stated_as_the_first_rejection_whoever_confirms_it() -> None:
    first = replace(DECISION, id="first", at=NOON - timedelta(days=3))
    written = about(replace(COMMENT, created_at=NOON - timedelta(days=9)))
    made = statement_of(written, RULES, POLICIES, UTC, first)
    assert made is not None
    assert (made.fields["puid"], made.fields["application_date"]) == ("first", "2026-11-19")
    said = notice(DECIDED, RULES, POLICIES, {}, UTC, [first, DECISION])
    assert said.startswith("We removed your comment of 22 November 2026 on 19 November 2026.")


def test_a_score_of_nothing_is_told_like_any_other() -> None:
    none = replace(DECIDED, by_scorer={"compact@1": Scores({Label.INSULT: 0.0})})
    assert "from 0.0 to 0.1" in str(stated(none).fields["decision_facts"])


def test_a_comment_that_is_put_back_is_not_told_that_it_stayed() -> None:
    before = replace(DECISION, id="d0", at=NOON - timedelta(days=3))
    now = decided(verdict=Verdict.APPROVE)
    made = notice(now, RULES, POLICIES, {}, UTC, [before, now.decision])
    assert made == (
        "We had removed your comment of 22 November 2026, and decided on 22 November 2026 to put "
        "it back. There is nothing you need to do.\n"
    )


@pytest.mark.parametrize(
    ("via", "by", "says"),
    [
        ("rule", DecidedBy.POLICY, "This was decided automatically, without a person."),
        ("batch", DecidedBy.PERSON, "all comments whose scores lay in a range"),
        ("group", DecidedBy.PERSON, "a comment with nearly the same words"),
        ("feedback", DecidedBy.CLIENT, "A moderator of the site decided in another system."),
    ],
)
@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REJECT])
def test_a_notice_never_says_that_somebody_read_what_nobody_read_here(
    via: str, by: DecidedBy, says: str, verdict: Verdict
) -> None:
    made = told(decided(verdict=verdict, via=via, decided_by=by))
    assert says in made
    assert "We looked at" not in made
    assert "A person read your comment" not in made


def test_an_approval_is_told_kindly_and_an_open_case_is_not() -> None:
    assert "It stays where it is" in told(decided(verdict=Verdict.APPROVE))
    with pytest.raises(UsageError, match="not decided yet"):
        told(decided(verdict=Verdict.ESCALATE))


def test_requests_hold_a_hundred_statements_each(tmp_path: Path) -> None:
    every = [{"puid": str(number)} for number in range(205)]
    count, files = write_statements(tmp_path / "out.json", every)
    assert count == 205
    assert [path.name for path in files] == ["out.json", "out-2.json", "out-3.json"]
    read = [json.loads(path.read_text(encoding="utf-8"))["statements"] for path in files]
    assert [len(one) for one in read] == [100, 100, 5]
    assert [one for some in read for one in some] == every


@pytest.mark.parametrize(
    ("there", "asked"),
    [("out.json", "out.json"), ("out-3.json", "out.json"), ("out.csv", "out.csv")],
)
def test_what_is_there_already_is_neither_overwritten_nor_left_among_new_requests(
    tmp_path: Path, there: str, asked: str
) -> None:
    (tmp_path / there).write_text("theirs", encoding="utf-8")
    with pytest.raises(UsageError, match=f"{there} is there already"):
        write_statements(tmp_path / asked, [{"puid": "1"}])
    assert {one.name: one.read_text(encoding="utf-8") for one in tmp_path.iterdir()} == {
        there: "theirs"
    }


def test_lines_and_records_hold_one_statement_each(tmp_path: Path) -> None:
    every = [stated(DECIDED).fields] * 2
    assert write_statements(tmp_path / "out.jsonl", every)[0] == 2
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == every
    assert write_statements(tmp_path / "out.csv", every)[0] == 2
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert rows[0]["category_specification"] == "KEYWORD_CYBER_HARASSMENT"
    assert write_statements(tmp_path / "none.json", [])[0] == 0
    with pytest.raises(UsageError, match="end the name in"):
        write_statements(tmp_path / "out.xml", every)
