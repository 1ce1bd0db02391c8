"""How files are understood: which there are, what one holds, and its first comments."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from triage.domain.comments import one_line
from triage.domain.kindness import Blur
from triage.errors import TriageError
from triage.ui.importing.tray import Dropped
from triage.ui.review.veil import blur
from triage.ui.state import Key, digest
from triage.workbench import Preview, Workbench

__all__ = ["draw_comments", "draw_counts", "draw_files"]

_CELL = 280  # characters of a comment in a table's cell
_THREADS = 3
_PARTS = 5

Looked = tuple[Dropped, Preview | TriageError]


def draw_files(seen: Sequence[Looked]) -> Looked:
    """Draw what there is in all, where that is more than one file; return the one to look at."""
    if len(seen) == 1:
        return seen[0]
    frame = pd.DataFrame([_row(file, found) for file, found in seen]).fillna("")
    event = st.dataframe(
        frame,
        hide_index=True,
        key=f"{Key.IMPORT_FILE}.{digest(*(str(file.number) for file, _ in seen))}",
        on_select="rerun",
        selection_mode="single-row-required",
        selection_default={"selection": {"rows": [0]}},
        column_config={"file": st.column_config.TextColumn("file", width=260)},
    )
    rows = event.selection.rows
    return seen[rows[0] if rows else 0]


def _row(file: Dropped, found: Preview | TriageError) -> dict[str, object]:
    if isinstance(found, TriageError):
        return {"file": file.name, "read as": "cannot be read"}
    if found.lacking:
        return {"file": file.name, "read as": "which column is the text?"}
    return {
        "file": file.name,
        "read as": found.reader or "several",
        "comments": f"{found.comments:,}{'' if found.whole else ' and more'}",
        "new": f"{found.new:,}",
        "edited": f"{found.revised:,}",
        "known": f"{found.unchanged:,}",
        "problems": f"{len(found.problems):,}",
    }


def draw_counts(found: Preview) -> None:
    """Say by which reader a file was read, how much there is of what, and what an import brings."""
    lines = [f"{part.name}: {part.reader}, {part.why}." for part in found.parts[:_PARTS]]
    if (more := len(found.parts) - _PARTS) > 0:
        lines.append(f"And {more:,} more files in it.")
    lines.append(f"{found.told[:1].upper()}{found.told[1:]}.")
    titles = [f"“{one_line(one.title or one.id, 80)}”" for one in found.threads[:_THREADS]]
    more = found.thread_count - len(titles)
    lines.append(f"Threads: {', '.join(titles)}{f' and {more:,} more' if more else ''}.")
    brings = f"{found.new:,} new, {found.revised:,} edited, {found.unchanged:,} already known"
    gone = f"; {found.gone:,} of before are not in it any more, and are kept"
    lines.append(f"An import brings: {brings}{gone if found.gone else ''}.")
    st.text("\n".join(lines))
    if not found.whole:
        st.caption("This is a large file: its first part was looked at. All of it is imported.")


def draw_comments(bench: Workbench, found: Preview) -> None:
    """Draw the first comments as they will be: a table, whose cells are text and nothing else."""
    if not found.shown:
        return
    hidden = blur(bench, bench.settings.reviewer) is not Blur.OFF
    if hidden and not st.toggle("Reveal texts", key=Key.IMPORT_REVEALED):
        return
    titles = {one.id: one.title or one.id for one in found.threads}
    places = {one.id: f"no. {place}" for place, one in enumerate(found.shown, 1)}
    columns: dict[str, list[object]] = {
        "comment": [one_line(one.text, _CELL) for one in found.shown],
        "author": [one.author or "" for one in found.shown],
        "time (UTC)": [one.created_at for one in found.shown],
        "answers": [places.get(one.parent_id or "", one.parent_id or "") for one in found.shown],
        "state": [one.state.value if one.state else "" for one in found.shown],
        "thread": [titles.get(one.thread_id, one.thread_id) for one in found.shown],
        "id": [one.id for one in found.shown],
    }
    kept = {name: cells for name, cells in columns.items() if any(cells)}
    frame = pd.DataFrame(kept, index=range(1, len(found.shown) + 1))
    st.markdown("##### The first comments")
    st.dataframe(
        frame,
        column_config={
            "comment": st.column_config.TextColumn("comment", width=460),
            "author": st.column_config.TextColumn("author", width=130),
            "time (UTC)": st.column_config.DatetimeColumn("time (UTC)", format="YYYY-MM-DD HH:mm"),
        },
    )
