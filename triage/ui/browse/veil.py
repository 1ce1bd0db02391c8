"""The veil over texts in a list, where the reviewer or the site wants one."""

from __future__ import annotations

import streamlit as st

from triage.domain.comments import one_line
from triage.domain.entries import Entry
from triage.domain.kindness import Blur, veils
from triage.ui.review.veil import blur
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["Veil", "draw_veil"]

_CELL = 280  # characters of a comment in a table's cell


class Veil:
    """What of the texts may be seen now."""

    def __init__(self, now: Blur) -> None:
        self._now = now

    def covers(self, entry: Entry) -> bool:
        """Whether a comment's text is blurred."""
        return veils(self._now, entry.route)

    def cell(self, entry: Entry) -> str:
        """Return a comment for a table's cell, which nothing can blur: then how long it is."""
        if self.covers(entry):
            words = len(entry.comment.text.split())
            return f"▒▒▒ {words:,} word{'' if words == 1 else 's'}"
        return one_line(entry.comment.text, _CELL)


def draw_veil(bench: Workbench, who: str) -> Veil:
    """Draw the switch that lifts the veil, where there is one, for as long as the page is shown."""
    wanted = blur(bench, who)
    if wanted is Blur.OFF:
        return Veil(Blur.OFF)
    revealed = st.toggle("Reveal texts", key=Key.BROWSE_REVEALED)
    return Veil(Blur.OFF if revealed else wanted)
