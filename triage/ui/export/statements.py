"""Statements: why comments were removed, for the public register, and the notice to each author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from shutil import make_archive
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import streamlit as st

from triage.domain.statements import Automation
from triage.errors import TriageError
from triage.ui.export.some import draw_some
from triage.ui.links import open_in_review
from triage.ui.notices import fault
from triage.ui.state import Key, digest
from triage.workbench import BrowseFilter, Statement, StatementCounts, Workbench

__all__ = ["draw"]

_PREVIEW = 50
_SAYS = (
    "Why comments were removed, as the EU’s Digital Services Act asks for it: one statement per "
    "rejection in force. None holds a name or words of a comment. Grounds and clauses come from "
    "the file that `TRIAGE_STATEMENTS` names."
)
_FOUND = {
    (False, True): "by its scores",
    (True, True): "by a report, and its scores",
    (True, False): "by a report",
    (False, False): "by a moderator",
}
_DECIDED = {
    Automation.NOT: "by a person",
    Automation.PARTIALLY: "by a person, unread",
    Automation.FULLY: "by the policy",
}
_LEFT_OUT = "left-out.csv"
_NAMED = 5
_ROW, _HEIGHT = 34, 308  # pixels
_FORMATS = {"json": "JSON requests", "jsonl": "JSONL", "csv": "CSV"}


def draw(bench: Workbench) -> None:
    """Draw the filter, the statements, the download, and the notice of the selected one."""
    st.caption(_SAYS)
    wanted = draw_some(bench)
    try:
        shown = bench.statement_preview(wanted, limit=_PREVIEW)
        counts = bench.statement_counts(wanted)
    except TriageError as error:
        fault("No statement can be written.", error)
        return
    if not shown:
        st.info("No comment was removed, or none is left here.", icon=":material/inbox:")
        return
    chosen = _draw_table(shown, counts)
    if chosen is None:
        st.caption("Select a row to read what is stated, and the notice to its author.")
    else:
        _draw_chosen(bench, chosen)
    _draw_named(counts.named)
    _draw_download(bench, wanted, counts)


def _draw_table(shown: Sequence[Statement], counts: StatementCounts) -> Statement | None:
    """Draw the statements and return the selected one; its key hangs on what is shown."""
    frame = pd.DataFrame(
        [
            {
                "removed": one.stated.fields.get("application_date"),
                "category": _short(one.stated.fields.get("category")),
                "found": _FOUND[one.decided.reported, _is_yes(one)],
                "decided": _DECIDED[Automation(str(one.stated.fields["automated_decision"]))],
                "comment": one.decided.entry.comment.id,
                "cannot be sent": "; ".join(one.stated.faults),
            }
            for one in shown
        ]
    )
    if not frame["cannot be sent"].any():
        frame = frame.drop(columns="cannot be sent")
    ids = digest(*(one.decided.decision.id for one in shown))
    event: Any = st.dataframe(
        frame,
        hide_index=True,
        key=f"{Key.EXPORT_STATED}.{ids}",
        on_select="rerun",
        selection_mode="single-row",
        height=min(_ROW * (len(shown) + 1) + 2, _HEIGHT),
        row_height=_ROW,
    )
    if (every := counts.sent + counts.left) > len(shown):
        st.caption(f"The first {len(shown)} of {every:,} statements.")
    rows = [place for place in event.selection.rows if place < len(shown)]
    return shown[rows[0]] if rows else None


def _draw_named(named: Sequence[str]) -> None:
    """Draw where the site's own texts hold names; a name is anybody's words, and plain text."""
    if named:
        st.warning(
            "The file that `TRIAGE_STATEMENTS` names holds names of authors. Statements name "
            "nobody: look before you send them.",
            icon=":material/warning:",
        )
        st.text("\n".join(named[:_NAMED]))


def _draw_download(bench: Workbench, wanted: BrowseFilter, counts: StatementCounts) -> None:
    if counts.left:
        what = "statement" if counts.left == 1 else "statements"
        st.warning(
            f"{counts.left:,} {what} cannot be sent and will be left out: {_LEFT_OUT} in the "
            "download says which and why.",
            icon=":material/warning:",
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = st.segmented_control(
            "As",
            list(_FORMATS),
            default="json",
            required=True,
            format_func=lambda one: _FORMATS[one],
            key=Key.EXPORT_STATED_FORMAT,
        )
        kind = "zip" if form == "json" or counts.left else form
        today = datetime.now(UTC).date().isoformat()
        st.download_button(
            "Download statements",
            data=lambda: _written(bench, wanted, form, zipped=kind == "zip"),
            file_name=f"triage-statements-{today}.{kind}",
            mime={"zip": "application/zip", "csv": "text/csv"}.get(kind, "application/jsonl"),
            on_click="ignore",
            type="primary",
            icon=":material/download:",
        )


def _draw_chosen(bench: Workbench, chosen: Statement) -> None:
    """Draw what is stated, and what to send to the author in a box that can be copied."""
    comment_id = chosen.decided.entry.comment.id
    with st.container(border=True, gap="small"):
        st.text(str(chosen.stated.fields.get("decision_facts")))
        st.markdown("**Notice to the author**")
        try:
            st.code(bench.notice(comment_id), language=None, wrap_lines=True)
        except TriageError as error:
            fault("There is no notice.", error)
        open_in_review(comment_id)


def _is_yes(one: Statement) -> bool:
    return one.stated.fields.get("automated_detection") == "Yes"


def _short(category: object) -> str:
    return str(category).removeprefix("STATEMENT_CATEGORY_").replace("_", " ").lower()


def _written(bench: Workbench, wanted: BrowseFilter, form: str, *, zipped: bool) -> BytesIO:
    """Return all statements; a ZIP archive holds requests of up to 100 each, and what is left."""
    with TemporaryDirectory() as folder:
        inside = Path(folder) / "statements"
        inside.mkdir()
        path = inside / f"statements.{form}"
        bench.statements(path, wanted, left_out=inside / _LEFT_OUT)
        if zipped:
            path = Path(make_archive(str(inside), "zip", inside))
        return BytesIO(path.read_bytes())
