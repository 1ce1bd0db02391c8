"""What can be done with a range: one verdict for all of it, once confirmed, and its undo."""

from __future__ import annotations

import streamlit as st

from triage.domain.batches import ScoreRange, Tally
from triage.domain.decisions import BATCH, Verdict
from triage.ui.notices import or_say, say
from triage.ui.state import Key
from triage.ui.words import VERDICT_ICONS, ago, comments
from triage.workbench import Picked, Workbench

__all__ = ["draw_actions", "draw_done"]

_OFFERED = (Verdict.APPROVE, Verdict.REJECT)


def draw_actions(bench: Workbench, within: ScoreRange, who: str) -> None:
    """Draw how many there are and the two verdicts, or what one of them would do."""
    picked: Picked | None = st.session_state.get(Key.BATCH_PICKED)
    if picked is not None and picked.within != within:
        _drop()  # another range is looked at: what was asked about is not on the screen any more
        picked = None
    if picked is not None:
        _draw_confirmation(bench, picked, Verdict(st.session_state[Key.BATCH_VERDICT]), who)
        return
    tally = bench.batch_tally(within)
    with st.container(horizontal=True, vertical_alignment="center", key="batch-actions"):
        said = f" · {_flagged(tally)}" if tally.comments else ""
        st.markdown(f"**{comments(tally.comments)}** in this range{said}")
        for verdict in _OFFERED:
            st.button(
                f"{verdict.value.capitalize()} {tally.comments:,} …",
                key=f"batch-{verdict}",
                icon=VERDICT_ICONS[verdict],
                disabled=not tally.comments,
                on_click=_ask,
                args=(bench, within, verdict),
            )


def draw_done(bench: Workbench, who: str) -> None:
    """Draw this reviewer's batches among the last ten acts, each with its undo."""
    for act in bench.recent_acts(who):
        made = act.decision
        if made.via != BATCH:
            continue
        with st.container(horizontal=True, vertical_alignment="center", key=f"batch-{made.id}"):
            st.text(f"{made.verdict}: {comments(act.count)}, {made.note}, {ago(made.at)}")
            st.button(
                "Undo this batch",
                key=f"batch-undo-{made.id}",
                type="tertiary",
                icon=":material/undo:",
                on_click=_undo,
                args=(bench, made.id, who),
            )


def _draw_confirmation(bench: Workbench, picked: Picked, verdict: Verdict, who: str) -> None:
    tally, within = picked.tally, picked.within
    low, high = within.ends
    doing = verdict.value.capitalize()
    with st.container(key="batch-confirm", border=True, gap="small"):
        st.markdown(f"##### {doing} {comments(tally.comments)} at once?")
        st.markdown(
            f"- All that are undecided with **{within.label.words} from {low} to {high}**; "
            f"{_flagged(tally)}.\n"
            f"- **Nobody will have read them.** Each decision in the log says “in batch, {within}”"
            ", and none of them counts as a reader’s answer where thresholds are tuned.\n"
            "- Comments drawn for an audit are not among them. What is decided, edited or rated "
            "anew before you confirm is left out.\n"
            "- It is one act: one undo takes all of it back."
        )
        st.text_input(
            "Note",
            key=Key.BATCH_NOTE,
            placeholder="Note, optional; kept with each decision",
            label_visibility="collapsed",
        )
        with st.container(horizontal=True, gap="small"):
            st.button(
                f"{doing} {comments(tally.comments)}",
                key="batch-confirmed",
                type="primary",
                icon=VERDICT_ICONS[verdict],
                on_click=_decide,
                args=(bench, picked, verdict, who),
            )
            st.button("Cancel", key="batch-cancel", on_click=_drop)


def _flagged(tally: Tally) -> str:
    if not tally.flagged:
        return "none of them is flagged"
    asked = f", {tally.asked:,} by a person" if tally.asked else ""
    return f"{tally.flagged:,} of them flagged{asked}"


@or_say("The range cannot be read.")
def _ask(bench: Workbench, within: ScoreRange, verdict: Verdict) -> None:
    st.session_state[Key.BATCH_PICKED] = bench.pick_batch(within)
    st.session_state[Key.BATCH_VERDICT] = verdict


def _drop() -> None:
    st.session_state.pop(Key.BATCH_PICKED, None)
    st.session_state.pop(Key.BATCH_VERDICT, None)


@or_say("Nothing was saved.")
def _decide(bench: Workbench, picked: Picked, verdict: Verdict, who: str) -> None:
    note = str(st.session_state.get(Key.BATCH_NOTE, "")).strip()
    _drop()  # a second press finds nothing to confirm
    report = bench.decide_batch(picked, verdict, reviewer=who, note=note)
    left = f" {report.left_out:,} changed meanwhile and were left out." if report.left_out else ""
    say(f"Saved: {verdict} for {comments(report.decided)}.{left}")


@or_say("Nothing was undone.")
def _undo(bench: Workbench, decision_id: str, who: str) -> None:
    undone = bench.undo_act(decision_id, who, via=BATCH)
    if undone:
        say(f"Undone: {undone[0].verdict} for {comments(len(undone))}.")
    else:
        say("Nothing of this batch is left to undo.")
