"""The whole thread, unfolded below the comment: every comment of it can be decided from there."""

from __future__ import annotations

import streamlit as st

from triage.domain.decisions import Verdict
from triage.domain.entries import Entry
from triage.ui.links import open_course
from triage.ui.review.acts import decide_beside
from triage.ui.review.blind import blind
from triage.ui.review.looking import go, heard
from triage.ui.review.pieces import byline, folded
from triage.ui.state import Key, digest
from triage.ui.words import VERDICT_ICONS, comments, strongest
from triage.workbench import Item, Workbench

__all__ = ["draw_thread", "toggle_thread", "unfolded"]

_PAGE = 20
_DEEPEST = 6  # steps to the right; beyond, a phone would show no text


def unfolded(item: Item) -> bool:
    """Whether the thread of this comment is unfolded; it stays so from one to the next in it."""
    return bool(st.session_state.get(Key.REVIEW_THREAD) == item.thread.id)


def toggle_thread(item: Item) -> None:
    """Unfold the thread, or fold it."""
    heard()
    if unfolded(item):
        st.session_state.pop(Key.REVIEW_THREAD)
    else:
        st.session_state[Key.REVIEW_THREAD] = item.thread.id


def draw_thread(bench: Workbench, item: Item, who: str) -> None:
    """Draw the page of the thread on which the comment stands, or another one of it."""
    outline = bench.thread_outline(item.thread.id)
    place = next(n for n, node in enumerate(outline) if node.comment.id == item.comment.id)
    pages = -(-len(outline) // _PAGE)
    with st.container(key="thread", gap="small", border=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.text(f"The whole thread: {comments(len(outline))}", width="content")
            open_course(bench, item.thread.id)
        number = place // _PAGE + 1
        if pages > 1:
            about = f"{Key.REVIEW_THREAD_PAGE}.{digest(item.comment.id)}"
            number = st.pagination(pages, default=number, key=about)
        nodes = outline[(number - 1) * _PAGE : number * _PAGE]
        ids = [node.comment.id for node in nodes]
        entries = bench.entries(ids, blind=blind(bench, who), reviewer=who)
        found = {one.comment.id: one for one in entries}
        for node in nodes:
            if node.comment.id in found:
                _row(bench, found[node.comment.id], node.depth, item, who)


def _row(bench: Workbench, entry: Entry, depth: int, item: Item, who: str) -> None:
    about = digest(entry.comment.id, entry.text_sha256, entry.decision_id or "")
    here = entry.comment.id == item.comment.id
    with st.container(key=f"thread-row-{min(depth, _DEEPEST)}-{about}", gap=None):
        state = entry.verdict.value if entry.verdict else "undecided"
        said = [state, *([strongest(entry)] if entry.scores else [])]
        byline(entry.comment, more=" · ".join(said))
        with st.container(key=f"context-thread-{about}"):
            folded(entry.comment.text)
        if here:
            st.caption("This is the comment in hand: decide it above.")
            return
        with st.container(horizontal=True, gap="small"):
            for verdict in Verdict if entry.comment.erased_at is None else ():
                st.button(
                    verdict.value.capitalize(),
                    key=f"thread-{verdict}-{about}",
                    icon=VERDICT_ICONS[verdict],
                    type="tertiary",
                    on_click=decide_beside,
                    args=(bench, entry, who, verdict),
                )
            st.button(
                "Open",
                key=f"thread-go-{about}",
                icon=":material/arrow_upward:",
                type="tertiary",
                on_click=go,
                args=(entry.comment.id,),
            )
