"""Comments with the very text of the one in hand: shown once, decided once, unless unticked."""

from __future__ import annotations

import streamlit as st

from triage.domain.entries import Seen
from triage.ui.review.looking import draft
from triage.ui.review.pieces import byline
from triage.ui.state import Key
from triage.workbench import Item, Workbench

__all__ = ["copies_meant", "draw_copies"]

_LISTED = 20


def draw_copies(bench: Workbench, item: Item) -> None:
    """Draw how many there are, whether they share the verdict, and where they stand."""
    if not item.copies:
        return
    count = len(item.copies)
    with st.container(key="copies", gap="small"):
        st.checkbox(
            f"The same verdict for {count:,} more comment{'s' * (count > 1)} with this very text",
            value=True,
            key=draft(Key.REVIEW_COPIES, item),
            persist_state="session",
        )
        with st.expander("Where they stand"), st.container(key="context-copies", gap="small"):
            for entry in item.copies[:_LISTED]:
                byline(bench, entry.comment)
                st.text(entry.thread_title or entry.comment.thread_id)
            if count > _LISTED:
                st.caption(f"and {count - _LISTED:,} more")


def copies_meant(item: Item) -> tuple[Seen, ...]:
    """Return the comments that share the verdict on the one in hand."""
    if not st.session_state.get(draft(Key.REVIEW_COPIES, item), True):
        return ()
    return tuple(entry.seen for entry in item.copies)
