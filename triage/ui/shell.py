"""The frame around the pages: navigation, style, and who is reviewing."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import streamlit as st

from triage.errors import TriageError
from triage.ui import browse, export, review
from triage.ui.notices import fault
from triage.ui.state import Key, workbench

__all__ = ["main"]


def main() -> None:
    """Draw the dashboard; what cannot be done is said in words, never as a traceback."""
    st.set_page_config(page_title="triage", page_icon=":material/balance:", layout="wide")
    st.html(f"<style>{_style()}</style>")
    try:
        bench = workbench()
        review_page = st.Page(
            partial(review.page, bench),
            title="Review",
            icon=":material/rate_review:",
            url_path="review",
        )
        # The default page answers at "/" only, and a link to /review should work too.
        home = st.Page(
            partial(st.switch_page, review_page), title="triage", default=True, visibility="hidden"
        )
        st.session_state[Key.REVIEW_PAGE] = review_page
        st.navigation(
            [
                home,
                review_page,
                st.Page(
                    partial(browse.page, bench),
                    title="Browse",
                    icon=":material/table_rows:",
                    url_path="browse",
                ),
                st.Page(
                    partial(export.page, bench),
                    title="Export",
                    icon=":material/download:",
                    url_path="export",
                ),
            ],
            position="top",
        ).run()
    except TriageError as error:
        fault("The dashboard cannot go on.", error)


@cache
def _style() -> str:
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
