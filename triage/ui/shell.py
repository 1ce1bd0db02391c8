"""The frame around the pages: navigation, style, and who is reviewing."""

from __future__ import annotations

import logging
from functools import cache, partial
from pathlib import Path

import streamlit as st

from triage.errors import TriageError
from triage.ui import batch, browse, export, guidelines, importing, quality, review, thresholds
from triage.ui.notices import fault, tell_panel
from triage.ui.runs import draw_in_passing
from triage.ui.state import Key, workbench

__all__ = ["main"]

_HERE = Path(__file__).parent


def main() -> None:
    """Draw the dashboard; what cannot be done is said in words, never as a traceback."""
    st.set_page_config(
        page_title="triage",
        page_icon=_HERE / "icon.svg",  # an icon by name would be fetched from elsewhere
        layout="wide",
        initial_sidebar_state="collapsed",
    )
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
            lambda: st.switch_page(review_page, query_params=st.query_params.to_dict()),
            title="triage",
            default=True,
            visibility="hidden",
        )
        browse_page = st.Page(
            partial(browse.page, bench),
            title="Browse",
            icon=":material/table_rows:",
            url_path="browse",
        )
        import_page = st.Page(
            partial(importing.page, bench),
            title="Import",
            icon=":material/upload_file:",
            url_path="import",
        )
        export_page = st.Page(
            partial(export.page, bench),
            title="Export",
            icon=":material/download:",
            url_path="export",
        )
        st.session_state[Key.REVIEW_PAGE] = review_page
        st.session_state[Key.IMPORT_PAGE] = import_page
        st.session_state[Key.BROWSE_HOME] = browse_page
        st.session_state[Key.EXPORT_HOME] = export_page
        chosen = st.navigation(
            [
                home,
                review_page,
                browse_page,
                st.Page(
                    partial(batch.page, bench),
                    title="Batch",
                    icon=":material/bar_chart:",
                    url_path="batch",
                ),
                st.Page(
                    partial(thresholds.page, bench),
                    title="Thresholds",
                    icon=":material/tune:",
                    url_path="thresholds",
                ),
                st.Page(
                    partial(quality.page, bench),
                    title="Quality",
                    icon=":material/balance:",
                    url_path="quality",
                ),
                st.Page(
                    partial(guidelines.page, bench),
                    title="Guidelines",
                    icon=":material/gavel:",
                    url_path="guidelines",
                ),
                import_page,
                export_page,
            ],
            position="top",
        )
        if st.session_state.get(Key.PAGE) != chosen.url_path:
            st.session_state[Key.PAGE] = chosen.url_path
            st.session_state.pop(Key.REVIEW_SHOWN_AT, None)  # nobody looked at it meanwhile
            review.leave(bench, bench.settings.reviewer)
        tell_panel(bench)
        if chosen is not import_page:
            draw_in_passing(bench)
        chosen.run()
    except TriageError as error:
        fault("The dashboard cannot go on.", error)
    except Exception:  # Streamlit's own signals to stop or rerun are no Exception
        logging.getLogger("triage").exception("a page failed")
        fault(
            "This page failed, through a fault of ours; nothing that was saved is lost.",
            "Reload it. If it fails again, the log of the command that opened the dashboard says "
            "where, and a report of that helps to mend it.",
        )


@cache
def _style() -> str:
    return (_HERE / "style.css").read_text(encoding="utf-8")
