"""What stands around the comment: article, parent, neighbours, its author's record, its history."""

from __future__ import annotations

import streamlit as st

from triage.domain.comments import one_line
from triage.ui.review.pieces import byline, folded
from triage.ui.words import decided, said_of_labels, tally
from triage.workbench import Item, Workbench

__all__ = ["draw_around", "draw_author", "draw_before", "draw_history"]

_TITLE = 200  # characters: what stands above the comment must not push it off the screen


def draw_before(item: Item) -> None:
    """Draw what the comment answers to: the article, and the parent."""
    with st.container(key="article", horizontal=True, vertical_alignment="center"):
        st.text(one_line(item.thread.title or item.thread.id, _TITLE))
        url = item.thread.url or ""
        if url.startswith(("https://", "http://")):
            st.link_button("Open", url, type="tertiary", icon=":material/open_in_new:")
        if item.thread.article.strip():
            with st.popover("Article", type="tertiary"), st.container(key="context-article"):
                st.text(item.thread.article)
    if item.parent is not None:
        with st.container(key="context-parent", gap=None):
            byline(item.parent, "In reply to ")
            folded(item.parent.text)


def draw_around(item: Item) -> None:
    """Draw what stands beside the comment: its siblings and the replies to it."""
    for title, comments in (("Beside it", item.siblings), ("Replies to it", item.replies)):
        if comments:
            with (
                st.expander(f"{title}: {len(comments)}"),
                st.container(key=f"context-{title.split()[0].lower()}", gap="small"),
            ):
                for comment in comments:
                    byline(comment)
                    st.text(comment.text)


def draw_author(bench: Workbench, item: Item) -> None:
    """Draw what is decided about the other comments under this name."""
    if not item.comment.author:
        return
    record = bench.author_record(item.comment.author, without=item.comment.id)
    st.markdown("##### The author")
    if not record.comments:
        st.text("No other comment under this name.")
        return
    st.text(tally(record))
    with st.expander("The newest ones"), st.container(key="context-author", gap="small"):
        for entry in record.recent:
            byline(entry.comment, more=entry.verdict.value if entry.verdict else "undecided")
            folded(entry.comment.text)


def draw_history(item: Item) -> None:
    """Draw what was decided and said of it before."""
    if item.log:
        st.markdown("##### Decided before")
        for decision in reversed(item.log):
            st.text(decided(decision))
    if item.annotations:
        st.markdown("##### Annotated")
        for made in reversed(item.annotations):
            st.text(said_of_labels(made))
