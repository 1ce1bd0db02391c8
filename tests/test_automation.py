"""A lead lets the policy decide by itself: asked beforehand, measured by its share, taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.wording import kind, rude
from triage.cli.commands import commands
from triage.domain.automatic import Acted
from triage.domain.comments import Comment, Thread, text_digest
from triage.domain.decisions import Verdict
from triage.domain.policy import Threshold
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.errors import ConflictError, UsageError
from triage.settings import Settings
from triage.tuning.curves import UNSETTLED
from triage.workbench import Workbench
from triage.workbench.acting import permanent

LABELS = (Label.TOXICITY, Label.INSULT)
SCORER = ScorerInfo("own", "1", LABELS)
BEYOND, FLAGGED, SIZE = 120, 150, 250
Run = Callable[..., Result]


def truth(comment: str) -> bool:
    """Of what scores .9 or more nine in ten are insults, of the other flagged ones half."""
    n = int(comment[1:])
    return n % 10 != 0 if n < BEYOND else n % 2 == 0


def score(n: int) -> float:
    return 0.95 if n < BEYOND else 0.6 if n < FLAGGED else 0.02


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """120 comments that seem beyond doubt, 30 more that are flagged, and 100 calm ones."""
    bench = Workbench(
        Settings(database_url=f"sqlite:///{tmp_path / 'desk.db'}", reviewer="lea", leads=("lea",))
    )
    comments = tuple(Comment(f"c{n}", "t", f"word {n}", n) for n in range(SIZE))
    bench.store.threads.save([Thread("t", title="T", comments=comments)])
    bench.store.panel.set(dict.fromkeys(LABELS, ("own", "1")))
    given = [Scores(dict.fromkeys(LABELS, score(n))) for n in range(SIZE)]
    rows = [(text_digest(one.text), said) for one, said in zip(comments, given, strict=True)]
    bench.store.scores.save(SCORER, rows)
    bench.save_policy([Threshold(one, 0.5) for one in LABELS], "lea", "two labels")
    yield bench
    bench.close()


@pytest.fixture
def triage(bench: Workbench) -> Run:
    def run(*arguments: str, **more: str) -> Result:
        return CliRunner().invoke(
            commands,
            ["--database", bench.settings.database_url, *arguments],
            env={"TRIAGE_REVIEWER": "lea", "TRIAGE_LEADS": "lea"},
            catch_exceptions=False,
            **more,  # type: ignore[arg-type]
        )

    return run


def turn_on(bench: Workbench, audit: float = 0.3) -> Acted:
    ranges = bench.ranges({Label.INSULT: 0.9}, audit=audit)
    return bench.automate(bench.consequences(ranges), "lea", "beyond doubt")[1]


def review(bench: Workbench, by: str = "ada") -> None:
    while (waiting := bench.next_comment(by)) is not None:
        bad = truth(waiting)
        bench.decide(
            [bench.item(waiting).entry.seen],
            Verdict.REJECT if bad else Verdict.APPROVE,
            reviewer=by,
            reasons=["insult"] if bad else [],
        )


def test_turning_it_on_names_the_consequences_and_freezes_them(bench: Workbench) -> None:
    agreed = bench.consequences(bench.ranges({Label.INSULT: 0.9}, 0.1, 0.2))
    assert bench.policy().version == 2
    made, acted = bench.automate(agreed, "lea", "beyond doubt")
    assert acted == agreed.acted
    assert acted.decided + acted.audited == BEYOND + SIZE - FLAGGED
    assert made.automatic == agreed.automatic
    assert made.automatic.scorers == dict.fromkeys(LABELS, "own@1")
    kept = bench.policy_version(3).evidence
    assert kept is not None
    assert kept["at_once"] == {
        "rejected": acted.rejected,
        "approved": acted.approved,
        "audited": acted.audited,
    }
    said = str(kept["known"])
    assert f"At once it rejects {acted.rejected} comments and approves {acted.approved}" in said
    assert "insult from 0.9: nobody reviewed one, so how often it is wrong is not known" in said
    assert "draw an audit sample first" in said
    assert "fully automated" in said


def test_what_it_decides_is_measured_by_the_share_that_people_saw(bench: Workbench) -> None:
    """Each audited comment stands for three: precision is that of all that is flagged."""
    acted = turn_on(bench)
    assert acted.approved == 0
    review(bench)
    findings = bench.findings()
    one = findings.target(Label.INSULT).outcome(0.5)
    assert one.reviewed == FLAGGED - BEYOND + acted.audited
    audited = [one.comment_id for one in bench.store.audits.chances() if one.drawn]
    hits = sum(truth(comment) for comment in audited) / 0.3 + (FLAGGED - BEYOND) / 2
    of_all = len(audited) / 0.3 + FLAGGED - BEYOND
    assert one.precision == pytest.approx(hits / of_all)
    assert one.due == 0


def test_a_range_is_taken_back_as_a_whole_and_is_due_for_review_again(bench: Workbench) -> None:
    acted = turn_on(bench)
    review(bench)
    taken = bench.undo_automatic("lea")
    assert len(taken) == acted.rejected
    assert bench.progress("ada").pending == acted.rejected
    one = bench.findings().target(Label.INSULT).outcome(0.5)
    assert one.due == acted.rejected
    assert bench.act() == Acted()
    with pytest.raises(ConflictError, match="nothing stands"):
        bench.undo_automatic("lea")


def test_scores_that_arrive_are_decided_at_once_and_only_while_it_is_on(bench: Workbench) -> None:
    turn_on(bench, audit=0.01)
    new = [{"id": f"n{n}", "text": text} for n, text in enumerate((*rude(3), *kind(2)))]
    bench.receive(json.dumps(new).encode(), "blog")
    high, low = (Scores(dict.fromkeys(LABELS, at)) for at in (0.99, 0.02))
    rows = [(text_digest(one["text"]), high if n < 3 else low) for n, one in enumerate(new)]
    bench.store.scores.save(SCORER, rows)
    acted = bench.act([digest for digest, _ in rows])
    assert acted.decided + acted.audited == 3
    stopped = bench.stop_automatic("lea", "enough")
    assert stopped.automatic is None
    later = [{"id": "n9", "text": new[0]["text"] + " and more"}]
    bench.receive(json.dumps(later).encode(), "blog")
    bench.store.scores.save(SCORER, [(text_digest(later[0]["text"]), high)])
    assert bench.act() == Acted()
    with pytest.raises(UsageError, match="decides nothing by itself"):
        bench.stop_automatic("lea", "again")


def test_other_thresholds_turn_it_off_and_other_weights_do_not(bench: Workbench) -> None:
    """What falls into the ranges hangs on the thresholds: a lead looks at what follows anew."""
    turn_on(bench)
    present = bench.policy()
    weighed = bench.save_weights(present, {Label.INSULT: 0.9}, "lea", "worse here")
    assert weighed.automatic == present.automatic
    moved = bench.save_policy([Threshold(one, 0.4) for one in LABELS], "lea", "lower")
    assert moved.automatic is None
    assert bench.roll_back(3, "lea", "as it was").automatic is None


def test_where_it_is_turned_off_along_the_command_says_so(bench: Workbench, triage: Run) -> None:
    turn_on(bench)
    told = triage("policy", "set", "insult", "0.4", "--why", "lower").output
    assert "It decides nothing by itself any more" in told
    assert "by itself" not in triage("policy", "set", "insult", "0.3", "--why", "lower").output


def test_it_is_not_turned_on_for_more_than_was_agreed_to(bench: Workbench) -> None:
    agreed = bench.consequences(bench.ranges({Label.INSULT: 0.9}, audit=0.01))
    bench.receive(json.dumps([{"id": "n", "text": rude(1)[0]}]).encode(), "blog")
    worse = dict.fromkeys(LABELS, 0.99)
    bench.store.scores.save(SCORER, [(text_digest(rude(1)[0]), Scores(worse))])
    with pytest.raises(ConflictError, match="when you looked"):
        bench.automate(agreed, "lea", "beyond doubt")
    assert bench.policy().version == 2
    assert not list(bench.store.decisions.log())
    again = bench.consequences(agreed.automatic)
    assert bench.automate(again, "lea", "beyond doubt")[1] == again.acted


def test_where_nobody_is_named_as_a_lead_nobody_turns_it_on(
    tmp_path: Path, bench: Workbench
) -> None:
    agreed = bench.consequences(bench.ranges({Label.INSULT: 0.9}))
    everybody = Workbench(Settings(database_url=bench.settings.database_url, reviewer="lea"))
    with pytest.raises(UsageError, match="set TRIAGE_LEADS"):
        everybody.automate(agreed, "lea", "beyond doubt")
    everybody.close()
    assert bench.policy().automatic is None


def test_the_command_says_so_before_it_reads_and_asks(bench: Workbench) -> None:
    told = CliRunner().invoke(
        commands,
        [
            *("--database", bench.settings.database_url, "policy", "set"),
            *("--auto", "reject:insult=0.9", "--why", "sure"),
        ],
        env={"TRIAGE_REVIEWER": "lea", "TRIAGE_LEADS": ""},
        catch_exceptions=True,
    )
    assert isinstance(told.exception, UsageError)
    assert "TRIAGE_LEADS=ada,lea" in str(told.exception)
    assert "At once" not in told.output


def test_what_people_decided_otherwise_is_said_shown_and_kept(
    bench: Workbench, triage: Run
) -> None:
    for n, verdict in ((1, Verdict.REJECT), (2, Verdict.APPROVE), (3, Verdict.APPROVE)):
        bench.decide([bench.item(f"c{n}").entry.seen], verdict, reviewer="ada")
    agreed = bench.consequences(bench.ranges({Label.INSULT: 0.9}, 0.1))
    side = agreed.sides[Verdict.REJECT]
    assert (side.decided, side.otherwise) == (3, 2)
    said = "What it rejects: people read and decided 3 with such scores, and approved 2 of them."
    assert said in agreed.said
    bench.automate(agreed, "lea", "beyond doubt")
    kept = bench.policy_version(3).evidence
    assert kept is not None
    assert kept["people"] == {
        "reject": {"decided": 3, "otherwise": 2},
        "approve": {"decided": 0, "otherwise": 0},
    }
    bench.stop_automatic("lea", "to look again")
    told = triage("policy", "set", "--auto", "reject:insult=0.9", "--dry-run").output
    assert "Would reject such, and people approved these:\n  insult 0.950  word " in told


def test_an_act_that_was_cut_short_is_told_where_the_policy_is_shown(
    bench: Workbench, triage: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = bench.consequences(bench.ranges({Label.INSULT: 0.9}))
    bench.store.automatic.portion = 50
    asked = iter((True, True))

    def given(ids: Sequence[str], salt: str) -> Sequence[float]:
        if next(asked, None) is None:
            raise KeyboardInterrupt
        return permanent(ids, salt)

    monkeypatch.setattr("triage.workbench.automation.permanent", given)
    with pytest.raises(KeyboardInterrupt):
        bench.automate(agreed, "lea", "beyond doubt")
    assert bench.automatic_due() == BEYOND - 50
    assert "70 comments of what was agreed to still due" in triage("policy", "show").output
    bench.act()
    assert bench.automatic_due() == 0
    assert "still due" not in triage("policy", "show").output


def test_a_change_of_scorers_that_turns_it_off_is_told(bench: Workbench, triage: Run) -> None:
    turn_on(bench)
    told = triage("score", "--scorer", "compact")
    assert "What the policy decides by itself ends with the scorers in use" in told.stderr
    assert "default@4 is in force and decides nothing by itself. The scorers changed" in told.stdout
    assert "by itself" not in triage("score", "--scorer", "compact").output


def test_an_import_tells_what_the_policy_decided(
    bench: Workbench, triage: Run, tmp_path: Path
) -> None:
    """Of a text with scores at hand it decides at once: an edit back, or one that came before."""
    agreed = bench.consequences(bench.ranges({Label.INSULT: 0.9}, audit=0.01))
    bench.automate(agreed, "lea", "beyond doubt")
    (tmp_path / "new.csv").write_text("id,text\nq1,word 7\nq2,word 8\nq3,word 200\n")
    told = triage("import", str(tmp_path / "new.csv")).output
    assert "The policy itself rejected" in told


def test_all_versions_with_the_same_ranges_are_taken_back_together(bench: Workbench) -> None:
    acted = turn_on(bench)
    bench.save_weights(bench.policy(), {Label.INSULT: 0.9}, "lea", "worse here")
    new = [{"id": f"n{n}", "text": text} for n, text in enumerate(rude(4))]
    bench.receive(json.dumps(new).encode(), "blog")
    high = Scores(dict.fromkeys(LABELS, 0.99))
    bench.store.scores.save(SCORER, [(text_digest(one["text"]), high) for one in new])
    more = bench.act()
    assert more.decided > 0
    taken = bench.undo_automatic("lea")
    assert len(taken) == acted.decided + more.decided
    assert {one.policy for one in taken} == {"default@3", "default@4"}


def test_the_queue_is_what_people_are_asked_about(bench: Workbench) -> None:
    before = bench.findings().target(Label.INSULT)
    assert before.queue(0.5) == FLAGGED
    acted = turn_on(bench)
    target = bench.findings().target(Label.INSULT)
    assert target.queue(0.5) == FLAGGED - acted.rejected
    assert target.queue(0.55) == FLAGGED  # another threshold turns the ranges off


def test_scores_of_what_waits_are_hidden_from_reviewers_as_long_as_they_would_tell(
    bench: Workbench,
) -> None:
    assert not bench.veils_scores("ada")
    turn_on(bench)
    assert bench.veils_scores("ada")
    assert not bench.veils_scores("lea")
    bench.stop_automatic("lea", "enough")
    assert bench.veils_scores("ada")  # its share still waits beside what it decided
    review(bench)
    assert not bench.veils_scores("ada")


def test_only_leads_turn_it_on_and_take_it_back(bench: Workbench) -> None:
    agreed = bench.consequences(bench.ranges({Label.INSULT: 0.9}))
    for act in (
        lambda: bench.automate(agreed, "ada", "why not"),
        lambda: bench.undo_automatic("ada"),
    ):
        with pytest.raises(UsageError, match="TRIAGE_LEADS"):
            act()
    bench.save_policy([Threshold(one, 0.4) for one in LABELS], "lea", "lower")
    with pytest.raises(ConflictError):
        bench.automate(agreed, "lea", "of what was looked at before")


def test_the_command_asks_first_shows_what_is_on_and_takes_it_back(
    bench: Workbench, triage: Run
) -> None:
    on = ("policy", "set", "--auto", "reject:insult=0.9", "--auto", "audit=0.2", "--why", "sure")
    dry = triage(*on, "--dry-run").output
    assert "At once it rejects" in dry
    assert "Would reject these, of all by chance:\n  insult 0.950  word " in dry
    assert "Would reject these, of those nearest to the limit:\n  insult 0.950  word " in dry
    assert "nobody has decided a comment with such scores yet" in dry
    assert "Nothing was changed" in dry
    assert "Nothing was changed." in triage(*on, input="n\n").output
    assert bench.policy().automatic is None
    done = triage(*on, input="y\n").output
    assert "In force: default@3" in done
    assert "The policy itself rejected" in done
    shown = triage("policy", "show").output
    assert "decides by itself, by the scores of own@1:" in shown
    assert "insult 0.9 or more: rejected" in shown
    assert "Known when it was saved: At once it rejects" in shown
    back = triage("policy", "undo").output
    assert "decisions of default@3" in back
    assert "still decides by itself" in back
    assert "it decides nothing by itself" in triage(*on[:2], "--auto", "off", "--why", "no").output


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("reject:spam=0.9", "no label is 'spam'"),
        ("reject:insult", "reject:LABEL=SCORE"),
        ("hold=0.9", "reject:LABEL=SCORE"),
        ("reject:insult=0.3", r"flags from 0\.5 on only"),
        ("approve=2", "between 0 and 1"),
    ],
)
def test_a_range_that_is_none_is_refused_in_words(triage: Run, given: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        triage("policy", "set", "--auto", given, "--why", "x")


def test_an_audit_drawn_from_what_it_approved_counts_in_its_turn(bench: Workbench) -> None:
    """What waits of an ordinary draw is taken for nothing yet, approved by the policy or not."""
    ranges = bench.ranges({}, approve_to=0.1, audit=0.05)
    acted = bench.automate(bench.consequences(ranges), "lea", "calm")[1]
    assert acted.approved + acted.audited == SIZE - FLAGGED
    assert bench.draw_audit(60, "lea").drawn > 20
    label = bench.findings().target(Label.INSULT).evidence.label
    assert (label == UNSETTLED).sum() == acted.audited
