"""Back to the site, on the Export page: nothing counts as handed back before somebody says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from triage.domain.decisions import Decision, Verdict
from triage.settings import Settings
from triage.ui.state import Key
from triage.workbench import Workbench

WORDPRESS = Path(__file__).parent.parent / "intake" / "exports" / "wordpress.xml"


@pytest.fixture
def bench(environment: pytest.MonkeyPatch) -> Workbench:
    """Comments of a WordPress site, one of them decided."""
    made = Workbench(Settings.from_environment())
    made.import_file(WORDPRESS)
    decide(made, "42", Verdict.REJECT)
    return made


def decide(bench: Workbench, comment_id: str, verdict: Verdict) -> None:
    text = bench.store.comments.get(comment_id).text_sha256
    made = Decision(uuid4().hex, comment_id, text, verdict, "ana", datetime.now(UTC))
    bench.store.decisions.add(made)


def opened() -> AppTest:
    code = """
from triage.ui import export
from triage.ui.state import workbench
export.page(workbench())
"""
    app = AppTest.from_string(code, default_timeout=30)
    app.session_state[Key.EXPORT_SECTION] = "Back to the site"
    app.run()
    assert not app.exception
    return app


def downloaded(app: AppTest, bench: Workbench) -> AppTest:
    """Press the download: AppTest has no such click, so its callback is called."""
    app.session_state[Key.RETURN_TAKEN] = bench.plan_return("wordpress")
    return app.run()


def rows(app: AppTest) -> list[tuple[str, str, str]]:
    return [
        tuple(row)[:3] for table in app.dataframe for row in table.value.itertuples(index=False)
    ]


def test_it_shows_what_would_change_and_offers_the_file(bench: Workbench) -> None:
    app = opened()
    assert rows(app) == [("42", "pending", "trash")]
    assert next(one.value for one in app.caption) == "1 comment would change: 1 trash."
    assert len(app.get("download_button")) == 1


def test_a_download_alone_changes_nothing_and_is_asked_about(bench: Workbench) -> None:
    app = downloaded(opened(), bench)
    assert "You downloaded a file for WordPress, about 1 comment." in app.markdown[0].value
    assert rows(app) == [("42", "pending", "trash")]
    next(one for one in app.button if one.label == "No, forget it").click().run()
    assert rows(opened()) == [("42", "pending", "trash")]


def test_what_is_said_to_be_done_is_kept_as_it_was_in_the_file(bench: Workbench) -> None:
    app = downloaded(opened(), bench)
    decide(bench, "41", Verdict.ESCALATE)  # while the file was being used
    app = next(one for one in app.button if one.label == "Yes, it is done").click().run()
    assert not app.exception
    assert [one.value for one in app.toast] == ["Kept: WordPress was told of 1 comment."]
    assert rows(app) == [("41", "approved", "pending")]
    app.toggle[0].set_value(True).run()
    assert rows(app) == [("42", "pending", "trash"), ("41", "approved", "pending")]


def test_of_several_sources_one_is_chosen(bench: Workbench) -> None:
    bench.import_file(WORDPRESS, source="mill")
    decide(bench, "mill:41", Verdict.REJECT)
    app = opened()
    assert rows(app) == [("42", "pending", "trash")]
    app.selectbox(Key.RETURN_SOURCE).set_value("mill").run()
    assert rows(app) == [("mill:41", "approved", "trash")]


def test_the_file_and_the_question_say_which_site_they_are_for(
    environment: pytest.MonkeyPatch,
) -> None:
    bench = Workbench(Settings.from_environment())
    bench.import_file(WORDPRESS, source="mill *lane*")
    app = opened()
    assert [one.value for one in app.info] == ["No decided comment came from WordPress."]
    decide(bench, "mill *lane*:42", Verdict.REJECT)
    app = downloaded(opened(), bench)
    asked = app.markdown[0].value
    assert "for WordPress (mill \\*lane\\*), about 1 comment" in asked


def test_an_address_that_is_none_is_said(bench: Workbench) -> None:
    app = opened()
    app.text_input(Key.RETURN_URL).set_value("nö").run()
    assert [one.value for one in app.error] == ["That does not work."]


def test_what_cannot_be_told_is_listed_with_the_reason(bench: Workbench) -> None:
    bench.import_file(WORDPRESS.with_name("coral.json"))
    decide(bench, "c-3", Verdict.APPROVE)
    app = opened()
    app.selectbox(Key.RETURN_TO).set_value("coral").run()
    assert [one.value for one in app.info] == ["Nothing to hand back to Coral."]
    [row] = app.dataframe[0].value.itertuples(index=False)
    assert row.comment == "c-3"
    assert "without the id of its revision" in row.why
