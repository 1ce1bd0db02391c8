"""What reviewers put off, on SQLite and on PostgreSQL alike: one act, whose undo is one too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Flag, FlagSource
from triage.domain.entries import Seen
from triage.errors import NotFoundError
from triage.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def waiting(store: Store) -> Store:
    """Six comments, `c0` to `c5`, which all wait in this order."""
    save(store, [f"comment {n}" for n in range(6)])
    store.flags.add_many(Flag(f"c{n}", FlagSource.READER, "readers", NOON) for n in range(6))
    return store


def save(store: Store, said: list[str]) -> None:
    members = tuple(Comment(f"c{n}", "t", text, n) for n, text in enumerate(said))
    store.threads.save([Thread("t", comments=members)])


def seen(store: Store, *names: str) -> list[Seen]:
    return [store.comments.get(name).seen for name in names]


def walked(store: Store, who: str = "ada") -> list[str]:
    found: list[str] = []
    while (following := store.queue.next(who, found[-1] if found else None)) is not None:
        found.append(following)
    return found


def test_copies_come_last_with_what_was_read_and_in_front_of_what_is_skipped_later(
    waiting: Store,
) -> None:
    waiting.skips.add("c1", "ada", NOON, seen(waiting, "c4", "c2"))
    waiting.skips.add("c0", "ada", LATER)
    assert walked(waiting) == ["c3", "c5", "c1", "c2", "c4", "c0"]
    assert walked(waiting, "bob") == [f"c{n}" for n in range(6)]
    assert waiting.queue.progress("ada", NOON).skipped_by_me == 4


def test_only_what_was_read_counts_as_seen(waiting: Store) -> None:
    waiting.skips.add("c1", "ada", NOON, seen(waiting, "c4", "c2"))
    assert waiting.queue.lately("ada", 5) == [("c1", False)]


def test_a_copy_that_was_edited_meanwhile_stays_where_it_is(waiting: Store) -> None:
    before = seen(waiting, "c2", "c4")
    save(waiting, ["comment 0", "comment 1", "something else", "comment 3"])
    waiting.skips.add("c1", "ada", NOON, before)
    assert walked(waiting) == ["c0", "c2", "c3", "c5", "c1", "c4"]


def test_an_act_is_listed_once_and_taken_back_as_one(waiting: Store) -> None:
    waiting.skips.add("c5", "ada", NOON)
    waiting.skips.add("c1", "ada", LATER, seen(waiting, "c4", "c2"))
    waiting.skips.add("c0", "bob", LATER)
    group, single = waiting.skips.recent("ada")
    assert [(one.made.comment_id, one.text, one.count) for one in (group, single)] == [
        ("c1", "comment 1", 3),
        ("c5", "comment 5", 1),
    ]
    assert waiting.skips.recent("ada", limit=1) == [group]
    assert waiting.skips.take_back(group.skip, LATER) == 3
    assert walked(waiting) == ["c0", "c1", "c2", "c3", "c4", "c5"]
    assert waiting.skips.recent("ada") == [single]
    assert waiting.skips.take_back(group.skip, LATER) == 0, "once is enough"
    assert waiting.queue.lately("ada", 1) == [("c1", False)], "it was read all the same"


def test_an_earlier_skip_stands_again_where_a_later_one_is_taken_back(waiting: Store) -> None:
    waiting.skips.add("c0", "ada", NOON)
    waiting.skips.add("c1", "ada", NOON)
    waiting.skips.add("c0", "ada", LATER)
    assert walked(waiting)[-2:] == ["c1", "c0"]
    waiting.skips.take_back(waiting.skips.recent("ada")[0].skip, LATER)
    assert walked(waiting)[-2:] == ["c0", "c1"]


def test_what_is_unknown_is_named_and_nothing_is_put_off(waiting: Store) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        waiting.skips.add("nowhere", "ada", NOON, seen(waiting, "c0"))
    assert waiting.skips.recent("ada") == []
