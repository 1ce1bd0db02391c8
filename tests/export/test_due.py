"""What a source is told: where a verdict differs from what it says, once, and no more than it can
be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.export.returning import AT, returnable
from triage.domain.comments import Problem, SourceState
from triage.domain.decisions import Verdict
from triage.domain.returns import Change, Handed, Returnable
from triage.errors import UsageError
from triage.export.returning.due import due
from triage.export.returning.way import Way
from triage.export.returning.ways import WAYS, way_named

WORDPRESS, CORAL, DISCOURSE, DISQUS = (
    WAYS[key] for key in ("wordpress", "coral", "discourse", "disqus")
)
APPROVED, PENDING, REJECTED, SPAM, TRASH, DELETED = (
    SourceState[name] for name in ("APPROVED", "PENDING", "REJECTED", "SPAM", "TRASH", "DELETED")
)


def then(way: Way, one: Returnable, **options: bool) -> SourceState | str | None:
    """Return what the source is told, why it cannot be, or None for nothing."""
    for found in due([one], way, **options):
        return found.then if isinstance(found, Change) else found.message
    return None


@pytest.mark.parametrize(
    ("way", "state", "verdict", "reasons", "becomes"),
    [
        (WORDPRESS, PENDING, Verdict.APPROVE, (), APPROVED),
        (WORDPRESS, None, Verdict.APPROVE, (), APPROVED),
        (WORDPRESS, APPROVED, Verdict.REJECT, ("insult",), TRASH),
        (WORDPRESS, APPROVED, Verdict.REJECT, ("insult", "Spam"), SPAM),
        (WORDPRESS, APPROVED, Verdict.ESCALATE, (), PENDING),
        (CORAL, None, Verdict.APPROVE, (), APPROVED),
        (CORAL, PENDING, Verdict.REJECT, ("spam",), REJECTED),
        (DISCOURSE, PENDING, Verdict.APPROVE, (), APPROVED),
        (DISCOURSE, None, Verdict.REJECT, ("spam",), DELETED),
        (DISQUS, APPROVED, Verdict.REJECT, (), DELETED),
        (DISQUS, PENDING, Verdict.REJECT, ("spam",), SPAM),
        (DISQUS, SPAM, Verdict.APPROVE, (), APPROVED),
    ],
)
def test_a_verdict_becomes_what_the_site_knows(
    way: Way,
    state: SourceState | None,
    verdict: Verdict,
    reasons: tuple[str, ...],
    becomes: SourceState,
) -> None:
    assert then(way, returnable(verdict, *reasons, state=state)) is becomes


@pytest.mark.parametrize(
    ("way", "state", "verdict"),
    [
        (WORDPRESS, APPROVED, Verdict.APPROVE),
        (WORDPRESS, PENDING, Verdict.ESCALATE),
        (WORDPRESS, SPAM, Verdict.REJECT),  # readers do not see it: no need for the trash
        (WORDPRESS, TRASH, Verdict.REJECT),
        (DISCOURSE, None, Verdict.APPROVE),  # a post of which nothing is said is there to be read
        (DISQUS, DELETED, Verdict.REJECT),
    ],
)
def test_what_agrees_with_the_verdict_is_left_alone(
    way: Way, state: SourceState | None, verdict: Verdict
) -> None:
    assert then(way, returnable(verdict, state=state)) is None


@pytest.mark.parametrize("way", [CORAL, DISCOURSE, DISQUS])
def test_a_site_that_has_no_call_for_waiting_is_not_told_of_an_escalation(way: Way) -> None:
    why = then(way, returnable(Verdict.ESCALATE, state=APPROVED))
    assert isinstance(why, str)
    assert why == f"escalate, which makes it pending: {way.name} cannot be told that; do it there"


@pytest.mark.parametrize("way", WAYS.values())
def test_what_its_author_deleted_is_never_brought_back(way: Way) -> None:
    why = then(way, returnable(Verdict.APPROVE, state=DELETED))
    assert isinstance(why, str)
    assert "nothing brings it back" in why


def test_what_we_had_deleted_comes_back_when_it_is_approved_after_all() -> None:
    ours = Handed("d0", None, None, DELETED, None, AT)
    for state in (None, DELETED):  # as it was known, and as an import tells since
        one = returnable(Verdict.APPROVE, state=state, handed=ours)
        [change] = due([one], DISCOURSE)
        assert isinstance(change, Change)
        assert (change.now, change.then) == (DELETED, APPROVED)


def test_a_decision_is_handed_back_once_and_again_where_that_is_wanted() -> None:
    handed = Handed("d-41", PENDING, PENDING, APPROVED, PENDING, AT)
    one = returnable(Verdict.APPROVE, state=PENDING, handed=handed)
    assert then(WORDPRESS, one) is None
    assert then(WORDPRESS, one, again=True) is APPROVED


def test_what_the_site_decided_otherwise_since_is_not_overruled_by_the_same_decision() -> None:
    handed = Handed("d-41", PENDING, PENDING, APPROVED, PENDING, AT)
    assert then(WORDPRESS, returnable(Verdict.APPROVE, state=SPAM, handed=handed)) is None
    earlier = Handed("d0", PENDING, PENDING, APPROVED, PENDING, AT)
    anew = returnable(Verdict.APPROVE, state=SPAM, handed=earlier)
    assert then(WORDPRESS, anew) is APPROVED


def test_another_verdict_after_a_return_is_compared_with_what_was_told() -> None:
    handed = Handed("d0", PENDING, PENDING, APPROVED, PENDING, AT)
    [change] = due([returnable(Verdict.REJECT, state=PENDING, handed=handed)], WORDPRESS)
    assert isinstance(change, Change)
    assert (change.now, change.then, change.before) == (APPROVED, TRASH, PENDING)
    assert then(WORDPRESS, returnable(Verdict.APPROVE, state=PENDING, handed=handed)) is None


@pytest.mark.parametrize(("hours", "becomes"), [(-1, None), (1, APPROVED)])
def test_a_new_decision_is_told_where_the_site_went_back_to_its_old_state(
    hours: int, becomes: SourceState | None
) -> None:
    """The site was told approved, and an import says since that it is pending, as before."""
    handed = Handed("d0", PENDING, PENDING, APPROVED, PENDING, AT)
    one = returnable(Verdict.APPROVE, state=PENDING, handed=handed)
    assert then(WORDPRESS, replace(one, state_at=AT + timedelta(hours=hours))) is becomes


def test_wanted_again_is_no_change_where_a_newer_decision_asks_for_what_is_so() -> None:
    handed = Handed("d0", APPROVED, APPROVED, TRASH, APPROVED, AT)
    anew = returnable(Verdict.REJECT, state=APPROVED, handed=handed)
    assert then(WORDPRESS, anew, again=True) is None


@pytest.mark.parametrize(
    ("first", "told", "becomes"),
    [(PENDING, APPROVED, PENDING), (None, APPROVED, PENDING), (APPROVED, TRASH, APPROVED)],
)
def test_a_decision_that_was_taken_back_makes_it_what_it_was_before(
    first: SourceState | None, told: SourceState, becomes: SourceState
) -> None:
    one = returnable(None, state=told, handed=Handed("d0", first, first, told, first, AT))
    [change] = due([one], WORDPRESS)
    assert isinstance(change, Change)
    assert change.then is becomes
    assert change.why == "taken back by ana, 2026-01-01 12:00 UTC"


def test_an_undo_takes_back_only_what_still_stands_there() -> None:
    handed = Handed("d0", PENDING, PENDING, APPROVED, PENDING, AT)
    assert then(WORDPRESS, returnable(None, state=PENDING, handed=handed)) is PENDING
    assert then(WORDPRESS, returnable(None, state=APPROVED, handed=handed)) is PENDING
    assert then(WORDPRESS, returnable(None, state=TRASH, handed=handed)) is None


def test_wanted_again_is_the_very_same_change() -> None:
    deleted = Handed(
        "d-41", None, DELETED, APPROVED, None, AT
    )  # it had been deleted, and came back
    [change] = due([returnable(Verdict.APPROVE, handed=deleted)], DISCOURSE, again=True)
    assert isinstance(change, Change)
    assert (change.now, change.then) == (DELETED, APPROVED)
    undone = Handed("d-41", PENDING, APPROVED, PENDING, PENDING, AT)
    assert then(WORDPRESS, returnable(None, state=PENDING, handed=undone)) is None
    assert then(WORDPRESS, returnable(None, state=PENDING, handed=undone), again=True) is PENDING


def test_what_a_site_cannot_take_back_is_said() -> None:
    one = returnable(
        None, state=APPROVED, handed=Handed("d0", PENDING, PENDING, APPROVED, PENDING, AT)
    )
    assert then(CORAL, one) == (
        "taken back, which makes it pending: Coral cannot be told that; do it there"
    )


def test_in_a_copy_of_an_export_the_export_alone_says_what_is_so() -> None:
    handed = Handed("d-41", PENDING, PENDING, APPROVED, PENDING, AT)
    ones = [
        returnable(Verdict.APPROVE, state=APPROVED, handed=handed),
        returnable(Verdict.APPROVE, state=PENDING, name="42"),
        returnable(Verdict.APPROVE, state=PENDING, name="43"),
    ]
    found = list(due(ones, WAYS["wxr"], found={"41": PENDING, "42": APPROVED}))
    assert [one.returnable.origin.id for one in found if isinstance(one, Change)] == ["41"]
    assert not [one for one in found if isinstance(one, Problem)]


def test_an_unknown_way_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError, match="known are wordpress, wxr, coral, discourse, disqus"):
        way_named("facebook")
