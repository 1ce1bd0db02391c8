"""What the page has to say: a word in passing, or what went wrong.

An error's words may carry text from outside (an id, a file name): they are shown as they are,
never as Markdown.
"""

from __future__ import annotations

import streamlit as st

from triage.errors import TriageError
from triage.ui.state import Key

__all__ = ["fault", "say", "show"]


def say(title: str, detail: TriageError | None = None) -> None:
    """Keep a message of our own words, with an error's if something failed, for the next `show`."""
    st.session_state[Key.MESSAGE] = (title, detail)


def show() -> None:
    """Draw the message that an act left behind, once."""
    title, detail = st.session_state.pop(Key.MESSAGE, (None, None))
    if detail is not None:
        fault(title, detail)
    elif title is not None:
        st.toast(title, icon=":material/info:")


def fault(title: str, detail: object) -> None:
    """Draw what went wrong: a title of our own words, and below it the detail."""
    st.error(title, icon=":material/error:")
    st.text(str(detail))
