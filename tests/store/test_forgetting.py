"""Forgetting, whatever people are called and whatever they write."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.emptied import empty_store
from triage.domain.comments import Comment, Ids, Thread
from triage.domain.forgetting import ErasureKind
from triage.intake.admission import Admission
from triage.store import Whose

AT = datetime(2026, 4, 10, tzinfo=UTC)
names = st.text(min_size=1, max_size=300)
comments = st.lists(st.tuples(st.booleans(), st.text(max_size=30)), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(names, names, comments, st.sampled_from(Ids))
def test_all_of_an_author_goes_and_nothing_else_does_and_it_stays_so(
    author: str, other: str, said: list[tuple[bool, str]], ids: Ids
) -> None:
    store = empty_store()
    members = tuple(
        Comment(f"c{place}", "t", text, place, author=author if mine else other)
        for place, (mine, text) in enumerate(said)
    )
    thread = Thread("t", source="in.csv", ids=ids, comments=members)
    store.threads.save([thread])
    store.forgetting.forget(Whose(ErasureKind.AUTHOR, names=(author,)), "lea", AT)
    stays = [one for one in members if one.author != author]
    found = list(store.comments.stream())
    assert [one.comment for one in found if one.comment.erased_at is None] == stays
    assert all(
        one.comment.author is None and one.comment.text == "[erased 2026-04-10]"
        for one in found
        if one.comment.erased_at is not None
    )
    assert store.chain.verify().whole
    admission = Admission(None, store.forgetting.marks(), store.forgetting.known)
    again = store.threads.save([admission.admit(thread)])
    assert (again.new, again.revised, again.unchanged) == (0, 0, len(stays))
    assert admission.left_out == len(members) - len(stays)
    assert [one.comment.text for one in store.comments.stream()] == [
        one.comment.text for one in found
    ]
