"""Links from one page to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

import streamlit as st

from triage.ui.state import FILTERS, Key, Query
from triage.workbench import Workbench

__all__ = [
    "export_these",
    "open_course",
    "open_import",
    "open_in_review",
    "open_page",
    "these",
    "thread_names",
]


def open_in_review(comment_id: str) -> None:
    """Draw the link that shows a comment in Review."""
    if Key.REVIEW_PAGE in st.session_state:
        st.page_link(
            st.session_state[Key.REVIEW_PAGE],
            label="Open in Review",
            icon=":material/open_in_full:",
            query_params={Query.COMMENT.value: comment_id},
        )


def open_import(label: str) -> None:
    """Draw the link to the page where comments come in."""
    open_page(Key.IMPORT_PAGE, label, ":material/upload_file:")


def open_page(page: Key, label: str, icon: str) -> None:
    """Draw the link to a page, which the shell put into the session."""
    if page in st.session_state:
        st.page_link(st.session_state[page], label=label, icon=icon)


def open_course(bench: Workbench, thread_id: str) -> None:
    """Draw the button that shows in Browse how a thread's scores run along it."""
    if st.button("Scores along it", key="open-course", icon=":material/timeline:", type="tertiary"):
        name = thread_names(bench.thread_titles())[thread_id]
        page = st.session_state.get(Key.BROWSE_HOME)
        if page is not None:
            st.switch_page(page, query_params={Query.THREAD.value: name})


def export_these() -> None:
    """Draw the link that shows in Export the comments which the filters of Browse keep.

    They go there as one value: a page takes the names that its widgets hold out of every link away
    from it. It begins with a `?`, for an empty value would be none.
    """
    if Key.EXPORT_HOME in st.session_state:
        link = {name.value: st.query_params.get_all(name) for name in FILTERS}
        st.page_link(
            st.session_state[Key.EXPORT_HOME],
            label="Export these",
            icon=":material/download:",
            query_params={Query.THESE.value: f"?{urlencode(link, doseq=True)}"},
        )


def these() -> dict[str, list[str]] | None:
    """Return what `export_these` said, once; None where nobody came by it."""
    said = st.query_params.get(Query.THESE)
    if said is None:
        return None
    del st.query_params[Query.THESE]
    try:
        return parse_qs(said.removeprefix("?"), max_num_fields=len(Query) * 2)
    except ValueError:  # nobody's link: nothing is restricted
        return {}


def thread_names(titles: Mapping[str, str]) -> dict[str, str]:
    """Return id -> name, each once: Streamlit finds an option by its name. No id is blank."""
    names = Counter(["All threads", *titles.values()])
    return {"": "All threads"} | {
        one: title if title and names[title] == 1 else f"{title} ({one})"
        for one, title in titles.items()
    }
