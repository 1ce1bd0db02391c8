"""The last ten acts of a reviewer, each with its own undo."""

from __future__ import annotations

import streamlit as st

from triage.domain.comments import one_line
from triage.ui.review.acts import undo_act
from triage.ui.review.looking import go
from triage.ui.words import ago
from triage.workbench import Workbench

__all__ = ["draw_recent"]


def draw_recent(bench: Workbench, who: str, *, veiled: bool) -> None:
    """Draw the list behind a button; it is read from the database when it is opened.

    What was said at a second look stands in it as a decision does, and what was skipped, too.
    Their words are not looked for, so that what is `veiled` is blurred as a whole.
    """
    with st.popover(
        "Last ten",
        key="review-recent",
        icon=":material/history:",
        type="tertiary",
        on_change="rerun",
    ) as box:
        if not box.open:
            return
        acts = bench.recently(who)
        if not acts:
            st.text("You have done nothing that could be undone.")
        for act in acts:
            made = act.made
            how_many = f" for {act.count} comments" if act.count > 1 else ""
            st.text(f"{act.word}{how_many}, {ago(made.at)}:")
            with st.container(key=f"{'veiled' if veiled else 'context'}-recent-{made.id}"):
                st.text(f"“{one_line(act.text, 60)}”")
            with st.container(horizontal=True, gap="small"):
                st.button(
                    "Undo this",
                    key=f"recent-undo-{made.id}",
                    type="tertiary",
                    icon=":material/undo:",
                    on_click=undo_act,
                    args=(bench, act, who),
                )
                st.button(
                    "Look",
                    key=f"recent-look-{made.id}",
                    type="tertiary",
                    icon=":material/visibility:",
                    on_click=go,
                    args=(made.comment_id,),
                )
