"""The page: agreement for everybody, one's own record, and for leads what is theirs to settle."""

from __future__ import annotations

import streamlit as st

from triage.domain.kindness import Blur
from triage.ui.notices import show
from triage.ui.quality.agreement import draw_agreement
from triage.ui.quality.appeals import draw_appeals
from triage.ui.quality.disagreements import draw_disagreements
from triage.ui.quality.gold import draw_gold
from triage.ui.quality.record import draw_records
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["page"]


def page(bench: Workbench) -> None:
    """Draw what second looks tell of the review."""
    who = bench.settings.reviewer
    show()
    st.header("Quality")
    report, leads = bench.quality(), bench.may_lead(who)
    draw_agreement(report, bench.settings.doubled)
    draw_appeals(bench.appeal_report())
    with st.container(key=f"veil-{_veil(bench, who)}"):
        if leads:
            draw_disagreements(bench, who)
        draw_records(report.records, who, leads=leads)
        if leads:
            draw_gold(bench, who)


def _veil(bench: Workbench, who: str) -> Blur:
    """Return what is blurred: the whole text for whoever has anything blurred, until revealed."""
    if bench.blur(who) is Blur.OFF:
        return Blur.OFF
    return Blur.OFF if st.toggle("Reveal texts", key=Key.QUALITY_REVEAL) else Blur.TEXT
