"""What goes back to the sources of comments, and what went back before, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

import pytest

from triage.domain.comments import Comment, Origin, SourceState, Thread
from triage.domain.decisions import DecidedBy, Decision, Verdict
from triage.domain.returns import Asked, Change, Handed, Returnable
from triage.errors import ConflictError, NotFoundError
from triage.store import Store

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOST = Comment("41", "t1", "hello there", state=SourceState.PENDING, origin=Origin("wxr", "41"))
PENDING, APPROVED, TRASH = SourceState.PENDING, SourceState.APPROVED, SourceState.TRASH
_seconds = count()


def save(store: Store, *comments: Comment) -> None:
    for one in comments:
        store.threads.save([Thread(one.thread_id, source="a.xml", comments=(one,))])


def decide(store: Store, verdict: Verdict, comment: Comment = HOST, **more: object) -> Decision:
    at = NOON + timedelta(seconds=next(_seconds))
    made = Decision(uuid4().hex, comment.id, comment.text_sha256, verdict, "ada", at)
    made = replace(made, **more)
    store.decisions.add(made)
    return made


def undo(store: Store, made: Decision) -> Decision:
    return store.decisions.undo(made.id, "bob", NOON + timedelta(seconds=next(_seconds)))


def asked(store: Store, way: str = "wordpress", **which: object) -> list[Returnable]:
    return list(store.returned.returnables(way, "wxr", Asked(**which)))


def hand_back(store: Store, then: SourceState, way: str = "wordpress") -> Returnable:
    """Record that the one comment that is due was handed back."""
    [one] = asked(store, way)
    store.returned.record(way, [Change(one, None, then, one.state)], "ana", NOON)
    return one


def test_an_origin_is_kept_and_a_later_import_replaces_it(store: Store) -> None:
    save(store, HOST)
    assert store.comments.get("41").comment.origin == Origin("wxr", "41")
    save(store, replace(HOST, origin=None))
    assert store.comments.get("41").comment.origin == Origin("wxr", "41")
    save(store, replace(HOST, origin=Origin("coral", "41", "r2")))
    assert store.threads.get("t1").comments[0].origin == Origin("coral", "41", "r2")


def test_what_is_decided_is_returnable_with_its_origin_and_state(store: Store) -> None:
    other = replace(HOST, id="42", text="nobody decided this", origin=Origin("wxr", "42"))
    nowhere = replace(HOST, id="43", text="from a table of no site", origin=None)
    save(store, HOST, other, nowhere)
    made = decide(store, Verdict.APPROVE)
    decide(store, Verdict.APPROVE, nowhere)
    assert asked(store) == [Returnable("41", Origin("wxr", "41"), PENDING, made, None)]
    assert list(store.returned.returnables("coral", "coral", Asked())) == []
    assert store.returned.sources() == {"wxr": 1}


def test_what_was_handed_back_is_remembered_for_each_way_by_itself(store: Store) -> None:
    save(store, HOST)
    made = decide(store, Verdict.APPROVE)
    hand_back(store, APPROVED)
    [one] = asked(store)
    assert one.handed == Handed(made.id, PENDING, None, APPROVED, PENDING, NOON)
    assert list(store.returned.returnables("wordpress", "wxr", Asked(), again=False)) == []
    [one] = store.returned.returnables("wxr", "wxr", Asked(), again=False)
    assert one.handed is None


def test_the_last_return_counts_and_the_first_says_what_was_before_it(store: Store) -> None:
    save(store, HOST)
    decide(store, Verdict.APPROVE)
    hand_back(store, APPROVED)
    save(store, replace(HOST, state=APPROVED))
    later = decide(store, Verdict.REJECT)
    hand_back(store, TRASH)
    [one] = asked(store)
    assert one.handed == Handed(later.id, APPROVED, None, TRASH, PENDING, NOON)


def test_when_the_source_told_its_state_is_kept_once_something_was_handed_back(
    store: Store,
) -> None:
    save(store, HOST)
    decide(store, Verdict.APPROVE)
    save(store, HOST)
    assert [one.state_at for one in asked(store)] == [None]
    hand_back(store, APPROVED)
    save(store, replace(HOST, state=None))  # such as a table, which tells nothing of it
    assert [one.state_at for one in asked(store)] == [None]
    save(store, HOST)  # it says the same as before it was told
    [one] = asked(store)
    assert one.state_at is not None
    assert one.state is PENDING


def test_an_undo_after_a_return_is_returnable_and_one_before_it_is_not(store: Store) -> None:
    save(store, HOST)
    undo(store, decide(store, Verdict.APPROVE))
    assert asked(store) == []
    made = decide(store, Verdict.REJECT)
    hand_back(store, TRASH)
    undone = undo(store, made)
    one = hand_back(store, PENDING)
    assert one.decision == undone
    assert one.handed == Handed(made.id, PENDING, None, TRASH, PENDING, NOON)
    [one] = asked(store)
    assert one.handed == Handed(undone.id, PENDING, None, PENDING, PENDING, NOON)
    decide(store, Verdict.APPROVE)
    assert [one.decision.verdict for one in asked(store)] == [Verdict.APPROVE]


def test_an_undo_that_is_undone_brings_the_decision_back(store: Store) -> None:
    save(store, HOST)
    made = decide(store, Verdict.REJECT)
    hand_back(store, TRASH)
    undone = undo(store, made)
    hand_back(store, PENDING)
    undo(store, undone)
    [one] = asked(store)
    assert one.decision == made
    assert one.handed == Handed(undone.id, PENDING, None, PENDING, PENDING, NOON)


def test_an_edit_takes_nothing_back(store: Store) -> None:
    save(store, HOST)
    made = decide(store, Verdict.APPROVE)
    hand_back(store, APPROVED)
    save(store, replace(HOST, text="hello there, edited"))
    assert asked(store) == []
    with pytest.raises(ConflictError, match="edited"):
        undo(store, made)


def test_only_people_answer_for_what_goes_back_unless_others_are_named(store: Store) -> None:
    save(store, HOST)
    by_client = decide(store, Verdict.APPROVE, decided_by=DecidedBy.CLIENT)
    assert asked(store) == []
    everybody = frozenset(DecidedBy)
    assert [one.decision for one in asked(store, by=everybody)] == [by_client]
    by_person = decide(store, Verdict.REJECT)
    hand_back(store, TRASH)
    undone = undo(store, by_person)
    assert [one.decision for one in asked(store)] == [undone]
    assert [one.decision for one in asked(store, by=everybody)] == [by_client]


@pytest.fixture
def three(store: Store) -> tuple[Store, list[Decision]]:
    """Comments of two threads and two sources, decided one after the other."""
    ones = [
        HOST,
        replace(HOST, id="42", thread_id="t2", text="the second", origin=Origin("wxr", "42")),
        replace(HOST, id="mill:41", text="of another site", thread_id="mill:t1"),
    ]
    save(store, *ones)
    return store, [decide(store, Verdict.APPROVE, one) for one in ones]


def test_a_thread_a_source_and_a_time_narrow_what_is_returned(
    three: tuple[Store, list[Decision]],
) -> None:
    store, (first, second, of_mill) = three
    assert [one.decision for one in asked(store)] == [first, second, of_mill]
    assert [one.decision for one in asked(store, thread_id="t2")] == [second]
    assert [one.decision for one in asked(store, source="")] == [first, second]
    assert [one.decision for one in asked(store, source="mill")] == [of_mill]
    assert [one.decision for one in asked(store, since=second.at)] == [second, of_mill]
    assert [one.namespace for one in asked(store)] == ["", "", "mill"]
    assert store.returned.namespaces("wxr") == ["", "mill"]
    assert store.returned.namespaces("coral") == []


def test_a_record_is_whole_or_not_there(store: Store) -> None:
    save(store, HOST)
    decide(store, Verdict.APPROVE)
    [one] = asked(store)
    gone = replace(one, comment_id="nobody")
    with pytest.raises(NotFoundError, match="nobody"):
        store.returned.record(
            "wordpress",
            [Change(each, None, APPROVED, PENDING) for each in (one, gone)],
            "ana",
            NOON,
        )
    [one] = asked(store)
    assert one.handed is None
