"""Small pieces that several parts of the page draw: who wrote it and when, a folded text."""

from __future__ import annotations

import streamlit as st

from triage.domain.comments import Comment, one_line
from triage.ui.words import ago

__all__ = ["byline", "folded"]

_FOLD = 420  # characters of a neighbouring comment before it is folded
_NAME = 120  # characters of an author's name: somebody's may be a page long


def byline(comment: Comment, before: str = "", *, edited: bool = False, more: str = "") -> None:
    """Draw who wrote a comment and when; `more` is of our own words."""
    with st.container(horizontal=True, gap="small"):
        nobody = "No name" if comment.erased_at is None else "Author erased"
        st.text(before + (one_line(comment.author, _NAME) if comment.author else nobody))
        when = [ago(comment.created_at)] if comment.created_at else []
        said = [*when, *(["edited since"] if edited else []), *([more] if more else [])]
        st.caption(" · ".join(said) or " ")


def folded(text: str) -> None:
    """Draw a text; of a long one the beginning, and all of it behind a fold."""
    if len(text) <= _FOLD:
        st.text(text)
        return
    st.text(text[:_FOLD].rsplit(" ", 1)[0] + " …")
    with st.expander("Read all of it"):
        st.text(text)
