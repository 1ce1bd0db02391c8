"""The keys of the Review page, in one list, and the panel that shows it."""

from __future__ import annotations

import streamlit as st

from triage.ui.review.blind import draw_blind_choice
from triage.ui.review.looking import heard
from triage.ui.review.milder import draw_milder_choice
from triage.ui.review.veil import draw_choice
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["draw_help", "draw_help_button"]

_KEYS = (
    ("A", "approve"),
    ("X", "reject"),
    ("E", "escalate"),
    ("S", "skip: it comes back to you after all the others, and so do its near copies"),
    ("F", "flag it for a review, or withdraw your flag"),
    ("Z", "undo your last act; “Last ten” undoes any of the ten"),
    ("1 … 9", "tick or untick a reason"),
    ("N", "write a note; Tab leaves it"),
    ("J, K", "look at the next or the previous one"),
    ("D", "near copies: unfold what differs in each, or fold it"),
    ("O", "near copies: decide only this one, or all of them again"),
    ("T", "unfold the whole thread, or fold it"),
    ("L", "labels: annotate the comment, mark words of it"),
    ("W", "save the annotation"),
    ("G", "guidelines beside the comment, where the site has some"),
    ("B", "reveal what is blurred, or blur it again"),
    ("M", "marks on the words that the scorer read as toxic, on and off"),
    ("H, ?", "these keys, and what you choose for yourself"),
)


def draw_help_button() -> None:
    """Draw the button that opens and closes the list."""
    st.button(
        "Keys",
        key="review-help",
        shortcut="H",
        type="tertiary",
        icon=":material/keyboard:",
        on_click=_toggle,
    )


def draw_help(bench: Workbench, who: str) -> None:
    """Draw the list, where it is wanted."""
    if st.session_state.get(Key.REVIEW_HELP):
        with st.container(key="help", border=True):
            rows = (f"<div><dt>{key}</dt><dd>{does}</dd></div>" for key, does in _KEYS)
            st.html(f'<dl class="keys">{"".join(rows)}</dl>')
            draw_choice(bench, who)
            draw_blind_choice(bench, who)
            draw_milder_choice(bench, who)
            st.caption("Keys are silent while you type. A held key decides once.")


def _toggle() -> None:
    heard()
    st.session_state[Key.REVIEW_HELP] = not st.session_state.get(Key.REVIEW_HELP)
