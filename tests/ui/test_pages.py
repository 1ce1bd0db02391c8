"""The pages over a live workbench in a temporary file, without a browser."""

from __future__ import annotations

import re
import sqlite3
import time
from contextlib import closing
from html import unescape
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.settings import Settings
from triage.ui import SCRIPT
from triage.ui.export import tables
from triage.ui.state import Key, Query, digest, workbench
from triage.workbench import BrowseFilter, Export, Workbench

SHORT_LOOK = 0.3  # seconds; quicker presses are taken for a held key


@pytest.fixture
def bench(environment: pytest.MonkeyPatch) -> Workbench:
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
    time.sleep(SHORT_LOOK)
    run: AppTest = found[0].click().run()
    assert not run.exception
    return run


def texts(app: AppTest) -> list[str]:
    """Return every text on the page, the comment's too, in which words may be marked."""
    html = [re.sub("</?(?:div|mark)[^>]*>", "", one.proto.body) for one in app.get("html")]
    return [*(element.value for element in app.text), *map(unescape, html)]


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


def test_comments_that_name_each_other_as_parent_can_be_reviewed(
    bench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,parent_id,text\na,b,you stupid idiot\nb,a,you idiot\nc,c,you moron\n")
    bench.import_file(path)
    bench.score()
    app = script("review").run()
    for _ in range(3):
        assert not app.exception
        app = button(app, "Reject")
    assert [one.value for one in app.header] == ["The queue is empty"]


def ticked(app: AppTest) -> dict[str, bool]:
    """Return the reasons on the page, and whether they are ticked."""
    boxes = {":material/check_box:": True, ":material/check_box_outline_blank:": False}
    return {
        one.label: boxes[one.proto.icon]
        for one in app.button
        if one.proto.icon in boxes and one.label != "Mark words"
    }


def test_reasons_are_ticked_where_a_score_reaches_its_threshold(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    item = samples.item(first)
    assert item.proposed
    shown = ticked(script("review").run())
    assert list(shown) == [label.words for label in samples.labels()]
    assert {name for name, on in shown.items() if on} == {one.words for one in item.proposed}


def test_unticking_a_reason_refuses_the_label_and_ticking_one_adds_it(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    proposed = samples.item(first).proposed
    added = next(label for label in samples.labels() if label not in proposed)
    app = script("review").run()
    app.text_input[0].set_value("mind your words").run()
    app = button(app, proposed[0].words)
    app = button(app, added.words)
    app = button(app, "Reject")
    (decision,) = samples.item(first).log
    assert decision.note == "mind your words"
    assert decision.refused == (proposed[0].value,)
    assert decision.reasons == (*(one.value for one in proposed[1:]), added.value)
    assert app.text_input[0].value == ""
    following = samples.item(str(samples.next_comment("ana")))
    on = {name for name, on in ticked(app).items() if on}
    assert on == {one.words for one in following.proposed}, "ticks are not carried over"


def test_approving_agrees_to_no_proposed_label(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    button(script("review").run(), "Approve")
    (decision,) = samples.item(first).log
    assert (decision.reasons, decision.refused) == ((), ())


def test_a_flag_is_raised_with_the_note_and_withdrawn_and_the_comment_stays(
    samples: Workbench,
) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    app = script("review").run()
    app.text_input[0].set_value("ask Bea").run()
    app = button(app, "Flag")
    (flag,) = samples.item(first).flags
    assert (flag.by, flag.note) == ("ana", "ask Bea")
    assert samples.item(first).comment.text in texts(app)
    button(app, "Unflag")
    assert samples.item(first).flags == ()


def test_any_comment_of_the_unfolded_thread_can_be_decided_from_there(
    samples: Workbench,
) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    thread_id = samples.item(first).thread.id
    app = button(script("review").run(), "Thread")
    outline = samples.thread_outline(thread_id)
    assert len(outline) > 3
    others = [node.comment.id for node in outline if node.comment.id != first][:3]
    for entry in samples.entries(others):
        assert entry.comment.text in texts(app)
    target = samples.entries(others)[1]
    about = digest(target.comment.id, target.text_sha256, "")
    app = app.button(key=f"thread-reject-{about}").click().run()
    (decision,) = samples.item(target.comment.id).log
    assert (decision.verdict, decision.via) == (Verdict.REJECT, "thread")
    assert samples.item(first).comment.text in texts(app), "the comment in hand stays"
    assert not samples.item(first).log
    app = button(app, "Fold thread")
    assert not [one for one in app.button if one.key and one.key.startswith("thread-reject")]


def test_idle_time_is_no_time_spent(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    app = script("review").run()
    for key in (Key.REVIEW_HEARD_AT, Key.REVIEW_SHOWN_AT):
        app.session_state[key] -= 3_600.0
    app = button(app, "Reject")
    (decision,) = samples.item(first).log
    assert decision.seconds_spent == pytest.approx(120.0, abs=10.0)


def test_what_is_said_of_labels_is_saved_shown_and_offered_again(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    app = button(script("review").run(), "Labels")
    said = {one.label: one for one in app.button_group}
    said["insult"].set_value("yes").run()
    said = {one.label: one for one in app.button_group}
    said["threat"].set_value("no").run()
    next(one for one in app.text_input if one.label == "Remark").set_value("quoted").run()
    app = button(app, "Save the annotation")
    (made,) = samples.item(first).annotations
    assert (made.confirmed, made.rejected) == ((Label.INSULT,), (Label.THREAT,))
    assert (made.note, made.reviewer) == ("quoted", "ana")
    assert "ana just now: insult, not threat: “quoted”" in texts(app)
    again = script("review")
    again.query_params[Query.COMMENT] = first
    app = button(again.run(), "Labels")
    said = {one.label: one.value for one in app.button_group}
    assert said["insult"] == "yes"
    assert said["threat"] == "no"
    assert said["obscene"] is None


def test_the_authors_record_is_shown_beside_the_comment(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    rows = [f"{n},ann,you stupid idiot number {n}" for n in range(4)]
    path.write_text("\n".join(["id,author,text", *rows, "9,bob,you stupid idiot", ""]))
    bench.import_file(path)
    bench.score()
    bench.decide([bench.item("0").entry.seen], Verdict.APPROVE, reviewer="ana")
    bench.decide([bench.item("1").entry.seen], Verdict.REJECT, reviewer="ana")
    app = script("review")
    app.query_params[Query.COMMENT] = "3"
    said = texts(app.run())
    assert "3 comments more under this name: 1 approved, 1 rejected, 1 undecided." in said
    assert "you stupid idiot number 2" in said


def test_authors_are_shown_under_a_pseudonym_where_that_is_set(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,author,text\n1,Annabel,you stupid idiot\n2,Annabel,fine\n")
    bench.import_file(path)
    bench.score()
    monkeypatch.setenv("TRIAGE_PSEUDONYMS", "1")
    monkeypatch.setenv("TRIAGE_PSEUDONYMS_KEY", "0123456789abcdef" * 2)
    with closing(Workbench(Settings.from_environment())) as renaming:
        renaming.use_pseudonyms("ana")
    workbench.clear()
    app = script("review").run()
    assert not any("Annabel" in text for text in texts(app))
    assert any(text.startswith("author-") for text in texts(app))
    (table,) = script("browse").run().dataframe
    (name,) = set(table.value["author"])
    assert name.startswith("author-")


def test_an_erased_comment_is_shown_as_such_and_takes_no_verdict(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    entry = samples.item(first)
    text = entry.comment.text
    samples.forget_comments([first], "ana")
    workbench.clear()
    app = script("review")
    app.query_params[Query.COMMENT] = first
    app.run()
    assert not app.exception
    assert any(one.startswith("[erased ") for one in texts(app))
    assert text not in texts(app)
    verdicts = [one for one in app.button if one.label in {"Approve", "Reject", "Escalate"}]
    assert all(one.disabled for one in verdicts)
    assert any("nothing more can be decided or said of it" in one.value for one in app.caption)
    assert not {one.label for one in app.button} & {"insult", "Labels"}
    assert not [one for one in app.text_input if one.label == "Note"]
    app = next(one for one in app.button if one.label == "Thread").click().run()
    offered = [one for one in app.button if str(one.key).startswith("thread-approve-")]
    neighbours = samples.thread_outline(entry.comment.thread_id)
    assert len(offered) == len(neighbours) - 1
    assert samples.next_comment("ana") != first


def test_a_verdict_pressed_twice_counts_once(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    app = script("review").run()
    (reject,) = [one for one in app.button if one.label == "Reject"]
    time.sleep(SHORT_LOOK)
    reject.click().run()
    reject.click().run()
    assert len(samples.item(first).log) == 1


def test_the_only_comment_left_can_be_skipped_and_then_decided(
    bench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    path.write_text("id,text\nonly,you are a stupid idiot\n")
    bench.import_file(path)
    bench.score()
    app = button(script("review").run(), "Skip")
    app = button(app, "Reject")
    assert [one.verdict for one in bench.item("only").log] == [Verdict.REJECT]


def test_a_verdict_that_could_not_be_saved_can_be_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "busy.db"
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{file}?timeout=0.2")
    monkeypatch.setenv("TRIAGE_REVIEWER", "ana")
    workbench.clear()
    busy = Workbench(Settings.from_environment())
    assert busy.load_samples()
    first = busy.next_comment("ana")
    assert first is not None
    app = script("review").run()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        app = button(app, "Reject")
        other.execute("ROLLBACK")
    assert [error.value for error in app.error] == ["Your verdict was not saved."]
    button(app, "Reject")
    assert [one.verdict for one in busy.item(first).log] == [Verdict.REJECT]


def test_a_press_too_quick_to_have_read_the_comment_decides_nothing(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    app = script("review").run()
    (reject,) = [one for one in app.button if one.label == "Reject"]
    app = reject.click().run()
    assert samples.item(first).log == ()
    assert any("press again" in toast.value for toast in app.toast)


WAVE = ["You stupid idiot and your whole club", "YOU STUPID IDIOT and your whole club!"]


@pytest.fixture
def wave(bench: Workbench, tmp_path: Path) -> Workbench:
    """Three near copies, `c0` to `c2`, and `d`, which is none: all of them are flagged."""
    path = tmp_path / "c.csv"
    rows = ["c0," + WAVE[0], "c1," + WAVE[1], "c2," + WAVE[0], "d,What a moron you are"]
    path.write_text("\n".join(["id,text", *rows, ""]))
    bench.import_file(path)
    bench.score()
    return bench


def on_review(comment_id: str) -> AppTest:
    """Open a comment on the Review page."""
    app = script("review")
    app.query_params[Query.COMMENT] = comment_id
    return app.run()


@pytest.mark.parametrize("together", [True, False])
def test_near_copies_share_a_verdict_unless_only_this_one_is_meant(
    wave: Workbench, together: bool
) -> None:
    app = on_review("c0")
    assert "3 alike, shown once: a verdict is for all of them." in texts(app)
    if not together:
        app = button(app, "Only this one")
        assert "3 alike: a verdict is for this one only." in texts(app)
    app = button(app, "Reject")
    decided = [wave.item(f"c{n}").entry.verdict for n in range(3)]
    assert decided == [Verdict.REJECT, *([Verdict.REJECT if together else None] * 2)]
    app = button(app, "Undo")
    assert all(wave.item(f"c{n}").entry.verdict is None for n in range(3))


def test_an_undo_goes_back_to_what_was_read_and_only_this_one_is_still_meant(
    wave: Workbench,
) -> None:
    app = button(button(on_review("c2"), "Reject"), "Undo")
    assert app.session_state[Key.REVIEW_COMMENT] == "c2"
    app = button(app, "Only this one")
    app = button(button(app, "Approve"), "Undo")
    assert "3 alike: a verdict is for this one only." in texts(app)
    app = button(app, "Approve")
    decided = [wave.item(f"c{n}").entry.verdict for n in range(3)]
    assert decided == [None, None, Verdict.APPROVE]


def test_near_copies_are_skipped_as_one_and_an_undo_takes_the_skip_back(wave: Workbench) -> None:
    app = button(on_review("c0"), "Skip")
    assert any("Skipped, and 2 comments alike too" in toast.value for toast in app.toast)
    assert app.session_state[Key.REVIEW_COMMENT] == "d"
    assert wave.progress("ana").skipped_by_me == 3
    app = button(app, "Undo")
    assert any("Undone: skip for 3 comments." in toast.value for toast in app.toast)
    assert app.session_state[Key.REVIEW_COMMENT] == "c0"
    assert wave.progress("ana").skipped_by_me == 0


def test_only_this_one_is_skipped_where_only_it_is_meant(wave: Workbench) -> None:
    app = button(button(on_review("c0"), "Only this one"), "Skip")
    assert wave.progress("ana").skipped_by_me == 1
    assert app.session_state[Key.REVIEW_COMMENT] in {"c1", "c2"}


def test_an_undo_takes_back_whatever_came_last_a_verdict_or_a_skip(wave: Workbench) -> None:
    app = button(button(on_review("d"), "Reject"), "Skip")
    app = button(app, "Undo")
    assert (wave.item("d").entry.verdict, wave.progress("ana").skipped_by_me) == ("reject", 0)
    app = button(app, "Undo")
    assert wave.item("d").entry.verdict is None
    assert any("Undone: reject" in toast.value for toast in app.toast)


def test_of_a_great_wave_review_says_how_many_the_verdict_is_for(
    bench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "c.csv"
    path.write_text("\n".join(["id,text", *(f"c{n},{WAVE[0]}" for n in range(502)), ""]))
    bench.import_file(path)
    said = "More than 500 alike, shown once: a verdict is for 501 of them."
    assert f"{said} 500 of them are not flagged." in texts(on_review("c0"))


def test_only_this_one_can_be_taken_back_and_is_not_meant_of_the_next(wave: Workbench) -> None:
    app = button(button(on_review("c0"), "Only this one"), "All of them")
    assert "3 alike, shown once: a verdict is for all of them." in texts(app)
    app = button(button(app, "Only this one"), "Reject")
    app = on_review("c1")
    assert "2 alike, shown once: a verdict is for all of them." in texts(app)


def test_unfolded_copies_say_what_differs_in_each(wave: Workbench) -> None:
    app = on_review("c0")
    assert "The very same text." not in texts(app)
    app = button(app, "What differs")
    assert "The very same text." in texts(app)
    assert "“YOU STUPID IDIOT” instead of “You stupid idiot”." in texts(app)
    assert "“club!” instead of “club”." in texts(app)
    assert "The very same text." not in texts(button(app, "Fold copies"))


def test_a_copy_that_was_decided_meanwhile_is_left_out_of_the_verdict(wave: Workbench) -> None:
    app = on_review("c0")
    wave.decide([wave.item("c1").entry.seen], Verdict.APPROVE, reviewer="ben")
    app = button(app, "Reject")
    assert not app.error
    assert any("Left out, as changed meanwhile: 1 comment." in one.value for one in app.toast)
    decided = [wave.item(f"c{n}").entry.verdict for n in range(3)]
    assert decided == [Verdict.REJECT, Verdict.APPROVE, Verdict.REJECT]


def test_what_somebody_else_decided_meanwhile_is_not_overwritten(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    app = script("review").run()
    samples.decide([samples.item(first).entry.seen], Verdict.APPROVE, reviewer="bea")
    app = button(app, "Reject")
    assert [error.value for error in app.error] == ["Your verdict was not saved."]
    assert any("bea" in text for text in texts(app))
    assert samples.item(first).entry.verdict is Verdict.APPROVE


def test_a_decided_comment_says_so_in_the_reviewers_own_words(samples: Workbench) -> None:
    first = samples.next_comment("ana")
    assert first is not None
    seen = samples.item(first).entry.seen
    samples.decide([seen], Verdict.REJECT, reviewer="Bea", note="See RULE 3")
    app = script("review")
    app.query_params[Query.COMMENT] = first
    app.run()
    assert "Bea rejected just now: “See RULE 3”" in texts(app)


def test_threads_of_one_title_can_each_be_chosen(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    rows = [f"{n},t{n},Open thread,words {n}" for n in range(3)]
    path.write_text("\n".join(["id,thread,title,text", *rows, "9,any,All threads,words 9", ""]))
    bench.import_file(path)
    app = script("browse").run()
    (threads,) = [one for one in app.selectbox if one.label == "Thread"]
    assert len(set(threads.options)) == 5
    for name in threads.options[1:]:
        (threads,) = [one for one in app.selectbox if one.label == "Thread"]
        app = threads.select(name).run()
        assert not app.exception
        (table,) = app.dataframe
        assert len(table.value) == 1


def test_another_filter_begins_at_the_first_page(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    lines = [f"{n},{'even' if n % 2 == 0 else 'odd'} number {n}" for n in range(450)]
    path.write_text("\n".join(["id,text", *lines, ""]))
    bench.import_file(path)
    app = script("browse").run()
    app = app.pagination[0].set_value(5).run() if hasattr(app, "pagination") else app
    app.text_input[0].set_value("odd").run()
    (table,) = app.dataframe
    assert len(table.value) == 100
    assert all("odd" in comment for comment in table.value["comment"])


def test_the_queue_tells_when_it_is_empty_and_what_to_do_next(samples: Workbench) -> None:
    pending = samples.page(BrowseFilter(pending=True), limit=500)[0]
    samples.decide([one.seen for one in pending], Verdict.APPROVE, reviewer="ana")
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
    app = AppTest.from_file(str(SCRIPT), default_timeout=30).run()
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


def test_other_scorers_than_those_in_use_are_told_of_once_a_session(samples: Workbench) -> None:
    app = AppTest.from_file(str(SCRIPT), default_timeout=30).run()
    assert not app.toast
    in_use = samples.store.panel.get()
    samples.store.panel.set(dict.fromkeys(in_use, ("compact", "older")))
    app = AppTest.from_file(str(SCRIPT), default_timeout=30).run()
    (toast,) = app.toast
    assert "The scores here are by `compact`. A newer `compact` would rate now" in toast.value
    app.run()
    assert not app.toast


def test_export_says_who_would_tell_of_mentions(samples: Workbench) -> None:
    app = script("export").run()
    app.selectbox[0].set_value(Export.MENTIONS).run()
    assert not app.exception
    (info,) = app.info
    assert "No scorer in use has told which identities a text mentions" in info.value


def test_a_database_that_cannot_be_opened_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.db").write_text("this is no database" * 100)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    workbench.clear()
    app = AppTest.from_file(str(SCRIPT), default_timeout=30).run()
    assert not app.exception
    assert [error.value for error in app.error] == ["The dashboard cannot go on."]
    assert "no SQLite database" in texts(app)[0]


def test_a_link_to_export_shows_what_the_same_link_shows_in_browse(samples: Workbench) -> None:
    link = {"text": "VAR", "verdict": "undecided"}
    export = script("export")
    for name, value in {**link, "what": "All comments"}.items():
        export.query_params[name] = value
    export.run()
    assert not export.exception
    (table,) = export.dataframe
    wanted = BrowseFilter(text="VAR", decided=False)
    assert len(table.value) == samples.count(wanted) > 0
    export.text_input[0].set_value("no such words").run()
    assert not export.dataframe
    assert "take a filter away" in export.info[0].value


def test_what_browse_shows_leaves_by_the_link_there(samples: Workbench) -> None:
    app = script("export")
    app.query_params["these"] = "?verdict=undecided&text=VAR&score=0.0&score=0.99&sort=made+up"
    app.run()
    assert not app.exception
    assert app.selectbox(key=Query.WHAT).value is Export.COMMENTS
    (table,) = app.dataframe
    label = samples.labels()[0]
    wanted = BrowseFilter(text="VAR", decided=False, scores={label: (0.0, 0.99)})
    assert len(table.value) == samples.count(wanted) > 0
    app.text_input[0].set_value("").run()
    assert len(app.dataframe[0].value) == 20, "the link counts once"


def test_export_states_the_reasons_of_rejections_and_shows_the_notice(samples: Workbench) -> None:
    app = script("export").run()
    app.segmented_control(key=Key.EXPORT_SECTION).set_value("Statements").run()
    assert "No comment was removed" in app.info[0].value
    entries, _ = samples.page(limit=1_000)
    dated = next(one for one in entries if one.comment.created_at)
    undated = next(one for one in entries if not one.comment.created_at)
    samples.decide([dated.seen, undated.seen], Verdict.REJECT, reviewer="ana", reasons=("insult",))
    app = script("export").run()
    app.segmented_control(key=Key.EXPORT_SECTION).set_value("Statements").run()
    assert not app.exception
    (table,) = app.dataframe
    assert list(table.value["cannot be sent"]) == ["", "content_date: is missing"]
    assert set(table.value["decided"]) == {"by a person"}
    assert list(table.value["comment"]) == [dated.comment.id, undated.comment.id]
    assert "1 statement cannot be sent" in app.warning[0].value
    app.session_state[Key.EXPORT_STATED_FORMAT] = "csv"
    app.run()
    assert not app.exception


def test_a_dataset_leaves_the_page_as_an_archive_that_imports_again(
    samples: Workbench, tmp_path: Path
) -> None:
    wanted = BrowseFilter(text="VAR")
    wish = tables._Wish(Export.COMMENTS, "zip", wanted, include_text=True)
    (tmp_path / "set.zip").write_bytes(tables._written(samples, wish).read())
    with closing(Workbench(Settings(f"sqlite:///{tmp_path / 'other.db'}"))) as other:
        assert other.import_file(tmp_path / "set.zip").new == samples.count(wanted) > 0
