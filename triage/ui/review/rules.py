"""The site's guidelines beside the comment."""

from __future__ import annotations

import streamlit as st

from triage.domain.guidelines import Guidelines
from triage.ui.review.looking import heard
from triage.ui.site_text import draw_site_text
from triage.ui.state import Key

__all__ = ["draw_rules", "draw_rules_button", "rules_open"]


def rules_open() -> bool:
    """Whether the guidelines stand beside the comment; they stay from one to the next."""
    return bool(st.session_state.get(Key.REVIEW_RULES))


def draw_rules_button() -> None:
    """Draw the button that brings the guidelines and takes them away."""
    st.button(
        "Fold rules" if rules_open() else "Rules",
        key="review-rules",
        shortcut="G",
        type="tertiary",
        icon=":material/gavel:",
        on_click=_toggle,
    )


def draw_rules(rules: Guidelines) -> None:
    """Draw the version in force."""
    with st.container(key="rules", border=True):
        draw_site_text(rules.text)
    st.caption(f"Version {rules.version}; your verdicts keep it.")


def _toggle() -> None:
    heard()
    st.session_state[Key.REVIEW_RULES] = not rules_open()
