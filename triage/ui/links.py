"""Links from one page to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from triage.ui.state import FILTERS, Key, Query
from triage.ui.words import EXPORTS
from triage.workbench import Export, ThreadSummary, Workbench

__all__ = ["export_these", "open_course", "open_in_review", "thread_names"]


def open_in_review(comment_id: str) -> None:
    """Draw the link that shows a comment in Review."""
    if Key.REVIEW_PAGE in st.session_state:
        st.page_link(
            st.session_state[Key.REVIEW_PAGE],
            label="Open in Review",
            icon=":material/open_in_full:",
            query_params={Query.COMMENT.value: comment_id},
        )


def open_course(bench: Workbench, thread_id: str) -> None:
    """Draw the button that shows in Browse how a thread's scores run along it."""
    if st.button("Scores along it", key="open-course", icon=":material/timeline:", type="tertiary"):
        name = thread_names(bench.threads())[thread_id]
        page = st.session_state.get(Key.BROWSE_HOME)
        if page is not None:
            st.switch_page(page, query_params={Query.THREAD.value: name})


def export_these() -> None:
    """Draw the button that shows in Export the comments which the filters of Browse keep."""
    if st.button("Export these", icon=":material/download:", type="tertiary"):
        page = st.session_state.get(Key.EXPORT_HOME)
        if page is not None:
            link = {name.value: st.query_params.get_all(name) for name in FILTERS}
            kept = {name: values for name, values in link.items() if values}
            st.switch_page(page, query_params={**kept, Query.WHAT.value: EXPORTS[Export.COMMENTS]})


def thread_names(threads: Sequence[ThreadSummary]) -> dict[str, str]:
    """Return id -> name, each once: Streamlit finds an option by its name. No id is blank."""
    names = Counter(["All threads", *(one.title for one in threads)])
    return {"": "All threads"} | {
        one.id: one.title if one.title and names[one.title] == 1 else f"{one.title} ({one.id})"
        for one in threads
    }
