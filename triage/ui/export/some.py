"""The filters of an export, folded away until something is filtered."""

from __future__ import annotations

import streamlit as st

from triage.ui.browse.filters import draw_wanted
from triage.ui.state import FILTERS, Key
from triage.workbench import BrowseFilter, Workbench

__all__ = ["draw_some"]


def draw_some(bench: Workbench) -> BrowseFilter:
    """Draw what says which rows leave; once any was taken out, that stays in sight."""
    if Key.EXPORT_FILTERED not in st.session_state:
        linked = any(st.query_params.get(name) for name in FILTERS)
        st.session_state[Key.EXPORT_FILTERED] = linked
    shown = bool(st.session_state[Key.EXPORT_FILTERED])
    with st.expander("Only some of them", icon=":material/filter_alt:", expanded=shown):
        wanted = draw_wanted(bench)
    st.session_state[Key.EXPORT_FILTERED] = shown or wanted != BrowseFilter()
    return wanted
