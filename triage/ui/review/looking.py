"""Which comment is on the screen, since when, and how long somebody has looked at it.

The time spent on a comment leaves idle time out: between two signs of life that reach the desk (a
key, a tick, a note, a fold) at most two minutes count. Whoever goes for a coffee adds two minutes.
"""

from __future__ import annotations

import time

import streamlit as st

from triage.ui.notices import say
from triage.ui.state import Key, Query, digest
from triage.workbench import Item, Workbench

__all__ = ["draft", "go", "heard", "looked_for", "meant", "on_screen", "shown", "tag"]

_IDLE = 120.0  # seconds
_SHORTEST_LOOK = 0.25  # seconds; whoever decides sooner has a finger on the key


def shown(bench: Workbench, who: str) -> str | None:
    """Return the comment for the screen: the link's, or the next of the queue."""
    comment_id = st.query_params.get(Query.COMMENT) or bench.next_comment(who)
    if comment_id != st.session_state.get(Key.REVIEW_COMMENT):
        st.session_state[Key.REVIEW_COMMENT] = comment_id
        st.session_state.pop(Key.REVIEW_SHOWN_AT, None)
    if comment_id is not None:
        st.query_params[Query.COMMENT] = comment_id
    return comment_id


def go(comment_id: str | None) -> None:
    """Show this comment next, or the head of the queue; nothing is on the screen until then."""
    st.session_state[Key.REVIEW_COMMENT] = None
    if comment_id is None:
        st.query_params.pop(Query.COMMENT, None)
    else:
        st.query_params[Query.COMMENT] = comment_id


def on_screen() -> None:
    """Note that the comment is being drawn: from its first time on, looking at it counts."""
    if Key.REVIEW_SHOWN_AT not in st.session_state:
        now = time.monotonic()
        st.session_state[Key.REVIEW_SHOWN_AT] = st.session_state[Key.REVIEW_HEARD_AT] = now
        st.session_state[Key.REVIEW_LOOKED] = 0.0
    heard()


def heard() -> None:
    """Note a sign of life."""
    if Key.REVIEW_SHOWN_AT in st.session_state:
        now = time.monotonic()
        quiet = now - float(st.session_state[Key.REVIEW_HEARD_AT])
        st.session_state[Key.REVIEW_LOOKED] += min(quiet, _IDLE)
        st.session_state[Key.REVIEW_HEARD_AT] = now


def looked_for() -> float:
    """Return the seconds that somebody has looked at the comment, idle time left out."""
    heard()
    return float(st.session_state.get(Key.REVIEW_LOOKED, 0.0))


def tag(item: Item) -> str:
    """Return what the keys of this comment's buttons end in.

    A key press that comes while the next comment is being drawn is meant for the one still on the
    screen: buttons of another comment are other buttons, so it reaches nothing.
    """
    return digest(item.comment.id, item.entry.text_sha256, str(len(item.log)))


def meant(item: Item) -> bool:
    """Whether a press is an act upon this comment, and not a held key that repeats itself."""
    if st.session_state.get(Key.REVIEW_COMMENT) != item.comment.id:
        return False
    now = time.monotonic()
    if now - float(st.session_state.get(Key.REVIEW_SHOWN_AT, now)) < _SHORTEST_LOOK:
        say("Too quick to have been read: press again.")
        return False
    return True


def draft(key: Key, item: Item, part: str = "") -> str:
    """Return the key of what is being written about this comment: it waits there for a return."""
    return f"{key}.{tag(item)}{part and '.'}{part}"
