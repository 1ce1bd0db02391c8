"""How many undecided comments have which score, and the range in question: dragged or slid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pandas as pd
import streamlit as st

from triage.domain.batches import ScoreRange
from triage.domain.policy import Threshold
from triage.ui.state import Key, Query
from triage.ui.words import comments

__all__ = ["CLEAN", "chosen_range", "dragged_range", "draw_chart"]

CLEAN = (0.0, 0.2)
"""The range that the page begins with: approving the clean end is the batch that errs least."""

_STEP = 0.01
_IN, _OUT, _LINE = "#4f8f8b", "#9aa0a6", "#d1495b"  # the score bars' colours, on both grounds
_DRAG, _FROM = "range", "from"


def chosen_range() -> tuple[float, float]:
    """Draw the slider, which does by keyboard and thumb what a drag does; return the range."""
    low, high = st.slider(
        "from … to",
        0.0,
        1.0,
        CLEAN,
        _STEP,
        key=Query.RANGE,
        bind="query-params",
        width=420,
        on_change=_forget_the_drag,
    )
    return low, high


def draw_chart(counts: Sequence[int], within: ScoreRange, threshold: Threshold | None) -> None:
    """Draw a bar per step of the score, those of the range in colour, and the threshold.

    The heights are square roots: of most labels nearly all comments score next to nothing, and
    the few others would not be seen.
    """
    import altair as alt

    step = 1 / len(counts)
    frame = pd.DataFrame({_FROM: [place * step for place in range(len(counts))], "count": counts})
    frame["to"] = frame[_FROM] + step
    frame["said"] = [comments(count) for count in counts]
    inside = (frame["to"] > within.low + _STEP / 2) & (frame[_FROM] < within.high - _STEP / 2)
    frame["chosen"] = inside if within.low < within.high else frame[_FROM].eq(within.low)
    frame["ground"] = 0
    score = alt.Scale(domain=[0, 1], nice=False)
    height = alt.Scale(type="sqrt", domainMin=0, padding=0)
    few = alt.Axis(tickCount=4, format="~s")
    bars = (
        alt.Chart(frame)
        .mark_bar(binSpacing=0.5)
        .encode(
            x=alt.X(f"{_FROM}:Q", title=f"score: {within.label.words}", scale=score),
            x2="to:Q",
            y=alt.Y("count:Q", title="comments", scale=height, axis=few),
            y2="ground:Q",
            color=alt.condition("datum.chosen", alt.value(_IN), alt.value(_OUT)),
            tooltip=[
                alt.Tooltip(f"{_FROM}:Q", format=".2f"),
                alt.Tooltip("to:Q", format=".2f"),
                alt.Tooltip("said:N", title="here"),
            ],
        )
        .add_params(alt.selection_interval(name=_DRAG, encodings=["x"]))
    )
    chart: Any = bars
    if threshold is not None:
        line = alt.Chart(pd.DataFrame({_FROM: [threshold.at]}))
        chart = bars + line.mark_rule(color=_LINE, strokeWidth=2).encode(x=f"{_FROM}:Q")
    key = f"{Key.BATCH_CHART}.{st.session_state.get(Key.BATCH_CHART, 0)}"
    st.altair_chart(
        chart.properties(height=210),
        width="stretch",
        key=key,
        on_select=lambda: _dragged(key),
        selection_mode=_DRAG,
    )
    line_said = f" The red line is the threshold, {threshold.at:.2f}." if threshold else ""
    st.caption(f"Drag over the bars, or move the slider. Heights are square roots.{line_said}")


def dragged_range(told: object) -> tuple[float, float] | None:
    """Return the range that a browser says was dragged, in steps of 0.01; None if it says none.

    What comes from a browser is not believed: anything but two numbers is nothing.
    """
    ends = told.get(_FROM) if isinstance(told, dict) else None
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        return None
    if not all(isinstance(end, int | float) and -1 <= end <= 2 for end in ends):
        return None
    low, high = (round(min(max(float(end), 0.0), 1.0), 2) for end in sorted(ends))
    return low, high


def _dragged(key: str) -> None:
    state = cast("dict[str, Any]", st.session_state.get(key) or {})
    selection = state.get("selection") or {}
    told = selection.get(_DRAG)
    found = dragged_range(dict(told) if told else None)
    if found is not None:
        st.session_state[Query.RANGE] = found


def _forget_the_drag() -> None:
    """Let the chart be drawn anew: what was dragged before is not the range any more."""
    st.session_state[Key.BATCH_CHART] = int(st.session_state.get(Key.BATCH_CHART, 0)) + 1
