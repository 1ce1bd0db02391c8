"""People at rest, on SQLite and on PostgreSQL alike: a name is one account's, and for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from triage.domain.comments import Comment, Thread
from triage.domain.decisions import Decision, Verdict
from triage.domain.people import Account, Role
from triage.errors import ConflictError, NotFoundError
from triage.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
LEA = Account("https://id.example", "s-lea", "lea@x.example", None, NOON, LATER)
CLAIMED = replace(LEA, subject="s-max", name="max@x.example", role=Role.REVIEWER)


def test_a_name_that_an_admin_added_is_the_first_accounts_that_comes_by_it(store: Store) -> None:
    added = store.people.add("lea@x.example", Role.LEAD, "op", NOON)
    assert (added.issuer, added.signed_in_at) == (None, None)
    met = store.people.meet(LEA)
    assert met is not None
    assert (met.role, met.issuer, met.subject) == (Role.LEAD, "https://id.example", "s-lea")
    assert (met.added_by, met.signed_in_at) == ("op", NOON)
    assert store.people.of(LEA) == met
    for other in (replace(LEA, subject="s-other"), replace(LEA, issuer="https://other.example")):
        with pytest.raises(ConflictError, match="that of another account here"):
            store.people.meet(other)
    assert store.people.all() == [met]


def test_an_account_goes_on_under_its_first_name_whatever_it_is_called_since(store: Store) -> None:
    store.people.add("lea@x.example", Role.LEAD, "op", NOON)
    store.people.meet(LEA)
    store.people.add("max@x.example", Role.ADMIN, "op", NOON)
    renamed = store.people.meet(replace(LEA, name="max@x.example", signed_in_at=LATER))
    assert renamed is not None
    assert (renamed.name, renamed.role) == ("lea@x.example", Role.LEAD)
    assert renamed.signed_in_at == LATER


def test_a_stranger_is_nobody_until_the_provider_gives_a_role(store: Store) -> None:
    assert store.people.meet(LEA) is None
    assert store.people.all() == []
    met = store.people.meet(CLAIMED)
    assert met is not None
    assert (met.name, met.role, met.added_by) == ("max@x.example", None, "https://id.example")
    assert store.people.meet(CLAIMED) == met


def test_a_name_that_the_log_has_from_before_is_nobodys_until_an_admin_says_whose(
    store: Store,
) -> None:
    store.threads.save([Thread("t", "On the bridge", comments=(Comment("c", "t", "No.", 0),))])
    digest = store.comments.get("c").text_sha256
    store.decisions.add(Decision("d", "c", digest, Verdict.APPROVE, CLAIMED.name, NOON))
    with pytest.raises(ConflictError, match="decided here before anybody signed in"):
        store.people.meet(CLAIMED)
    assert store.people.all() == []
    store.people.add(CLAIMED.name, Role.REVIEWER, "op", NOON)
    met = store.people.meet(CLAIMED)
    assert met is not None
    assert met.subject == CLAIMED.subject


def test_an_older_sign_in_of_the_same_account_changes_nothing(store: Store) -> None:
    store.people.meet(replace(CLAIMED, signed_in_at=LATER))
    met = store.people.meet(CLAIMED)
    assert met is not None
    assert met.signed_in_at == LATER


def test_whoever_is_removed_is_known_as_such_and_may_come_back(store: Store) -> None:
    store.people.meet(CLAIMED)
    gone = store.people.remove("max@x.example", "op", NOON)
    assert (gone.removed_at, gone.changed_by) == (NOON, "op")
    assert store.people.meet(CLAIMED) == gone, "whatever the claim says"
    assert store.people.remove("max@x.example", "other", LATER) == gone
    with pytest.raises(ConflictError, match="was removed"):
        store.people.set_role("max@x.example", Role.LEAD, "op", LATER)
    back = store.people.add("max@x.example", Role.REVIEWER, "op", LATER)
    assert (back.removed_at, back.role, back.subject) == (None, Role.REVIEWER, "s-max")
    assert back.added_at == NOON
    with pytest.raises(ConflictError, match="is there already"):
        store.people.add("max@x.example", Role.REVIEWER, "op", LATER)


def test_a_released_name_is_the_next_sign_ins_and_not_taken_back_by_who_had_it(
    store: Store,
) -> None:
    store.people.add("lea@x.example", Role.LEAD, "op", NOON)
    store.people.meet(LEA)
    store.people.release("lea@x.example", "op", LATER)
    with pytest.raises(ConflictError):
        store.people.meet(LEA)
    moved = replace(LEA, issuer="https://new.example", subject="1", signed_in_at=LATER)
    met = store.people.meet(moved)
    assert met is not None
    assert (met.issuer, met.role) == ("https://new.example", Role.LEAD)


def test_nobody_of_that_name_is_said_to_be_nobody(store: Store) -> None:
    for act in (
        lambda: store.people.set_role("x", None, "op", NOON),
        lambda: store.people.remove("x", "op", NOON),
        lambda: store.people.release("x", "op", NOON),
    ):
        with pytest.raises(NotFoundError, match="nobody here is called 'x'"):
            act()
