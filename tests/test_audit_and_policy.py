"""The verbs about audits and policies, and their commands, over a real database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.test_cli import Run, triage
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.policy import Route, Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, NotFoundError, UsageError
from triage.settings import Settings
from triage.workbench import Workbench

__all__ = ["triage"]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCORER = ScorerInfo("test", "1", (Label.TOXICITY,))


def filled(url: str, leads: tuple[str, ...] = ()) -> Workbench:
    """A site of 300 comments: 50 flagged, 250 below the threshold of .5."""
    bench = Workbench(Settings(database_url=url, leads=leads, reviewer="ana"), clock=lambda: NOON)
    members = tuple(Comment(f"c{n}", "t", f"text {n}", n) for n in range(300))
    bench.store.threads.save([Thread("t", comments=members)])
    bench.store.panel.set({Label.TOXICITY: (SCORER.key, SCORER.version)})
    rows = [
        (text_digest(one.text), Scores({Label.TOXICITY: 0.5 + n / 200 if n < 50 else n / 1_000}))
        for n, one in enumerate(members)
    ]
    bench.store.scores.save(SCORER, rows)
    return bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    made = filled(f"sqlite:///{tmp_path / 'triage.db'}")
    yield made
    made.close()


def only(at: float) -> tuple[Threshold, ...]:
    return (Threshold(Label.TOXICITY, at),)


class TestAudit:
    def test_a_draw_waits_in_the_queue_and_its_review_is_counted(self, bench: Workbench) -> None:
        made = bench.draw_audit(60, "ana")
        assert made.population == 250
        assert bench.progress("ana").pending == 50 + made.drawn
        (audit,) = bench.audits()
        assert (audit.draw, audit.decided, audit.waiting) == (made, 0, made.drawn)
        while (name := bench.next_comment("ana")) is not None:
            item = bench.item(name)
            (decision,) = bench.decide(
                [item.entry.seen], Verdict.APPROVE, reviewer="ana", score_visible=not item.blind
            )
            assert (decision.via == "audit") <= (not decision.score_visible)
        assert bench.audits()[0].waiting == 0
        log = [one.decision for one in bench.store.decisions.log()]
        assert sum(one.via == "audit" for one in log) == made.drawn
        assert sum(one.via == "review" for one in log) == 50

    def test_its_figures_are_those_of_the_statistics(self, bench: Workbench) -> None:
        # What the store keeps is what triage.tuning asks for: chances that add up, who was drawn.
        made = bench.draw_audit(60, "ana")
        chances = list(bench.store.audits.chances())
        assert sum(one.probability for one in chances) == pytest.approx(60)
        assert sum(one.drawn for one in chances) == made.drawn
        weights = sum(1 / one.probability for one in chances if one.drawn)
        assert 100 < weights < 600  # about 250, which they stand for

    @pytest.mark.parametrize("count", [0.0, -3.0, float("nan"), float("inf")])
    def test_a_count_that_is_none_is_refused(self, bench: Workbench, count: float) -> None:
        with pytest.raises(UsageError, match="ask for 1 or more"):
            bench.draw_audit(count, "ana")
        assert bench.audits() == []

    def test_only_a_lead_may_draw(self, tmp_path: Path) -> None:
        bench = filled(f"sqlite:///{tmp_path / 'led.db'}", leads=("lea",))
        with pytest.raises(UsageError, match="ana may not draw an audit: TRIAGE_LEADS names lea"):
            bench.draw_audit(10, "ana")
        assert bench.draw_audit(100, "lea").by == "lea"
        bench.close()

    def test_whoever_looks_at_a_blind_comment_gets_no_scores_until_it_is_decided(
        self, bench: Workbench
    ) -> None:
        bench.draw_audit(250, "ana")
        item = bench.item("c60")
        assert item.blind
        assert (item.proposal, item.proposed, item.entry.scores) == (None, (), None)
        assert bench.entries(["c60"])[0].scores is None
        bench.decide([item.entry.seen], Verdict.APPROVE, reviewer="ana", score_visible=False)
        after = bench.item("c60")
        assert not after.blind
        assert after.entry.scores is not None
        assert bench.entries(["c60"])[0] == after.entry

    def test_a_flagged_and_a_drawn_blind_comment_cannot_be_told_apart(
        self, bench: Workbench
    ) -> None:
        bench.draw_audit(250, "ana")
        flagged = [bench.item(f"c{n}") for n in range(50)]
        decoy = next(one for one in flagged if one.blind)
        drawn = bench.item("c200")
        own = {"comment", "text_sha256"}
        names = set(type(decoy.entry).__dataclass_fields__) - own
        assert {n: getattr(decoy.entry, n) for n in names} == {
            n: getattr(drawn.entry, n) for n in names
        }
        assert (decoy.proposal, decoy.flags, decoy.log) == (drawn.proposal, drawn.flags, drawn.log)

    def test_a_verdict_made_without_a_look_does_not_show_on_a_drawn_one(
        self, bench: Workbench
    ) -> None:
        entry = bench.item("c200").entry
        bench.decide([entry.seen], Verdict.REJECT, reviewer="bob", via="batch")
        bench.draw_audit(250, "ana")
        item = bench.item("c200")
        assert (item.blind, item.entry.verdict, item.entry.reviewer) == (True, None, None)
        bench.decide([item.entry.seen], Verdict.APPROVE, reviewer="ana", score_visible=False)
        assert bench.item("c200").entry.verdict is Verdict.APPROVE


class TestBlindMode:
    def test_the_site_hides_scores_unless_the_reviewer_chose_otherwise(
        self, tmp_path: Path
    ) -> None:
        url = f"sqlite:///{tmp_path / 'triage.db'}"
        bench = Workbench(Settings(database_url=url, blind=True))
        assert bench.blind("ana")
        assert bench.own_blind("ana") is None
        bench.set_blind("ana", False)
        assert (bench.blind("ana"), bench.blind("bob")) == (False, True)
        bench.set_blind("ana", None)
        assert bench.blind("ana")
        bench.close()

    def test_it_is_read_from_the_environment(self) -> None:
        assert Settings.from_environment({"TRIAGE_BLIND": "1"}).blind
        assert not Settings.from_environment({}).blind
        with pytest.raises(UsageError, match="TRIAGE_BLIND"):
            Settings.from_environment({"TRIAGE_BLIND": "perhaps"})

    def test_it_hides_every_undecided_comment_and_no_decided_one(self, bench: Workbench) -> None:
        item = bench.item("c0", blind=True)
        assert (item.blind, item.entry.scores, item.proposal) == (True, None, None)
        assert [one.scores for one in bench.entries(["c0", "c200"], blind=True)] == [None, None]
        bench.decide([item.entry.seen], Verdict.REJECT, reviewer="ana", score_visible=False)
        again = bench.item("c0", blind=True)
        assert not again.blind
        assert again.log[-1].score_visible is False
        assert again.log[-1].via == "review"


class TestPolicies:
    def test_a_change_is_a_new_version_with_its_reason_and_evidence(self, bench: Workbench) -> None:
        made = bench.save_policy(only(0.6), "ana", " too many ", {"recall_low": 0.8})
        assert (made.ref, made.created_by, made.why) == ("default@2", "ana", "too many")
        assert made.created_at == NOON
        assert bench.policy() == made
        assert bench.progress("ana").pending == 30
        first, second = bench.policy_history()
        assert first.policy.ref == "default@1"
        assert second.evidence == {"recall_low": 0.8}
        assert bench.policy_version(2).policy == made

    def test_going_back_is_a_new_version_too(self, bench: Workbench) -> None:
        bench.save_policy(only(0.6), "ana", "try")
        back = bench.roll_back(1, "bob", "worse")
        assert back.ref == "default@3"
        assert back.thresholds == bench.policy_version(1).policy.thresholds
        assert bench.policy_history()[-1].evidence == {"rolled_back_to": "default@1"}
        assert bench.progress("ana").pending == 50
        with pytest.raises(NotFoundError, match="default@9"):
            bench.roll_back(9, "ana", "nowhere")

    def test_what_cannot_be_a_change_is_refused_and_nothing_is_saved(
        self, bench: Workbench
    ) -> None:
        twice = (*only(0.6), *only(0.7))
        with pytest.raises(UsageError, match="say why"):
            bench.save_policy(only(0.6), "ana", "  ")
        with pytest.raises(UsageError, match="one threshold per label and route"):
            bench.save_policy(twice, "ana", "twice")
        with pytest.raises(UsageError, match="default@1, which is in force"):
            bench.roll_back(1, "ana", "again")
        assert len(bench.policy_history()) == 1

    def test_only_a_lead_may_change_it_and_anybody_may_look(self, tmp_path: Path) -> None:
        bench = filled(f"sqlite:///{tmp_path / 'led.db'}", leads=("lea",))
        with pytest.raises(UsageError, match="ana may not change the policy"):
            bench.save_policy(only(0.6), "ana", "try")
        with pytest.raises(UsageError, match="ana may not change the policy"):
            bench.roll_back(1, "ana", "try")
        assert bench.preview_policy(only(0.6), "ana").would_flag == 30
        assert bench.save_policy(only(0.6), "lea", "try").version == 2
        bench.close()

    def test_a_preview_saves_nothing(self, bench: Workbench) -> None:
        item = bench.item("c0")
        bench.decide([item.entry.seen], Verdict.REJECT, reviewer="ana")
        told = bench.preview_policy(only(0.7), "ana")
        assert (told.flagged, told.would_flag, told.dropped) == (50, 10, 40)
        assert (told.waiting, told.would_wait) == (49, 10)
        assert (told.rejected, told.missed) == (1, 1)
        assert bench.preview_policy(only(0.7), "bob").rejected == 0
        assert len(bench.policy_history()) == 1

    def test_two_changes_at_once_do_not_overwrite_each_other(self, bench: Workbench) -> None:
        made = bench.save_policy(only(0.6), "ana", "first")
        with pytest.raises(ConflictError, match="default@2 exists"):
            bench.store.policies.save(type(made)("default", 2, only(0.9), NOON, "bob", "second"))
        assert bench.policy() == made
        # What was looked at is what is changed, whatever version number would be free by now.
        with pytest.raises(ConflictError, match="default@2 came into force meanwhile"):
            bench.save_policy(only(0.7), "bob", "second", upon=bench.policy_version(1).policy)
        third = type(made)("default", 3, only(0.9), NOON, "bob", "at the same moment")
        with pytest.raises(ConflictError, match="default@2 came into force meanwhile"):
            bench.store.policies.save(third, upon="default@1")
        assert bench.policy() == made

    def test_weights_are_saved_kept_by_thresholds_and_rolled_back(self, bench: Workbench) -> None:
        first = bench.policy()
        weighed = bench.save_weights(first, {Label.THREAT: 5.0}, "ana", "a school")
        assert (weighed.thresholds, weighed.severity[Label.THREAT]) == (first.thresholds, 5.0)
        moved = bench.save_policy(only(0.6), "ana", "fewer")
        assert moved.severity == weighed.severity
        with pytest.raises(UsageError, match="thresholds and weights of default@3"):
            bench.save_policy(only(0.6), "ana", "again", severity={Label.THREAT: 5.0})
        with pytest.raises(UsageError, match="makes no policy: the severity of insult"):
            bench.save_policy(only(0.6), "ana", "worse", severity={Label.INSULT: 0.0})
        with pytest.raises(ConflictError, match="default@3 came into force meanwhile"):
            bench.save_weights(first, {Label.THREAT: 7.0}, "ana", "on an old page")
        back = bench.roll_back(1, "ana", "no school")
        assert (back.thresholds, back.severity) == (first.thresholds, first.severity)

    def test_a_policy_changes_one_threshold_at_a_time(self, bench: Workbench) -> None:
        policy = bench.policy()
        changed = policy.with_threshold(Label.THREAT, 0.2)
        assert set(changed) - set(policy.thresholds) == {Threshold(Label.THREAT, 0.2)}
        assert len(changed) == len(policy.thresholds)
        held = policy.with_threshold(Label.THREAT, 0.9, Route.HOLD)
        assert len(held) == len(policy.thresholds) + 1
        gone = policy.with_threshold(Label.THREAT, None)
        assert all(one.label is not Label.THREAT for one in gone)


class TestCommands:
    @pytest.fixture(autouse=True)
    def site(self, triage: Run, tmp_path: Path) -> None:
        filled(f"sqlite:///{tmp_path / 'triage.db'}").close()

    def test_an_audit_is_drawn_and_told_of(self, triage: Run) -> None:
        assert "No audit was drawn yet" in triage("audit", "status").out
        done = triage("audit", "draw", "60")
        assert done.code == 0
        found = re.search(r"Drawn: (\d+) comments of 250 that nothing flags", done.out)
        assert found is not None
        told = triage("audit", "status").out
        assert f"by ana, 60 asked for, {found[1]} drawn of 250 (default@1)" in told
        assert f"0 decided, {found[1]} wait" in told
        assert "Drawn: 0 comments" in triage("audit", "draw", "60").out

    def test_a_count_that_is_none_is_refused_in_words(self, triage: Run) -> None:
        assert triage("audit", "draw", "0").code == 2
        assert "ask for 1 or more" in triage("audit", "draw", "nan").err

    def test_a_threshold_is_set_shown_and_taken_back(self, triage: Run) -> None:
        done = triage("policy", "set", "toxicity", "0.6", "--why", "too many")
        assert done.code == 0
        assert "- toxicity from 0.5: review" in done.out
        assert "+ toxicity from 0.6: review" in done.out
        assert "To review: 50 now, 30 then" in done.out
        assert "In force: default@2" in done.out
        shown = triage("policy", "show").out
        assert "default@2" in shown
        assert "toxicity from 0.6: review" in shown
        assert "Known when it was saved: Nobody has reviewed a comment above this" in shown
        assert "No evidence was kept with it." in triage("policy", "show", "1").out
        assert "toxicity from 0.5: review" in triage("policy", "show", "1").out
        told = triage("policy", "diff", "1").out
        assert "default@1 beside default@2" in told
        assert "To review: 30 now, 50 then" in told
        assert "Of 0 rejections by ana, it would not have flagged 0" in told
        assert "In force: default@3" in triage("policy", "rollback", "1", "--why", "worse").out
        assert "A way back to default@1." in triage("policy", "show").out
        versions = triage("policy", "list").out
        assert "default@3: " in versions
        assert "in force" in versions.splitlines()[-2]
        assert "too many" in versions

    def test_a_dry_run_changes_nothing_and_a_change_needs_a_reason(self, triage: Run) -> None:
        told = triage("policy", "set", "toxicity", "off", "--dry-run").out
        assert "- toxicity from 0.5: review" in told
        assert "To review: 50 now, 0 then" in told
        assert "this was a dry run" in told
        refused = triage("policy", "set", "toxicity", "0.6")
        assert refused.code == 2
        assert "say why" in refused.err
        assert "default@2" not in triage("policy", "list").out

    def test_weights_are_set_shown_and_compared(self, triage: Run) -> None:
        done = triage("policy", "set", "--severity", "threat=5", "--why", "a school")
        assert done.code == 0
        assert "- threat weighs 1\n  + threat weighs 5" in done.out
        assert "threat 5" in triage("policy", "show").out
        assert "threat 1" in triage("policy", "show", "1").out
        assert "- threat weighs 5\n  + threat weighs 1" in triage("policy", "diff", "1").out
        both = triage("policy", "set", "toxicity", "0.6", "--severity=insult=2", "--dry-run").out
        assert "+ toxicity from 0.6: review" in both
        assert "+ insult weighs 2" in both

    @pytest.mark.parametrize(
        ("given", "why"),
        [
            (["--severity", "thret=5"], "no label is 'thret'; labels: toxicity"),
            (["--severity", "threat"], "LABEL=WEIGHT"),
            (["--severity", "threat=0"], "--severity threat=0: the weight is a number above 0"),
            (["--severity", "threat=101"], "up to 100"),
            (["--severity", "threat=nan"], "up to 100"),
            (["--severity", "threat=high"], "a number above 0"),
            (["threat"], "a threshold is LABEL AT"),
            ([], "say what to change"),
        ],
    )
    def test_what_is_no_change_is_refused_in_words(
        self, triage: Run, given: list[str], why: str
    ) -> None:
        done = triage("policy", "set", *given, "--why", "x")
        assert done.code == 2
        assert why in done.err

    @pytest.mark.parametrize("at", ["1.5", "-1", "nan", "high"])
    def test_what_is_no_threshold_is_refused_in_words(self, triage: Run, at: str) -> None:
        done = triage("policy", "set", "toxicity", "--why", "x", "--", at)
        assert done.code == 2
        assert "is no threshold" in done.err
