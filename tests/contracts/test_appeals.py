"""Appeals, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.sampling import Certain
from triage.domain.appeals import (
    Appeal,
    Appealed,
    AppealedBy,
    AppealStatus,
    AppealVia,
    Dismissal,
    Outcome,
)
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import DecidedBy, Decision, Flag, FlagSource, Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, NotFoundError, UsageError
from triage.store import BrowseFilter, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXTS = ("You fool", "Good morning", "As you like")


def thread(*texts: str) -> Thread:
    """A thread whose comments are called c0, c1, ..."""
    members = tuple(Comment(f"c{at}", "t1", text, at) for at, text in enumerate(texts))
    return Thread(id="t1", source="a.csv", comments=members)


def decide(
    store: Store,
    verdict: Verdict,
    by: str,
    comment: str = "c0",
    *,
    reply: str = "",
    at: datetime = NOON,
    **more: str,
) -> Decision:
    seen = store.comments.get(comment).seen
    made = Decision(uuid4().hex, comment, seen.text_sha256, verdict, by, at, **more)
    (decision,) = store.decisions.decide([(seen, made)], reply=reply)
    return decision


def appeal(
    store: Store,
    comment: str = "c0",
    text: str = "I meant it kindly",
    at: datetime = NOON,
    *,
    external_id: str | None = None,
    decision_id: str | None = None,
) -> Appeal:
    against = decision_id or store.comments.get(comment).decision_id or "none"
    return store.appeals.add(
        Appeal(
            uuid4().hex,
            comment,
            against,
            text,
            at,
            "client:blog",
            AppealedBy.AUTHOR,
            AppealVia.API,
            external_id,
        )
    )


def became(store: Store, comment: str = "c0") -> Appealed:
    (found,) = store.appeals.of(comment)
    return found


def status(store: Store, comment: str = "c0") -> AppealStatus:
    return became(store, comment).status


def waits(store: Store, reviewer: str) -> list[str]:
    """Return what the queue holds for a reviewer, in order."""
    found: list[str] = []
    while (name := store.queue.next(reviewer, after=found[-1] if found else None)) is not None:
        found.append(name)
    return found


@pytest.fixture
def rejected(store: Store) -> Store:
    """Three comments; ada rejected the first, and nothing is flagged."""
    store.threads.save([thread(*TEXTS)])
    decide(store, Verdict.REJECT, "ada", note="R2", reasons=("insult",))
    return store


class TestTheQueue:
    def test_an_appealed_comment_waits_for_everybody_but_who_decided_it(
        self, rejected: Store
    ) -> None:
        assert waits(rejected, "bo") == []
        appeal(rejected)
        assert (waits(rejected, "bo"), waits(rejected, "cy")) == (["c0"], ["c0"])
        assert waits(rejected, "ada") == []
        assert rejected.queue.previous("ada") is None
        entry = rejected.comments.get("c0")
        assert (entry.verdict, entry.pending) == (Verdict.REJECT, True), "it stands meanwhile"
        assert rejected.queue.progress("bo", NOON).pending == 1
        assert rejected.queue.progress("ada", NOON).pending == 0
        assert rejected.comments.count(BrowseFilter(appealed=True)) == 1
        assert rejected.comments.count(BrowseFilter(pending=True)) == 1

    def test_what_was_reviewed_is_never_more_than_there_is(self, rejected: Store) -> None:
        appeal(rejected)
        counts = rejected.queue.progress("bo", NOON)
        assert counts.pending <= counts.flagged

    def test_nothing_that_came_with_it_or_later_comes_before_it_but_a_colleagues_flag(
        self, rejected: Store
    ) -> None:
        worst = Policy("p", 1, (Threshold(Label.THREAT, 0.5),), NOON, "lea")
        rejected.policies.save(worst)
        rejected.panel.set({Label.THREAT: ("compact", "1")})
        rows = [(text_digest(TEXTS[2]), Scores({Label.THREAT: 1.0}))]
        rejected.scores.save(ScorerInfo("compact", "1", (Label.THREAT,)), rows)
        arrived = rejected.comments.get("c2").arrived_at
        appeal(rejected, at=arrived)
        assert waits(rejected, "bo") == ["c0", "c2"]
        rejected.flags.add(Flag("c1", FlagSource.REVIEWER, "cy", NOON))
        assert waits(rejected, "bo") == ["c1", "c0", "c2"]

    def test_a_threat_that_has_waited_long_comes_before_a_new_appeal(self, rejected: Store) -> None:
        self.test_nothing_that_came_with_it_or_later_comes_before_it_but_a_colleagues_flag(rejected)
        decide(rejected, Verdict.REJECT, "bo")
        arrived = rejected.comments.get("c2").arrived_at
        decide(rejected, Verdict.APPROVE, "cy", "c1")
        appeal(rejected, "c1", at=arrived + timedelta(days=30))
        assert waits(rejected, "bo") == ["c2", "c1"]

    def test_the_appeal_that_came_first_comes_first(self, rejected: Store) -> None:
        decide(rejected, Verdict.APPROVE, "ada", "c1")
        appeal(rejected, "c1", at=NOON)
        appeal(rejected, "c0", at=NOON + HOUR)
        assert waits(rejected, "bo") == ["c1", "c0"]

    def test_who_passed_it_on_is_not_handed_it_again(self, rejected: Store) -> None:
        appeal(rejected)
        decide(rejected, Verdict.ESCALATE, "bo")
        assert (waits(rejected, "bo"), waits(rejected, "cy")) == ([], ["c0"])

    def test_it_is_neither_blind_nor_due_for_a_second_look(self, rejected: Store) -> None:
        seen = rejected.comments.get("c1").seen
        made = Decision(uuid4().hex, "c1", seen.text_sha256, Verdict.REJECT, "ada", NOON)
        rejected.decisions.decide([(seen, made)], doubled=[made.id])
        assert rejected.looks.due("bo", free_at=NOON) == "c1"
        appeal(rejected, "c1")
        assert rejected.looks.due("bo", free_at=NOON) is None
        assert rejected.looks.kinds(["c1"], "bo") == {}
        assert rejected.audits.blind(["c1"]) == frozenset()

    def test_what_an_audit_drew_is_decided_with_open_eyes_and_hides_again_when_it_lapses(
        self, rejected: Store
    ) -> None:
        rejected.policies.save(Policy("p", 1, (Threshold(Label.INSULT, 0.5),), NOON, "lea"))
        rejected.panel.set({Label.INSULT: ("compact", "1")})
        given = dict(zip(TEXTS, (0.1, 0.9, 0.9), strict=True))
        rows = [(text_digest(text), Scores({Label.INSULT: at})) for text, at in given.items()]
        rejected.scores.save(ScorerInfo("compact", "1", (Label.INSULT,)), rows)
        rejected.decisions.undo_last("ada", NOON)
        rejected.audits.draw(Certain(), 1.0, "lea", NOON)
        assert rejected.audits.blind(["c0"]) == {"c0"}
        hidden = waits(rejected, "bo")
        decide(rejected, Verdict.REJECT, "ada")
        appeal(rejected, at=rejected.comments.get("c1").arrived_at)
        assert waits(rejected, "bo") == ["c0", "c1", "c2"]
        assert rejected.audits.blind(["c0"]) == frozenset()
        assert rejected.comments.get("c0").pending
        rejected.decisions.undo_last("ada", NOON)
        assert waits(rejected, "bo") == hidden, "no trace of where it stood"
        assert rejected.audits.blind(["c0"]) == {"c0"}
        rejected.rebuild()
        assert waits(rejected, "bo") == hidden


class TestTheOutcome:
    @pytest.mark.parametrize(
        ("verdict", "outcome"),
        [(Verdict.REJECT, Outcome.UPHELD), (Verdict.APPROVE, Outcome.OVERTURNED)],
    )
    def test_the_same_verdict_upholds_and_another_overturns(
        self, rejected: Store, verdict: Verdict, outcome: Outcome
    ) -> None:
        appeal(rejected)
        made = decide(rejected, verdict, "bo", reply="We looked again", at=NOON + 36 * HOUR)
        found = became(rejected)
        assert (found.outcome, found.reply, found.answer) == (outcome, "We looked again", made)
        assert (found.first.reviewer, found.first.reasons) == ("ada", ("insult",))
        assert found.days_open == 1.5
        assert made.via == "appeal", "the log tells that it was an appeal"
        assert waits(rejected, "cy") == []
        assert rejected.comments.get("c0").pending is False

    def test_an_approval_can_be_appealed_against_too(self, rejected: Store) -> None:
        decide(rejected, Verdict.APPROVE, "ada", "c1")
        appeal(rejected, "c1")
        decide(rejected, Verdict.REJECT, "bo", "c1")
        assert status(rejected, "c1") is AppealStatus.OVERTURNED

    def test_to_escalate_leaves_it_open_and_the_first_verdict_is_what_counts(
        self, rejected: Store
    ) -> None:
        appeal(rejected)
        escalated = decide(rejected, Verdict.ESCALATE, "bo", reply="for nobody")
        assert (escalated.via, status(rejected)) == ("appeal", AppealStatus.OPEN)
        decide(rejected, Verdict.REJECT, "cy")
        assert (became(rejected).outcome, became(rejected).reply) == (Outcome.UPHELD, "")

    def test_an_undo_of_the_answer_opens_it_again(self, rejected: Store) -> None:
        appeal(rejected)
        decide(rejected, Verdict.APPROVE, "bo", reply="first")
        rejected.decisions.undo_last("bo", NOON)
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.OPEN, ["c0"])
        decide(rejected, Verdict.REJECT, "bo", reply="second")
        assert (became(rejected).outcome, became(rejected).reply) == (Outcome.UPHELD, "second")

    def test_what_is_decided_later_leaves_the_outcome_as_it_was(self, rejected: Store) -> None:
        appeal(rejected)
        decide(rejected, Verdict.REJECT, "bo")
        decide(rejected, Verdict.APPROVE, "cy")
        assert status(rejected) is AppealStatus.UPHELD
        rejected.threads.save([thread("You dear", *TEXTS[1:])])
        assert status(rejected) is AppealStatus.UPHELD

    def test_a_client_answers_no_appeal(self, rejected: Store) -> None:
        appeal(rejected)
        rejected.decisions.say(
            Decision(
                uuid4().hex,
                "c0",
                text_digest(TEXTS[0]),
                Verdict.APPROVE,
                "client:blog",
                NOON,
                decided_by=DecidedBy.CLIENT,
                via="feedback",
            )
        )
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.OPEN, ["c0"])


class TestWhoMayAnswer:
    def test_not_who_decided_it_the_first_time(self, rejected: Store) -> None:
        appeal(rejected)
        with pytest.raises(UsageError, match=r"ada decided .*first time.*TRIAGE_OWN"):
            decide(rejected, Verdict.APPROVE, "ada")
        with pytest.raises(UsageError, match="somebody else"):
            decide(rejected, Verdict.ESCALATE, "ada")
        assert status(rejected) is AppealStatus.OPEN

    def test_nor_who_answered_an_earlier_one_about_the_same_text(self, rejected: Store) -> None:
        appeal(rejected)
        decide(rejected, Verdict.REJECT, "bo")
        appeal(rejected, text="once more")
        assert [waits(rejected, who) for who in ("ada", "bo", "cy")] == [[], [], ["c0"]]
        with pytest.raises(UsageError, match="ada decided"):
            decide(rejected, Verdict.APPROVE, "ada")

    def test_who_took_it_back_before_somebody_else_decided_has_no_part_in_it(
        self, store: Store
    ) -> None:
        store.threads.save([thread(*TEXTS)])
        decide(store, Verdict.APPROVE, "bo")
        store.decisions.undo_last("bo", NOON)
        decide(store, Verdict.REJECT, "ada")
        appeal(store)
        assert waits(store, "bo") == ["c0"]
        decide(store, Verdict.APPROVE, "bo")
        assert status(store) is AppealStatus.OVERTURNED

    def test_nobody_answers_an_appeal_that_they_have_not_seen(self, rejected: Store) -> None:
        before = rejected.comments.get("c0").seen
        appeal(rejected)
        made = Decision(uuid4().hex, "c0", before.text_sha256, Verdict.APPROVE, "bo", NOON)
        with pytest.raises(ConflictError, match="appealed meanwhile; read the appeal"):
            rejected.decisions.decide([(before, made)])

    @pytest.mark.parametrize("via", ["browse", "thread", "adjudication"])
    def test_it_is_decided_where_it_can_be_read(self, rejected: Store, via: str) -> None:
        appeal(rejected)
        with pytest.raises(ConflictError, match="read before it is decided"):
            decide(rejected, Verdict.APPROVE, "bo", via=via)

    def test_never_among_several(self, rejected: Store) -> None:
        appeal(rejected)
        both = [rejected.comments.get(name).seen for name in ("c1", "c0")]
        made = [
            Decision(
                uuid4().hex, one.comment_id, one.text_sha256, Verdict.APPROVE, "bo", NOON, batch="b"
            )
            for one in both
        ]
        with pytest.raises(ConflictError, match=r"c0.*appealed"):
            rejected.decisions.decide(zip(both, made, strict=True))
        assert rejected.comments.get("c1").verdict is None, "none of them"

    def test_who_escalated_before_the_first_decision_may(self, store: Store) -> None:
        store.threads.save([thread(*TEXTS)])
        decide(store, Verdict.ESCALATE, "bo")
        decide(store, Verdict.REJECT, "ada")
        appeal(store)
        assert (waits(store, "bo"), waits(store, "ada")) == (["c0"], [])
        decide(store, Verdict.ESCALATE, "bo")
        assert waits(store, "bo") == [], "it is passed on"
        assert waits(store, "cy") == ["c0"]

    def test_nobody_gets_rid_of_an_appeal_by_saying_the_same_again(self, rejected: Store) -> None:
        appeal(rejected)
        rejected.decisions.undo_last("ada", NOON)
        assert status(rejected) is AppealStatus.LAPSED_UNDONE
        decide(rejected, Verdict.REJECT, "ada")
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.OPEN, ["c0"])
        assert waits(rejected, "ada") == []
        with pytest.raises(UsageError, match="somebody else"):
            decide(rejected, Verdict.REJECT, "ada")
        decide(rejected, Verdict.REJECT, "bo")
        assert status(rejected) is AppealStatus.UPHELD

    def test_who_thinks_better_of_it_ends_it(self, rejected: Store) -> None:
        appeal(rejected)
        rejected.decisions.undo_last("ada", NOON)
        decide(rejected, Verdict.APPROVE, "ada")
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.LAPSED_UNDONE, [])

    def test_an_undo_that_leaves_an_equal_decision_of_the_same_person_ends_nothing(
        self, rejected: Store
    ) -> None:
        decide(rejected, Verdict.REJECT, "ada", note="once more")
        appeal(rejected)
        rejected.decisions.undo_last("ada", NOON)
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.OPEN, ["c0"])


class TestDismissing:
    def test_a_dismissed_appeal_waits_for_nobody_and_its_decision_stands(
        self, rejected: Store
    ) -> None:
        made = appeal(rejected)
        rejected.appeals.dismiss([Dismissal(made.id, "lea", NOON, "a flood", "Not now.")])
        found = became(rejected)
        assert (found.status, found.outcome, found.reply) == (
            AppealStatus.DISMISSED,
            None,
            "Not now.",
        )
        assert found.dismissal == Dismissal(made.id, "lea", NOON, "a flood", "Not now.")
        assert waits(rejected, "bo") == []
        assert rejected.comments.get("c0").verdict is Verdict.REJECT
        assert rejected.appeals.waiting() == 0
        rejected.rebuild()
        assert waits(rejected, "bo") == []
        with pytest.raises(ConflictError, match="appealed against before"):
            appeal(rejected)

    def test_all_of_them_or_none(self, rejected: Store) -> None:
        decide(rejected, Verdict.REJECT, "ada", "c1")
        first, second = appeal(rejected), appeal(rejected, "c1")
        decide(rejected, Verdict.REJECT, "bo", "c1")
        with pytest.raises(ConflictError, match="does not wait"):
            rejected.appeals.dismiss(
                [Dismissal(one.id, "lea", NOON, "a flood") for one in (first, second)]
            )
        assert status(rejected) is AppealStatus.OPEN
        with pytest.raises(NotFoundError, match="no appeal 'nil'"):
            rejected.appeals.dismiss([Dismissal("nil", "lea", NOON, "a flood")])


class TestTakingIn:
    def test_one_appeal_against_each_decision(self, rejected: Store) -> None:
        appeal(rejected)
        with pytest.raises(ConflictError, match="waits for its answer already"):
            appeal(rejected)
        decide(rejected, Verdict.APPROVE, "bo")
        rejected.decisions.undo_last("bo", NOON)
        rejected.decisions.undo_last("ada", NOON)
        decide(rejected, Verdict.REJECT, "cy")
        second = appeal(rejected, text="again")
        assert [one.status for one in rejected.appeals.of("c0")] == [
            AppealStatus.LAPSED_UNDONE,
            AppealStatus.OPEN,
        ]
        decide(rejected, Verdict.REJECT, "bo")
        with pytest.raises(ConflictError, match="not the one in force"):
            appeal(rejected, decision_id=second.decision_id)

    def test_a_decision_whose_appeal_was_answered_elsewhere_is_appealed_against_once(
        self, rejected: Store
    ) -> None:
        first = appeal(rejected)
        made = decide(rejected, Verdict.ESCALATE, "bo")
        with pytest.raises(ConflictError, match="waits for its answer already"):
            appeal(rejected, decision_id=made.id)
        assert rejected.appeals.get(first.id).status is AppealStatus.OPEN

    def test_what_is_not_decided_cannot_be_appealed_against(self, rejected: Store) -> None:
        with pytest.raises(ConflictError, match="not the one in force"):
            appeal(rejected, "c1")
        decide(rejected, Verdict.ESCALATE, "ada", "c1")
        with pytest.raises(UsageError, match="escalated and not decided yet"):
            appeal(rejected, "c1")
        with pytest.raises(NotFoundError, match="no comment 'c9'"):
            appeal(rejected, "c9", decision_id="d")
        with pytest.raises(NotFoundError, match="no appeal 'nil'"):
            rejected.appeals.get("nil")

    def test_the_same_id_of_the_same_sender_is_the_same_appeal(self, rejected: Store) -> None:
        first = appeal(rejected, external_id="77")
        decide(rejected, Verdict.APPROVE, "bo")
        assert appeal(rejected, text="sent again", external_id="77") == first
        assert rejected.appeals.sent("client:blog", "77", "c0") == first
        assert rejected.appeals.sent("client:other", "77", "c0") is None
        with pytest.raises(ConflictError, match="about comment 'c0'"):
            appeal(rejected, "c1", external_id="77")

    def test_any_text_is_kept_to_the_last_character(self, rejected: Store) -> None:
        text = "<b>x</b>\0 [a](javascript:b) \ud800 =1+1"
        appeal(rejected, text=text)
        assert became(rejected).appeal.text == text


class TestLapsing:
    def test_an_edit_ends_the_wait_and_the_old_text_again_renews_it(self, rejected: Store) -> None:
        appeal(rejected)
        rejected.threads.save([thread("You dear", *TEXTS[1:])])
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.LAPSED_EDITED, [])
        assert rejected.comments.get("c0").appeal_id is None
        rejected.threads.save([thread(*TEXTS)])
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.OPEN, ["c0"])

    def test_an_undo_of_the_first_decision_ends_it_and_an_undo_of_that_renews_it(
        self, rejected: Store
    ) -> None:
        appeal(rejected)
        rejected.decisions.undo_last("ada", NOON)
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.LAPSED_UNDONE, [])
        assert rejected.comments.get("c0").pending is False
        undo = rejected.decisions.of("c0")[-1]
        rejected.decisions.undo(undo.id, "ada", NOON)
        assert (status(rejected), waits(rejected, "bo")) == (AppealStatus.OPEN, ["c0"])


def test_a_rebuild_finds_the_same_places(rejected: Store) -> None:
    decide(rejected, Verdict.APPROVE, "ada", "c1")
    appeal(rejected, "c1")
    appeal(rejected, at=NOON + HOUR)
    before = [waits(rejected, "bo"), *rejected.comments.stream()]
    rejected.rebuild()
    assert [waits(rejected, "bo"), *rejected.comments.stream()] == before


def test_the_records_have_the_text_and_the_scores_that_were_decided_upon(store: Store) -> None:
    store.threads.save([thread(*TEXTS)])
    info = ScorerInfo("compact", "1", (Label.INSULT, Label.TOXICITY))
    store.panel.set({Label.INSULT: ("compact", "1"), Label.TOXICITY: ("compact", "1")})
    given = Scores({Label.INSULT: 0.7, Label.TOXICITY: 0.9})
    store.scores.save(info, [(text_digest(TEXTS[0]), given)])
    decide(store, Verdict.REJECT, "ada", reasons=("insult", "R2"))
    appeal(store)
    store.threads.save([thread("You dear", *TEXTS[1:])])
    (found,) = store.appeals.records()
    assert (found.text, found.thread_id) == (TEXTS[0], "t1")
    assert found.strongest == (Label.INSULT, 0.7), "of the labels that it names"
    assert list(store.appeals.records(only_open=True)) == []
    assert store.appeals.waiting() == 0


def test_a_filter_keeps_appeals_by_the_decision_that_they_are_against(rejected: Store) -> None:
    decide(rejected, Verdict.APPROVE, "cy", "c1")
    first, second = appeal(rejected, "c0"), appeal(rejected, "c1")

    def kept(**wanted: object) -> list[str]:
        found = rejected.appeals.records(BrowseFilter(**wanted))  # type: ignore[arg-type]
        return [one.appealed.appeal.id for one in found]

    assert kept() == [first.id, second.id]
    assert kept(verdict=Verdict.APPROVE) == [second.id]
    assert kept(decided_by="cy") == [second.id]
    assert kept(text="fool") == [first.id]
    assert kept(source="elsewhere.csv") == []
    decide(rejected, Verdict.APPROVE, "dan", "c0")
    assert kept(verdict=Verdict.REJECT) == [first.id]  # still against the rejection
