"""The page: choose a threshold, see what is known of it, look closer, save it as a policy."""

from __future__ import annotations

import streamlit as st

from triage.ui.empty import draw_nothing_rated
from triage.ui.notices import drawn_alone, show
from triage.ui.state import Key
from triage.ui.thresholds.audit import draw_audit
from triage.ui.thresholds.automatic import draw_automatic
from triage.ui.thresholds.charts import draw_charts
from triage.ui.thresholds.choice import Scale, draw_sliders, draw_target, scale
from triage.ui.thresholds.drift import draw_drift
from triage.ui.thresholds.figures import draw_figures
from triage.ui.thresholds.goals import draw_goals
from triage.ui.thresholds.learning import draw_learning
from triage.ui.thresholds.looks import draw_scores, draw_slices
from triage.ui.thresholds.moves import draw_moves
from triage.ui.thresholds.policies import draw_policies
from triage.ui.thresholds.rivals import draw_rivals
from triage.ui.thresholds.saving import draw_saving
from triage.ui.thresholds.weights import draw_weights
from triage.workbench import Findings, Workbench

__all__ = ["page"]

_MOVES, _SLICES = "Comments that would move", "Slices"
_SCORES, _POLICIES = "Do scores keep their word?", "Policies"
_WEIGHTS, _DRIFT = "What comes first", "Change over time"
_AUTOMATIC = "Automatic action"
_LOOKS = (_MOVES, _SLICES, _SCORES, _DRIFT, _WEIGHTS, _AUTOMATIC, _POLICIES)
_RIVALS, _LEARN = "Scorer change", "Learn from decisions"


def page(bench: Workbench) -> None:
    """Draw what is known of a threshold; what is read stays the same while the slider moves."""
    findings = bench.findings()
    with st.container(horizontal=True, vertical_alignment="bottom", key="tuned"):
        target = draw_target(findings)
        per_day = _per_day(findings)
    if not target.curves.comments:
        show()
        draw_nothing_rated(bench, "No comment has a score yet")
        return
    st.caption(
        "A threshold decides what people look at. Move it, see what it would find and miss, and "
        "save it as a new version of the policy. Nothing changes before you save."
    )
    _bench(bench, findings, scale(findings, target), per_day)


def _per_day(findings: Findings) -> float:
    about = round(findings.known.per_day, 1)
    return float(
        st.number_input(
            "Comments a day, about",
            0.0,
            None,
            about,
            key=f"{Key.TUNE_PER_DAY}.{about}",
            width=190,
            help="As many as came in the last four weeks of those at hand. Change it if your site "
            "has another pace: queue and hours a day follow.",
        )
    )


@st.fragment
@drawn_alone
def _bench(bench: Workbench, findings: Findings, own: Scale, per_day: float) -> None:
    """Draw everything that follows from the slider: it alone is drawn again when that moves."""
    if st.session_state.pop(Key.TUNE_CHANGED, False):
        st.rerun()
    show()
    left, right = st.columns([4, 5], gap="large")  # on a phone the figures come first
    with left:
        at = draw_sliders(own)
        draw_figures(own, at, per_day)
        draw_audit(bench, findings, own, at)
        draw_saving(bench, findings, own, at)
    with right:
        draw_charts(own, at)
        draw_goals(own, per_day)
    rivals = bench.rivals(findings)
    look = st.segmented_control(
        "Look at",
        [*_LOOKS, *([_RIVALS] if rivals else []), _LEARN],
        default=_MOVES,
        required=True,
        key=Key.TUNE_LOOK,
        label_visibility="collapsed",
    )
    with st.container(key="look"):
        if look == _SLICES:
            draw_slices(bench, findings, own, at)
        elif look == _SCORES:
            draw_scores(own)
        elif look == _DRIFT:
            draw_drift(bench, findings, own, at)
        elif look == _WEIGHTS:
            draw_weights(bench)
        elif look == _AUTOMATIC:
            draw_automatic(bench)
        elif look == _POLICIES:
            draw_policies(bench)
        elif look == _RIVALS and rivals:
            draw_rivals(bench, findings, own, rivals)
        elif look == _LEARN:
            draw_learning(bench, findings)
        else:
            draw_moves(bench, own, at)
