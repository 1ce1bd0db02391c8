"""What a source says beside the text: its moderation state, its readers' reports, old scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from triage.domain.comments import Comment, SourceState, Thread, text_digest
from triage.domain.decisions import Decision, FlagSource, Verdict
from triage.domain.scores import GivenScores, Label, ScorerInfo, Scores
from triage.store import Store

OLD = ScorerInfo("perspective", "imported", (Label.TOXICITY,))
HOST = Comment("c1", "t1", "hello there")


def save(store: Store, *comments: Comment, scores: dict[str, float] | None = None) -> object:
    given = {text_digest(text): Scores({Label.TOXICITY: at}) for text, at in (scores or {}).items()}
    came = (GivenScores(OLD, given),) if given else ()
    saved = store.threads.save([Thread("t1", source="a.xml", comments=comments, scores=came)])
    assert saved.problems == ()
    return (saved.new, saved.revised, saved.unchanged)


def approve(store: Store, comment: Comment) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = Decision(uuid4().hex, comment.id, comment.text_sha256, Verdict.APPROVE, "Ada", at)
    store.decisions.add(made)


def test_a_state_is_kept_and_a_later_import_changes_it(store: Store) -> None:
    save(store, replace(HOST, state=SourceState.PENDING))
    assert store.comments.get("c1").comment.state is SourceState.PENDING
    save(store, HOST)
    assert store.comments.get("c1").comment.state is SourceState.PENDING
    save(store, replace(HOST, state=SourceState.SPAM))
    assert store.threads.get("t1").comments[0].state is SourceState.SPAM


@pytest.mark.parametrize("state", SourceState)
def test_a_state_is_no_decision_and_takes_nothing_out_of_the_queue(
    store: Store, state: SourceState
) -> None:
    save(store, replace(HOST, state=state, reports=1))
    entry = store.comments.get("c1")
    assert (entry.verdict, entry.pending) == (None, True)
    assert store.decisions.of("c1") == []


def test_reports_are_a_readers_flag_and_the_same_import_adds_none(store: Store) -> None:
    reported = replace(HOST, reports=3)
    assert save(store, reported, Comment("c2", "t1", "fine", reports=0)) == (2, 0, 0)
    assert save(store, reported, Comment("c2", "t1", "fine", reports=0)) == (0, 0, 2)
    [flag] = store.flags.of("c1")
    assert (flag.source, flag.by, flag.note) == (FlagSource.READER, "readers", "3 reports")
    assert store.flags.of("c2") == []
    assert store.comments.get("c1").pending


def test_more_reports_ask_again_after_a_decision_and_as_many_do_not(store: Store) -> None:
    save(store, replace(HOST, reports=1))
    approve(store, HOST)
    for count, pending in ((1, False), (2, True)):
        save(store, replace(HOST, reports=count))
        assert store.comments.get("c1").pending is pending


def test_no_reports_any_more_withdraw_the_flag(store: Store) -> None:
    save(store, replace(HOST, reports=2))
    save(store, HOST)
    assert store.comments.get("c1").flagged
    save(store, replace(HOST, reports=0))
    save(store, replace(HOST, reports=0))
    assert not store.comments.get("c1").flagged
    assert [flag.raised for flag in store.flags.of("c1")] == [True, False]


def test_old_scores_are_kept_beside_those_in_force_and_never_among_them(store: Store) -> None:
    mine = ScorerInfo("compact", "1", (Label.TOXICITY,))
    store.panel.set({Label.TOXICITY: ("compact", "1")})
    save(store, HOST, scores={HOST.text: 0.9, "not in this thread": 0.5})
    assert store.comments.get("c1").scores is None
    assert store.scores.unscored_count(mine) == 1
    store.scores.save(mine, [(HOST.text_sha256, Scores({Label.TOXICITY: 0.1}))])
    entry = store.comments.get("c1")
    assert entry.scores is not None
    assert entry.scores.values[Label.TOXICITY] == 0.1
    assert {key: one.values[Label.TOXICITY] for key, one in store.scores.of("c1").items()} == {
        ("perspective", "imported"): 0.9,
        ("compact", "1"): 0.1,
    }


def test_old_scores_of_another_export_replace_those_of_the_first(store: Store) -> None:
    save(store, HOST, scores={HOST.text: 0.9})
    save(store, HOST, scores={HOST.text: 0.7})
    assert store.scores.of("c1")["perspective", "imported"].values[Label.TOXICITY] == 0.7


def test_an_id_that_comes_again_in_a_later_chunk_is_told(store: Store) -> None:
    many = tuple(Comment(f"n{i}", "t1", "same") for i in range(4_000))
    again = (Comment("n1", "t1", "another text"), Comment("n2", "t1", "same"))
    saved = store.threads.save([Thread("t1", source="a.xml", comments=many + again)])
    assert (saved.new, saved.revised, saved.unchanged) == (4_000, 0, 1)
    [problem] = saved.problems
    assert "'n1' appears twice in this import with different texts" in problem.message


def test_a_flood_of_refused_comments_is_counted_rather_than_listed(store: Store) -> None:
    many = tuple(Comment(f"{'n' * 600}{i}", "t1", "a") for i in range(1_500))
    saved = store.threads.save([Thread("t1", source="a.xml", comments=many)])
    assert len(saved.problems) == 1_001
    assert "500 further comments were not stored" in saved.problems[-1].message
