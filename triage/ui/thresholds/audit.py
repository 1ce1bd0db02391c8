"""The audit sample: how far it is, and the button that draws it."""

from __future__ import annotations

import streamlit as st

from triage.ui.links import open_page
from triage.ui.notices import or_say, say
from triage.ui.state import Key
from triage.ui.thresholds.choice import Scale
from triage.workbench import Findings, Workbench

__all__ = ["draw_audit"]


def draw_audit(bench: Workbench, findings: Findings, own: Scale, at: float) -> None:
    """Draw how far the audit is; where recall is not known, say what it takes and offer it."""
    audit, who = findings.audit, bench.settings.reviewer
    if not audit.population and not audit.outside:
        return
    here = own.target.outcome(at)
    size = own.target.audit_size(at)
    with st.container(border=True, key="audit", gap="small"):
        if audit.drawn:
            st.markdown("##### The audit sample")
            st.progress(audit.decided / audit.drawn, text=audit.said)
        if here.recall_low is None:
            st.markdown("##### What it misses is not known")
            st.text(
                "It cannot be known from flagged comments alone: draw an audit sample of about "
                f"{size:,}. Comments are drawn by chance from those that nothing flags, come into "
                "the queue like all others, and are reviewed without their scores."
            )
        elif audit.decided < audit.drawn:
            st.text("They are in Review, among the others. The bound rises as they are decided.")
            open_page(Key.REVIEW_PAGE, "Go on in Review", ":material/rate_review:")
        if here.recall_low is None or audit.outside:
            _draw_button(bench, max(audit.drawn, size), who, first=not audit.drawn)
        elif audit.drawn == audit.population:
            st.text("Everything that nothing flags was drawn: there is no more to draw.")
        elif audit.decided == audit.drawn:
            _draw_button(bench, audit.drawn + size, who, first=False)


def _draw_button(bench: Workbench, size: int, who: str, *, first: bool) -> None:
    if not bench.may_lead(who):
        st.caption("A lead can draw it.")
        return
    key = f"{Key.TUNE_AUDIT}.{size}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        words = "Comments, about" if first else "In all, about"
        st.number_input(words, 1, 100_000, size, key=key, width=140)
        st.button(
            "Draw the audit sample" if first else "Draw more",
            type="primary" if first else "secondary",
            icon=":material/casino:",
            on_click=_draw,
            args=(bench, who, key),
        )


@or_say("No audit sample was drawn.")
def _draw(bench: Workbench, who: str, key: str) -> None:
    drawn = bench.draw_audit(float(st.session_state[key]), who)
    st.session_state[Key.TUNE_CHANGED] = True
    say(f"{drawn.drawn:,} comments were drawn; they are in Review, among the others.")
