"""What the browser does beyond Streamlit's own keys: "?", N, and words selected in the comment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from triage.ui.state import Key

__all__ = ["listen", "selected"]

_SCRIPT = (Path(__file__).parent / "hands.js").read_text(encoding="utf-8")
_mounted = st.components.v2.component("triage.hands", js=_SCRIPT)


def listen(tag: str, on_selected: Callable[[], None] | None) -> None:
    """Mount the listener; where `on_selected` is given, it hears of words that were selected."""
    with st.container(key="hands"):
        _mounted(
            key=Key.REVIEW_HANDS,
            data={"tag": tag, "annotating": on_selected is not None},
            height=1,
            on_marked_change=on_selected or _nobody,
        )


def selected(tag: str) -> tuple[int, int] | None:
    """Return the characters that were just selected in the comment with this tag, if any.

    What comes from a browser is not believed: anything but two whole numbers is nothing.
    """
    state: Any = st.session_state.get(Key.REVIEW_HANDS) or {}
    told: Any = state.get("marked") if hasattr(state, "get") else None
    if not isinstance(told, dict) or told.get("tag") != tag:
        return None
    start, end = told.get("start"), told.get("end")
    if type(start) is int and type(end) is int and 0 <= start < end:
        return start, end
    return None


def _nobody() -> None:
    """Hear nothing."""
