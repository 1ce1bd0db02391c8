"""Blind review: a comment whose scores are hidden until it is decided.

The desk leaves out of such an item what the machine says of it, so that no part of the page can
show it. An audit's comments are among the blind ones, and some others: see `Audits.blind`.
"""

from __future__ import annotations

import streamlit as st

from triage.domain.languages import unread_language
from triage.ui.marks import Marks, find_marks
from triage.ui.notices import or_say
from triage.ui.state import Key
from triage.workbench import Item, Workbench

__all__ = ["blind", "draw_blind_choice", "marks_of"]

_SITE, _ON, _OFF = "site", "on", "off"
_WORDS = {_ON: "until I decide", _OFF: "as the audit asks"}


def blind(bench: Workbench, who: str) -> bool:
    """Whether this reviewer sees no scores before deciding; asked of the database once a session.

    Where not, some comments are blind all the same.
    """
    if Key.REVIEW_BLIND not in st.session_state:
        st.session_state[Key.REVIEW_BLIND] = bench.blind(who)
    return bool(st.session_state[Key.REVIEW_BLIND])


def marks_of(bench: Workbench, item: Item) -> Marks:
    """Return the words to mark in the comment: none where they would tell its scores."""
    scores = item.entry.scores
    unread = scores is not None and unread_language(scores.not_scored) is not None
    if item.blind or unread or item.comment.erased_at is not None:
        return Marks(on=True)
    return find_marks(bench, item.comment.text, item.entry.language)


def draw_blind_choice(bench: Workbench, who: str) -> None:
    """Draw what this reviewer can choose, over what the site does."""
    if Key.REVIEW_BLIND_CHOICE not in st.session_state:
        own = bench.own_blind(who)
        st.session_state[Key.REVIEW_BLIND_CHOICE] = _SITE if own is None else _ON if own else _OFF
    site = _WORDS[_ON if bench.settings.blind else _OFF]
    st.segmented_control(
        "Scores are hidden",
        [_SITE, _ON, _OFF],
        required=True,
        format_func=(_WORDS | {_SITE: f"as the site: {site}"}).__getitem__,
        key=Key.REVIEW_BLIND_CHOICE,
        persist_state="session",
        on_change=_choose,
        args=(bench, who),
    )


@or_say("Your choice was not saved.")
def _choose(bench: Workbench, who: str) -> None:
    chosen = st.session_state.get(Key.REVIEW_BLIND_CHOICE)
    bench.set_blind(who, {_ON: True, _OFF: False}.get(str(chosen)))
    st.session_state.pop(Key.REVIEW_BLIND, None)
