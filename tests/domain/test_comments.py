from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.domain.comments import Comment, Problem, Thread, text_digest


def comment(name: str, parent: str | None = None, position: int = 0) -> Comment:
    return Comment(id=name, thread_id="t", text=name, parent_id=parent, position=position)


def shape(thread: Thread) -> list[tuple[str, int]]:
    return [(node.comment.id, node.depth) for node in thread.walk()]


def test_a_thread_is_walked_depth_first_in_source_order() -> None:
    thread = Thread(
        "t",
        comments=(
            comment("b", position=3),
            comment("a", position=0),
            comment("a2", "a", 2),
            comment("a1", "a", 1),
            comment("a11", "a1", 4),
        ),
    )
    assert shape(thread) == [("a", 0), ("a1", 1), ("a11", 2), ("a2", 1), ("b", 0)]


def test_a_comment_whose_parent_was_never_imported_counts_as_top_level() -> None:
    assert shape(Thread("t", comments=(comment("a", "gone"),))) == [("a", 0)]


def test_a_cycle_hides_no_comment() -> None:
    thread = Thread("t", comments=(comment("a", "b"), comment("b", "a", 1), comment("c", "c", 2)))
    assert sorted(name for name, _ in shape(thread)) == ["a", "b", "c"]


@given(st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=30))
def test_every_comment_is_walked_exactly_once(parents: list[int | None]) -> None:
    comments = tuple(
        comment(str(i), None if parent is None else str(parent), i)
        for i, parent in enumerate(parents)
    )
    walked = [name for name, _ in shape(Thread("t", comments=comments))]
    assert sorted(walked) == sorted(one.id for one in comments)


def test_a_thread_of_ten_thousand_replies_to_replies_is_walked() -> None:
    chain = [comment("0")] + [comment(str(i), str(i - 1), i) for i in range(1, 10_000)]
    assert shape(Thread("t", comments=tuple(chain)))[-1] == ("9999", 9_999)


def test_a_comment_of_another_thread_is_refused() -> None:
    with pytest.raises(ValueError, match="belongs to thread"):
        Thread("other", comments=(comment("a"),))


def test_a_time_without_a_timezone_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        Comment("a", "t", "x", created_at=datetime(2026, 1, 1))  # noqa: DTZ001
    assert Comment("a", "t", "x", created_at=datetime(2026, 1, 1, tzinfo=UTC)).created_at


@pytest.mark.parametrize("bad", ["", "  ", "a\nb", "a\x00b"])
def test_a_blank_or_multi_line_id_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="id"):
        Comment(bad, "t", "x")


@given(st.text(), st.text())
def test_texts_share_a_digest_only_where_they_are_equal(one: str, other: str) -> None:
    assert (text_digest(one) == text_digest(other)) == (one == other)


def test_a_problem_says_where_it_is() -> None:
    assert str(Problem("a.csv", 7, "no text")) == "a.csv:7: no text"
    assert str(Problem("a.csv", None, "empty")) == "a.csv: empty"
