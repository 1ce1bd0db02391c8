"""The page: drop files, see how each is understood, correct that, and import them."""

from __future__ import annotations

import streamlit as st

from triage.errors import TriageError
from triage.ui.importing.acts import draw_import
from triage.ui.importing.columns import draw_columns
from triage.ui.importing.problems import draw_problems
from triage.ui.importing.reader import draw_reader
from triage.ui.importing.report import draw_report
from triage.ui.importing.seam import draw_seam
from triage.ui.importing.tray import Dropped, Tray, tray
from triage.ui.importing.understood import draw_comments, draw_counts, draw_files
from triage.ui.notices import fault, or_say, show
from triage.ui.runs import draw_rate_now, draw_run
from triage.ui.state import Key
from triage.workbench import Preview, Workbench

__all__ = ["page"]


def page(bench: Workbench) -> None:
    """Draw what runs or ran last, the place to drop files, and what these hold."""
    st.header("Import")
    show()
    mine = tray()
    draw_run(bench)
    draw_report(bench)
    _draw_drop(mine)
    if not mine.files:
        _draw_what_fits()
        draw_rate_now(bench)
        return
    with st.spinner("Looking into it", show_time=False):
        seen = [(file, file.look(bench)) for file in mine.files]
    file, found = draw_files(seen)
    _draw_file(bench, mine, file, found)
    draw_import(bench, mine, seen)


def _draw_drop(mine: Tray) -> None:
    """Draw where files are dropped; it is a new one after each drop, so that nothing lies twice."""
    key = f"{Key.IMPORT_DROP}.{st.session_state.get(Key.IMPORT_TURN, 0)}"
    st.file_uploader(
        "Drop files of comments here, or choose them",
        accept_multiple_files=True,
        key=key,
        on_change=_take,
        args=(mine, key),
    )


def _draw_what_fits() -> None:
    most = int(st.get_option("server.maxUploadSize"))
    st.caption(
        "Exports of WordPress, Disqus, Coral, Discourse, Reddit and YouTube, tables (CSV, JSONL, "
        "Parquet) and pages saved as text, packed with gzip or ZIP or not. You see what is "
        f"understood before anything is stored. For more than {most:,} MB there is "
        "`triage import FILE`."
    )


@or_say("A file could not be kept.")
def _take(mine: Tray, key: str) -> None:
    given = st.session_state.get(key) or []
    st.session_state[Key.IMPORT_TURN] = st.session_state.get(Key.IMPORT_TURN, 0) + 1
    for one in given:
        mine.add(one.name, one)


def _draw_file(bench: Workbench, mine: Tray, file: Dropped, found: Preview | TriageError) -> None:
    with st.container(key="import-file"):
        draw_reader(bench, mine, file)
        if isinstance(found, TriageError):
            fault("This file cannot be read so.", _nameless(file, found))
            return
        if not found.lacking:
            draw_counts(found)
        draw_columns(file, found)
        if found.seam is not None:
            draw_seam(file, found.seam)
        if not found.lacking:
            draw_comments(bench, found)
            draw_problems(found.problems)


def _nameless(file: Dropped, error: TriageError) -> str:
    """Return an error's words without the folder, which concerns nobody."""
    return str(error).replace(str(file.path), file.name)
