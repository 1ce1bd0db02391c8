"""Tables: decisions, the log or all comments, previewed and downloaded."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from triage.files.table_writer import TableFormat
from triage.ui.links import open_import
from triage.ui.state import Key
from triage.workbench import Export, Workbench

__all__ = ["draw"]

_PREVIEW = 20
_WORDS = {
    Export.DECISIONS: "Decisions in force",
    Export.LOG: "Every decision and undo",
    Export.COMMENTS: "All comments",
    Export.MENTIONS: "Identities mentioned",
    Export.ANNOTATIONS: "What people said of the labels",
    Export.APPEALS: "Appeals",
}
_SAYS = {
    Export.DECISIONS: "One row per decided comment: the verdict that stands, by whom, when, under "
    "which policy, and the scores that were seen.",
    Export.LOG: "One row per act, in order and complete: what was decided, what was undone.",
    Export.COMMENTS: "One row per comment, decided or not, with its scores and its verdict.",
    Export.MENTIONS: "The comments, and how likely it is that each mentions women, Muslims, Black "
    "people and so on: to see whether scores are worse where a group is named.",
    Export.ANNOTATIONS: "Training data, one row per annotation and per verdict with reasons: 1 for "
    "a label that a person gave, 0 for one that a person rejected, nothing where nobody said.",
    Export.APPEALS: "One row per appeal: the decision it is against, what became of it, by whom, "
    "the reply, and how long it took.",
}
_NOTHING = {
    Export.DECISIONS: "No decisions yet: make some in Review.",
    Export.LOG: "No decisions yet: make some in Review.",
    Export.COMMENTS: "No comments yet: drop a file on the Import page.",
    Export.MENTIONS: "No scorer in use has told which identities a text mentions: "
    "`detoxify:unbiased` and `detoxify:multilingual` do.",
    Export.ANNOTATIONS: "Nobody has said anything of the labels yet: Review is where they do.",
    Export.APPEALS: "No appeals yet: they come over HTTP, with `triage appeal add`, or in Review.",
}
_MIME = {
    TableFormat.CSV: "text/csv",
    TableFormat.JSONL: "application/jsonl",
    TableFormat.PARQUET: "application/vnd.apache.parquet",
}


def draw(bench: Workbench) -> None:
    """Draw the choice, the first rows, and the button that downloads all of them."""
    choice = st.columns([4, 3, 3], vertical_alignment="bottom")
    picked = choice[0].selectbox(
        "What",
        list(Export),
        format_func=lambda one: _WORDS[one],
        key=Key.EXPORT_WHAT,
    )
    what = Export(picked or Export.DECISIONS)
    chosen = choice[1].segmented_control(
        "Format",
        list(TableFormat),
        default=TableFormat.CSV,
        required=True,
        format_func=lambda one: {"csv": "CSV", "jsonl": "JSONL", "parquet": "Parquet"}[one],
        key=Key.EXPORT_FORMAT,
    )
    include_text = choice[2].toggle(
        "With the comments’ text",
        key=Key.EXPORT_TEXT,
        help="Text is personal data: leave it out unless the reader of the file needs it. The "
        "digest in text_sha256 tells texts apart either way.",
    )
    st.caption(_SAYS[what])
    rows = bench.preview(what, include_text=include_text, limit=_PREVIEW)
    if not rows:
        st.info(_NOTHING[what], icon=":material/inbox:")
        if bench.count() == 0:
            open_import("Import comments")
        return
    frame = pd.DataFrame(rows)
    frame = frame.dropna(axis="columns", how="all")
    words = frame.select_dtypes(exclude=["number", "bool", "datetimetz"]).columns
    frame[words] = frame[words].fillna("")
    st.dataframe(frame, hide_index=True)
    shown = f"The first {len(rows)} rows" if len(rows) == _PREVIEW else "All rows"
    st.caption(f"{shown}; columns that are empty here are left out of this preview only.")
    today = datetime.now(UTC).date().isoformat()
    st.download_button(
        f"Download {_WORDS[what].lower()}",
        data=lambda: _written(bench, what, chosen, include_text),
        file_name=f"triage-{what}-{today}.{chosen}",
        mime=_MIME[chosen],
        on_click="ignore",
        type="primary",
        icon=":material/download:",
    )
    if chosen is TableFormat.CSV:
        st.caption("Cells that a spreadsheet would run as a formula carry a ' in front.")


def _written(bench: Workbench, what: Export, chosen: TableFormat, include_text: bool) -> BytesIO:
    """Return the whole export, written the same way as `triage export` writes it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"export.{chosen}"
        bench.export(path, what, table_format=chosen, include_text=include_text)
        return BytesIO(path.read_bytes())
