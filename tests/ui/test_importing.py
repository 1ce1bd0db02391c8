"""The Import page over a live workbench in a temporary file, without a browser."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from triage.settings import Settings
from triage.ui.ending import until_end
from triage.ui.importing.tray import Dropped, Tray
from triage.ui.state import workbench
from triage.workbench import BrowseFilter, ToImport, Workbench

SECONDS = 60.0
CODE = """
from triage.ui import importing
from triage.ui.state import workbench
importing.page(workbench())
"""
ODD = "nr,what,by,about\n1,You stupid **idiot**,ann,\n2,A <b>lovely</b> day,bob,1\n,,,\n"
TEXTS = ["You stupid **idiot**", "A <b>lovely</b> day"]
PAGE = "The bridge is open\n\nIt cost a million, officials said.\n\nlol what?\n\nYou are joking!\n"


@pytest.fixture
def bench(environment: pytest.MonkeyPatch, tmp_path: Path) -> Workbench:
    environment.setenv("TMPDIR", str(tmp_path))
    environment.setattr("tempfile.tempdir", None)
    st.cache_resource.clear()  # all these tests are one session to Streamlit
    return workbench()


def opened() -> AppTest:
    app = AppTest.from_string(CODE, default_timeout=60).run()
    assert not app.exception
    return app


def dropped(*files: tuple[str, str]) -> AppTest:
    given = [(name, content.encode(), "") for name, content in files]
    app = opened().file_uploader[0].set_value(given).run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    return "\n".join(
        one.value for kind in (app.text, app.info, app.error, app.markdown) for one in kind
    )


def choose(app: AppTest, label: str, option: str) -> AppTest:
    (found,) = [one for one in app.selectbox if one.label == label]
    run: AppTest = found.set_value(option).run()
    assert not run.exception
    return run


def press(app: AppTest, name: str) -> AppTest:
    (found,) = [one for one in app.button if one.label == name]
    assert not found.disabled
    run: AppTest = found.click().run()
    assert not run.exception
    return run


def left(folder: Path) -> list[Path]:
    """What lies in the folder for temporary files, beside the database."""
    return [one for one in folder.glob("triage-import-*") if one.is_dir()]


def test_nothing_is_stored_before_the_button_and_then_it_is_rated_too(
    bench: Workbench, tmp_path: Path
) -> None:
    app = dropped(("odd.csv", ODD))
    assert "Which column holds the text of the comments?" in words(app)
    assert list(app.dataframe[0].value["what"])[:2] == [
        "You stupid **idiot**",
        "A <b>lovely</b> day",
    ]
    assert [one.disabled for one in app.button if one.label == "Import"] == [True]
    app = choose(app, "Text", "what")
    app = choose(app, "Author", "by")
    app = choose(app, "Id", "nr")
    app = choose(app, "Answers (an id)", "about")
    assert "2 comments in 1 thread by 2 authors." in words(app)
    assert "An import brings: 2 new, 0 edited, 0 already known." in words(app)
    first, problems = app.dataframe[0].value, app.dataframe[1].value
    assert list(first["comment"]) == TEXTS
    assert list(first["author"]) == ["ann", "bob"]
    assert list(first["answers"]) == ["", "no. 1"]
    assert list(problems["line"]) == [4]
    assert bench.count() == 0
    assert [one.stat().st_mode & 0o777 for one in left(tmp_path)] == [0o700]
    press(app, "Import")
    run = bench.wait_for_run(SECONDS)
    assert run is not None
    assert bench.count() == 2
    assert bench.count(BrowseFilter(scored=False)) == 0
    assert left(tmp_path) == []
    said = words(opened())
    assert "The import is done" in said
    assert "odd.csv: 2 new, 0 edited, 0 already known" in said
    assert "1 problem; the rest is kept" in said


def test_a_menu_that_says_none_takes_a_guess_back(bench: Workbench) -> None:
    app = dropped(("c.csv", "text,author\nhello,ann\nbye,bob\n"))
    assert "by 2 authors" in words(app)
    app = choose(app, "Author", "")
    assert "2 comments in 1 thread." in words(app)


def test_the_first_comment_is_moved_by_number_and_by_a_likely_place(bench: Workbench) -> None:
    app = dropped(("page.txt", PAGE))
    assert app.number_input[0].value == 3
    assert list(app.dataframe[0].value["is"]) == ["article", "article", "comment", "comment"]
    app = app.number_input[0].set_value(4).run()
    assert "1 comment in 1 thread." in words(app)
    (likeliest,) = [one.label for one in app.button if one.label.startswith("Line 3 (")]
    app = press(app, likeliest)
    assert app.number_input[0].value == 3
    assert "2 comments in 1 thread." in words(app)


def test_another_reader_is_chosen_and_one_that_does_not_fit_says_so(bench: Workbench) -> None:
    app = dropped(("page.txt", PAGE))
    name = next(one.label for one in app.selectbox if "page" in one.label)
    app = choose(app, name, "wxr")
    assert "This file cannot be read so." in words(app)
    app = choose(app, name, "auto")
    assert "2 comments in 1 thread." in words(app)


def test_of_several_files_each_is_said_and_those_that_can_be_read_are_imported(
    bench: Workbench, tmp_path: Path
) -> None:
    app = dropped(
        ("a.csv", "id,text\n1,hello\n"), ("b.pdf", "%PDF-1.7"), ("c.csv", "id,text\n2,x\n")
    )
    table = app.dataframe[0].value
    assert list(table["file"]) == ["a.csv", "b.pdf", "c.csv"]
    assert list(table["read as"]) == ["csv", "cannot be read", "csv"]
    app.toggle[0].set_value(False).run()
    app = press(app, "Import 2 files")
    bench.wait_for_run(SECONDS)
    assert bench.count() == 2
    assert bench.count(BrowseFilter(scored=False)) == 2
    app = app.run()
    assert "a PDF" in words(app)  # what could not be read stays on the page
    app = press(app, "Take out")
    assert left(tmp_path) == []
    app = press(app, "Rate now")
    bench.wait_for_run(SECONDS)
    assert bench.count(BrowseFilter(scored=False)) == 0


def test_a_table_that_lacks_only_its_text_is_not_counted_as_unreadable(bench: Workbench) -> None:
    app = dropped(("a.csv", "id,text\n1,hello\n"), ("b.pdf", "%PDF-1.7"), ("odd.csv", ODD))
    said = words(app)
    assert "1 of 3 files cannot be read so." in said
    assert "1 of 3 files: which column holds the text?" in said


def test_how_a_run_ended_is_said_although_other_files_wait(bench: Workbench) -> None:
    app = dropped(("a.csv", "id,text\n1,hello\n"), ("b.pdf", "%PDF-1.7"))
    app.toggle[0].set_value(False).run()
    app = press(app, "Import")
    bench.wait_for_run(SECONDS)
    said = words(app.run())
    assert "The import is done" in said
    assert "a.csv: 1 new, 0 edited, 0 already known" in said
    assert "a PDF" in said


def test_the_report_and_the_same_file_again_may_tell_the_same_problems(bench: Workbench) -> None:
    rows = ("a.csv", "id,text\n1,hello\n,\n")
    press(dropped(rows), "Import")
    bench.wait_for_run(SECONDS)
    said = words(dropped(rows))
    assert said.count("1 problem; the rest is kept") == 2


def test_after_another_reader_the_page_shows_what_is_in_force(bench: Workbench) -> None:
    app = dropped(("page.txt", PAGE), ("c.csv", "text,author\nhello,ann\n"))
    app = app.run()
    app = app.number_input[0].set_value(4).run()
    name = next(one.label for one in app.selectbox if "page" in one.label)
    app = choose(app, name, "flat-text")
    assert app.number_input[0].value == 3
    assert "2 comments in 1 thread." in words(app)


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "/etc/passwd", "a\x00b.csv", "..", "", "x" * 5_000 + ".csv"),
        *("\u8a9e" * 200, "C:\\windows\\x.csv", "\udc80.csv", "a\nb.csv", "**b** [x](y).csv"),
    ],
)
def test_no_name_becomes_a_path_of_its_own(bench: Workbench, tmp_path: Path, name: str) -> None:
    mine = Tray()
    mine.add(name, BytesIO(b"id,text\n1,hello\n"))
    (file,) = mine.files
    (folder,) = left(tmp_path)
    assert list(folder.iterdir()) == [file.path]
    assert file.path.parent == folder
    mine.clear()
    assert left(tmp_path) == []


def test_a_file_is_gone_with_the_last_that_knows_of_it(tmp_path: Path, bench: Workbench) -> None:
    file = Dropped(1, "a.csv", BytesIO(b"id,text\n1,hello\n"))
    assert len(left(tmp_path)) == 1
    del file
    assert left(tmp_path) == []


def test_what_a_killed_server_left_is_swept_away_days_later(
    bench: Workbench, tmp_path: Path
) -> None:
    for name, days in (("old", 4), ("new", 2)):
        folder = tmp_path / f"triage-import-{name}"
        folder.mkdir()
        (folder / "c.csv").write_text("id,text")
        os.utime(folder, (time.time() - 86_400 * days,) * 2)
    opened()
    assert [one.name for one in left(tmp_path)] == ["triage-import-new"]


def test_texts_and_names_are_hidden_where_the_site_hides_them(
    bench: Workbench, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("TRIAGE_BLUR", "text")
    environment.setenv("TRIAGE_PSEUDONYMS", "1")
    environment.setenv("TRIAGE_PSEUDONYMS_KEY", "0123456789abcdef" * 2)
    workbench.clear()
    app = dropped(("c.csv", "id,text,author\n1,hello,ann\n"))
    assert not app.dataframe
    (reveal,) = [one for one in app.toggle if one.label == "Reveal texts"]
    app = reveal.set_value(True).run()
    (author,) = app.dataframe[0].value["author"]
    assert author.startswith("author-")


EMPTY = """
from triage.ui import {page}
from triage.ui.state import workbench
{page}.page(workbench())
"""


@pytest.mark.parametrize("page", ["review", "batch", "thresholds"])
def test_pages_without_comments_say_how_to_get_some_and_rate_what_is_not_rated(
    bench: Workbench, tmp_path: Path, page: str
) -> None:
    code = EMPTY.format(page=page)
    app = AppTest.from_string(code, default_timeout=60).run()
    assert "Drop a file on the Import page" in words(app)
    path = tmp_path / "c.csv"
    path.write_text("id,text\n1,You stupid idiot\n")
    Workbench(Settings.from_environment()).import_file(path)
    app = press(AppTest.from_string(code, default_timeout=60).run(), "Rate now")
    bench.wait_for_run(SECONDS)
    assert bench.progress("ana").pending == 1


def test_what_was_dropped_is_gone_when_the_dashboard_ends(bench: Workbench, tmp_path: Path) -> None:
    mine = Tray()

    @asynccontextmanager
    async def inner(_: object) -> AsyncIterator[None]:
        yield

    async def served() -> None:
        async with until_end(inner)(None):
            mine.add("a.csv", BytesIO(b"id,text\n1,hello\n"))
            assert len(left(tmp_path)) == 1

    asyncio.run(served())
    assert left(tmp_path) == []


PASSING = """
from triage.ui.runs import draw_in_passing
from triage.ui.state import workbench
draw_in_passing(workbench())
"""


def test_other_pages_say_how_far_a_run_is_and_how_it_ended_to_whoever_saw_it(
    bench: Workbench, tmp_path: Path
) -> None:
    pipe = tmp_path / "slow.csv"
    os.mkfifo(pipe)  # who reads it waits for who writes it
    bench.start_run([ToImport(pipe)])
    passing = AppTest.from_string(PASSING, default_timeout=60).run()
    assert "Importing slow.csv" in words(passing)
    app = dropped(("a.csv", "id,text\n1,hello\n"))
    assert "Importing slow.csv" in words(app)
    assert "Wait until the import at work is done, or stop it." in words(app)
    assert [one.disabled for one in app.button if one.label == "Import"] == [True]
    with pipe.open("wb"):
        pipe.unlink()
    bench.wait_for_run(SECONDS)
    assert "The import is done." in words(passing.run())
    assert words(AppTest.from_string(PASSING, default_timeout=60).run()) == ""
