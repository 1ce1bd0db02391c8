"""The page: which label, which range, what lies in it, and what can be done with all of it."""

from __future__ import annotations

import streamlit as st

from triage.domain.batches import ScoreRange
from triage.domain.scores import Label
from triage.ui.batch.acts import draw_actions, draw_done
from triage.ui.batch.chart import CLEAN, chosen_range, draw_chart
from triage.ui.batch.samples import draw_samples
from triage.ui.empty import draw_nothing_rated
from triage.ui.notices import show
from triage.ui.state import Query
from triage.workbench import Workbench

__all__ = ["page"]


def page(bench: Workbench) -> None:
    """Draw the undecided comments by score, samples of a range, and the act upon all of it."""
    who = bench.settings.reviewer
    show()
    labels = bench.labels()
    if not labels:
        draw_nothing_rated(bench, "Nothing is rated yet")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="batch-range"):
        label = Label(
            st.selectbox(
                "Undecided comments by",
                labels,
                format_func=lambda one: Label(one).words,
                key=Query.BATCH_LABEL,
                bind="query-params",
                width=190,
            )
            or labels[0]
        )
        low, high = chosen_range()
    within = ScoreRange(label, low, high)
    counts = bench.score_counts(label)
    if not any(counts):
        st.info("Every comment that has this score is decided.", icon=":material/done_all:")
    else:
        draw_chart(counts, within, bench.policy().threshold(label))
        draw_actions(bench, within, who)
    draw_done(bench, who)
    if any(counts):
        draw_samples(bench, within, who)
        if (low, high) == CLEAN:
            st.caption(
                "The clean end is where a batch does least harm. A score is not a verdict: look "
                "at samples from the whole range before you decide on it."
            )
