"""Appeals on the pages: read and answered in Review, counted in Quality."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from triage.domain.appeals import AppealedBy, AppealStatus, AppealVia, Outcome
from triage.domain.decisions import Verdict
from triage.errors import ConflictError
from triage.settings import Settings
from triage.ui.review.looking import draft
from triage.ui.state import Key, workbench
from triage.workbench import Workbench

HOSTILE = "**bold** <b>x</b> [a](http://evil.example) $x$ :red[y]"


@pytest.fixture
def bench(environment: pytest.MonkeyPatch, tmp_path: Path) -> Workbench:
    """Two comments of which ada rejected the first; ana looks at the pages."""
    environment.setenv("TRIAGE_DOUBLED", "0")
    bench = Workbench(Settings.from_environment())
    path = tmp_path / "c.csv"
    path.write_text("id,text\nc0,A fine day it is\nc1,Have a nice day\n")
    bench.import_file(path)
    decide(bench, "c0", "reject", "ada", note="rule *2*")
    return bench


def decide(bench: Workbench, name: str, verdict: str, by: str, note: str = "") -> None:
    reasons = ["insult"] if verdict == "reject" else []
    seen = bench.item(name).entry.seen
    bench.decide([seen], Verdict(verdict), reviewer=by, reasons=reasons, note=note)


def appeal(bench: Workbench, name: str = "c0") -> None:
    bench.appeal(name, HOSTILE, by=AppealedBy.AUTHOR, received_by="client:blog")


def page(name: str = "review", comment: str | None = None, **state: object) -> AppTest:
    app = AppTest.from_string(
        f"from triage.ui import {name}\nfrom triage.ui.state import workbench\n"
        f"{name}.page(workbench())",
        default_timeout=30,
    )
    if comment is not None:
        app.query_params["comment"] = comment
    for key, value in state.items():
        app.session_state[key] = value
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(one.value for one in [*app.markdown, *app.text, *app.caption])


def button(app: AppTest, name: str) -> Button:
    (found,) = [one for one in app.button if one.label == name]
    return found


def press(app: AppTest, name: str) -> AppTest:
    sleep(0.3)  # what is decided sooner is taken for a held key
    run: AppTest = button(app, name).click().run()
    assert not run.exception
    return run


def test_the_appeal_is_shown_as_text_with_the_first_decision_and_a_reply_for_either_outcome(
    bench: Workbench,
) -> None:
    appeal(bench)
    app = page()
    assert app.query_params["comment"] == "c0"
    assert HOSTILE in [one.value for one in app.text], "as it was written"
    assert HOSTILE not in "\n".join(one.value for one in [*app.markdown, *app.caption])
    shown = texts(app)
    assert "Appealed by its author just now" in shown
    assert "ada rejected for insult" in shown
    assert "“rule *2*”" in shown
    upheld, overturned = app.text_area
    assert (upheld.label, overturned.label) == ("Reply if upheld", "Reply if overturned")
    assert upheld.value.endswith("It stays hidden."), "the first reasons may be refused now"
    assert "is shown again" in overturned.value


def test_the_verdict_key_answers_it_with_the_reply_of_that_outcome(bench: Workbench) -> None:
    appeal(bench)
    app = page()
    overturned = app.text_area[1]
    overturned.set_value("We were *wrong*.").run()
    app = press(app, "Approve")
    (found,) = bench.item("c0").appeals
    assert (found.outcome, found.reply) == (Outcome.OVERTURNED, "We were *wrong*.")
    app = press(app, "Undo my last decision")
    assert bench.item("c0").appeal is not None
    assert "The appeal waits again." in str(app.toast[0].value)
    app = press(app, "Reject")
    (found,) = bench.item("c0").appeals
    assert found.outcome is Outcome.UPHELD
    assert "It stays hidden" in found.reply


def test_an_emptied_reply_is_none(bench: Workbench) -> None:
    appeal(bench)
    app = page()
    app.text_area[0].set_value("").run()
    press(app, "Reject")
    (found,) = bench.item("c0").appeals
    assert (found.outcome, found.reply) == (Outcome.UPHELD, "")


def test_whoever_decided_first_reads_along_and_decides_nothing(
    environment: pytest.MonkeyPatch, bench: Workbench
) -> None:
    environment.setenv("TRIAGE_REVIEWER", "ada")
    workbench.clear()
    appeal(bench)
    assert "An appeal waits for somebody who has not decided" in texts(page())
    app = page(comment="c0")
    assert "You decided it the first time, so somebody else answers this." in texts(app)
    assert [button(app, name).disabled for name in ("Approve", "Reject", "Escalate")] == [True] * 3
    assert not app.text_area
    app = press(app, "Undo")
    assert "The appeal against it lapses." in str(app.toast[0].value)
    (found,) = bench.item("c0").appeals
    assert found.status is AppealStatus.LAPSED_UNDONE
    assert "lapsed, for the decision was taken back" in texts(app)


def test_one_person_alone_may_answer_where_the_site_says_so(
    environment: pytest.MonkeyPatch, bench: Workbench
) -> None:
    appeal(bench)
    environment.setenv("TRIAGE_REVIEWER", "ada")
    environment.setenv("TRIAGE_OWN_APPEALS", "1")
    workbench.clear()
    app = press(page(), "Approve")
    (found,) = bench.item("c0").appeals
    assert found.outcome is Outcome.OVERTURNED
    assert found.reply.startswith("We have looked at the comment again."), "nobody else has"
    assert not app.error
    assert "1 answered by whoever had decided the first time." in texts(page("quality"))


def recording(bench: Workbench, comment: str) -> AppTest:
    """Return the page with the box in which an appeal is recorded unfolded, if there is one."""
    box = draft(Key.REVIEW_APPEAL_TEXT, bench.item(comment), "box")
    return page(comment=comment, **{box: True})


def test_an_appeal_is_recorded_by_hand_on_a_decided_comment(bench: Workbench) -> None:
    app = recording(bench, "c0")
    (text,) = app.text_area
    text.set_value(HOSTILE).run()
    (role,) = [one for one in app.selectbox if one.label == "Who objects"]
    role.set_value(AppealedBy.OTHER).run()
    app = press(app, "Record it")
    found = bench.item("c0").appeal
    assert found is not None
    assert (found.appeal.text, found.appeal.by) == (HOSTILE, AppealedBy.OTHER)
    assert (found.appeal.received_by, found.appeal.via) == ("ana", AppealVia.HAND)
    assert "Appealed by somebody else than its author" in texts(app)
    assert not [one for one in app.button if one.label == "Record it"], "one at a time"


def test_nothing_is_to_appeal_against_before_there_is_a_verdict(bench: Workbench) -> None:
    assert not recording(bench, "c1").text_area
    bench.decide([bench.item("c1").entry.seen], Verdict.ESCALATE, reviewer="ada")
    assert not recording(bench, "c1").text_area


def test_a_decision_made_elsewhere_leaves_an_appeal_to_review(bench: Workbench) -> None:
    appeal(bench)
    with pytest.raises(ConflictError, match="open it in Review"):
        bench.decide([bench.item("c0").entry.seen], Verdict.APPROVE, reviewer="ana", via="browse")


def test_quality_says_how_often_and_that_few_say_little(bench: Workbench) -> None:
    assert "There are none. Sites send them over HTTP" in texts(page("quality"))
    appeal(bench)
    waits = texts(page("quality"))
    assert "0 answered, 0 of them overturned; 1 waits." in waits
    assert "The oldest that waits came in just now." in waits
    assert "1 can be answered by nobody who has decided here so far" in waits
    decide(bench, "c0", "approve", "bo")
    app = page("quality")
    assert "1 answered, 1 of them overturned; 0 wait." in texts(app)
    assert "“few”: fewer than 30, which is too few to say much." in texts(app)
    assert "Rejections overturned by reason" in texts(app)
    assert "Approvals" not in texts(app)
    by_reason, by_score = (one.value for one in app.dataframe[:2])
    assert by_reason.to_dict("records") == [
        {
            "reason": "insult",
            "answered": 1,
            "overturned": 1,
            "rate": "100% (21% to 100%) · few",
        }
    ]
    assert list(by_score["score"]) == ["no score"]


def test_appeals_are_counted_once_after_each_change(bench: Workbench) -> None:
    appeal(bench)
    first = bench.appeal_report()
    assert bench.appeal_report() is first
    decide(bench, "c0", "approve", "bo")
    assert bench.appeal_report().statuses == {AppealStatus.OVERTURNED: 1}


def test_a_lead_dismisses_an_appeal_for_a_reason(
    bench: Workbench, environment: pytest.MonkeyPatch
) -> None:
    appeal(bench)
    box = draft(Key.REVIEW_DISMISS, bench.item("c0"), "box")
    app = press(page(comment="c0", **{box: True}), "Dismiss it for good")
    assert [one.value for one in app.error] == ["The appeal was not dismissed."]
    (why,) = [one for one in app.text_area if one.label == "Why, for the record"]
    why.set_value("**nobody** is left").run()
    app = press(app, "Dismiss it for good")
    assert bench.item("c0").appeal is None
    (found,) = bench.item("c0").appeals
    assert found.dismissal is not None
    assert (found.status, found.dismissal.by) == (AppealStatus.DISMISSED, "ana")
    assert "dismissed by ana just now: **nobody** is left" in "\n".join(
        one.value for one in app.text
    )
    assert "0 answered, 0 of them overturned; 0 wait; 1 dismissed." in texts(page("quality"))


def test_who_is_no_lead_dismisses_nothing(
    bench: Workbench, environment: pytest.MonkeyPatch
) -> None:
    appeal(bench)
    environment.setenv("TRIAGE_LEADS", "lea")
    workbench.clear()
    box = draft(Key.REVIEW_DISMISS, bench.item("c0"), "box")
    app = page(comment="c0", **{box: True})
    assert "Dismiss it for good" not in [one.label for one in app.button]
