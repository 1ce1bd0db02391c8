"""The frame around the pages: navigation, style, and who is reviewing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from triage.errors import TriageError
from triage.logs import fold_in
from triage.ui import (
    assignments,
    batch,
    browse,
    export,
    guidelines,
    importing,
    people,
    quality,
    review,
    thresholds,
)
from triage.ui.notices import fault, tell_panel
from triage.ui.runs import draw_in_passing
from triage.ui.signing_in import draw_not_yours, draw_you, seated
from triage.ui.state import Key, workbench
from triage.workbench import Seat, Workbench

__all__ = ["PAGES", "draw_page", "main"]

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class _Kind:
    """A page: it is for whoever may call `verb`; `key` is where the session keeps it for links."""

    title: str
    icon: str
    draw: Callable[[Workbench], None]
    verb: str
    key: Key | None = None
    with_sign_in: bool = False


PAGES = {
    "review": _Kind("Review", ":material/rate_review:", review.page, "item", Key.REVIEW_PAGE),
    "browse": _Kind("Browse", ":material/table_rows:", browse.page, "page", Key.BROWSE_HOME),
    "batch": _Kind("Batch", ":material/bar_chart:", batch.page, "decide_batch"),
    "thresholds": _Kind("Thresholds", ":material/tune:", thresholds.page, "findings"),
    "quality": _Kind("Quality", ":material/balance:", quality.page, "quality"),
    "guidelines": _Kind("Guidelines", ":material/gavel:", guidelines.page, "guidelines"),
    "import": _Kind("Import", ":material/upload_file:", importing.page, "look_at", Key.IMPORT_PAGE),
    "export": _Kind("Export", ":material/download:", export.page, "export", Key.EXPORT_HOME),
    "assignments": _Kind(
        "Assignments",
        ":material/assignment_ind:",
        assignments.page,
        "part_progress",
        with_sign_in=True,
    ),
    "people": _Kind("People", ":material/group:", people.page, "people", with_sign_in=True),
}
"""Every page, by its address."""


def main() -> None:
    """Draw the dashboard; what cannot be done is said in words, never as a traceback."""
    fold_in()  # Streamlit loads some of its modules, with their loggers, when they are needed
    st.set_page_config(
        page_title="triage",
        page_icon=_HERE / "icon.svg",  # an icon by name would be fetched from elsewhere
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    st.html(f"<style>{_style()}</style>")
    try:
        bench = seated(workbench())
        if bench is not None:
            _draw(bench)
    except TriageError as error:
        fault("The dashboard cannot go on.", error)
    except Exception:  # Streamlit's own signals to stop or rerun are no Exception
        logging.getLogger("triage").exception("a page failed")
        fault(
            "This page failed, through a fault of ours; nothing that was saved is lost.",
            "Reload it. If it fails again, the log of the command that opened the dashboard says "
            "where, and a report of that helps to mend it.",
        )


def draw_page(bench: Workbench, url: str) -> None:
    """Draw a page; to whoever may not call its verb only whose it is."""
    kind = PAGES[url]
    if _shown(bench, kind):
        kind.draw(bench)
    else:
        draw_not_yours(bench, kind.title, kind.verb)


def _shown(bench: Workbench, kind: _Kind) -> bool:
    return bench.allows(kind.verb) and (isinstance(bench, Seat) or not kind.with_sign_in)


def _draw(bench: Workbench) -> None:
    """Draw the menu and the chosen page; pages of other roles answer to a link, in no menu."""
    pages: dict[str, StreamlitPage] = {}
    for url, kind in PAGES.items():
        shown = _shown(bench, kind)
        pages[url] = st.Page(
            partial(draw_page, bench, url),
            title=kind.title,
            icon=kind.icon,
            url_path=url,
            visibility="visible" if shown else "hidden",
        )
        if kind.key is not None:
            st.session_state.pop(kind.key, None)
            if shown:
                st.session_state[kind.key] = pages[url]
    # The default page answers at "/" only, and a link to /review should work too.
    home = st.Page(
        lambda: st.switch_page(pages["review"], query_params=st.query_params.to_dict()),
        title="triage",
        default=True,
        visibility="hidden",
    )
    you = st.Page(
        partial(draw_you, bench),
        title="You",
        icon=":material/account_circle:",
        url_path="you",
        visibility="visible" if isinstance(bench, Seat) else "hidden",
    )
    chosen = st.navigation([home, *pages.values(), you], position="top")
    if st.session_state.get(Key.PAGE) != chosen.url_path:
        st.session_state[Key.PAGE] = chosen.url_path
        st.session_state.pop(Key.REVIEW_SHOWN_AT, None)  # nobody looked at it meanwhile
        review.leave(bench, bench.settings.reviewer)
    if bench.allows("start_run"):
        tell_panel(bench)
    if chosen is not pages["import"]:
        draw_in_passing(bench)
    chosen.run()


@cache
def _style() -> str:
    return (_HERE / "style.css").read_text(encoding="utf-8")
