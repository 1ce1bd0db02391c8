"""What ranges would do, read before anybody agrees: samples, and what people said otherwise."""

from __future__ import annotations

import streamlit as st

from triage.domain.decisions import Verdict
from triage.domain.foreseen import Side
from triage.ui.notices import or_say
from triage.ui.samples import draw_reveal, draw_samples, veil_key
from triage.ui.state import Key
from triage.ui.words import comments
from triage.workbench import Consequences, Workbench

__all__ = ["draw_foreseen"]

_OTHER = {Verdict.REJECT: "approved", Verdict.APPROVE: "rejected"}


def draw_foreseen(bench: Workbench, agreed: Consequences, who: str) -> None:
    """Draw some of what would be decided, from all of it and from its weak end."""
    with st.container(horizontal=True, vertical_alignment="center", key="foreseen-head"):
        st.markdown("##### Read some of them")
        st.button(
            "Other samples",
            icon=":material/refresh:",
            type="tertiary",
            on_click=_others,
            args=(bench, agreed),
        )
        about = f"{agreed.policy.ref} {agreed.automatic.said}"
        veiled = draw_reveal(bench, who, "foreseen", Key.TUNE_REVEALED, about)
    with st.container(key=veil_key(veiled=veiled), gap="small"):
        if not agreed.sides:
            return
        columns = st.columns(len(agreed.sides), gap="large")
        for column, (verdict, side) in zip(columns, agreed.sides.items(), strict=True):
            with column:
                _side(agreed, verdict, side)


def _side(agreed: Consequences, verdict: Verdict, side: Side) -> None:
    acted, would = agreed.acted, f"Would {verdict}"
    count = acted.rejected if verdict is Verdict.REJECT else acted.approved
    if not count:
        st.text(f"At present it would {verdict} no comment.")
    for title, some in (
        (f"{would}: by chance from all {comments(count)}", side.anywhere),
        (f"{would}: by chance from those nearest to the limit", side.weak),
        (f"{would} such; people {_OTHER[verdict]} {side.otherwise:,}, for example", side.against),
    ):
        if some:
            st.markdown(f"**{title}**")
            rows = ((one, agreed.automatic.said_of(one.scores)) for one in some)
            draw_samples(rows, f"foreseen-{verdict}")


@or_say("Nothing could be read.")
def _others(bench: Workbench, agreed: Consequences) -> None:
    turn = int(st.session_state.get(Key.TUNE_TURN, 0)) + 1
    st.session_state[Key.TUNE_TURN] = turn
    st.session_state[Key.TUNE_AUTOMATIC] = bench.consequences(agreed.automatic, turn=turn)
