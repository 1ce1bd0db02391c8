"""Tables: decisions, the log or all comments, previewed and downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from shutil import make_archive
from tempfile import TemporaryDirectory

import pandas as pd
import streamlit as st

from triage.errors import TriageError
from triage.ui.browse.filters import show_link
from triage.ui.export.some import draw_some
from triage.ui.links import open_import, these
from triage.ui.notices import fault
from triage.ui.state import Key, Query
from triage.ui.words import EXPORTS
from triage.workbench import BrowseFilter, Export, Workbench

__all__ = ["draw"]

_PREVIEW = 20
_NONE_LEFT = "None of them is left: take a filter away."
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
_FORMATS = {
    "csv": ("CSV", "text/csv"),
    "jsonl": ("JSONL", "application/jsonl"),
    "parquet": ("Parquet", "application/vnd.apache.parquet"),
    "zip": ("Dataset", "application/zip"),
}
_DATASET = "zip"


def draw(bench: Workbench) -> None:
    """Draw the choice, the first rows, and the button that downloads all of them."""
    if (link := these()) is not None:
        show_link(bench, link)
        st.session_state[Query.WHAT] = Export.COMMENTS
        st.session_state[Key.EXPORT_FILTERED] = True
    choice = st.columns([4, 4, 3], vertical_alignment="bottom")
    picked = choice[0].selectbox(
        "What",
        list(Export),
        format_func=lambda one: EXPORTS[one],
        key=Query.WHAT,
        bind="query-params",
    )
    what = Export(picked or Export.DECISIONS)
    form = choice[1].segmented_control(
        "Format",
        list(_FORMATS),
        default="csv",
        required=True,
        format_func=lambda one: _FORMATS[one][0],
        key=Key.EXPORT_FORMAT,
    )
    include_text = choice[2].toggle(
        "With the comments’ text",
        key=Key.EXPORT_TEXT,
        help="Text is personal data: leave it out unless the reader of the file needs it. The "
        "digest in text_sha256 tells texts apart either way.",
    )
    st.caption(_SAYS[what])
    wanted = draw_some(bench)
    try:
        rows = bench.preview(what, wanted=wanted, include_text=include_text, limit=_PREVIEW)
    except TriageError as error:
        fault("These rows cannot be shown.", error)
        return
    if not rows:
        st.info(_NOTHING[what] if wanted == BrowseFilter() else _NONE_LEFT, icon=":material/inbox:")
        if bench.count() == 0:
            open_import("Import comments")
        return
    _draw_preview(rows)
    _draw_download(bench, _Wish(what, form, wanted, include_text))


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be downloaded."""

    what: Export
    form: str
    wanted: BrowseFilter
    include_text: bool


def _draw_preview(rows: list[dict[str, object]]) -> None:
    frame = pd.DataFrame(rows)
    frame = frame.dropna(axis="columns", how="all")
    words = frame.select_dtypes(exclude=["number", "bool", "datetimetz"]).columns
    frame[words] = frame[words].fillna("")
    st.dataframe(frame, hide_index=True)
    shown = f"The first {len(rows)} rows" if len(rows) == _PREVIEW else "All rows"
    st.caption(f"{shown}; columns that are empty here are left out of this preview only.")


def _draw_download(bench: Workbench, wish: _Wish) -> None:
    today = datetime.now(UTC).date().isoformat()
    st.download_button(
        f"Download {EXPORTS[wish.what].lower()}",
        data=lambda: _written(bench, wish),
        file_name=f"triage-{wish.what}-{today}.{wish.form}",
        mime=_FORMATS[wish.form][1],
        on_click="ignore",
        type="primary",
        icon=":material/download:",
    )
    if wish.form == "csv":
        st.caption("Cells that a spreadsheet would run as a formula carry a ' in front.")
    if wish.form == _DATASET:
        st.caption(
            "A Hugging Face dataset in a ZIP archive: Parquet, and a data card that says what the "
            "rows are a sample of. State license and language in it before you share it."
        )


def _written(bench: Workbench, wish: _Wish) -> BytesIO:
    """Return the whole export, written the same way as `triage export` writes it."""
    with TemporaryDirectory() as folder:
        if wish.form == _DATASET:
            path = Path(folder) / "dataset"
            bench.export_dataset(
                path, wish.what, wanted=wish.wanted, include_text=wish.include_text
            )
            path = Path(make_archive(str(path), "zip", path))
        else:
            path = Path(folder) / f"export.{wish.form}"
            bench.export(path, wish.what, wanted=wish.wanted, include_text=wish.include_text)
        return BytesIO(path.read_bytes())
