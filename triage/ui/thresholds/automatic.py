"""A policy that decides by itself: what is on, what would follow, and the way back."""

from __future__ import annotations

import streamlit as st

from triage.domain.automatic import AUDITED, LEAST_AUDITED, Automatic
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.errors import TriageError
from triage.ui.notices import fault, or_say, say
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key
from triage.ui.thresholds.foreseen import draw_foreseen
from triage.ui.words import comments
from triage.workbench import Consequences, Workbench

__all__ = ["draw_automatic"]

_REJECT, _APPROVE = 0.98, 0.01  # to begin with: beyond doubt, if the scores mean what they say
_WHY, _WHY_OFF = f"{Key.TUNE_WHY}.automatic", f"{Key.TUNE_WHY}.off"


def draw_automatic(bench: Workbench) -> None:
    """Draw what the policy decides by itself; for leads what it might, and what would follow."""
    who, policy = bench.settings.reviewer, bench.policy()
    st.caption(
        "A policy can decide by itself what seems beyond doubt, read by nobody. It does not unless "
        "a lead turns it on. A share of it is left to people, by chance and unseen, so that its "
        "errors stay known; and a person outranks it."
    )
    _present(bench, policy, who)
    if not bench.may_lead(who):
        st.caption("Leads turn it on and off.")
        return
    nobody = bench.nobody_automates()
    if nobody is not None:
        st.info("Here nobody can turn it on yet; look all the same.", icon=":material/info:")
        st.text(f"{nobody[0].upper()}{nobody[1:]}.")
    wanted = _ranges(bench, policy)
    if wanted is None or wanted == policy.automatic:
        return
    agreed = _looked_at(bench, policy, wanted)
    if agreed is not None:
        _what_follows(bench, agreed, who, may=nobody is None)


def _present(bench: Workbench, policy: Policy, who: str) -> None:
    own = policy.automatic
    with st.container(border=True, gap="small", key="automatic"):
        if own is None:
            st.text(f"{policy.ref}, which is in force, decides nothing by itself.")
        else:
            st.text(f"{policy.ref} decides by itself:\n" + "\n".join(own.said))
            _draw_due(bench, who)
        before = any(one.policy.automatic is not None for one in bench.policy_history())
        if not before or not bench.may_lead(who):
            return
        with st.container(horizontal=True, gap="small"):
            if own is not None:
                _draw_stop(bench, who)
            st.button(
                "Take back what it decided",
                icon=":material/undo:",
                on_click=_take_back,
                args=(bench, who),
                help="All that the last ranges decided by themselves. What people "
                "decided since stays; what is flagged waits in Review again.",
            )


def _draw_due(bench: Workbench, who: str) -> None:
    """Say that an act is not over, which may have been cut short, and offer to go on with it."""
    due = bench.automatic_due()
    if not due:
        return
    st.text(f"Still due of what was agreed to: {comments(due)}. It is at work, or was cut short.")
    if bench.may_lead(who):
        st.button("Go on", icon=":material/play_arrow:", on_click=_go_on, args=(bench,))


def _draw_stop(bench: Workbench, who: str) -> None:
    with st.popover("Turn it off …", icon=":material/block:", key="automatic-off"):
        st.text_input("Why", key=_WHY_OFF, placeholder="Kept with the version")
        st.button("Turn it off", key=f"{Key.TUNE_AUTOMATIC}.off", on_click=_stop, args=(bench, who))
        st.caption("What it decided stays.")


def _ranges(bench: Workbench, policy: Policy) -> Automatic | None:
    """Draw the ranges to choose; return them, None for none or what makes none."""
    lowest = {
        one.label: low.at for one in policy.thresholds if (low := policy.threshold(one.label))
    }
    own = policy.automatic
    begun = {} if own is None else dict(own.reject_from)
    key = f"{Key.TUNE_AUTOMATIC}.{policy.ref}"
    chosen = st.pills(
        "Labels that reject",
        [label for label in Label if label in lowest],
        selection_mode="multi",
        default=list(begun),
        format_func=lambda one: one.words,
        key=f"{key}.labels",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        reject = {
            label: _score(
                f"{label.words}, from",
                max(begun.get(label, _REJECT), lowest[label]),
                f"{key}.{label}",
                least=lowest[label],
            )
            for label in chosen or []
        }
        approves = st.toggle(
            "Approve what is low in every label",
            value=own is not None and own.approve_to is not None,
            key=f"{key}.approves",
        )
        approve = None
        if approves:
            first = _APPROVE if own is None or own.approve_to is None else own.approve_to
            approve = _score("every label, up to", first, f"{key}.approve")
        share = st.number_input(
            "Left to people, %",
            100 * LEAST_AUDITED,
            99.0,
            100 * (AUDITED if own is None else own.audit),
            key=f"{key}.share",
            width=150,
            format="%g",
        )
    if not reject and approve is None:
        return None
    try:
        return bench.ranges(reject, approve, round(share / 100, 6))
    except TriageError as error:
        fault("These are no ranges.", error)
        return None


def _score(title: str, value: float, key: str, least: float = 0.0) -> float:
    return float(
        st.number_input(title, least, 1.0, value, step=0.005, format="%.3f", key=key, width=150)
    )


def _looked_at(bench: Workbench, policy: Policy, wanted: Automatic) -> Consequences | None:
    """Draw the button to look what would follow; return it once somebody looked."""
    seen: Consequences | None = st.session_state.get(Key.TUNE_AUTOMATIC)
    if seen is not None and (seen.policy.ref, seen.automatic) == (policy.ref, wanted):
        return seen
    if not st.button("See what would follow", icon=":material/visibility:"):
        return None
    try:
        with st.spinner("Looking at every comment …"):
            found = bench.consequences(wanted)
    except TriageError as error:
        fault("That cannot be turned on.", error)
        return None
    st.session_state[Key.TUNE_AUTOMATIC] = found
    return found


def _what_follows(bench: Workbench, agreed: Consequences, who: str, *, may: bool) -> None:
    with st.container(border=True, gap="small", key="consequences"):
        st.markdown("##### What would follow")
        for line in agreed.said:
            st.text(line)
        draw_foreseen(bench, agreed, who)
        if not may:
            return
        st.text_input("Why", key=_WHY, placeholder="What it is for; kept with the version")
        acted = agreed.acted
        if st.button(
            f"Let the policy reject {acted.rejected:,} and approve {acted.approved:,} now",
            icon=":material/bolt:",
            key=f"{Key.TUNE_AUTOMATIC}.on",
        ):
            with st.spinner("Deciding …"):
                _turn_on(bench, agreed, who)
            st.rerun()


@or_say("It was not turned on.")
def _turn_on(bench: Workbench, agreed: Consequences, who: str) -> None:
    made, acted = bench.automate(agreed, who, str(st.session_state.get(_WHY, "")))
    st.session_state.pop(Key.TUNE_AUTOMATIC, None)
    say(
        f"{plain_markdown(made.ref)} is in force and decided {comments(acted.decided)} by itself; "
        f"{acted.audited:,} are left to people."
    )


@or_say("It was not turned off.")
def _stop(bench: Workbench, who: str) -> None:
    made = bench.stop_automatic(who, str(st.session_state.get(_WHY_OFF, "")))
    st.session_state[_WHY_OFF] = ""
    st.session_state[Key.TUNE_CHANGED] = True
    say(f"{plain_markdown(made.ref)} is in force and decides nothing by itself.")


@or_say("Not everything was taken back.")
def _take_back(bench: Workbench, who: str) -> None:
    taken = bench.undo_automatic(who)
    st.session_state[Key.TUNE_CHANGED] = True
    waiting = bench.progress(who).pending
    say(f"Taken back for {comments(len(taken))}; {comments(waiting)} wait in Review.")


@or_say("It could not go on.")
def _go_on(bench: Workbench) -> None:
    acted = bench.act()
    st.session_state[Key.TUNE_CHANGED] = True
    say(f"Decided by the policy itself: {comments(acted.decided)}.")
