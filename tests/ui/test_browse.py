"""Browse over a live workbench in a temporary file, without a browser."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.settings import Settings
from triage.ui.browse.course import said_of_course
from triage.ui.state import Key, Query, workbench
from triage.workbench import Workbench

CODE = """
from triage.ui import browse
from triage.ui.state import workbench
browse.page(workbench())
"""


@pytest.fixture
def bench(environment: pytest.MonkeyPatch, tmp_path: Path) -> Workbench:
    path = tmp_path / "c.csv"
    rows = [
        *(
            f"{n},{name},You stupid idiot number {n},2026-03-0{n + 1},t,About t"
            for n, name in enumerate("ab")
        ),
        "2,c,A lovely day,2026-03-03,t,About t",
        "3,a,Fine,2026-03-04,u,About u",
    ]
    path.write_text("\n".join(["id,author,text,created_at,thread,title", *rows, ""]))
    bench = Workbench(Settings.from_environment())
    bench.import_file(path)
    bench.score()
    return bench


def drawn(**link: str) -> AppTest:
    app = AppTest.from_string(CODE, default_timeout=30)
    for name, value in link.items():
        app.query_params[name.removesuffix("_")] = value
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> list[str]:
    return sorted(app.dataframe[0].value["comment"]) if app.dataframe else []


def press(app: AppTest, name: str) -> AppTest:
    (found,) = [one for one in app.button if one.label == name]
    run: AppTest = found.click().run()
    assert not run.exception
    return run


def test_days_are_whole_and_those_of_the_sites_timezone(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(shown(drawn(from_="2026-03-02", to="2026-03-03"))) == 2
    monkeypatch.setenv("TRIAGE_TIMEZONE", "America/New_York")
    workbench.clear()
    # Midnight in UTC is the evening before in New York.
    assert len(shown(drawn(from_="2026-03-02", to="2026-03-03"))) == 2
    assert len(shown(drawn(to="2026-02-28"))) == 1


def test_an_author_is_found_by_the_name_or_where_there_are_none_by_the_pseudonym(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(drawn(author="a")) == ["Fine", "You stupid idiot number 0"]
    monkeypatch.setenv("TRIAGE_PSEUDONYMS", "1")
    monkeypatch.setenv("TRIAGE_PSEUDONYMS_KEY", "0123456789abcdef" * 2)
    with closing(Workbench(Settings.from_environment())) as renaming:
        renaming.use_pseudonyms("ana")
    workbench.clear()
    assert shown(drawn(author="a")) == []
    pseudonym = Settings.from_environment().pseudonyms
    assert pseudonym is not None
    app = drawn(author=pseudonym.of("a") or "")
    assert shown(app) == ["Fine", "You stupid idiot number 0"]
    assert "Author, the whole pseudonym" in [one.label for one in app.text_input]


def test_who_has_which_comment_on_the_screen_is_shown(bench: Workbench) -> None:
    assert "on a screen" not in drawn().dataframe[0].value.columns
    held = bench.next_comment("bea")
    bench.hold("3", "ana")
    frame = drawn().dataframe[0].value
    assert held in ("0", "1")
    assert sorted(frame["on a screen"]) == ["", "", "", "bea"]


def test_what_was_saved_of_the_link_opens_again(bench: Workbench) -> None:
    app = drawn(text="you", score="0.5", thread="About t", from_="2026-03-01", by="nobody")
    (name,) = [one for one in app.text_input if one.label == "Save what is shown as"]
    press(name.set_value("  my   own ").run(), "Save view")
    (view,) = bench.views("ana")
    assert (view.name, view.shared) == ("my own", False)
    assert bench.views("bea") == []
    app = press(drawn(verdict="reject"), "my own")
    assert shown(app) == ["You stupid idiot number 0", "You stupid idiot number 1"]
    assert [one.value for one in app.selectbox if one.label == "Verdict"] == ["any"]
    press(app, "Forget")
    assert bench.views("ana") == []


def test_a_view_without_a_name_is_not_saved(bench: Workbench) -> None:
    app = press(drawn(), "Save view")
    assert [error.value for error in app.error] == ["The view was not saved."]
    assert bench.views("ana") == []


VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["nan", "inf", "-1", "0.5", "2", "true", "2026-02-30", "9999-12-31", "reject"]),
)


@given(link=st.dictionaries(st.sampled_from(list(Query)), st.lists(VALUES, max_size=3)))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_link_in_a_view_breaks_the_page(bench: Workbench, link: dict[str, list[str]]) -> None:
    """A view shared by somebody may say anything."""
    bench.save_view("odd", "bea", link, shared=True)
    press(drawn(), r"odd \(bea\)")


def test_the_course_says_how_many_reach_the_threshold(bench: Workbench) -> None:
    said = said_of_course(bench.thread_course("t", Label.TOXICITY), None)
    assert said == (
        "Toxicity along 3 comments in the order to read. The policy has no threshold for it."
    )
    app = drawn(thread="About t")
    assert (
        "Toxicity along 3 comments in the order to read: 2 reach the threshold of 0.50. "
        "No stretch of it derails."
    ) in [one.value for one in app.text]


def test_an_undo_says_that_it_was_done_in_browse(bench: Workbench) -> None:
    bench.decide([bench.item("0").entry.seen], Verdict.REJECT, reviewer="ana", via="browse")
    app = AppTest.from_string(CODE, default_timeout=30)
    app.session_state[Key.BROWSE_ACTED] = True
    press(app.run(), "Undo")
    assert [(one.verdict, one.via) for one in bench.item("0").log] == [
        (Verdict.REJECT, "browse"),
        (None, "browse"),
    ]


def test_where_the_policy_decides_by_itself_reviewers_see_no_scores_of_what_waits(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where it decided nothing yet: what it left to people would stand out by its scores."""
    assert "toxicity" in drawn().dataframe[0].value.columns
    monkeypatch.setenv("TRIAGE_LEADS", "lea")
    lead = Workbench(Settings.from_environment())
    agreed = lead.consequences(lead.ranges({Label.TOXICITY: 1.0}))
    lead.automate(agreed, "lea", "beyond doubt")
    lead.close()
    workbench.clear()
    app = drawn(sort="toxicity")
    assert "toxicity" not in app.dataframe[0].value.columns
    assert set(app.dataframe[0].value["why flagged"]) <= {"", "flagged"}
    assert any("undecided comments have no scores here" in one.value for one in app.caption)
    assert [one.value for one in drawn(thread="About t").caption if "No comment" in one.value]
    monkeypatch.setenv("TRIAGE_REVIEWER", "lea")
    workbench.clear()
    assert "toxicity" in drawn().dataframe[0].value.columns


def test_other_languages_are_shown_and_found(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "french.csv"
    path.write_text(
        "id,text\n9,Je suis passé devant le pont ce matin et la rambarde manque toujours.\n",
        encoding="utf-8",
    )
    bench.import_file(path)
    bench.score()
    assert len(shown(drawn(language="French"))) == 1
    app = drawn(flag="not scored: language")
    (row,) = app.dataframe[0].value.to_dict("records")
    assert (row["language"], row["why flagged"]) == ("French", "not scored: French")
    only_english = drawn(text="idiot").dataframe[0].value
    assert len(only_english) == 2
    assert "language" not in only_english
