"""Second looks through the workbench, and what the Quality page makes of them."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import pytest
from streamlit.testing.v1 import AppTest

from triage.domain.decisions import Verdict
from triage.domain.entries import Act, Entry, Said
from triage.domain.looks import LookKind, look_in_turn
from triage.errors import ConflictError, UsageError
from triage.settings import Settings
from triage.ui.state import workbench
from triage.workbench import Workbench


@pytest.fixture
def environment(environment: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A lead's, where every decision is doubled."""
    environment.setenv("TRIAGE_REVIEWER", "lea")
    environment.setenv("TRIAGE_DOUBLED", "1")
    return environment


@pytest.fixture
def bench(environment: pytest.MonkeyPatch, tmp_path: Path) -> Workbench:
    """Three comments: ana rejected two of them for insult and approved one."""
    bench = Workbench(Settings.from_environment())
    path = tmp_path / "c.csv"
    path.write_text("id,text\nc0,You *fool*\nc1,Have a nice day\nc2,What a fool you are\n")
    bench.import_file(path)
    for name, verdict in (("c0", "reject"), ("c1", "approve"), ("c2", "reject")):
        decide(bench, name, verdict, reviewer="ana")
    return bench


def decide(bench: Workbench, comment: str, verdict: str, *, reviewer: str) -> None:
    reasons = ["insult"] if verdict == "reject" else []
    seen = bench.item(comment).entry.seen
    bench.decide([seen], Verdict(verdict), reviewer=reviewer, reasons=reasons)


def say(bench: Workbench, comment: str, verdict: str, reviewer: str = "bo") -> None:
    kind = bench.look_kind(comment, reviewer)
    assert kind is not None
    seen = bench.item(comment).entry.seen
    bench.say(seen, kind, Verdict(verdict), reviewer=reviewer, reasons=["insult"], note="N*B*")


def due(bench: Workbench, reviewer: str) -> str | None:
    """Return what waits for a second look when nobody has it."""
    found = bench.turns.look(reviewer)
    bench.release([found] if found else [], reviewer)
    return found


def page(name: str = "quality") -> AppTest:
    code = (
        f"from triage.ui import {name}\nfrom triage.ui.state import workbench\n"
        f"{name}.page(workbench())"
    )
    app = AppTest.from_string(code, default_timeout=30).run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(one.value for one in [*app.markdown, *app.text])


def test_single_decisions_wait_for_a_second_look_and_a_batch_does_not(bench: Workbench) -> None:
    assert due(bench, "bo") == "c0"
    say(bench, "c0", "reject")
    assert due(bench, "bo") == "c1"
    seen = [bench.item(name).entry.seen for name in ("c1", "c2")]
    bench.decide(seen, Verdict.APPROVE, reviewer="ana")
    assert due(bench, "bo") is None, "nobody looked at each of a batch"


def test_nothing_is_doubled_where_the_site_does_not_want_it(
    environment: pytest.MonkeyPatch, bench: Workbench
) -> None:
    environment.setenv("TRIAGE_DOUBLED", "0")
    quiet = Workbench(Settings.from_environment())
    decide(quiet, "c1", "reject", reviewer="cy")
    assert quiet.look_kind("c1", "bo") is None
    quiet.close()


def test_an_opinion_can_be_taken_back(bench: Workbench) -> None:
    say(bench, "c0", "approve")
    taken_back = bench.withdraw_last("bo")
    assert taken_back is not None
    assert (taken_back.comment_id, due(bench, "bo")) == ("c0", "c0")
    assert bench.withdraw_last("bo") is None


def test_opinions_stand_among_the_last_acts_of_whoever_had_them_and_of_nobody_else(
    bench: Workbench,
) -> None:
    decide(bench, "c1", "approve", reviewer="bo")
    say(bench, "c0", "approve")
    decide(bench, "c1", "reject", reviewer="bo")
    listed = bench.recently("bo")
    assert [(one.made.comment_id, one.made.verdict, one.count) for one in listed] == [
        ("c1", "reject", 1),
        ("c0", "approve", 1),
        ("c1", "approve", 1),
    ]
    assert [one.text for one in listed][1] == "You *fool*"
    assert len(bench.recently("bo", limit=2)) == 2
    assert {type(one) for one in bench.recently("ana")} == {Act}
    said = listed[1]
    assert isinstance(said, Said)
    with pytest.raises(UsageError, match="taken back by whoever had it"):
        bench.withdraw(said.opinion, "ana")
    bench.withdraw(said.opinion, "bo")
    assert [one.made.comment_id for one in bench.recently("bo")] == ["c1", "c1"]
    assert due(bench, "bo") == "c0", "it is asked about again"
    with pytest.raises(ConflictError):
        bench.withdraw(said.opinion, "bo")


def test_the_report_counts_agreement_by_verdict_and_label_and_each_ones_record(
    bench: Workbench,
) -> None:
    say(bench, "c0", "reject")
    say(bench, "c1", "reject")
    say(bench, "c2", "reject")
    report = bench.quality()
    assert report.verdicts.comments == 3
    assert report.verdicts.raw.value == pytest.approx(2 / 3)
    (label,) = report.labels
    assert (label, report.labels[label].raw.value) == ("insult", pytest.approx(2 / 3))
    ana, bo = report.records
    assert (ana.reviewer, bo.reviewer) == ("ana", "bo")
    assert bo.against == {
        (Verdict.REJECT, Verdict.REJECT): 2,
        (Verdict.REJECT, Verdict.APPROVE): 1,
    }
    assert sum(ana.against.values()) == 3
    assert all(said is final for said, final in ana.against)


def test_known_answers_are_asked_once_and_their_hits_counted(bench: Workbench) -> None:
    assert bench.set_gold([bench.item("c2").entry.seen], "lea") == 1
    assert bench.look_kind("c2", "bo") is LookKind.GOLD
    say(bench, "c2", "approve")
    (bo,) = bench.quality().records
    assert (bo.gold, bo.hits) == (1, 0)


def test_only_leads_set_known_answers_and_have_the_last_word(
    environment: pytest.MonkeyPatch, bench: Workbench
) -> None:
    environment.setenv("TRIAGE_LEADS", "mia")
    led = Workbench(Settings.from_environment())
    say(led, "c0", "approve")
    (found,) = led.disagreements()
    with pytest.raises(UsageError, match=r"lea may not set known answers.*mia"):
        led.set_gold([led.item("c0").entry.seen], "lea")
    with pytest.raises(UsageError, match=r"lea may not have the last word.*mia"):
        led.have_last_word(found, Verdict.REJECT, by="lea")
    led.have_last_word(found, Verdict.REJECT, by="mia", note="rule 2")
    assert led.item("c0").log[-1].via == "adjudication"
    led.close()


def test_an_undecided_comment_has_no_answer_to_know(bench: Workbench) -> None:
    bench.undo("ana")
    with pytest.raises(UsageError, match="'c2' is not decided"):
        bench.set_gold([bench.item("c2").entry.seen], "lea")


def test_an_answer_is_taken_out_though_its_verdict_was_taken_back(bench: Workbench) -> None:
    bench.set_gold([bench.item("c2").entry.seen], "lea")
    bench.undo("ana")
    ((answer, _),) = bench.gold()
    bench.take_gold_out(answer, "lea")
    assert bench.gold() == []


def test_the_page_says_how_agreement_comes_to_be_known(bench: Workbench) -> None:
    shown = texts(page())
    assert "One decision in 1 waits for a second reviewer" in shown
    assert "None waits for the last word." in shown


def test_a_lead_settles_a_disagreement_on_the_page(bench: Workbench) -> None:
    say(bench, "c0", "approve")
    app = page()
    shown = texts(app)
    assert "agreed on 0% of them" in shown
    assert "You *fool*" in [one.value for one in app.text], "as it was written"
    assert any("bo: approve for insult" in one.value and "N*B*" in one.value for one in app.text)
    (reject,) = [one for one in app.button if one.label == "Reject"]
    app = reject.click().run()
    assert not app.exception
    assert "None waits for the last word." in texts(app)
    last = bench.item("c0").log[-1]
    assert (last.reviewer, last.verdict, last.reasons) == ("lea", Verdict.REJECT, ("insult",))


def test_a_reviewer_sees_the_own_record_and_a_lead_everybodys(
    environment: pytest.MonkeyPatch, bench: Workbench
) -> None:
    say(bench, "c0", "reject")
    assert [one.label for one in page().selectbox] == ["Reviewer"]
    environment.setenv("TRIAGE_LEADS", "mia")
    environment.setenv("TRIAGE_REVIEWER", "bo")
    workbench.clear()
    app = page()
    assert not app.selectbox
    assert "1 comment doubled, 1 of them with the verdict that is in force." in texts(app)
    assert "Disagreements" not in texts(app)


def test_a_known_answer_is_taken_out_on_the_page(bench: Workbench) -> None:
    bench.set_gold([bench.item("c2").entry.seen], "lea")
    app = page()
    (out,) = [one for one in app.button if one.label == "Take out"]
    assert not out.click().run().exception
    assert bench.gold() == []


def press(app: AppTest, name: str) -> AppTest:
    sleep(0.3)  # what is decided sooner is taken for a held key
    (found,) = [one for one in app.button if one.label == name]
    run: AppTest = found.click().run()
    assert not run.exception
    return run


def test_a_second_look_comes_up_unseen_and_what_is_said_leaves_the_verdict(
    environment: pytest.MonkeyPatch, bench: Workbench
) -> None:
    bench.score()
    environment.setenv("TRIAGE_REVIEWER", "bo")
    workbench.clear()
    app = page("review")
    assert app.query_params["comment"] == "c0"
    shown = texts(app)
    assert "You *fool*" in "\n".join(one.value for one in app.html)
    assert "ana" not in shown, "neither who decided nor what"
    assert "Its scores are shown once you have decided." in shown
    app = press(app, "Reject")
    (pair,) = bench.store.looks.pairs()
    assert (pair.opinion.reviewer, pair.opinion.verdict) == ("bo", Verdict.REJECT)
    assert [one.reviewer for one in bench.item("c0").log] == ["ana"]
    assert app.query_params["comment"] == "c1", "the next one that waits"
    app = press(app, "Undo")
    assert app.query_params["comment"] == "c0"
    assert bench.look_kind("c0", "bo") is not None, "it is asked about again"


def test_about_one_comment_in_eight_is_a_second_look() -> None:
    turns = [look_in_turn("bo", f"c{number}") for number in range(4_000)]
    assert 0.1 < sum(turns) / len(turns) < 0.15
    assert turns == [look_in_turn("bo", f"c{number}") for number in range(4_000)]


def test_a_lead_makes_known_answers_of_selected_rows_that_are_decided(bench: Workbench) -> None:
    bench.undo("ana")
    entries = bench.entries(["c0", "c1", "c2"])
    offered = {
        name: [one.label for one in actions(bench, chosen).button]
        for name, chosen in {"decided": entries[:2], "one is not": entries}.items()
    }
    assert "Known answer" in offered["decided"]
    assert "Known answer" not in offered["one is not"]
    app = actions(bench, entries[:2])
    (button,) = [one for one in app.button if one.label == "Known answer"]
    assert not button.click().run().exception
    assert [answer.comment_id for answer, _ in bench.gold()] == ["c0", "c1"]


def actions(bench: Workbench, chosen: list[Entry]) -> AppTest:
    """Return what Browse offers for selected rows."""

    def page(ids: list[str]) -> None:
        from triage.domain.kindness import Blur
        from triage.ui.browse.actions import draw_actions
        from triage.ui.browse.veil import Veil
        from triage.ui.state import workbench

        bench = workbench()
        draw_actions(bench, bench.entries(ids), Veil(Blur.OFF), "lea")

    ids = [one.comment.id for one in chosen]
    app = AppTest.from_function(page, default_timeout=30, args=(ids,)).run()
    assert not app.exception
    return app
