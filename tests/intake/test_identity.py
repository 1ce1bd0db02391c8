"""A thread read again: comments keep their ids, whatever else changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from triage.domain.comments import Comment, Ids, Thread
from triage.intake import align
from triage.intake.derived import IdMaker

START = datetime(2020, 3, 1, 9, tzinfo=UTC)
WORDS = ["bridge", "river", "mayor", "swan", "ticket", "yellow", "never", "always", "bread", "roof"]


def thread_of(entries: Sequence[tuple[str | None, datetime | None, str, int | None]]) -> Thread:
    """Build a thread as a text reader does, from (author, time, text, index of the parent)."""
    maker = IdMaker()
    comments: list[Comment] = []
    for position, (author, created_at, text, parent) in enumerate(entries):
        parent_id = None if parent is None else comments[parent].id
        own = maker.make("t", author, str(created_at), parent_id, text)
        comments.append(Comment(own, "t", text, position, parent_id, author, created_at))
    return Thread("t", ids=Ids.DERIVED, comments=tuple(comments))


def known_of(thread: Thread) -> list[Comment]:
    """What a store knows of a thread: the comments themselves, in any order."""
    return list(reversed(thread.comments))


def renumbered(comments: Sequence[Comment]) -> Thread:
    placed = [replace(comment, position=place) for place, comment in enumerate(comments)]
    return Thread("t", ids=Ids.DERIVED, comments=tuple(placed))


TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join)
TIMES = st.none() | st.integers(0, 3).map(lambda minutes: START + timedelta(minutes=minutes))
ENTRIES = st.lists(st.tuples(st.sampled_from(["Ada", "Bea", None]), TIMES, TEXTS), max_size=12)


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    entries = draw(ENTRIES)
    parents = [draw(st.none() | st.integers(0, i - 1)) if i else None for i in range(len(entries))]
    return thread_of([(*e, parent) for e, parent in zip(entries, parents, strict=True)])


@given(threads())
def test_aligning_a_thread_with_itself_changes_nothing(thread: Thread) -> None:
    assert align(known_of(thread), thread) == thread


@given(threads())
def test_a_thread_that_nobody_knows_keeps_its_ids(thread: Thread) -> None:
    assert align([], thread) == thread


@given(threads(), threads())
def test_ids_stay_unique_parents_stay_right_and_nothing_is_lost(old: Thread, new: Thread) -> None:
    aligned = align(known_of(old), new)
    ids = [comment.id for comment in aligned.comments]
    assert len(set(ids)) == len(ids)
    renamed = dict(zip((c.id for c in new.comments), ids, strict=True))
    for before, after in zip(new.comments, aligned.comments, strict=True):
        parent_id = None if before.parent_id is None else renamed[before.parent_id]
        assert after == replace(before, id=after.id, parent_id=parent_id)


@given(threads(), threads())
def test_reading_a_changed_thread_once_more_changes_nothing(old: Thread, new: Thread) -> None:
    aligned = align(known_of(old), new)
    # What is known by now: the comments of the new file, and those that it no longer has.
    current = {one.id: one for one in known_of(aligned)}
    gone = [one for one in known_of(old) if one.id not in current]
    assert align([*gone, *current.values()], new) == aligned


@given(threads(), TEXTS)
def test_appending_a_comment_leaves_the_others_their_ids(thread: Thread, text: str) -> None:
    new = Comment("t-new", "t", text, 99, None, "Newcomer", START + timedelta(days=1))
    aligned = align(known_of(thread), renumbered([*thread.comments, new]))
    assert [c.id for c in aligned.comments] == [*(c.id for c in thread.comments), "t-new"]


@given(threads(), TEXTS, st.data())
def test_inserting_a_comment_leaves_the_others_their_ids(
    thread: Thread, text: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(thread.comments)))
    new = Comment("t-new", "t", text, 0, None, "Newcomer", START + timedelta(days=1))
    comments = [*thread.comments[:at], new, *thread.comments[at:]]
    aligned = align(known_of(thread), renumbered(comments))
    assert [c.id for c in aligned.comments] == [c.id for c in comments]


def distinct(thread: Thread) -> bool:
    contents = {(c.author, c.created_at, c.text) for c in thread.comments}
    return len(contents) == len(thread.comments) > 0


@given(threads().filter(distinct), st.data())
def test_an_edited_comment_keeps_its_id_and_so_do_all_others(
    thread: Thread, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(thread.comments) - 1))
    known = known_of(thread)
    # Edited as a reader sees it: other text, hence another derived id, to which replies point.
    old = thread.comments[at]
    edited = replace(old, id="t-edited", text=f"{old.text} {old.text} EDITED")
    comments = [
        edited if c is old else replace(c, parent_id="t-edited") if c.parent_id == old.id else c
        for c in thread.comments
    ]
    aligned = align(known, renumbered(comments))
    assert [c.id for c in aligned.comments] == [c.id for c in thread.comments]
    assert [c.parent_id for c in aligned.comments] == [c.parent_id for c in thread.comments]


FLAT = ["I never liked the old bridge", "You would say that", "lol", "lol", "What does it cost"]


def flat(texts: Sequence[str]) -> Thread:
    return thread_of([(None, None, text, None) for text in texts])


def ids_by_text(thread: Thread) -> dict[str, str]:
    return {comment.text: comment.id for comment in thread.comments}


def test_without_author_and_time_a_similar_text_in_the_same_place_is_an_edit() -> None:
    old = flat(FLAT)
    new = align(known_of(old), flat([*FLAT[:4], "What does it cost us"]))
    assert new.comments[4].id == old.comments[4].id


def test_another_text_in_the_same_place_is_another_comment() -> None:
    old = flat(FLAT)
    new = align(known_of(old), flat([*FLAT[:4], "Swans are pretty"]))
    assert new.comments[4].id not in {comment.id for comment in old.comments}


def test_a_similar_text_by_somebody_else_is_another_comment() -> None:
    old = thread_of([("Ada", START, "the very same words", None)])
    new = thread_of([("Bea", START + timedelta(hours=1), "the very same words", None)])
    assert align(known_of(old), new) == new


def test_who_is_not_known_any_more_is_known_by_time_and_text_however_much_came_since() -> None:
    old = thread_of([(f"author-{n}", START, f"{WORDS[n % 10]} {n}", None) for n in range(100)])
    dropped = [replace(one, author=None) for one in known_of(old)]
    renewed = [(f"new-{n}", START, f"{WORDS[n % 10]} {n}", None) for n in range(200)]
    aligned = align(dropped, thread_of(renewed))
    assert [one.id for one in aligned.comments[:100]] == [one.id for one in old.comments]
    assert len({one.id for one in aligned.comments}) == 200


def test_without_a_time_nobodys_short_text_is_not_a_new_authors_elsewhere() -> None:
    before, nobodys, after = ("Ada", "the bridge"), (None, "+1"), ("Ada", "the river")
    old, new = (
        thread_of([(author, None, text, None) for author, text in said])
        for said in ([before, nobodys, after], [before, after, ("Bea", "+1")])
    )
    aligned = align(known_of(old), new)
    assert old.comments[1].id not in {one.id for one in aligned.comments}


def test_a_comment_that_disappeared_leaves_the_others_alone() -> None:
    old = flat(FLAT)
    new = align(known_of(old), flat(FLAT[1:]))
    known = ids_by_text(old)
    assert new.comments[0].id == known["You would say that"]
    assert new.comments[3].id == known["What does it cost"]


def test_times_told_in_another_zone_change_no_id() -> None:
    entries = [("Ada", START, "one two three", None), ("Ada", START, "four five", 0)]
    old = thread_of(entries)
    new = thread_of([(a, t and t + timedelta(hours=2), text, p) for a, t, text, p in entries])
    assert [c.id for c in align(known_of(old), new).comments] == [c.id for c in old.comments]


def test_a_new_comment_never_takes_an_id_that_once_meant_another() -> None:
    old = flat(["a b c d"])
    edited = align(known_of(old), flat(["a b c e"]))
    assert edited.comments[0].id == old.comments[0].id
    both = align(known_of(edited), flat(["a b c e", "a b c d"]))
    assert [comment.id for comment in both.comments] == [
        old.comments[0].id,
        f"{old.comments[0].id}-2",
    ]


def test_a_long_thread_is_aligned_in_seconds_even_with_nothing_in_common() -> None:
    entries = [
        (f"reader {i % 977}", START + timedelta(seconds=i), f"{WORDS[i % 10]} number {i}", None)
        for i in range(5_000)
    ]
    unlike = [(None, None, f"{WORDS[i % 9]} and {WORDS[i % 7]} {i}", None) for i in range(5_000)]
    known = known_of(thread_of(entries))
    begun = time.perf_counter()
    assert len(align(known, thread_of(unlike)).comments) == 5_000
    assert time.perf_counter() - begun < 10
