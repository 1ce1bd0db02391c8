"""Appeals over a real store: what the desk shows of one, and how outcomes are counted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.domain.appeals import AppealedBy, AppealStatus, AppealVia
from triage.domain.batches import ScoreRange
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, UsageError
from triage.review.appeals import NO_REASON, count_outcomes, take_in
from triage.review.desk import Desk
from triage.store import Store

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SAME = "What a long and rude thing this is to say of a neighbour"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Three comments of one text, all flagged for insult at 0.7."""
    with Store.open(f"sqlite:///{tmp_path / 'desk.db'}") as store:
        members = tuple(Comment(f"c{at}", "t", SAME, at) for at in range(3))
        store.threads.save([Thread("t", comments=members)])
        store.policies.save(Policy("p", 1, (Threshold(Label.INSULT, 0.5),), NOON, "lea"))
        store.panel.set({Label.INSULT: ("test", "1")})
        rows = [(text_digest(SAME), Scores({Label.INSULT: 0.7}))]
        store.scores.save(ScorerInfo("test", "1", (Label.INSULT,)), rows)
        yield store


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, lambda: NOON)


def decide(desk: Desk, name: str, verdict: Verdict, by: str, **more: str) -> None:
    reasons = ("insult",) if verdict is Verdict.REJECT else ()
    desk.decide([desk.item(name).entry.seen], verdict, reviewer=by, reasons=reasons, **more)


def appeal(store: Store, name: str = "c0", text: str = "no") -> None:
    take_in(
        store,
        name,
        text,
        by=AppealedBy.AUTHOR,
        via=AppealVia.HAND,
        received_by="ana",
        at=NOON,
    )


def test_the_desk_shows_the_appeal_and_whom_it_is_not_for(desk: Desk, store: Store) -> None:
    decide(desk, "c0", Verdict.REJECT, "ada")
    appeal(store)
    shown = desk.item("c0", reviewer="bo")
    assert shown.appeal is not None
    assert (shown.appeal.first.reviewer, shown.appeal.first.reasons) == ("ada", ("insult",))
    assert (shown.barred, desk.item("c0", reviewer="ada").barred) == (False, True)


def test_nothing_is_hidden_of_an_appeal_from_whoever_decides_blind(
    desk: Desk, store: Store
) -> None:
    decide(desk, "c0", Verdict.REJECT, "ada")
    appeal(store)
    shown = desk.item("c0", blind=True, reviewer="bo")
    assert not shown.blind
    assert shown.entry.scores is not None
    assert shown.appeal is not None


def test_it_concerns_one_comment_and_none_of_its_near_copies(desk: Desk, store: Store) -> None:
    decide(desk, "c0", Verdict.REJECT, "ada")
    appeal(store)
    assert desk.item("c0", reviewer="bo").copies == ()
    assert [one.comment_id for one in desk.item("c1", reviewer="bo").copies] == ["c2"]
    decide(desk, "c0", Verdict.APPROVE, "bo")
    assert store.comments.get("c1").verdict is None


def test_a_batch_by_score_leaves_it_alone(desk: Desk, store: Store) -> None:
    decide(desk, "c0", Verdict.REJECT, "ada")
    appeal(store)
    assert store.batches.tally(ScoreRange(Label.INSULT, 0.0, 1.0)).comments == 2


def test_a_decision_that_covered_copies_is_appealed_against_for_one_of_them(
    desk: Desk, store: Store
) -> None:
    item = desk.item("c0")
    along = [one.seen for one in item.copies]
    desk.decide([item.entry.seen], Verdict.REJECT, reviewer="ada", copies=along)
    appeal(store, "c1")
    with pytest.raises(UsageError, match="ada decided comment 'c1' the first time"):
        decide(desk, "c1", Verdict.APPROVE, "ada")
    decide(desk, "c1", Verdict.APPROVE, "bo")
    verdicts = [store.comments.get(name).verdict for name in ("c0", "c1", "c2")]
    assert verdicts == [Verdict.REJECT, Verdict.APPROVE, Verdict.REJECT]


def test_an_undo_of_the_whole_act_lets_the_appeal_lapse(desk: Desk, store: Store) -> None:
    item = desk.item("c0")
    desk.decide(
        [item.entry.seen],
        Verdict.REJECT,
        reviewer="ada",
        copies=[one.seen for one in item.copies],
    )
    appeal(store, "c1")
    desk.undo("ada")
    (found,) = desk.item("c1").appeals
    assert found.status is AppealStatus.LAPSED_UNDONE
    assert store.comments.get("c1").appeal_id is None
    assert store.comments.get("c1").pending, "flagged, and undecided again"


def test_what_is_too_long_is_refused_and_not_cut(desk: Desk, store: Store) -> None:
    with pytest.raises(UsageError, match="is not decided"):
        appeal(store)
    decide(desk, "c0", Verdict.REJECT, "ada")
    with pytest.raises(UsageError, match="at most 10,000 characters"):
        appeal(store, text="x" * 10_001)
    appeal(store)
    with pytest.raises(UsageError, match="at most 5,000 are kept"):
        decide(desk, "c0", Verdict.APPROVE, "bo", reply="x" * 5_001)
    with pytest.raises(ConflictError, match="waits for its answer"):
        appeal(store)


def test_outcomes_are_counted_by_reason_and_by_the_score_decided_upon(
    desk: Desk, store: Store
) -> None:
    decide(desk, "c0", Verdict.REJECT, "ada")
    decide(desk, "c1", Verdict.APPROVE, "ada")
    decide(desk, "c2", Verdict.REJECT, "ada")
    for name in ("c0", "c1", "c2"):
        appeal(store, name)
    decide(desk, "c0", Verdict.APPROVE, "bo")
    decide(desk, "c1", Verdict.APPROVE, "bo")
    counted = count_outcomes(store.appeals.records())
    rejections, approvals = (counted.by_verdict[one] for one in (Verdict.REJECT, Verdict.APPROVE))
    assert (rejections.answered, rejections.overturned) == ({"insult": 1}, {"insult": 1})
    assert (approvals.answered, approvals.overturned) == ({NO_REASON: 1}, {NO_REASON: 0})
    assert (rejections.answered_by_band, rejections.overturned_by_band) == (
        {"0.6-0.8": 1},
        {"0.6-0.8": 1},
    )
    assert (counted.own, counted.oldest_open) == (0, NOON)
    assert counted.statuses[AppealStatus.OPEN] == 1


def test_a_reason_that_the_answer_refuses_is_overturned_though_the_verdict_stays(
    desk: Desk, store: Store
) -> None:
    decide(desk, "c0", Verdict.REJECT, "ada")
    appeal(store)
    seen = [desk.item("c0").entry.seen]
    desk.decide(seen, Verdict.REJECT, reviewer="bo", reasons=("threat",), refused=("insult",))
    tally = count_outcomes(store.appeals.records()).by_verdict[Verdict.REJECT]
    assert tally.overturned == {"insult": 1}
    assert tally.overturned_by_band == {"0.6-0.8": 0}, "the verdict stays"


def test_an_appeal_that_every_known_reviewer_had_a_part_in_is_counted(
    desk: Desk, store: Store
) -> None:
    decide(desk, "c0", Verdict.REJECT, "ada")
    appeal(store)
    assert store.appeals.unanswerable() == 1
    assert store.appeals.unanswerable(own=True) == 0
    decide(desk, "c1", Verdict.APPROVE, "bo")
    assert store.appeals.unanswerable() == 0
    decide(desk, "c0", Verdict.ESCALATE, "bo")
    assert store.appeals.unanswerable() == 1
