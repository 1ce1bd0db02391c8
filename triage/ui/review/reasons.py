"""The reasons of a verdict: a key each, ticked beforehand where a score reaches its threshold."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from triage.domain.comments import one_line
from triage.domain.decisions import Verdict
from triage.domain.guidelines import Guidelines
from triage.domain.reasons import Reasons, told
from triage.domain.scores import Label
from triage.ui.review.looking import draft, heard
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key
from triage.workbench import Item, Workbench

__all__ = ["codes", "draw_reasons", "reasons_for"]

_KEYS = "123456789"


def codes(bench: Workbench, item: Item, rules: Guidelines | None) -> dict[str, str]:
    """Return the reasons to choose from and how they are called: labels, then the site's rules.

    Always in one order: a finger remembers its place.
    """
    known = bench.labels() or list(Label)
    labels = [label for label in Label if label in known or label in item.proposed]
    named = {label.value: label.words for label in labels}
    return named | {
        code: plain_markdown(f"{code} {one_line(title, 28)}")
        for code, title in (rules.rules if rules else {}).items()
    }


def reasons_for(item: Item, verdict: Verdict) -> Reasons:
    """Return what the ticks say, now that there is a verdict."""
    return told(verdict, item.proposed, _flipped(item))


@st.fragment
def draw_reasons(item: Item, offered: Mapping[str, str]) -> None:
    """Draw a button per reason; what is ticked shows at once, without the rest of the page."""
    flipped = _flipped(item)
    with st.container(horizontal=True, gap="small", key="reasons", vertical_alignment="center"):
        st.caption("Because", width="content")
        for place, (code, words) in enumerate(offered.items()):
            ticked = (code in item.proposed) != (code in flipped)
            st.button(
                words,
                key=draft(Key.REVIEW_REASON, item, code),
                shortcut=_KEYS[place] if place < len(_KEYS) else None,
                type="secondary" if ticked else "tertiary",
                icon=f":material/{'check_box' if ticked else 'check_box_outline_blank'}:",
                on_click=_flip,
                args=(item, code),
            )


def _flip(item: Item, code: str) -> None:
    heard()
    flipped = _flipped(item)
    turned = tuple(one for one in flipped if one != code) if code in flipped else (*flipped, code)
    st.session_state[draft(Key.REVIEW_FLIPPED, item)] = turned


def _flipped(item: Item) -> tuple[str, ...]:
    """Return what the reviewer ticked or unticked, in that order."""
    found: tuple[str, ...] = st.session_state.get(draft(Key.REVIEW_FLIPPED, item), ())
    return found
