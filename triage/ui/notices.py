"""What the page has to say: a word in passing, or what went wrong.

An error's words may carry text from outside (an id, a file name): they are shown as they are,
never as Markdown.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st

from triage.errors import RightsError, TriageError
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["drawn_alone", "fault", "or_say", "say", "show", "tell_panel"]

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


def drawn_alone(
    draw: Callable[_Arguments, None],
) -> Callable[_Arguments, None]:
    """Decorate a fragment: drawn again by itself, it is outside of what catches a page's errors.

    Where a right is gone, as when a sign-in is over, the whole page is drawn again and says so.
    """

    @wraps(draw)
    def guarded(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except RightsError:
            st.rerun()
        except TriageError as error:
            fault("This cannot be shown.", error)

    return guarded


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


def tell_panel(bench: Workbench) -> None:
    """Say once a session that the next `triage score` will put other scorers in use."""
    if st.session_state.get(Key.PANEL_TOLD):
        return
    st.session_state[Key.PANEL_TOLD] = True
    try:
        change = bench.panel_change(trial=False)  # a page waits for no model
    except TriageError:  # `triage score` will say it; here nothing is scored
        return
    if change is not None:
        before, after = (" and ".join(f"`{key}`" for key in keys) for keys in change.keys)
        newer = f"A newer {after}" if before == after else after
        st.toast(
            f"The scores here are by {before}. {newer} would rate now: `triage score` scores the "
            "texts anew and then puts that in use.",
            icon=":material/info:",
            duration="infinite",
        )
