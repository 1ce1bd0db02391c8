"""The pages over a live workbench in a temporary file, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from triage.domain.decisions import Verdict
from triage.settings import Settings
from triage.ui.state import Query, workbench
from triage.workbench import BrowseFilter, Workbench

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setenv("TRIAGE_REVIEWER", "ana")
    workbench.clear()
    return Workbench(Settings.from_environment())


@pytest.fixture
def samples(bench: Workbench) -> Workbench:
    assert bench.load_samples()
    return bench


def script(page: str) -> AppTest:
    """Draw one page by itself."""
    code = f"""
from triage.ui import {page}
from triage.ui.state import workbench
{page}.page(workbench())
"""
    return AppTest.from_string(code, default_timeout=30)


def button(app: AppTest, label: str) -> AppTest:
    found = [one for one in app.button if one.label == label]
    assert found, f"no button {label!r} among {[one.label for one in app.button]}"
    run: AppTest = found[0].click().run()
    assert not run.exception
    return run


def texts(app: AppTest) -> list[str]:
    return [element.value for element in app.text]


def test_a_verdict_is_recorded_with_time_policy_and_scorer_and_the_next_comment_comes(
    samples: Workbench,
) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    app = script("review").run()
    assert samples.item(first).comment.text in texts(app)
    app = button(app, "Reject")
    (decision,) = samples.item(first).log
    assert (decision.verdict, decision.reviewer, decision.via) == (Verdict.REJECT, "ana", "review")
    assert decision.policy == "default@1"
    assert decision.scorer is not None
    assert decision.scorer.startswith("compact@")
    assert decision.seconds_spent is not None
    following = samples.next_comment("ana")
    assert following not in (None, first)
    assert samples.item(str(following)).comment.text in texts(app)


def test_undo_brings_the_comment_back_to_the_screen(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    app = button(script("review").run(), "Approve")
    app = button(app, "Undo")
    assert samples.next_comment("ana") == first
    assert samples.item(first).comment.text in texts(app)
    assert samples.item(first).entry.verdict is None


def test_a_comment_edited_while_it_is_on_the_screen_is_not_decided(
    samples: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,text\nedited,you are a stupid idiot\n")
    samples.import_file(path)
    samples.score()
    app = script("review")
    app.query_params[Query.COMMENT] = "edited"
    app.run()
    path.write_text("id,text\nedited,you are a stupid idiot and a moron\n")
    samples.import_file(path)
    app = button(app, "Approve")
    assert [error.value for error in app.error] == ["Your verdict was not saved."]
    assert any("was edited meanwhile" in text for text in texts(app))
    assert samples.item("edited").log == ()


def test_the_queue_tells_when_it_is_empty_and_what_to_do_next(samples: Workbench) -> None:
    pending = samples.browse(BrowseFilter(pending=True), limit=500)
    samples.decide(
        [(one.comment.id, one.text_sha256) for one in pending], Verdict.APPROVE, reviewer="ana"
    )
    app = script("review").run()
    assert [one.value for one in app.header] == ["The queue is empty"]


def test_browse_shows_the_page_that_the_link_asks_for(samples: Workbench) -> None:
    app = script("browse")
    app.query_params[Query.TEXT] = "VAR"
    app.query_params[Query.SORT] = "insult"
    app.run()
    assert not app.exception
    (table,) = app.dataframe
    assert all("VAR" in comment.upper() for comment in table.value["comment"])
    assert len(table.value) == samples.count(BrowseFilter(text="VAR"))


def test_the_page_opens_through_the_front_door(samples: Workbench) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not app.exception
    assert any(one.label == "Approve" for one in app.button)


def test_export_shows_nothing_before_the_first_decision_and_rows_after_it(
    samples: Workbench,
) -> None:
    app = script("export").run()
    assert not app.dataframe
    button(script("review").run(), "Reject")
    app = script("export").run()
    (table,) = app.dataframe
    assert list(table.value["verdict"]) == ["reject"]
    assert "text" not in table.value.columns


def test_a_database_that_cannot_be_opened_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.db").write_text("this is no database" * 100)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    workbench.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    assert not app.exception
    assert [error.value for error in app.error] == ["The dashboard cannot go on."]
    assert "no SQLite database" in texts(app)[0]
