"""What can be done with the selected rows. Every act names its comments by id."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from triage.domain.comments import one_line
from triage.domain.decisions import Verdict
from triage.domain.entries import Entry
from triage.ui.browse.veil import Veil
from triage.ui.links import open_in_review
from triage.ui.notices import or_say, say
from triage.ui.state import Key
from triage.ui.words import VERDICT_ICONS, comments
from triage.workbench import Workbench

__all__ = ["draw_actions", "draw_undo"]

_SAMPLES = 3
_NOTE = 340  # pixels


def draw_undo(bench: Workbench, who: str) -> None:
    """Draw what takes the last act back, once there was one."""
    if st.session_state.get(Key.BROWSE_ACTED):
        st.button("Undo", icon=":material/undo:", on_click=_undo, args=(bench, who))


def draw_actions(bench: Workbench, selected: Sequence[Entry], veil: Veil, who: str) -> None:
    """Say what is selected, and offer what can be done with it, where it is always in sight."""
    count = len(selected)
    samples = selected[:_SAMPLES]
    shown = " ".join(f"“{one_line(row.comment.text, 60)}”" for row in samples)
    covered = any(veil.covers(row) for row in samples)
    more = f" and {count - _SAMPLES} more" if count > _SAMPLES else ""
    with st.bottom, st.container(key="browse-actions", gap="small"):
        with st.container(horizontal=True, gap="small"):
            st.text(f"{comments(count)} selected:", width="content")
            with st.container(key="veiled-selected" if covered else "selected"):
                st.text(f"{shown}{more}")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            for verdict in Verdict:
                name = verdict.value.capitalize()
                st.button(
                    f"{name} {count}" if count > 1 else name,
                    icon=VERDICT_ICONS[verdict],
                    key=f"browse-{verdict}",
                    on_click=_decide,
                    args=(bench, selected, verdict, who),
                )
            st.button("Flag", icon=":material/flag:", on_click=_flag, args=(bench, selected, who))
            if bench.may_lead(who) and all(entry.verdict is not None for entry in selected):
                st.button(
                    "Known answer",
                    icon=":material/verified:",
                    help="Ask every reviewer about it once, unseen; the verdict is the answer",
                    on_click=_make_gold,
                    args=(bench, selected, who),
                )
            if count == 1:
                open_in_review(selected[0].comment.id)
            st.text_input(
                "Note",
                key=Key.BROWSE_NOTE,
                placeholder="Note, optional; kept with each decision",
                label_visibility="collapsed",
                width=_NOTE,
            )


@or_say("Nothing was saved.")
def _decide(bench: Workbench, selected: Sequence[Entry], verdict: Verdict, who: str) -> None:
    note = st.session_state.get(Key.BROWSE_NOTE, "").strip()
    made = bench.decide(
        [entry.seen for entry in selected],
        verdict,
        reviewer=who,
        note=note,
        score_visible=any(entry.scores is not None for entry in selected),
        via="browse",
    )
    st.session_state[Key.BROWSE_NOTE] = ""
    st.session_state[Key.BROWSE_ACTED] = True
    say(f"Saved: {verdict} for {comments(len(made))}.")


@or_say("Nothing was flagged.")
def _flag(bench: Workbench, selected: Sequence[Entry], who: str) -> None:
    bench.flag([entry.comment.id for entry in selected], who)
    say(f"Flagged {len(selected)}: in Review they come first.")


@or_say("No known answer was set.")
def _make_gold(bench: Workbench, selected: Sequence[Entry], who: str) -> None:
    count = bench.set_gold([entry.seen for entry in selected], who)
    say(f"Known answers set: {count}. They are listed in Quality.")


@or_say("Nothing was undone.")
def _undo(bench: Workbench, who: str) -> None:
    undone = bench.undo(who, via="browse")
    if undone:
        say(f"Undone: {undone[0].verdict} for {len(undone)}.")
    else:
        say("There is no decision of yours left to undo.")
        st.session_state[Key.BROWSE_ACTED] = False
