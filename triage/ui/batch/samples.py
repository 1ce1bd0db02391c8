"""Samples from the whole range: what a batch decides, before anybody does."""

from __future__ import annotations

import streamlit as st

from triage.domain.batches import ScoreRange
from triage.domain.entries import Entry
from triage.domain.kindness import Blur
from triage.ui.review.pieces import byline, folded
from triage.ui.review.veil import blur
from triage.ui.state import Key, digest
from triage.workbench import Workbench

__all__ = ["draw_samples"]

_SAMPLES = 12


def draw_samples(bench: Workbench, within: ScoreRange, who: str) -> None:
    """Draw comments spread evenly over the range, lowest score first.

    Which words to blur is not known of comments that are not in hand: all of their text is.
    """
    turn = int(st.session_state.get(Key.BATCH_TURN, 0))
    rows = bench.batch_samples(within, _SAMPLES, turn)
    wanted = blur(bench, who) is not Blur.OFF
    veiled = wanted and st.session_state.get(Key.BATCH_REVEALED) != str(within)
    with st.container(horizontal=True, vertical_alignment="center", key="batch-samples-head"):
        st.markdown("##### Samples, evenly from the whole range")
        st.button("Other samples", icon=":material/refresh:", type="tertiary", on_click=_turn)
        if wanted:
            st.button(
                "Reveal" if veiled else "Blur",
                key="batch-reveal",
                shortcut="B",
                type="tertiary",
                icon=f":material/{'visibility' if veiled else 'visibility_off'}:",
                on_click=_reveal,
                args=(str(within) if veiled else None,),
            )
    if not rows:
        st.text("No undecided comment has a score in this range.")
    with st.container(key=f"veil-{Blur.TEXT if veiled else Blur.OFF}", gap="small"):
        for row in rows:
            _sample(row, within)


def _sample(row: Entry, within: ScoreRange) -> None:
    score = row.scores.values[within.label] if row.scores else 0.0
    said = [f"{within.label.words} {score:.2f}", *(["flagged"] if row.flagged else [])]
    with st.container(key=f"context-batch-{digest(row.comment.id)}", gap=None):
        byline(row.comment, more=" · ".join(said))
        folded(row.comment.text or "(an empty comment)")


def _turn() -> None:
    st.session_state[Key.BATCH_TURN] = int(st.session_state.get(Key.BATCH_TURN, 0)) + 1


def _reveal(range_: str | None) -> None:
    st.session_state[Key.BATCH_REVEALED] = range_
