"""What the workbench says of thresholds, held against what happens when they are put in force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from triage.domain.checks import utc_now
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, UsageError
from triage.settings import Settings
from triage.workbench import Findings, Goal, Kind, Target, Workbench, kept_words, seek
from triage.workbench.frozen import CHOSEN

LABELS = (Label.TOXICITY, Label.INSULT, Label.THREAT)
SCORER = ScorerInfo("own", "1", LABELS)
SIZE = 300
UNREAD = 7  # comments that no scorer could read


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    bench = site(tmp_path)
    yield bench
    bench.close()


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    """The same with everything audited and decided: to be read, not written to."""
    bench = site(tmp_path_factory.mktemp("audited"))
    bench.draw_audit(SIZE, "ada")
    review(bench)
    yield bench
    bench.close()


def site(folder: Path) -> Workbench:
    """300 comments, the last 7 of which cannot be read; insult follows toxicity, threat not."""
    bench = Workbench(Settings(database_url=f"sqlite:///{folder / 'desk.db'}"))
    rng = np.random.default_rng(11)
    toxicity = rng.beta(0.6, 2.5, SIZE)
    insult = np.clip(toxicity * rng.uniform(0.4, 1.2, SIZE), 0, 1)
    threat = rng.beta(0.2, 6, SIZE)
    comments = tuple(Comment(f"c{n}", f"t{n % 3}", f"text {n}", n) for n in range(SIZE))
    bench.store.threads.save(
        Thread(f"t{one}", title=f"Thread {one}", comments=comments[one::3]) for one in range(3)
    )
    bench.store.panel.set(dict.fromkeys(LABELS, ("own", "1")))
    rows = [
        Scores(dict(zip(LABELS, map(float, row), strict=True)))
        for row in zip(toxicity, insult, threat, strict=True)
    ]
    rows[-UNREAD:] = [Scores(not_scored="not readable")] * UNREAD
    bench.store.scores.save(
        SCORER, [(text_digest(one.text), given) for one, given in zip(comments, rows, strict=True)]
    )
    return bench


def put_in_force(bench: Workbench, target: Target, at: float) -> None:
    policy = bench.policy()
    thresholds = target.policy(policy, at)
    made = replace(policy, version=policy.version + 1, thresholds=thresholds)
    bench.store.policies.save(replace(made, created_at=utc_now()))


def flagged(bench: Workbench) -> set[str]:
    return {one.comment.id for one in bench.store.comments.stream() if one.flagged}


def review(bench: Workbench, count: int | None = None) -> None:
    """Decide what is in the queue: every third comment is rejected for an insult."""
    while count is None or count > 0:
        waiting = bench.next_comment("ada")
        if waiting is None:
            return
        bad = int(waiting[1:]) % 3 == 0
        bench.decide(
            [bench.item(waiting).entry.seen],
            Verdict.REJECT if bad else Verdict.APPROVE,
            reviewer="ada",
            reasons=["insult"] if bad else [],
            seconds_spent=6.0,
        )
        count = None if count is None else count - 1


@pytest.mark.parametrize(
    ("label", "at"),
    [(None, 0.3), (None, 0.72), (Label.TOXICITY, 0.31), (Label.THREAT, 0.9), (Label.INSULT, 0.05)],
)
def test_what_would_move_is_what_moves_when_the_policy_is_saved(
    bench: Workbench, label: Label | None, at: float
) -> None:
    target = bench.findings().target(label)
    before, moves = flagged(bench), target.moves(at)
    rising = bench.store.evidence.ids(moves.rising.tolist())
    falling = bench.store.evidence.ids(moves.falling.tolist())
    expected = target.outcome(at).queue
    put_in_force(bench, target, at)
    after = flagged(bench)
    assert set(rising) == after - before
    assert set(falling) == before - after
    assert len(after) == expected
    there = bench.findings().target(label).in_force
    assert there == (at if label else 0.5)  # a policy is always in the middle of its own scale


def test_the_comments_that_would_move_are_read_page_by_page(bench: Workbench) -> None:
    target = bench.findings().target(Label.TOXICITY)
    moves = target.moves(0.2)
    pages = [bench.moving(moves, rising=True, limit=4, offset=4 * page) for page in range(3)]
    scores = [one.scores.values[Label.TOXICITY] for page in pages for one in page if one.scores]
    assert len(scores) == 12
    assert scores == sorted(scores, reverse=True)
    assert all(0.2 <= score < 0.5 for score in scores)


def test_comments_that_the_audit_drew_are_not_listed_before_they_are_decided(
    bench: Workbench,
) -> None:
    bench.draw_audit(60, "ada")
    moves = bench.findings().target(Label.TOXICITY).moves(0.05)
    listed = set(bench.store.evidence.ids(moves.rising.tolist()))
    drawn = {one.comment_id for one in bench.store.audits.chances() if one.drawn}
    assert drawn
    assert listed.isdisjoint(drawn)
    assert moves.hidden > 0
    review(bench)
    moves = bench.findings().target(Label.TOXICITY).moves(0.05)
    assert moves.hidden == 0
    assert not drawn.isdisjoint(bench.store.evidence.ids(moves.rising.tolist()))


def test_recall_is_unknown_until_an_audit_is_decided_and_then_bounded(bench: Workbench) -> None:
    review(bench)
    insult = bench.findings().target(Label.INSULT)
    one = insult.outcome(0.5)
    assert one.precision is not None
    assert one.recall_low is None
    assert bench.findings().audit.outside == SIZE - len(flagged(bench))
    bench.draw_audit(120, "ada")
    review(bench)
    findings = bench.findings()
    assert findings.audit.outside == 0
    assert findings.audit.in_turn == findings.audit.drawn == findings.audit.decided
    one = findings.target(Label.INSULT).outcome(0.2)
    scores, bad = findings.known.scores[Label.INSULT], truth(bench)
    recall = (bad & (scores >= 0.2)).sum() / (bad & ~np.isnan(scores)).sum()
    assert one.recall_low is not None
    assert 0 < one.recall_low < 1
    assert one.recall is not None
    assert abs(one.recall - recall) < 0.25


def truth(bench: Workbench) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which comments are insults, in the order of the arrays."""
    return np.array([int(one.comment.id[1:]) % 3 == 0 for one in bench.store.comments.stream()])


@pytest.mark.parametrize("at", [0.2, 0.5, 0.7])
def test_a_finished_audit_of_everything_says_the_truth(audited: Workbench, at: float) -> None:
    findings = audited.findings()
    scores = findings.known.scores[Label.INSULT]
    bad = truth(audited) & ~np.isnan(scores)
    share = (bad & (scores >= at)).sum() / bad.sum()
    one = findings.target(Label.INSULT).outcome(at)
    assert (one.recall, one.recall_low) == pytest.approx((share, share))


def test_comments_that_came_after_the_draw_make_recall_unknown_until_the_next(
    bench: Workbench,
) -> None:
    bench.draw_audit(50, "ada")
    review(bench)
    assert bench.findings().target().outcome(0.5).recall_low is not None
    bench.store.threads.save([Thread("new", comments=(Comment("c300", "new", "text 300", 0),))])
    scores = Scores(dict.fromkeys(LABELS, 0.01))
    bench.store.scores.save(SCORER, [(text_digest("text 300"), scores)])
    assert bench.findings().audit.outside == 1
    assert bench.findings().target().outcome(0.5).recall_low is None
    bench.draw_audit(60, "ada")
    review(bench)
    assert bench.findings().target().outcome(0.5).recall_low is not None


def test_an_earlier_policys_reviews_still_count_after_the_threshold_was_raised(
    bench: Workbench,
) -> None:
    review(bench)
    bench.draw_audit(60, "ada")
    review(bench)
    before = bench.findings().target(Label.TOXICITY).outcome(0.6)
    put_in_force(bench, bench.findings().target(Label.TOXICITY), 0.6)
    after = bench.findings().target(Label.TOXICITY).outcome(0.6)
    assert (after.reviewed, after.recall, after.recall_low) == pytest.approx(
        (before.reviewed, before.recall, before.recall_low)
    )


def test_evidence_says_whether_a_threshold_was_chosen_on_the_labels_at_hand(
    bench: Workbench,
) -> None:
    def chosen(at: float) -> object:
        return bench.findings().target(Label.TOXICITY).frozen(at)["chosen_on_these_labels"]

    assert chosen(0.6) is False  # nobody decided anything
    review(bench, 20)
    assert chosen(0.6) is True
    assert chosen(0.5) is False  # it was there before the labels
    target = bench.findings().target(Label.TOXICITY)
    made = bench.save_tuned(bench.findings(), target, 0.6, "ada", "fewer")
    kept = bench.policy_version(made.version).evidence
    assert CHOSEN in kept_words(kept)


def test_an_earlier_policys_thresholds_say_nothing_of_another_scorers_scores(
    bench: Workbench,
) -> None:
    """They were found for other scores: what the new ones reach was never asked about for it."""
    target = bench.findings().target(Label.TOXICITY)
    put_in_force(bench, target, 0.6)
    assert bench.findings().target(Label.TOXICITY).outcome(0.6).waiting > 0
    same = [(text_digest(f"text {n}"), Scores({Label.TOXICITY: n / SIZE})) for n in range(SIZE)]
    bench.store.scores.save(ScorerInfo("own", "2", (Label.TOXICITY,)), same)
    bench.store.panel.set({Label.TOXICITY: ("own", "2")})
    assert bench.findings().target(Label.TOXICITY).outcome(0.6).waiting == 0
    put_in_force(bench, bench.findings().target(Label.TOXICITY), 0.8)
    # Between .6 and .8 the policy before flagged by these very scores.
    assert bench.findings().target(Label.TOXICITY).outcome(0.8).waiting == SIZE // 5


def test_findings_are_read_again_only_where_something_changed(bench: Workbench) -> None:
    first = bench.findings()
    assert bench.findings() is first
    review(bench, 1)
    assert bench.findings() is not first


def test_days_and_hours_follow_from_the_pace_and_the_time_that_decisions_took(
    bench: Workbench,
) -> None:
    review(bench, 10)
    one = bench.findings().target().outcome(0.5, per_day=SIZE / 2)
    assert one.queue == len(flagged(bench))
    assert one.queue_per_day == pytest.approx(one.queue / 2)
    assert one.hours_per_day == pytest.approx(one.queue / 2 * 6 / 3600)


def test_slices_add_up_to_all_of_it(bench: Workbench) -> None:
    review(bench)
    findings = bench.findings()
    target = findings.target(Label.INSULT)
    found = bench.slices(findings, target, Kind.THREAD, 0.5)
    assert sorted(one.name for one in found) == ["Thread 0", "Thread 1", "Thread 2"]
    assert sum(one.comments for one in found) == target.curves.comments
    assert sum(one.flagged for one in found) == target.outcome(0.5).flagged
    rejected = {one.name: one.rejected for one in found}
    assert rejected["Thread 1"] == rejected["Thread 2"] == 0  # c0, c3, ... are in Thread 0
    assert bench.slices(findings, target, Kind.IDENTITY, 0.5) == []


class TestGoals:
    def test_reviews_a_day_are_of_the_whole_queue_and_hold(self, bench: Workbench) -> None:
        target = bench.findings().target(Label.TOXICITY)
        few = seek(target, Goal(per_day=1), per_day=SIZE)
        assert few.threshold is None
        assert "ther labels alone flag more" in few.said
        others = target.queue(np.inf)
        answer = seek(target, Goal(per_day=others + 20), per_day=SIZE)
        assert answer.threshold is not None
        assert others + 15 <= target.queue(answer.threshold) <= others + 20

    def test_recall_is_not_proven_without_an_audit_and_is_with_a_full_one(
        self, bench: Workbench, audited: Workbench
    ) -> None:
        answer = seek(bench.findings().target(Label.INSULT), Goal(recall=0.4))
        assert answer.threshold is None
        assert answer.said.startswith("Recall cannot be known from flagged comments alone.")
        target = audited.findings().target(Label.INSULT)
        answer = seek(target, Goal(recall=0.4))
        assert answer.threshold is not None
        assert target.outcome(answer.threshold).recall_low >= 0.4  # type: ignore[operator]
        assert "proven to find at least 40%" in answer.said

    def test_a_proven_threshold_in_force_is_where_the_search_begins(
        self, audited: Workbench
    ) -> None:
        target = audited.findings().target(Label.INSULT)
        answer = seek(target, Goal(recall=0.01))
        assert answer.threshold is not None
        assert answer.threshold >= 0.5
        assert target.outcome(answer.threshold).recall_low >= 0.01  # type: ignore[operator]

    def test_precision_is_to_be_confirmed_and_may_not_be_shown(self, bench: Workbench) -> None:
        review(bench)
        target = bench.findings().target()
        assert seek(target, Goal(precision=0.99)).threshold is None
        answer = seek(target, Goal(precision=0.2))
        assert answer.threshold is not None
        assert "confirm it" in answer.said

    def test_least_cost_needs_a_calibration(self, bench: Workbench, audited: Workbench) -> None:
        review(bench, 20)
        answer = seek(bench.findings().target(Label.INSULT), Goal(costs=(1, 20, 5)))
        assert answer.threshold is None
        assert "it takes 60, and 5 of each kind" in answer.said
        answer = seek(audited.findings().target(Label.INSULT), Goal(costs=(1, 20, 5)))
        assert answer.threshold is not None
        assert "a review costs less than a miss" in answer.said

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"recall": 0.8, "precision": 0.8},
            {"recall": 1.0},
            {"precision": 0.0},
            {"recall": 0.8, "confidence": 1.5},
            {"per_day": 0.0},
            {"per_day": float("inf")},
            {"costs": (1, 0, 1)},
        ],
    )
    def test_a_goal_that_is_none_is_refused(self, given: dict[str, Any]) -> None:
        with pytest.raises(UsageError):
            Goal(**given)


class TestReport:
    def test_it_is_written_as_json_and_as_markdown_with_plots(
        self, audited: Workbench, tmp_path: Path
    ) -> None:
        bench = audited
        text, data = tmp_path / "r.md", tmp_path / "r.json"
        printed = bench.tune(Label.INSULT, Goal(precision=0.1), outputs=[text, data])
        assert "| recall, at least |" in printed
        assert "(r.svg)" in text.read_text(encoding="utf-8")
        ElementTree.parse(tmp_path / "r.svg")
        report = json.loads(data.read_text(encoding="utf-8"))
        one = bench.findings().target(Label.INSULT).outcome(0.5)
        assert report["columns"][0][1]["recall_low"] == one.recall_low
        assert [name for name, _ in report["columns"]] == ["in force", "found"]
        assert report["audit"]["drawn"] == bench.findings().audit.drawn

    def test_it_has_the_slices_of_the_page_with_their_counts(
        self, audited: Workbench, tmp_path: Path
    ) -> None:
        data = tmp_path / "r.json"
        printed = audited.tune(Label.INSULT, outputs=[data])
        findings = audited.findings()
        target = findings.target(Label.INSULT)
        report = json.loads(data.read_text(encoding="utf-8"))
        assert list(report["slices"]) == ["thread", "source", "author", "language", "identity"]
        for one in audited.slices(findings, target, Kind.THREAD, 0.5):
            assert f"| {one.name} | {one.comments:,} | {one.flagged:,} |" in printed
            (row,) = (row for row in report["slices"]["thread"] if row["name"] == one.name)
            assert (row["comments"], row["flagged"]) == (one.comments, one.flagged)
        assert report["slices"]["identity"] == []
        assert "By identity: nothing tells." in printed
        assert "| no name |" in printed

    def test_a_label_without_a_threshold_has_no_figures_in_force(self, bench: Workbench) -> None:
        bench.store.policies.save(
            replace(bench.policy(), version=2, thresholds=(Threshold(Label.TOXICITY, 0.5),))
        )
        assert "No threshold of this label is in force." in bench.tune(Label.THREAT)

    def test_what_cannot_be_reported_is_refused(self, bench: Workbench, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"end it in \.json or \.md"):
            bench.tune(outputs=[tmp_path / "r.pdf"])
        with pytest.raises(UsageError, match="no scorer in use reports incivility"):
            bench.tune(Label.INCIVILITY)
        with pytest.raises(UsageError, match="between 0 and 1"):
            bench.tune(confidence=95)
        empty = Workbench(Settings(database_url=f"sqlite:///{tmp_path / 'empty.db'}"))
        with pytest.raises(UsageError, match="no comment has a score yet"):
            empty.tune()
        empty.close()

    def test_what_is_frozen_beside_a_policy_is_plain_json(self, bench: Workbench) -> None:
        review(bench, 5)
        target = bench.findings().target(Label.INSULT)
        frozen = json.loads(json.dumps(target.frozen(0.6), allow_nan=False))
        assert frozen["saved"]["threshold"] == 0.6
        assert frozen["before"]["threshold"] == 0.5
        assert frozen["scorers"]["insult"] == "own@1"
        assert frozen["saved"]["recall_low"] is None


def test_a_threshold_is_not_saved_over_a_policy_that_nobody_looked_at(bench: Workbench) -> None:
    findings = bench.findings()
    target = findings.target(Label.INSULT)
    made = bench.save_tuned(findings, target, 0.4, "ada", "more of them")
    assert made.threshold(Label.INSULT) == Threshold(Label.INSULT, 0.4)
    with pytest.raises(ConflictError, match="default@2 came into force meanwhile"):
        bench.save_tuned(findings, target, 0.6, "ada", "fewer of them")


def test_a_policy_of_one_label_alone_is_tuned_too(bench: Workbench) -> None:
    policy = Policy("own", 1, (Threshold(Label.THREAT, 0.2),), bench.policy().created_at, "ada")
    bench.store.policies.save(policy)
    findings: Findings = bench.findings()
    assert findings.target(Label.TOXICITY).in_force is None
    scores = findings.known.scores[Label.THREAT]
    assert findings.target().outcome(0.5).flagged == (scores >= 0.2).sum() + UNREAD
