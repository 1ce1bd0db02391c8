"""What a page says that has no comments to show yet, and the way to get some."""

from __future__ import annotations

import streamlit as st

from triage.ui.links import open_import
from triage.ui.runs import draw_rate_now
from triage.workbench import Workbench

__all__ = ["draw_nothing_rated"]


def draw_nothing_rated(bench: Workbench, title: str) -> None:
    """Say that nothing is here, and offer what comes next: to import, or to rate."""
    if bench.count() == 0:
        st.header("No comments yet")
        if bench.allows("look_at"):
            st.markdown("Drop a file on the Import page, or read it with `triage import FILE`.")
            open_import("Import comments")
        else:
            st.text("A lead imports them.")
        return
    st.header(title)
    draw_rate_now(bench)
