"""What comes first in the queue: how much harm each label does, for leads to change."""

from __future__ import annotations

import streamlit as st

from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.domain.severity import GREATEST_WEIGHT
from triage.ui.notices import or_say, say
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key
from triage.ui.thresholds.saving import weight_changes
from triage.workbench import Workbench

__all__ = ["draw_weights"]

_LEAST = 0.01


def draw_weights(bench: Workbench) -> None:
    """Draw a number per label, what they change, the reason to give, and the button; for leads."""
    who, policy = bench.settings.reviewer, bench.policy()
    st.caption(
        "The queue begins with the most harm to expect: how likely a label applies, times its "
        "weight here. Only proportions matter: twice the weight is twice the harm. Weights flag "
        "nothing; thresholds do."
    )
    lead = bench.may_lead(who)
    with st.container(horizontal=True, gap="small", key="weights"):
        wanted = {label: _weight(policy, label, lead=lead) for label in Label}
    if not lead:
        st.caption("Leads change weights.")
        return
    told = weight_changes(policy.severity, wanted)
    if not told:
        st.text(f"These are the weights of {policy.ref}, which is in force.")
        return
    st.text("\n".join(told))
    why = f"{Key.TUNE_WHY}.weights"
    st.text_input("Why", key=why, placeholder="What the change is for; kept with the version")
    st.button(
        "Save the weights",
        type="primary",
        icon=":material/save:",
        on_click=_save,
        args=(bench, policy, wanted, who, why),
    )


def _weight(policy: Policy, label: Label, *, lead: bool) -> float:
    present = policy.severity[label]
    return float(
        st.number_input(
            label.words.capitalize(),
            min(_LEAST, present),
            GREATEST_WEIGHT,
            present,
            key=f"{Key.TUNE_WEIGHT}.{policy.ref}.{label}",
            step=0.1,
            format="%g",
            width=150,
            disabled=not lead,
        )
    )


@or_say("The weights were not saved.")
def _save(bench: Workbench, upon: Policy, wanted: dict[Label, float], who: str, why: str) -> None:
    reason = str(st.session_state.get(why, ""))
    made = bench.save_weights(upon, wanted, who, reason)
    st.session_state[Key.TUNE_CHANGED] = True
    st.session_state[why] = ""
    say(f"{plain_markdown(made.ref)} is in force; the queue is in its order.")
