"""Batches by score, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.sampling import Certain
from triage.domain.batches import ScoreRange, Tally
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Decision, Flag, FlagSource, Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError
from triage.review.batches import decide_batch
from triage.review.desk import Desk
from triage.store import BrowseFilter, Store
from triage.store.schema import standing

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCORER = ScorerInfo("compact", "1f0c", (Label.TOXICITY, Label.THREAT))
CLEAN = ScoreRange(Label.TOXICITY, 0.0, 0.2)
ALL = ScoreRange(Label.TOXICITY, 0.0, 1.0)


def fill(store: Store, scores: dict[str, float], name: str = "t") -> None:
    """Store comments that are called after their texts, with these scores of toxicity."""
    members = tuple(Comment(text, name, text, n) for n, text in enumerate(scores))
    store.threads.save([Thread(name, comments=members)])
    rows = [(text_digest(text), Scores({Label.TOXICITY: one})) for text, one in scores.items()]
    store.scores.save(SCORER, rows)


@pytest.fixture
def rated(store: Store) -> Store:
    store.policies.save(Policy("p", 1, (Threshold(Label.TOXICITY, 0.5),), NOON, "lead"))
    store.panel.set(dict.fromkeys(SCORER.labels, (SCORER.key, SCORER.version)))
    fill(store, {"a": 0.0, "b": 0.1, "c": 0.2, "d": 0.21, "e": 0.5, "f": 1.0})
    return store


def approve(store: Store, within: ScoreRange = CLEAN, **fields: Any) -> object:
    picked = store.batches.pick(within)
    return decide_batch(store, picked, Verdict.APPROVE, reviewer="ana", at=NOON, **fields)


def read_model(store: Store) -> list[tuple[object, ...]]:
    with store._database.read() as connection:
        rows = connection.execute(select(standing).order_by(standing.c.comment_pk))
        return [tuple(row) for row in rows]


def decided(store: Store) -> set[str]:
    return {one.comment.id for one in store.comments.stream(BrowseFilter(decided=True))}


def test_a_range_includes_both_its_ends_and_counts_what_is_flagged(rated: Store) -> None:
    rated.flags.add(Flag("b", FlagSource.READER, "reader", NOON))
    assert rated.batches.tally(CLEAN) == Tally(3, 1, 1)
    assert rated.batches.tally(ALL) == Tally(6, 3, 1)
    assert rated.batches.tally(ScoreRange(Label.THREAT, 0.0, 1.0)) == Tally(0, 0, 0)
    counts = rated.batches.counts(Label.TOXICITY, 10)
    assert counts == [1, 1, 2, 0, 0, 1, 0, 0, 0, 1], "1.0 is in the last step"
    assert rated.batches.counts(Label.THREAT) == [0] * 100


def test_a_batch_is_one_act_that_says_what_it_was_and_is_undone_as_one(rated: Store) -> None:
    before = read_model(rated)
    report = approve(rated, note="calm")
    assert (report.decided, report.left_out, decided(rated)) == (3, 0, {"a", "b", "c"})
    made = [logged.decision for logged in rated.decisions.log()]
    assert {one.note for one in made} == {"in batch, toxicity 0.00-0.20: calm"}
    assert {one.via for one in made} == {"batch"}
    assert len({one.batch for one in made}) == 1
    assert {(one.policy, one.scorer) for one in made} == {("p@1", "compact@1f0c")}
    desk = Desk(rated, lambda: NOON)
    (act,) = desk.recent_acts("ana")
    assert act.count == 3
    assert {one.comment_id for one in desk.undo_act(report.decision_id, "ana")} == {"a", "b", "c"}
    assert read_model(rated) == before
    assert desk.recent_acts("ana") == []
    assert desk.undo("ana") == []


def test_the_read_model_of_a_batch_is_what_the_log_says(rated: Store) -> None:
    rated.flags.add(Flag("a", FlagSource.READER, "reader", NOON))
    approve(rated, ALL)
    kept = read_model(rated)
    rated.rebuild()
    assert read_model(rated) == kept
    assert not rated.queue.next("ana")


def test_only_what_was_picked_and_is_as_it_was_is_decided(rated: Store) -> None:
    picked = rated.batches.pick(ALL)
    seen = rated.comments.get("a").seen
    theirs = Decision("d1", "a", seen.text_sha256, Verdict.REJECT, "bea", NOON)
    rated.decisions.decide([(seen, theirs)])
    rated.threads.save([Thread("t", comments=(Comment("b", "t", "edited"),))])
    rated.scores.save(SCORER, [(text_digest("edited"), Scores({Label.TOXICITY: 0.1}))])
    fill(rated, {"new": 0.1}, "t2")
    report = decide_batch(rated, picked, Verdict.APPROVE, reviewer="ana", at=NOON)
    assert (report.decided, report.left_out) == (4, 2)
    assert decided(rated) == {"a", "c", "d", "e", "f"}
    assert rated.comments.get("a").verdict is Verdict.REJECT


def test_what_was_rated_out_of_the_range_since_is_left_out(rated: Store) -> None:
    picked = rated.batches.pick(CLEAN)
    rated.scores.save(SCORER, [(text_digest("a"), Scores({Label.TOXICITY: 0.9}))])
    report = decide_batch(rated, picked, Verdict.APPROVE, reviewer="ana", at=NOON)
    assert (report.decided, report.left_out) == (2, 1)


def test_a_batch_of_which_nothing_is_left_is_refused_and_leaves_no_trace(rated: Store) -> None:
    picked = rated.batches.pick(CLEAN)
    approve(rated)
    count = len(list(rated.decisions.log()))
    with pytest.raises(ConflictError, match="none of the 3 comments is as it was"):
        decide_batch(rated, picked, Verdict.REJECT, reviewer="bea", at=NOON)
    assert len(list(rated.decisions.log())) == count
    with pytest.raises(ConflictError):
        approve(rated, ScoreRange(Label.THREAT, 0.0, 1.0))


def test_an_undo_of_a_batch_leaves_what_others_decided_since(rated: Store) -> None:
    report = approve(rated)
    seen = rated.comments.get("a").seen
    theirs = Decision("d1", "a", seen.text_sha256, Verdict.REJECT, "bea", NOON)
    rated.decisions.decide([(seen, theirs)])
    rated.decisions.undo_act(report.decision_id, "ana", NOON)
    assert decided(rated) == {"a"}
    assert rated.comments.get("a").decision_id == "d1"
    kept = read_model(rated)
    rated.rebuild()
    assert read_model(rated) == kept


def test_an_undone_batch_is_passed_over_and_one_that_stands_again_is_found(rated: Store) -> None:
    fill(rated, {f"many {n}": 0.1 for n in range(250)}, "t2")
    seen = rated.comments.get("f").seen
    first = Decision("d1", "f", seen.text_sha256, Verdict.REJECT, "ana", NOON)
    rated.decisions.decide([(seen, first)])
    report = approve(rated)
    assert report.decided == 253
    rated.decisions.undo_act(report.decision_id, "ana", NOON)
    assert [act.decision.id for act in rated.decisions.recent_acts("ana")] == ["d1"]
    (undo,) = [one for one in rated.decisions.of("b") if one.undoes is not None]
    rated.decisions.undo(undo.id, "ana", NOON)
    acts = rated.decisions.recent_acts("ana")
    assert [act.decision.comment_id for act in acts] == ["b", "f"]
    assert [one.comment_id for one in rated.decisions.undo_last("ana", NOON)] == ["b"]
    assert [one.comment_id for one in rated.decisions.undo_last("ana", NOON)] == ["f"]


def test_samples_come_from_the_whole_range_and_other_turns_bring_others(rated: Store) -> None:
    fill(rated, {f"low {n}": 0.01 for n in range(300)} | {"mid": 0.45, "high": 0.95}, "t2")
    shown = rated.batches.samples(ALL, 8)
    assert len(shown) == 8
    scores = [one.scores.values[Label.TOXICITY] for one in shown if one.scores]
    assert scores == sorted(scores)
    assert {"mid", "f"} <= {one.comment.id for one in shown}, "one of each step that holds any"
    turns = {
        one.comment.id
        for turn in range(5)
        for one in rated.batches.samples(ScoreRange(Label.TOXICITY, 0.0, 0.05), 3, turn)
    }
    assert len(turns) > 6
    assert rated.batches.samples(ScoreRange(Label.TOXICITY, 0.3, 0.3)) == []


@given(
    scores=st.lists(st.floats(0, 1), min_size=1, max_size=12),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_tally_samples_and_pick_agree_on_any_range(
    sqlite_store: Store, scores: list[float], ends: list[float]
) -> None:
    name = f"t{id(scores)}-{len(list(sqlite_store.threads.summaries()))}"
    sqlite_store.panel.set(dict.fromkeys(SCORER.labels, (SCORER.key, SCORER.version)))
    fill(sqlite_store, {f"{name} {n}": one for n, one in enumerate(scores)}, name)
    within = ScoreRange(Label.TOXICITY, *ends)
    tally = sqlite_store.batches.tally(within)
    inside = sum(ends[0] <= one <= ends[1] for one in scores)
    assert tally.comments >= inside
    assert sqlite_store.batches.pick(within).tally == tally
    shown = sqlite_store.batches.samples(within, 1_000)
    assert len(shown) == min(tally.comments, 1_000)
    whole = replace(within, low=0.0, high=1.0)
    assert (
        sum(sqlite_store.batches.counts(Label.TOXICITY))
        == sqlite_store.batches.tally(whole).comments
    )
    if tally.comments:  # those of earlier examples that no batch held are there, too
        report = decide_batch(
            sqlite_store,
            sqlite_store.batches.pick(within),
            Verdict.APPROVE,
            reviewer="ana",
            at=NOON,
        )
        assert report.decided == tally.comments
    assert sqlite_store.batches.tally(within).comments == 0


def test_what_an_audit_drew_is_part_of_no_batch(rated: Store) -> None:
    picked = rated.batches.pick(CLEAN)
    rated.audits.draw(Certain(), 4, "lea", NOON)
    assert rated.batches.tally(CLEAN) == Tally(0, 0, 0)
    assert rated.batches.samples(ALL) == rated.batches.samples(ScoreRange(Label.TOXICITY, 0.5, 1))
    with pytest.raises(ConflictError, match="none of the 3 comments"):
        decide_batch(rated, picked, Verdict.APPROVE, reviewer="ana", at=NOON)
    approve(rated, ALL)
    assert decided(rated) == {"e", "f"}
    before = read_model(rated)
    rated.rebuild()
    assert read_model(rated) == before
