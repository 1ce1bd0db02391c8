"""The versions of the policy: what each was for, any two compared, and the way back."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from triage.domain.scores import Label
from triage.ui.notices import or_say, say
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key
from triage.ui.thresholds.saving import (
    changes,
    shadow_words,
    stopped_words,
    weight_changes,
)
from triage.ui.words import ago
from triage.workbench import PolicyRecord, Workbench, kept_words

__all__ = ["draw_policies"]


def draw_policies(bench: Workbench) -> None:
    """Draw the versions, two of them side by side, and what rolling back would do."""
    history = bench.policy_history()
    by_ref = {one.policy.ref: one for one in reversed(history)}
    newest = history[-1].policy.ref
    earlier = [ref for ref in by_ref if ref != newest]
    if not earlier:
        _version(history[-1], newest)
        st.caption("There is one version so far. A saved policy makes the next; none is altered.")
        return
    left, right = st.columns(2, gap="large")
    with left:
        first = _choice("Version", list(by_ref), newest, f"first.{newest}", newest)
        _version(by_ref[first], newest)
    with right:
        others = [ref for ref in by_ref if ref != first]
        second = _choice("beside", others, newest, f"second.{newest}.{first}", others[0])
        _version(by_ref[second], newest)
    was, now = by_ref[second].policy, by_ref[first].policy
    told = changes(was.thresholds, now.thresholds) + weight_changes(was.severity, now.severity)
    if was.automatic != now.automatic:
        for what, one in (("no longer", was.automatic), ("now", now.automatic)):
            told += [f"by itself, {what}: {words}" for words in ([] if one is None else one.said)]
    with st.container(gap="small", key="compared"):
        st.markdown("##### What changed between them")
        st.text("\n".join(told) or "Nothing: their thresholds, weights and ranges are the same.")
    _way_back(bench, history, newest)


def _choice(title: str, refs: Sequence[str], newest: str, key: str, default: str) -> str:
    picked = st.selectbox(
        title,
        refs,
        index=refs.index(default),
        format_func=lambda one: f"{one}, in force" if one == newest else one,
        key=f"{Key.TUNE_VERSIONS}.{key}",
        width=260,
    )
    return str(picked or default)


def _version(record: PolicyRecord, newest: str) -> None:
    """Draw one version: by whom, why, its thresholds, and the evidence that was frozen with it."""
    policy = record.policy
    state = "in force" if policy.ref == newest else "earlier"
    st.text(f"{policy.ref}, {state}: by {policy.created_by}, {ago(policy.created_at)}")
    st.text(f"“{policy.why}”" if policy.why else "No reason was given.")
    order = list(Label)
    rows = sorted(policy.thresholds, key=lambda one: (order.index(one.label), one.at))
    st.dataframe(
        pd.DataFrame(
            {
                "label": [one.label.words for one in rows],
                "from": [one.at for one in rows],
                "asks for": [one.route.value for one in rows],
                "weighs": [policy.severity[one.label] for one in rows],
            }
        ),
        hide_index=True,
        height="content",
        column_config={"from": st.column_config.NumberColumn(format="%.3f")},
        key=f"thresholds-of-{policy.ref}",
    )
    if policy.automatic is not None:
        st.text("It decides by itself:\n" + "\n".join(policy.automatic.said))
    st.text("\n".join(kept_words(record.evidence)))


def _way_back(bench: Workbench, history: Sequence[PolicyRecord], newest: str) -> None:
    who, name = bench.settings.reviewer, history[-1].policy.name
    back = [one.policy for one in reversed(history) if one.policy.name == name]
    back = [one for one in back if one.ref != newest]
    if not back or not bench.may_lead(who):
        return
    with st.container(border=True, gap="small", key="way-back"):
        st.markdown("##### Roll back")
        st.caption(
            "An earlier version’s thresholds and weights come into force again, as a new one; "
            "ranges in which it decides by itself do not."
        )
        refs = {one.ref: one for one in back}
        ref = _choice("To", list(refs), newest, f"back.{newest}", back[0].ref)
        st.text(shadow_words(bench.preview_policy(refs[ref].thresholds, who)))
        why = f"{Key.TUNE_WHY}.back"
        st.text_input("Why", key=why, placeholder="What the way back is for; kept with the version")
        st.button(
            f"Roll back to {plain_markdown(ref)}",
            icon=":material/undo:",
            on_click=_roll_back,
            args=(bench, refs[ref].version, who, why),
        )


@or_say("Nothing was rolled back.")
def _roll_back(bench: Workbench, version: int, who: str, why: str) -> None:
    before = bench.policy()
    made = bench.roll_back(version, who, str(st.session_state.get(why, "")))
    st.session_state[Key.TUNE_CHANGED] = True
    st.session_state[why] = ""
    said = f"{plain_markdown(made.ref)} is in force, with the thresholds of version {version}."
    say(said + stopped_words(before, made))
