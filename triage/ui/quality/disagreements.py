"""Doubled comments about which two differ: a lead has the last word, and both verdicts are kept."""

from __future__ import annotations

import streamlit as st

from triage.domain.decisions import Verdict
from triage.domain.looks import Disagreement
from triage.ui.links import open_in_review
from triage.ui.notices import or_say, say
from triage.ui.quality.said import said
from triage.ui.state import Key, digest
from triage.ui.words import VERDICT_ICONS
from triage.workbench import Workbench

__all__ = ["draw_disagreements"]

_AT_ONCE = 10


def draw_disagreements(bench: Workbench, who: str) -> None:
    """Draw those that wait longest, each with three verdicts to choose from."""
    found = bench.disagreements()
    st.markdown("##### Disagreements")
    if not found:
        st.text("None waits for the last word.")
        return
    more = f", the first {_AT_ONCE} here" if len(found) > _AT_ONCE else ""
    st.text(f"{len(found)} wait for the last word{more}.")
    for one in found[:_AT_ONCE]:
        _draw(bench, one, who)


def _draw(bench: Workbench, one: Disagreement, who: str) -> None:
    about = digest(one.second.id)
    with st.container(border=True, key=f"disagreement-{about}", gap="small"):
        with st.container(key=f"context-disagreement-{about}"):
            st.text(one.text)
        with st.container(key=f"said-{about}", gap="small"):
            for look in (one.first, one.second):
                st.text(said(look))
        note = f"{Key.QUALITY_NOTE}.{about}"
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            for verdict in Verdict:
                st.button(
                    verdict.value.capitalize(),
                    key=f"quality-{verdict}-{about}",
                    icon=VERDICT_ICONS[verdict],
                    on_click=_settle,
                    args=(bench, one, verdict, who, note),
                )
            open_in_review(one.first.comment_id)
            st.text_input(
                "Note",
                key=note,
                placeholder="Note, optional",
                label_visibility="collapsed",
            )


@or_say("The last word was not saved.")
def _settle(bench: Workbench, one: Disagreement, verdict: Verdict, who: str, note: str) -> None:
    kept = one.first if one.first.verdict is verdict else one.second
    reasons = kept.reasons if kept.verdict is verdict else ()
    bench.have_last_word(
        one, verdict, by=who, reasons=reasons, note=str(st.session_state.get(note, "")).strip()
    )
    say(f"Settled: {verdict}.")
