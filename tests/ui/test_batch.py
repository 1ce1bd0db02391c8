"""Batch by score, over a live workbench and without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from triage.domain.comments import text_digest
from triage.domain.decisions import Verdict
from triage.domain.scores import Label, ScorerInfo, Scores
from triage.settings import Settings
from triage.ui.batch.chart import dragged_range
from triage.ui.state import Query, workbench
from triage.workbench import BrowseFilter, Workbench

SCORER = ScorerInfo("test", "1", (Label.TOXICITY, Label.INSULT))
HOSTILE = "# no *heading* <b>bold</b>"


@pytest.fixture
def bench(environment: pytest.MonkeyPatch, tmp_path: Path) -> Workbench:
    """Ten comments with toxicity 0.0, 0.1 … 0.9; those from 0.5 on are flagged."""
    bench = Workbench(Settings.from_environment())
    path = tmp_path / "c.csv"
    texts = [HOSTILE, *(f"comment number {n}" for n in range(1, 10))]
    path.write_text("\n".join(["id,text", *(f"c{n},{text}" for n, text in enumerate(texts)), ""]))
    bench.import_file(path)
    bench.store.panel.set(dict.fromkeys(SCORER.labels, (SCORER.key, SCORER.version)))
    given = {text: Scores({Label.TOXICITY: n / 10}) for n, text in enumerate(texts)}
    bench.store.scores.save(SCORER, [(text_digest(text), one) for text, one in given.items()])
    return bench


def page() -> AppTest:
    code = "from triage.ui import batch\nfrom triage.ui.state import workbench\n"
    app = AppTest.from_string(code + "batch.page(workbench())", default_timeout=30).run()
    assert not app.exception
    return app


def press(app: AppTest, name: str) -> AppTest:
    (found,) = [one for one in app.button if one.label == name]
    run: AppTest = found.click().run()
    assert not run.exception
    return run


def said(app: AppTest) -> str:
    return "\n".join([*(one.value for one in app.markdown), *(one.value for one in app.text)])


def test_the_clean_end_comes_first_and_is_approved_after_its_consequences_are_named(
    bench: Workbench,
) -> None:
    app = page()
    assert "**3 comments** in this range · none of them is flagged" in said(app)
    app = press(app, "Approve 3 …")
    assert bench.count(BrowseFilter(decided=True)) == 0, "nothing is done before it is confirmed"
    for words in (
        "toxicity from 0.00 to 0.20",
        "Nobody will have read",
        "for an audit",
        "one undo",
    ):
        assert words in said(app)
    app = press(app, "Approve 3 comments")
    assert bench.count(BrowseFilter(verdict=Verdict.APPROVE)) == 3
    (decision,) = bench.item("c1").log
    assert (decision.via, decision.note) == ("batch", "in batch, toxicity 0.00-0.20")
    assert not decision.looked
    app = press(app, "Undo this batch")
    assert bench.count(BrowseFilter(decided=True)) == 0
    assert [one.via for one in bench.item("c1").log] == ["batch", "batch"], "the undo as well"
    assert "**3 comments**" in said(app)


def test_the_flagged_end_says_how_many_leave_the_queue_and_takes_a_note(bench: Workbench) -> None:
    bench.flag(["c4"], "bea")
    app = page()
    app.slider(key=Query.RANGE).set_value((0.25, 1.0)).run()
    assert "**7 comments** in this range · 6 of them flagged, 1 by a person" in said(app)
    app = press(app, "Reject 7 …")
    app.text_input[0].set_value("spam of Tuesday").run()
    press(app, "Reject 7 comments")
    (decision,) = bench.item("c8").log
    assert decision.note == "in batch, toxicity 0.25-1.00: spam of Tuesday"
    assert bench.progress("ana").pending == 0
    assert bench.severe_seen("ana") == 0, "nobody saw them"


def test_samples_come_from_the_whole_range_and_are_shown_as_they_are(bench: Workbench) -> None:
    app = page()
    app.slider(key=Query.RANGE).set_value((0.0, 1.0)).run()
    shown = [one.value for one in app.text]
    assert HOSTILE in shown
    assert "comment number 9" in shown
    assert not any(HOSTILE in one.value for one in app.markdown)


def test_a_change_of_the_range_takes_the_question_back(bench: Workbench) -> None:
    app = press(page(), "Approve 3 …")
    app.slider(key=Query.RANGE).set_value((0.0, 0.5)).run()
    assert "at once?" not in said(app)
    assert "**6 comments**" in said(app)


def test_what_others_decided_meanwhile_is_left_out_and_said(bench: Workbench) -> None:
    app = press(page(), "Approve 3 …")
    bench.decide([bench.item("c1").entry.seen], Verdict.REJECT, reviewer="bea")
    app = press(app, "Approve 3 comments")
    assert bench.item("c1").entry.verdict is Verdict.REJECT
    assert any("1 changed meanwhile and were left out" in one.value for one in app.toast)
    app = press(press(app, "Undo this batch"), "Reject 2 …")
    for name in ("c0", "c2"):
        bench.decide([bench.item(name).entry.seen], Verdict.REJECT, reviewer="bea")
    app = press(app, "Reject 2 comments")
    assert any("Nothing was saved." in one.value for one in app.error)


def test_the_blur_setting_is_respected(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_BLUR", "words")
    workbench.clear()
    app = press(page(), "Reveal")
    assert any(one.label == "Blur" for one in app.button)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"from": [0.104, 0.339]}, (0.1, 0.34)),
        ({"from": [0.9, -0.02]}, (0.0, 0.9)),
        ({"from": [0.1]}, None),
        ({"from": ["0", "1"]}, None),
        ({"from": [float("nan"), 1.0]}, None),
        ({"from": [0.0, 1e300]}, None),
        ({}, None),
        (None, None),
    ],
)
def test_what_a_browser_says_was_dragged_is_not_believed(
    told: object, found: tuple[float, float] | None
) -> None:
    assert dragged_range(told) == found
