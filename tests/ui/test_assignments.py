"""Leads give parts of the queue on the page; Review says what is whose, and shows notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.test_sign_in import at, bench, labels, said  # noqa: F401 - a fixture
from tests.wording import rude
from triage.domain.assignments import Part, PartKind
from triage.ui.state import workbench
from triage.workbench import Workbench

NOTE = "Wait <b>for</b> **Lea**"


@pytest.fixture
def site(bench: Workbench, tmp_path: Path) -> Workbench:  # noqa: F811
    for name, texts in {"cake": rude(4)[:2], "tram": rude(4)[2:]}.items():
        path = tmp_path / f"{name}.csv"
        rows = [f"{name}{number},{text}" for number, text in enumerate(texts)]
        path.write_text("\n".join(["id,text", *rows]), encoding="utf-8")
        bench.import_file(path)
    bench.flag(["cake0", "cake1", "tram0", "tram1"], "op")
    return bench


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def test_a_lead_gives_a_thread_sees_its_progress_and_ends_it(site: Workbench) -> None:
    app = at("assignments", "lead")
    assert "Assigned to nobody\n4 to review" in said(app)
    app.selectbox(key="assignments.value.thread").set_value("tram").run()
    app.selectbox(key="assignments.to").set_value("reviewer").run()
    app = press(app, "Assign")
    assert not app.exception
    assert "Thread “tram”\n2 to review" in said(app)
    assert "reviewer, since just now, by lead" in said(app)
    (given,) = site.assignments()
    assert (given.reviewer, given.by) == ("reviewer", "lead")
    press(app, "End")
    assert site.assignments() == []


def test_where_nobody_is_there_to_give_to_nothing_is_assigned(
    site: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workbench, "assignable", lambda _: [])
    app = at("assignments", "lead")
    assert next(one for one in app.button if one.label == "Assign").disabled


def test_a_label_is_offered_where_the_policy_flags_it(site: Workbench) -> None:
    app = at("assignments", "lead")
    app.selectbox(key="assignments.kind").set_value(PartKind.LABEL).run()
    press(app, "Assign")
    assert [one.part.kind for one in site.assignments()] == [PartKind.LABEL]


def test_review_says_what_is_ones_own_and_begins_with_it(site: Workbench) -> None:
    site.assign(Part(PartKind.THREAD, "tram"), "reviewer", "op")
    app = at("review", "reviewer")
    assert not app.exception
    assert "Yours: thread “tram”: 2 left" in said(app)
    assert site.others("nobody")[0].comment_id.startswith("tram")
    assert "Yours" not in said(at("review", "lead"))


def test_a_note_is_shown_as_it_is_to_others_until_each_dismisses_it(site: Workbench) -> None:
    app = at("review", "lead")
    app.text_area(key="review.handover").set_value(NOTE)
    app = press(app, "Leave it")
    assert not app.exception
    assert NOTE not in said(app), "the writer knows it"
    app = at("review", "reviewer")
    assert f"{NOTE}\nlead, just now" in said(app)
    assert all(NOTE not in str(one.value) for one in app.markdown)
    assert NOTE not in said(press(app, "Dismiss"))
    assert NOTE not in said(at("review", "reviewer"))
    assert NOTE in said(at("review", "admin"))
    press(at("assignments", "lead"), "Withdraw")
    assert NOTE not in said(at("review", "admin"))


def test_a_note_on_a_part_is_for_whoever_has_it(site: Workbench) -> None:
    tram = Part(PartKind.THREAD, "tram")
    site.leave_note(NOTE, "op", tram)
    assert site.own_notes("reviewer") == []
    site.assign(tram, "reviewer", "op")
    assert "op, just now, on thread “tram”" in said(at("review", "reviewer"))
    assert site.own_notes("lead") == []


def test_notes_leave_room_for_the_comment(site: Workbench) -> None:
    for number in range(4):
        site.leave_note(f"word {number}", "op")
    shown = said(at("review", "reviewer"))
    assert [number for number in range(4) if f"word {number}" in shown] == [2, 3]
    assert "2 more when these are dismissed" in shown


def test_who_works_alone_sees_nothing_of_it(environment: pytest.MonkeyPatch) -> None:
    alone = workbench()
    app = AppTest.from_string(
        "from triage.ui.shell import draw_page\n"
        "from triage.ui.state import workbench\n"
        'draw_page(workbench(), "review")'
    ).run()
    assert alone.assignments() == []
    assert "Leave it" not in labels(app)
