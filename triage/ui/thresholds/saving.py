"""Saving a threshold as a new version of the policy, after a look at what that would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label
from triage.ui.notices import or_say, say
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key
from triage.ui.thresholds.choice import Scale
from triage.ui.words import comments
from triage.workbench import Findings, Shadow, Workbench

__all__ = ["changes", "draw_saving", "shadow_words", "stopped_words", "weight_changes"]


def draw_saving(bench: Workbench, findings: Findings, own: Scale, at: float) -> None:
    """Draw what saving would change, the reason to give, and the button; for leads."""
    who, present = bench.settings.reviewer, findings.policy
    with st.container(border=True, key="save", gap="small"):
        st.markdown("##### Save it as a policy")
        now = own.target.in_force
        if now is not None and own.shown(at) == own.shown(now):
            st.text(f"This is {present.ref}, which is in force. Move the threshold to change it.")
            return
        thresholds = own.target.policy(present, at)
        st.text("\n".join(changes(present.thresholds, thresholds)))
        if present.automatic is not None:
            st.text("Saving turns off what the policy decides by itself.")
        if not bench.may_lead(who):
            st.caption("Leads save policies.")
            return
        st.text_input(
            "Why",
            key=Key.TUNE_WHY,
            placeholder="What the change is for; kept with the version",
            persist_state="session",
        )
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Save the policy",
                type="primary",
                icon=":material/save:",
                on_click=_save,
                args=(bench, findings, own, who),
            )
            if st.button("Preview in the shadow", icon=":material/visibility:"):
                st.session_state[Key.TUNE_SHADOW] = (
                    own.key,
                    at,
                    bench.preview_policy(thresholds, who),
                )
        seen = st.session_state.get(Key.TUNE_SHADOW)
        if seen is not None and seen[:2] == (own.key, at):
            st.text(shadow_words(seen[2]))


def shadow_words(shadow: Shadow) -> str:
    """Return what a policy would do, saved nowhere."""
    said = (
        f"It would flag {comments(shadow.would_flag)} ({shadow.added:,} more, {shadow.dropped:,} "
        f"fewer); {shadow.would_wait:,} would wait in the queue instead of {shadow.waiting:,}."
    )
    if not shadow.rejected:
        return f"{said} You have rejected none yet."
    return (
        f"{said} Of your own {shadow.rejected:,} rejections it would have missed {shadow.missed:,}."
    )


def stopped_words(before: Policy, after: Policy) -> str:
    """Return that a change turned off what the policy decided by itself; empty where not."""
    if before.automatic is None or after.automatic is not None:
        return ""
    return (
        " It decides nothing by itself any more: look at what would follow now, and turn it on "
        "again."
    )


def changes(before: Iterable[Threshold], after: Iterable[Threshold]) -> list[str]:
    """Return what differs between two sets of thresholds, a line each."""
    was = {(one.label, one.route): one.at for one in before}
    now = {(one.label, one.route): one.at for one in after}
    lines = []
    for label, route in dict.fromkeys([*was, *now]):
        old, new = was.get((label, route)), now.get((label, route))
        if old != new:
            lines.append(f"{label.words} ({route}): {_said(old)} → {_said(new)}")
    return lines


def weight_changes(before: Mapping[Label, float], after: Mapping[Label, float]) -> list[str]:
    """Return which labels weigh something else, a line each."""
    return [
        f"{label.words} weighs {before[label]:g} → {after[label]:g}"
        for label in after
        if after[label] != before[label]
    ]


def _said(at: float | None) -> str:
    return "never" if at is None else f"{at:.3f}"


@or_say("The policy was not saved.")
def _save(bench: Workbench, findings: Findings, own: Scale, who: str) -> None:
    at = own.at(float(st.session_state[own.key]))
    why = str(st.session_state.get(Key.TUNE_WHY, ""))
    made = bench.save_tuned(findings, own.target, at, who, why)
    st.session_state[Key.TUNE_CHANGED] = True
    st.session_state[Key.TUNE_WHY] = ""
    waiting = bench.progress(who).pending
    said = f"{plain_markdown(made.ref)} is in force; {comments(waiting)} wait in Review."
    say(said + stopped_words(findings.policy, made))
