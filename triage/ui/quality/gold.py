"""Known answers: decided comments that every reviewer is asked about once, unseen."""

from __future__ import annotations

import streamlit as st

from triage.domain.looks import Gold
from triage.ui.notices import or_say, say
from triage.ui.quality.said import said
from triage.ui.state import digest
from triage.workbench import Workbench

__all__ = ["draw_gold"]

_AT_ONCE = 50


def draw_gold(bench: Workbench, who: str) -> None:
    """Draw the known answers, and how they are made."""
    found = bench.gold()
    st.markdown("##### Known answers")
    st.caption(
        "Mixed into every reviewer’s queue once, without a hint. Select decided comments in "
        "**Browse** and press *Known answer*: their verdicts are the answers."
    )
    if not found:
        st.text("There are none.")
        return
    with st.expander(f"{len(found)} in use"):
        for answer, text in found[-_AT_ONCE:][::-1]:
            _draw(bench, answer, text, who)
        if len(found) > _AT_ONCE:
            st.caption(f"The newest {_AT_ONCE} of {len(found)}.")


def _draw(bench: Workbench, answer: Gold, text: str, who: str) -> None:
    about = digest(answer.comment_id)
    with st.container(key=f"context-gold-{about}", gap="small"):
        st.text(text)
    with st.container(
        key=f"said-{about}", horizontal=True, gap="small", vertical_alignment="center"
    ):
        st.text(said(answer))
        st.button(
            "Take out",
            key=f"gold-out-{about}",
            type="tertiary",
            on_click=_take_out,
            args=(bench, answer, who),
        )


@or_say("The known answer was not taken out.")
def _take_out(bench: Workbench, answer: Gold, who: str) -> None:
    bench.take_gold_out(answer, who)
    say("Taken out: nobody is asked about it any more.")
