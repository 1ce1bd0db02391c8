"""Samples from the whole range: what a batch decides, before anybody does."""

from __future__ import annotations

import streamlit as st

from triage.domain.batches import ScoreRange
from triage.domain.entries import Entry
from triage.ui.samples import draw_reveal, veil_key
from triage.ui.samples import draw_samples as draw_rows
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["draw_samples"]

_SAMPLES = 12


def draw_samples(bench: Workbench, within: ScoreRange, who: str) -> None:
    """Draw comments spread evenly over the range, lowest score first."""
    turn = int(st.session_state.get(Key.BATCH_TURN, 0))
    rows = bench.batch_samples(within, _SAMPLES, turn)
    with st.container(horizontal=True, vertical_alignment="center", key="batch-samples-head"):
        st.markdown("##### Samples, evenly from the whole range")
        st.button("Other samples", icon=":material/refresh:", type="tertiary", on_click=_turn)
        veiled = draw_reveal(bench, who, "batch", Key.BATCH_REVEALED, str(within))
    if not rows:
        st.text("No undecided comment has a score in this range.")
    with st.container(key=veil_key(veiled=veiled), gap="small"):
        draw_rows(((row, _said(row, within)) for row in rows), "batch")


def _said(row: Entry, within: ScoreRange) -> str:
    score = row.scores.values[within.label] if row.scores else 0.0
    said = [f"{within.label.words} {score:.2f}", *(["flagged"] if row.flagged else [])]
    return " · ".join(said)


def _turn() -> None:
    st.session_state[Key.BATCH_TURN] = int(st.session_state.get(Key.BATCH_TURN, 0)) + 1
