"""Where the article ends and its comments begin, movable by hand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from triage.ui.importing.tray import Dropped
from triage.ui.state import Key, digest
from triage.workbench import Seam

__all__ = ["draw_seam"]

_AROUND = 5  # lines before the first comment and after it
_LIKELY = 3
_LEAST = 0.02  # a less likely place is no help


def draw_seam(file: Dropped, seam: Seam) -> None:
    """Draw the lines around the first comment, and the ways to say that it is another one."""
    key = f"{Key.IMPORT_FIRST}.{file.keyed}"
    st.session_state.setdefault(key, seam.first_comment)
    with st.container(horizontal=True, vertical_alignment="bottom", key="import-seam"):
        st.number_input(
            "The first comment is line",
            1,
            len(seam.lines),
            key=key,
            on_change=_typed,
            args=(file, key),
            width=200,
            help="Of the lines that are not blank. What comes before is the article.",
        )
        likely = [one for one in seam.likely[:_LIKELY] if one[1] >= _LEAST]
        for line, chance in likely:
            st.button(
                f"Line {line} ({chance:.0%})",
                key=f"{key}.{line}",
                type="tertiary",
                disabled=line == seam.first_comment,
                on_click=_move,
                args=(file, key, line),
            )
    first = max(1, seam.first_comment - _AROUND)
    numbers = range(first, min(len(seam.lines), seam.first_comment + _AROUND) + 1)
    frame = pd.DataFrame(
        {
            "line": list(numbers),
            "is": ["article" if one < seam.first_comment else "comment" for one in numbers],
            "text": [seam.lines[one - 1] for one in numbers],
        }
    )
    table = f"{key}.{digest(str(seam.first_comment))}"
    st.dataframe(
        frame,
        hide_index=True,
        key=table,
        on_select=lambda: _clicked(file, key, table, first),
        selection_mode="single-row",
        column_config={
            "line": st.column_config.NumberColumn("line", width=50),
            "is": st.column_config.TextColumn("is", width=80),
            "text": st.column_config.TextColumn("text", width=810),
        },
    )
    st.caption("Select the line that is the first comment, where it is another one.")


def _typed(file: Dropped, key: str) -> None:
    file.say(first_comment=int(st.session_state[key]))


def _move(file: Dropped, key: str, line: int) -> None:
    st.session_state[key] = line
    file.say(first_comment=line)


def _clicked(file: Dropped, key: str, table: str, first: int) -> None:
    rows = st.session_state[table]["selection"]["rows"]
    if rows:
        _move(file, key, first + rows[0])
