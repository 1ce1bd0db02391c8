"""Comments over HTTP: bodies read row by row, and texts that come one by one."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.domain.arrivals import Arrival
from triage.domain.comments import Comment, Ids, Problem, Thread
from triage.errors import ReadError
from triage.intake.arriving import arrived, nameless_ids, threads_in
from triage.intake.reader import ReadOptions

# A busy machine is no fault.
CALM_CLOCK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(body: str | bytes, **options: Any) -> tuple[list[Thread], list[Problem]]:
    problems: list[Problem] = []
    data = body.encode() if isinstance(body, str) else body
    threads = threads_in(data, "blog", ReadOptions(**options), problems.append)
    return threads, problems


def comments(threads: list[Thread]) -> list[Comment]:
    return [comment for thread in threads for comment in thread.comments]


FULL = {
    "id": "c1",
    "text": "Well said.",
    "author": "Ada",
    "created_at": "2026-03-01T12:00:00Z",
    "thread": "a1",
    "title": "On gardens",
    "url": "https://blog.example/gardens",
    "parent_id": "c0",
}


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([FULL]),
        json.dumps([FULL], indent=2),
        json.dumps(FULL),
        json.dumps(FULL, indent=2),
        json.dumps(FULL) + "\n",
        "\ufeff" + json.dumps(FULL),
    ],
    ids=["array", "array over lines", "object", "object over lines", "one line", "with a mark"],
)
def test_an_array_an_object_and_one_object_a_line_say_the_same(body: str) -> None:
    (thread,), problems = read(body)
    assert not problems
    assert (thread.id, thread.title, thread.url, thread.source, thread.ids) == (
        "a1",
        "On gardens",
        "https://blog.example/gardens",
        "blog",
        Ids.GIVEN,
    )
    (comment,) = thread.comments
    assert (comment.id, comment.author, comment.parent_id) == ("c1", "Ada", "c0")
    assert comment.created_at is not None


def test_bad_rows_are_told_by_line_and_good_ones_kept() -> None:
    lines = [
        '{"id": "a", "text": "first"}',
        "{broken",
        '{"id": "b"}',
        "[1]",
        "",
        '{"id": "c", "text": "last"}',
        '{"id": "a", "text": "again"}',
    ]
    threads, problems = read("\n".join(lines))
    assert [one.id for one in comments(threads)] == ["a", "c"]
    assert [(one.where, one.line) for one in problems] == [("blog", n) for n in (2, 3, 4, 7)]


def test_without_a_thread_a_comment_stands_under_the_client_and_with_one_under_that() -> None:
    rows = [{"id": 1, "text": "x"}, {"id": 2, "text": "y", "thread": "t"}, {"id": 3, "text": "z"}]
    threads, problems = read(json.dumps(rows))
    assert {one.id: one.thread_id for one in comments(threads)} == {
        "1": "blog",
        "2": "t",
        "3": "blog",
    }
    assert not problems


def test_a_comment_without_an_id_gets_the_same_one_every_time_and_that_is_told() -> None:
    row = json.dumps({"text": "x", "author": "Ada"})
    first, problems = read(row)
    again, _ = read(row)
    assert comments(first)[0].id == comments(again)[0].id
    assert "it has no id: one was derived" in problems[0].message


def test_a_source_is_a_namespace_for_ids_threads_and_parents() -> None:
    threads, _ = read(json.dumps({**FULL}), source="de")
    (comment,) = comments(threads)
    assert (comment.id, comment.thread_id, comment.parent_id) == ("de:c1", "de:a1", "de:c0")


@pytest.mark.parametrize(
    "body", ["", "  ", "null", "3", "[]", "{}", "[[]]", "{", '{"id": "a"}', "x" * 99]
)
def test_a_body_without_any_comment_says_what_would_do(body: str) -> None:
    with pytest.raises(ReadError, match="send comments as JSON, one object each, with id and text"):
        read(body)


def test_bytes_that_are_no_utf_8_are_told_with_their_line() -> None:
    with pytest.raises(ReadError, match="blog:2: byte 3 is not UTF-8"):
        read(b"{}\n\xff")


def test_nesting_and_numbers_without_end_are_problems_of_their_row() -> None:
    rows = [
        '{"id": "a", "text": "ok"}',
        "[" * 100_000,
        '{"id": ' + "9" * 10_000 + ', "text": "x"}',
    ]
    threads, problems = read("\n".join(rows))
    assert [one.id for one in comments(threads)] == ["a"]
    assert [one.line for one in problems] == [2, 3]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "text", "thread", "url", "created_at", "x"]), inner
        )
    ),
    max_leaves=12,
)


@CALM_CLOCK
@given(st.lists(JSON, max_size=4))
def test_whatever_json_comes_every_row_is_kept_or_told(rows: list[Any]) -> None:
    try:
        threads, problems = read(json.dumps(rows))
    except ReadError:
        return
    kept = len(comments(threads))
    lines = {one.line for one in problems}
    assert kept <= len(rows)
    assert kept == len(rows) or lines


@CALM_CLOCK
@given(st.binary(max_size=80))
def test_whatever_bytes_come_the_answer_is_threads_or_a_read_error(body: bytes) -> None:
    with suppress(ReadError):
        read(body)


SENT = Arrival("coral", "I disagree.")


def test_the_same_text_in_the_same_place_is_one_comment_and_elsewhere_another() -> None:
    assert arrived(SENT) == arrived(replace(SENT))
    ids = {
        arrived(one).comments[0].id
        for one in (
            SENT,
            replace(SENT, text="I agree."),
            replace(SENT, client="blog"),
            replace(SENT, community="daily"),
            replace(SENT, article="A long article."),
            replace(SENT, url="https://daily.example/1"),
        )
    }
    assert len(ids) == 6


def test_a_clients_own_ids_tell_two_comments_with_one_text_apart() -> None:
    one, other = (arrived(replace(SENT, comment_id=name)).comments[0] for name in ("1", "2"))
    assert (one.id, other.id) == ("1", "2")
    assert one.text == other.text


def test_the_page_says_which_thread_then_the_article_the_community_the_client() -> None:
    full = replace(SENT, url="https://d.example/1", article="Long.", community="daily")
    assert arrived(full).id == "https://d.example/1"
    assert arrived(replace(full, url=None)).id.startswith("coral-")
    assert arrived(replace(full, url=None, article="")).id == "coral:daily"
    assert arrived(SENT).id == "coral"
    assert arrived(full).article == "Long."


def test_an_answer_points_at_its_parent_by_the_parents_text() -> None:
    place = replace(SENT, article="A long article.")
    parent = arrived(replace(place, text="First!")).comments[0]
    answer = arrived(replace(place, parent="First!")).comments[0]
    assert answer.parent_id == parent.id
    assert arrived(replace(place, parent="First!", parent_id="c7")).comments[0].parent_id == "c7"


def test_a_comment_may_have_come_without_an_id_in_any_wider_place() -> None:
    named = replace(SENT, comment_id="1", url="https://d.example/1", community="daily")
    may = nameless_ids(named)
    for place in (SENT, replace(SENT, community="daily"), replace(named, comment_id=None)):
        assert arrived(place).comments[0].id in may
    assert arrived(replace(SENT, client="blog")).comments[0].id not in may


@CALM_CLOCK
@given(st.text(), st.text(), st.text(), st.text())
def test_whatever_a_client_sends_can_be_kept(text: str, url: str, article: str, site: str) -> None:
    sent = Arrival("coral", text, url=url, article=article, community=site)
    thread = arrived(sent)
    assert 0 < len(thread.id) <= 400
    assert thread.comments[0].id in nameless_ids(sent)
