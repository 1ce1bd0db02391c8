"""What the page has to say: a word in passing, or what went wrong.

An error's words may carry text from outside (an id, a file name): they are shown as they are,
never as Markdown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from triage.errors import TriageError
from triage.ui.state import Key

__all__ = ["fault", "or_say", "say", "show"]

_Arguments = ParamSpec("_Arguments")


def say(title: str, detail: TriageError | None = None) -> None:
    """Keep a message of our own words, with an error's if something failed, for the next `show`."""
    st.session_state[Key.MESSAGE] = (title, detail)


def or_say(
    title: str,
) -> Callable[[Callable[_Arguments, None]], Callable[_Arguments, None]]:
    """Decorate a callback: where it fails on purpose, `title` and the error are said instead."""

    def decorate(act: Callable[_Arguments, None]) -> Callable[_Arguments, None]:
        @wraps(act)
        def guarded(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> None:
            try:
                act(*args, **kwargs)
            except TriageError as error:
                say(title, error)

        return guarded

    return decorate


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
