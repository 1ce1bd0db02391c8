"""After how many severe comments in a row a milder one comes: each reviewer's choice."""

from __future__ import annotations

import streamlit as st

from triage.ui.notices import or_say
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["draw_milder_choice"]

_SITE = "site"
_OFFERED = (0, 3, 5, 10)


def draw_milder_choice(bench: Workbench, who: str) -> None:
    """Draw what this reviewer can choose, over what the site does."""
    if Key.REVIEW_MILDER_CHOICE not in st.session_state:
        own = bench.own_milder_after(who)
        st.session_state[Key.REVIEW_MILDER_CHOICE] = _SITE if own is None else str(own)
    chosen = st.session_state[Key.REVIEW_MILDER_CHOICE]
    offered = [_SITE, *map(str, _OFFERED)]
    st.segmented_control(
        "After severe ones in a row, a milder one",
        offered if chosen in offered else [*offered, chosen],
        required=True,
        format_func=lambda one: _said(bench, one),
        key=Key.REVIEW_MILDER_CHOICE,
        persist_state="session",
        on_change=_choose,
        args=(bench, who),
    )


def _said(bench: Workbench, chosen: str) -> str:
    if chosen == _SITE:
        return f"as the site: {_said(bench, str(bench.settings.milder_after))}"
    return "never" if chosen == "0" else f"after {chosen}"


@or_say("Your choice was not saved.")
def _choose(bench: Workbench, who: str) -> None:
    chosen = str(st.session_state.get(Key.REVIEW_MILDER_CHOICE, _SITE))
    bench.set_milder_after(who, int(chosen) if chosen.isdecimal() else None)
