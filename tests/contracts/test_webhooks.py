"""Webhooks at rest, and who may deliver what, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from triage.domain.appeals import Appeal, Dismissal
from triage.domain.batches import ScoreRange
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Decision, Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.domain.webhooks import PATIENCE, EventType, Extra, Webhook
from triage.errors import ConflictError, NotFoundError
from triage.review.batches import decide_batch
from triage.store import Claimed, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
A_MINUTE = timedelta(minutes=1)
ALL = frozenset(EventType)


def hook(
    name: str = "site", events: Iterable[EventType] = ALL, extras: Iterable[Extra] = ()
) -> Webhook:
    return Webhook(
        name, "https://site.test/hook", frozenset(events), frozenset(extras), NOON, "ada"
    )


@pytest.fixture
def told(store: Store) -> Store:
    """A store of ten comments, and a webhook that is told of everything."""
    members = tuple(Comment(f"c{n}", "t", f"text {n}", n) for n in range(10))
    store.threads.save([Thread("t", source="a.csv", comments=members)])
    store.webhooks.add(hook(), "whsec_one")
    return store


def decide(store: Store, *comments: int, verdict: Verdict = Verdict.REJECT) -> None:
    for n in comments:
        digest = text_digest(f"text {n}")
        store.decisions.add(
            Decision(f"d{n}", f"c{n}", digest, verdict, "ana", NOON, ("insult",), "not so")
        )


def claim(store: Store, now: datetime = NOON, each: int = 10) -> list[Claimed]:
    return store.deliveries.claim(now, now + A_MINUTE, each)


def about(claimed: Iterable[Claimed]) -> list[object]:
    return [one.event.data["comment_id"] for one in claimed]


def give_up(store: Store, one: Claimed, at: datetime = NOON) -> None:
    store.deliveries.failed(one, at, "HTTP 500", None)


def test_a_decision_is_told_with_what_the_log_says_of_it(told: Store) -> None:
    decide(told, 3)
    (one,) = claim(told)
    assert (one.hook, one.secret, one.attempts) == (hook(), "whsec_one", 1)
    assert one.event.type is EventType.DECISION_MADE
    assert one.event.at == NOON
    assert one.event.data == {
        "decision_id": "d3",
        "comment_id": "c3",
        "thread_id": "t",
        "source": "a.csv",
        "verdict": "reject",
        "reasons": ["insult"],
        "undoes": None,
        "decided_by": "person",
        "via": "review",
        "batch": None,
        "policy": None,
        "scorer": None,
        "text_sha256": text_digest("text 3"),
    }
    assert one.event.extras[Extra.TEXT] is None, "nobody asked for it, so it is not even read"


def test_a_text_is_read_for_the_webhook_that_asks_for_it(told: Store) -> None:
    told.webhooks.add(hook("all", extras=Extra), "whsec_two")
    decide(told, 3)
    by_name = {one.hook.name: one.event for one in claim(told)}
    assert by_name["all"].extras == {"reviewer": "ana", "note": "not so", "text": "text 3"}
    assert by_name["all"].id == by_name["site"].id, "an event has one id, whoever is told of it"


def test_an_undo_is_an_event_of_its_own(told: Store) -> None:
    decide(told, 3)
    told.decisions.undo("d3", "ana", NOON)
    made, undone = claim(told)
    assert undone.event.type is EventType.DECISION_UNDONE
    assert (undone.event.data["undoes"], undone.event.data["verdict"]) == ("d3", None)
    assert made.event.id != undone.event.id


def test_a_batch_is_one_event_a_comment_in_the_order_of_the_log(told: Store) -> None:
    scorer = ScorerInfo("compact", "1f0c", (Label.TOXICITY,))
    told.policies.save(Policy("p", 1, (Threshold(Label.TOXICITY, 0.5),), NOON, "lead"))
    told.panel.set({Label.TOXICITY: ("compact", "1f0c")})
    told.scores.save(
        scorer, [(text_digest(f"text {n}"), Scores({Label.TOXICITY: 0.1})) for n in range(10)]
    )
    picked = told.batches.pick(ScoreRange(Label.TOXICITY, 0.0, 0.2))
    decide_batch(told, picked, Verdict.APPROVE, reviewer="ana", at=NOON)
    told.decisions.undo_last("ana", NOON)
    log = [one.decision.id for one in told.decisions.log()]
    ids = [one.event.data["decision_id"] for each in (7, 7, 7) for one in claim(told, each=each)]
    assert ids == log
    assert len(ids) == 20


def test_who_came_later_is_not_told_of_what_was_before(told: Store) -> None:
    decide(told, 1)
    told.webhooks.add(hook("later"), "whsec_two")
    decide(told, 2)
    assert [(one.hook.name, *about([one])) for one in claim(told)] == [
        ("site", "c1"),
        ("site", "c2"),
        ("later", "c2"),
    ]


def test_a_webhook_is_told_only_of_what_it_asked_for(told: Store) -> None:
    told.webhooks.add(hook("undone", [EventType.DECISION_UNDONE]), "whsec_two")
    decide(told, 1, 2)
    told.decisions.undo("d1", "ana", NOON)
    assert [one.hook.name for one in claim(told)].count("undone") == 1
    assert not told.deliveries.due(NOON), "what does not concern it is passed over for good"


def test_what_one_claimed_is_nobody_elses_until_the_claim_ends(told: Store) -> None:
    decide(told, 1, 2, 3)
    assert about(claim(told, each=2)) == ["c1", "c2"]
    assert about(claim(told)) == ["c3"]
    assert claim(told) == []
    again = claim(told, NOON + A_MINUTE)
    assert about(again) == ["c1", "c2", "c3"]
    assert {one.attempts for one in again} == {2}, "a try that nobody heard of again counts"
    assert claim(told, NOON + A_MINUTE) == [], "and is somebody's own again"


def test_deliverers_at_the_same_time_never_get_the_same(told: Store) -> None:
    decide(told, *range(10))
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: claim(told, each=2), range(6)))
    claimed = [name for some in found for name in about(some)]
    assert sorted(map(str, claimed)) == [f"c{n}" for n in range(10)]


def test_what_arrived_is_done(told: Store) -> None:
    decide(told, 1)
    (one,) = claim(told)
    told.deliveries.delivered([one], NOON + A_MINUTE)
    (state,) = told.webhooks.states()
    assert (state.delivered, state.waiting, state.dead) == (1, 0, 0)
    assert state.delivered_at == NOON + A_MINUTE
    assert claim(told, NOON + timedelta(days=9)) == []


def test_a_claim_that_ended_says_nothing_any_more(told: Store) -> None:
    decide(told, 1)
    (late,) = claim(told)
    (other,) = claim(told, NOON + A_MINUTE)
    give_up(told, late)
    assert told.deliveries.dead() == [], "somebody else is at it"
    told.deliveries.delivered([other], NOON)
    told.deliveries.delivered([late], NOON)
    assert told.webhooks.states()[0].delivered == 1


def test_what_failed_is_due_again_after_its_wait_and_goes_before_what_is_new(told: Store) -> None:
    decide(told, 1)
    (one,) = claim(told)
    told.deliveries.failed(one, NOON, "HTTP 500", A_MINUTE)
    decide(told, 2)
    assert about(claim(told, NOON + timedelta(seconds=59))) == ["c2"]
    decide(told, 3)
    assert about(claim(told, NOON + A_MINUTE)) == ["c1", "c3"]
    (state,) = told.webhooks.states()
    assert (state.failed, state.failing_since, state.last_error) == (1, NOON, "HTTP 500")


def test_a_receiver_that_seems_down_is_left_alone_and_then_asked_once(told: Store) -> None:
    decide(told, *range(10))
    for one in claim(told)[:PATIENCE]:
        told.deliveries.failed(one, NOON, "refused", timedelta(0))
    held = told.webhooks.states()[0].held_until
    assert held is not None
    assert claim(told, held - timedelta(seconds=1)) == []
    (probe,) = claim(told, held + A_MINUTE)
    told.deliveries.delivered([probe], held + A_MINUTE)
    (state,) = told.webhooks.states()
    assert (state.held_until, state.failing_since, state.last_error) == (None, None, "")
    assert len(claim(told, held + A_MINUTE)) == 9


def test_what_was_given_back_untried_is_due_at_once_and_counts_as_no_try(told: Store) -> None:
    decide(told, 1)
    told.deliveries.put_back(claim(told), NOON)
    assert [one.attempts for one in claim(told)] == [1]


def test_what_was_given_up_is_tried_anew_when_somebody_asks_for_it(told: Store) -> None:
    decide(told, 1, 2)
    for one in claim(told):
        give_up(told, one)
    first, second = told.deliveries.dead()
    assert (first.hook, first.attempts, first.died_at, first.error) == ("site", 1, NOON, "HTTP 500")
    assert {one.event.data["comment_id"] for one in (first, second)} == {"c1", "c2"}
    assert told.webhooks.states()[0].dead == 2
    assert not told.deliveries.due(NOON + timedelta(days=9))
    assert told.deliveries.retry([first.number], NOON) == 1
    (again,) = claim(told)
    assert (again.event.id, again.attempts) == (first.event.id, 1)
    assert told.deliveries.let_go(None) == 1
    assert told.deliveries.dead() == []
    with pytest.raises(NotFoundError, match=f"the number {second.number}"):
        told.deliveries.retry([second.number], NOON)


def test_a_disabled_webhook_is_told_of_everything_once_it_is_enabled(told: Store) -> None:
    told.webhooks.switch("site", active=False)
    decide(told, 1)
    assert claim(told) == []
    assert not told.webhooks.any_active()
    assert told.webhooks.states()[0].waiting == 1
    told.webhooks.switch("site", active=True)
    assert about(claim(told)) == ["c1"]


def test_a_receiver_that_wants_no_more_is_disabled_and_loses_nothing(told: Store) -> None:
    decide(told, 1)
    (one,) = claim(told)
    told.deliveries.refused_for_good(one, NOON, "HTTP 410")
    (state,) = told.webhooks.states()
    assert (state.active, state.disabled_why, state.waiting) == (False, "HTTP 410", 1)
    told.webhooks.switch("site", active=True)
    assert [one.attempts for one in claim(told)] == [1]
    assert told.webhooks.states()[0].disabled_why == ""


def test_a_refusal_that_comes_after_its_claim_disables_nobody(told: Store) -> None:
    decide(told, 1)
    (late,) = claim(told)
    (other,) = claim(told, NOON + A_MINUTE)
    told.deliveries.delivered([other], NOON + A_MINUTE)
    told.deliveries.refused_for_good(late, NOON + A_MINUTE, "HTTP 410")
    assert told.webhooks.states()[0].active


def test_what_is_claimed_is_wanted_as_long_as_its_webhook_is(told: Store) -> None:
    decide(told, 1)
    (one,) = claim(told)
    assert told.deliveries.still_wanted(one)
    told.webhooks.switch("site", active=False)
    assert not told.deliveries.still_wanted(one)
    told.webhooks.remove("site")
    assert not told.deliveries.still_wanted(one)


def test_a_claim_may_be_of_one_webhook_alone(told: Store) -> None:
    told.webhooks.add(hook("other"), "whsec_two")
    decide(told, 1, 2)
    (first, *_) = claim(told, each=1)
    found = told.deliveries.claim(NOON, NOON + A_MINUTE, 10, first.hook_pk)
    assert {one.hook.name for one in found} == {first.hook.name}
    assert len(found) == 1


def test_a_webhook_that_is_removed_takes_its_secret_and_what_waits_along(told: Store) -> None:
    decide(told, 1)
    (one,) = claim(told)
    told.webhooks.remove("site")
    told.deliveries.delivered([one], NOON)  # it was under way
    assert told.webhooks.states() == []
    assert told.deliveries.dead() == []
    with pytest.raises(NotFoundError, match="no webhook 'site'"):
        told.webhooks.get("site")


def test_two_webhooks_never_share_a_name(told: Store) -> None:
    with pytest.raises(ConflictError, match="'site' already"):
        told.webhooks.add(hook(), "whsec_two")
    assert told.webhooks.get("site") == (hook(), "whsec_one")


def test_an_appeal_is_told_when_it_comes_in_and_when_it_is_settled(told: Store) -> None:
    told.webhooks.remove("site")
    told.webhooks.add(hook(extras=(Extra.NOTE, Extra.TEXT, Extra.REVIEWER)), "whsec_two")
    decide(told, 0)
    told.appeals.add(
        Appeal("ap", "c0", "d0", "I meant it kindly", NOON, "client:blog", external_id="e1")
    )
    seen = told.comments.get("c0").seen
    made = Decision("d1", "c0", seen.text_sha256, Verdict.APPROVE, "bea", NOON)
    told.decisions.decide([(seen, made)], reply="You are right")

    events = {one.event.type: one.event for one in claim(told)}
    received, settled = (
        events[one] for one in (EventType.APPEAL_RECEIVED, EventType.APPEAL_SETTLED)
    )
    about_it = {"appeal_id": "ap", "external_id": "e1", "comment_id": "c0", "source": "a.csv"}
    assert received.data.items() >= {**about_it, "decision_id": "d0", "by": "unknown"}.items()
    assert received.extras[Extra.TEXT] == "I meant it kindly"
    assert settled.data.items() >= {**about_it, "outcome": "overturned"}.items()
    assert settled.data["decision_id"] == "d1"
    assert settled.extras[Extra.NOTE] == "You are right"
    assert claim(told) == [], "once"


def test_a_dismissed_appeal_is_settled_for_whoever_is_told(told: Store) -> None:
    decide(told, 0)
    told.appeals.add(Appeal("ap", "c0", "d0", "no", NOON, "client:blog", external_id="e1"))
    claim(told)
    told.appeals.dismiss([Dismissal("ap", "lea", NOON, "a flood", "Not now.")])
    (one,) = claim(told)
    assert one.event.type is EventType.APPEAL_SETTLED
    data = one.event.data
    assert (data["appeal_id"], data["outcome"], data["external_id"]) == ("ap", "dismissed", "e1")
    assert (data["decision_id"], data["verdict"]) == ("d0", "reject")
