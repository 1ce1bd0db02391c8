"""Who is flagged, by thread, source, author or identity; and how well scores keep their word."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from triage.ui.state import Key
from triage.ui.thresholds.charts import draw_reliability
from triage.ui.thresholds.choice import Scale
from triage.workbench import Findings, Kind, Workbench

__all__ = ["draw_scores", "draw_slices"]

_KINDS = {
    Kind.THREAD: "Thread",
    Kind.SOURCE: "Source",
    Kind.AUTHOR: "Author, new or known",
    Kind.LANGUAGE: "Language",
    Kind.IDENTITY: "Identity mentioned",
}
_SHOWN = 500
_NAME = 160  # pixels: beside it a phone has room for the counts


def draw_slices(bench: Workbench, findings: Findings, own: Scale, at: float) -> None:
    """Draw a table of slices: counts before shares, for a share of few says little."""
    kind = st.segmented_control(
        "By",
        list(_KINDS),
        default=Kind.THREAD,
        required=True,
        format_func=lambda one: _KINDS[one],
        key=Key.TUNE_KIND,
        label_visibility="collapsed",
    )
    found = bench.slices(findings, own.target, kind or Kind.THREAD, at)
    if not found:
        st.text(
            "Nothing tells which identities these comments mention: detoxify:unbiased and "
            "detoxify:multilingual do."
        )
        return
    frame = pd.DataFrame(
        {
            "name": [one.name for one in found],
            "flagged": [one.flagged for one in found],
            "reviewed": [one.reviewed for one in found],
            "right": [one.rejected for one in found],
            "comments": [one.comments for one in found],
            "flagged, %": [100 * one.flagged / one.comments for one in found],
            "right, %": [100 * one.share for one in found],
            "95 % interval": [
                f"{100 * one.low:.0f} to {100 * one.high:.0f}" if one.reviewed else ""
                for one in found
            ],
        }
    )
    percent = st.column_config.NumberColumn(format="%.1f")
    st.dataframe(
        frame.head(_SHOWN),
        hide_index=True,
        key="thresholds-slices",
        column_config={
            "name": st.column_config.TextColumn(_KINDS[kind or Kind.THREAD], width=_NAME),
            "flagged, %": percent,
            "right, %": percent,
        },
    )
    st.caption(
        f"At the threshold at hand, most flagged first{_more(len(found))}. “Right” are flagged "
        "comments of which a person said so. Recall is not stated for slices: it would take an "
        "audit of each."
    )


def _more(count: int) -> str:
    return f"; the first {_SHOWN:,} of {count:,}" if count > _SHOWN else ""


def draw_scores(own: Scale) -> None:
    """Draw the reliability diagram, or say that there is nothing to draw it from."""
    if not own.target.bands:
        st.text("Nobody has decided about a comment yet: there is nothing to compare scores with.")
        return
    draw_reliability(own)
    words = (
        "Each point is a band of comments at about the same distance from the thresholds"
        if own.together
        else "Each point is a band of comments with about the same score; on the dashed line a "
        "score of .3 would mean that 30 of 100 carry the label"
    )
    st.caption(
        f"{words}. Bars are 95 % intervals, figures the labels behind them; audited ones count for "
        "as many comments as they stand for."
    )
