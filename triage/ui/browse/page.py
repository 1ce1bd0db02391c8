"""The page: filters, views, the course of a thread, the table, and what to do with its rows."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from triage.errors import TriageError
from triage.ui.browse.actions import draw_actions, draw_undo
from triage.ui.browse.course import draw_course
from triage.ui.browse.filters import View, draw_filters
from triage.ui.browse.table import draw_table
from triage.ui.browse.veil import draw_veil
from triage.ui.browse.views import draw_views
from triage.ui.links import export_these, open_import
from triage.ui.notices import fault, show
from triage.ui.state import Key, digest
from triage.ui.words import comments
from triage.workbench import Entry, Workbench

__all__ = ["page"]

_PAGE = 100
_PAGER = 320  # pixels: left to itself in a row, it shows no other page


def page(bench: Workbench) -> None:
    """Draw the filters, the table, and what can be done with the selected rows."""
    who = bench.settings.reviewer
    show()
    view = _veiled(draw_filters(bench), bench, who)
    counted = st.container(horizontal=True, vertical_alignment="center", key="counted")
    try:
        rows, total = _rows(bench, view)
    except TriageError as error:
        with counted:
            draw_views(bench, who)
        fault("These comments cannot be shown.", error)
        return
    with counted:
        st.text(comments(total))
        draw_views(bench, who)
        veil = draw_veil(bench, who)
        draw_undo(bench, who)
        if total:
            export_these()
        _draw_pager(view, total)
    if view.wanted.thread_id is not None:
        draw_course(
            bench,
            bench.thread_course(view.wanted.thread_id, view.label, veiled=view.wanted.veiled),
            veil,
        )
    selected = draw_table(
        rows,
        bench.policy(),
        view.label,
        veil,
        {claim.comment_id: claim.reviewer for claim in bench.others(who)},
        language=bench.settings.language,
    )
    if selected:
        draw_actions(bench, selected, veil, who)
    elif rows:
        st.caption(
            "Select rows to decide on them, flag them, or open one in Review. A click on a "
            "column’s head sorts this page only; *Sort by* sorts all of them."
        )
    elif bench.count() == 0:
        open_import("Import comments")


def _veiled(view: View, bench: Workbench, who: str) -> View:
    """Return the view without what would tell which comments were left to people by chance."""
    if not bench.veils_scores(who):
        return view
    st.caption(
        "The policy decides some comments by itself and leaves others to you by chance, unseen. So "
        "that nothing tells which, undecided comments have no scores here, but for leads."
    )
    return replace(view, wanted=replace(view.wanted, veiled=True))


def _rows(bench: Workbench, view: View) -> tuple[list[Entry], int]:
    """Return the page that is asked for, and how many comments there are in all."""
    number = int(st.session_state.get(_pager(view), 1))
    rows, total = bench.page(
        view.wanted,
        sort=view.sort,
        descending=view.descending,
        limit=_PAGE,
        offset=(number - 1) * _PAGE,
    )
    if rows or total == 0:
        return rows, total
    st.session_state[_pager(view)] = 1  # there are fewer pages than before
    return _rows(bench, view)


def _pager(view: View) -> str:
    """Return the pager's key: another view begins at its first page."""
    return f"{Key.BROWSE_PAGE}.{digest(view.key)}"


def _draw_pager(view: View, total: int) -> None:
    pages = -(-total // _PAGE)
    if pages > 1:
        st.pagination(pages, key=_pager(view), width=_PAGER)
