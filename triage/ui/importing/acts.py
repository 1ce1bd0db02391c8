"""The button that imports. Nothing is stored before it is pressed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from triage.errors import TriageError
from triage.ui.importing.tray import Dropped, Tray
from triage.ui.notices import or_say
from triage.ui.runs import at_work
from triage.ui.state import Key
from triage.workbench import Preview, Workbench

__all__ = ["draw_import"]


def draw_import(
    bench: Workbench, mine: Tray, seen: Sequence[tuple[Dropped, Preview | TriageError]]
) -> None:
    """Say what would come, and offer to import it, where it is always in sight."""
    ready = [
        (file, found) for file, found in seen if isinstance(found, Preview) and not found.lacking
    ]
    busy = at_work(bench)
    with (
        st.bottom,
        st.container(horizontal=True, vertical_alignment="center", gap="small", key="import-act"),
    ):
        st.button(
            f"Import {len(ready)} files" if len(ready) > 1 else "Import",
            type="primary",
            icon=":material/upload_file:",
            disabled=not ready or busy,
            on_click=_import,
            args=(bench, mine, ready),
        )
        st.toggle(
            "Rate them, too",
            value=True,
            key=Key.IMPORT_RATE,
            help="By the scorers in use, in the background. Only what is rated comes to Review.",
        )
        st.text(_promise(ready, [found for _, found in seen], busy=busy), width="content")


def _promise(
    ready: Sequence[tuple[Dropped, Preview]], seen: Sequence[Preview | TriageError], *, busy: bool
) -> str:
    if busy:
        return "Wait until the import at work is done, or stop it."
    if not ready:
        return "Nothing to import yet."
    new, revised = sum(one.new for _, one in ready), sum(one.revised for _, one in ready)
    least = "" if all(one.whole for _, one in ready) else "at least "
    said = f"{least}{new:,} new and {revised:,} edited comments. Nothing is stored yet."
    return " ".join([said, *_left(seen)])


def _left(seen: Sequence[Preview | TriageError]) -> list[str]:
    """Return what is said of the files that are not imported, a sentence for each reason."""
    unread = sum(not isinstance(one, Preview) for one in seen)
    lacking = sum(isinstance(one, Preview) and one.lacking for one in seen)
    told = []
    if unread:
        told.append(f"{unread} of {len(seen)} files cannot be read so.")
    if lacking:
        told.append(f"{lacking} of {len(seen)} files: which column holds the text?")
    return told


@or_say("Nothing was imported.")
def _import(bench: Workbench, mine: Tray, ready: Sequence[tuple[Dropped, Preview]]) -> None:
    files = [file for file, _ in ready]

    def discard() -> None:
        for file in files:
            file.discard()

    bench.start_run(
        [file.to_import(found) for file, found in ready],
        rate=bool(st.session_state.get(Key.IMPORT_RATE, True)),
        on_end=discard,
    )
    mine.hand_over(files)
