"""Which column of a table is what, by menu: the preview follows."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from triage.ui.importing.tray import Dropped
from triage.ui.state import Key, digest
from triage.workbench import COLUMN_ROLES, Preview

__all__ = ["draw_columns"]

_WORDS = {
    "text": "Text",
    "id": "Id",
    "parent_id": "Answers (an id)",
    "author": "Author",
    "created_at": "Time",
    "thread": "Thread",
    "title": "Thread’s title",
    "url": "Address",
    "reach": "Reach (likes …)",
}
_NONE = ""
_WIDTH = 172  # pixels


def draw_columns(file: Dropped, preview: Preview) -> None:
    """Draw a menu for each thing that a column can be."""
    found = preview.columns
    if found is None:
        return
    if preview.lacking:
        st.info("Which column holds the text of the comments?", icon=":material/view_column:")
    # A menu that was drawn once keeps its choice: other columns are other menus.
    about = f"{file.keyed}.{digest(*found.names)}"
    keys = {role: f"{Key.IMPORT_COLUMN}.{about}.{role}" for role in COLUMN_ROLES}
    with st.container(horizontal=True, gap="small", key="import-columns"):
        for role, key in keys.items():
            options = [_NONE, *(name for name in found.names if name)]
            st.selectbox(
                _WORDS.get(role, role),
                options,
                index=options.index(found.chosen.get(role, _NONE)),
                format_func=lambda name: name or "(none)",
                key=key,
                on_change=_choose,
                args=(file, keys),
                width=_WIDTH,
            )
    if found.rows:
        rows = [{name: row.get(name, "") for name in found.names} for row in found.rows]
        st.dataframe(pd.DataFrame(rows), hide_index=True)


def _choose(file: Dropped, keys: dict[str, str]) -> None:
    """Say of every role which column it is, so that none is guessed any more."""
    file.say(columns={role: st.session_state.get(key, _NONE) for role, key in keys.items()})
