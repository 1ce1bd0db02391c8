"""Scores, precision, recall and queue against the threshold, as charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import altair as alt
import pandas as pd
import streamlit as st

from triage.ui.thresholds.choice import Scale
from triage.workbench import Target

__all__ = ["draw_charts", "draw_reliability"]

# Told apart by lightness too, on light and on dark grounds.
_REVIEWED, _AUDITED, _UNKNOWN = "#2f8f89", "#d9902f", "#a3a7ad"
_PRECISION, _RECALL, _QUEUE = "#4f86d6", "#d1495b", "#8a6fc2"
_MARK = "#8a8f98"
_COUNT = alt.Axis(
    values=[0, *(10**power for power in range(8))], labelExpr="format(datum.value, ',.0f')"
)
_SHARE = alt.Axis(tickCount=5, format=".0%")
_MARKS = "marks"
_KEPT: WeakKeyDictionary[Target, dict[str, Mapping[str, Any]]] = WeakKeyDictionary()


def draw_charts(own: Scale, at: float) -> None:
    """Draw the three charts, with the threshold in force and the one at hand marked."""
    marks = _marks(own, at)
    for made, height, says in _CHARTS:
        spec = _spec(own, made, height)
        st.vega_lite_chart(spec={**spec, "datasets": {_MARKS: marks}}, alt=says)


def _marks(own: Scale, at: float) -> pd.DataFrame:
    here, now = own.shown(at), own.target.in_force
    rows = [{"at": here, "which": "here", "dash": 0, "line": 0}]
    if now is not None and own.shown(now) != here:
        rows.append({"at": own.shown(now), "which": "in force", "dash": 1, "line": 1})
    return pd.DataFrame(rows)


def _spec(own: Scale, made: Callable[[Scale], list[Any]], height: int) -> Mapping[str, Any]:
    """Return a chart but for its marks, made once for what is known of a target.

    Altair checks what it makes against a schema, which takes most of the time in which the page is
    drawn; and a browser that gets the same chart again puts the marks into that.
    """
    kept = _KEPT.setdefault(own.target, {})
    if made.__name__ not in kept:
        base = alt.Chart(alt.NamedData(_MARKS)).encode(x=_x(own))
        dashes = alt.StrokeDash(
            "dash:N", scale=alt.Scale(domain=[0, 1], range=[[1, 0], [4, 3]]), legend=None
        )
        lines = base.mark_rule(strokeWidth=1.5, color=_MARK).encode(strokeDash=dashes)
        # One below the other, so that they can be read where the two lines are close.
        names = [
            base.transform_filter(alt.datum.line == line)
            .mark_text(color=_MARK, align="left", dx=4, dy=8 + 14 * line, fontSize=11)
            .encode(text="which:N", y=alt.value(0))
            for line in (0, 1)
        ]
        chart = alt.layer(*made(own), lines, *names).properties(height=height)
        kept[made.__name__] = _inline(chart.to_dict())
    return kept[made.__name__]


def _inline(chart: dict[str, Any]) -> Mapping[str, Any]:
    """Return a chart with its data where it is used; Altair's own looks are left to Streamlit."""
    held = chart.pop("datasets", {})
    chart.pop("config", None)
    for part in (chart, *chart.get("layer", ())):
        name = part.get("data", {}).get("name")
        if name in held:
            part["data"] = {"values": held[name]}
    return chart


def _rows(frame: pd.DataFrame, *columns: str) -> Any:
    """Return some columns as a chart's data: nothing that is no number, which JSON lacks."""
    rows = frame[list(columns)].to_dict("records")
    return alt.InlineData([{str(name): value for name, value in row.items()} for row in rows])


def _x(own: Scale, field: str = "at", **more: Any) -> alt.X:
    domain = [-100, 100] if own.together else [0, 1]
    title = "all thresholds, % moved" if own.together else "score"
    return alt.X(
        f"{field}:Q", title=title, scale=alt.Scale(domain=domain, nice=False, clamp=True), **more
    )


def _colors(names: Sequence[str], colors: Sequence[str]) -> alt.Color:
    return alt.Color(
        "what:N",
        scale=alt.Scale(domain=list(names), range=list(colors)),
        legend=alt.Legend(title=None, orient="top"),
    )


def _histogram(own: Scale) -> list[Any]:
    """Draw what was looked at in front of what was not: each bar is as high as all it holds."""
    rows = []
    for bar in own.target.bars:
        looked = bar.reviewed + bar.audited
        for what, count in (
            ("nobody looked", looked + bar.unknown if bar.unknown else 0),
            ("audited", looked if bar.audited else 0),
            ("reviewed", bar.reviewed),
        ):
            low, high = own.shown(bar.low), own.shown(bar.high)
            rows.append({"low": low, "high": high, "what": what, "comments": count, "from": 0})
    # Rows are drawn in their order: of each bar what was reviewed comes last, and lies in front.
    names = ("nobody looked", "audited", "reviewed")
    frame = pd.DataFrame(rows).sort_values(
        "what", key=lambda what: what.map(names.index), kind="stable"
    )
    chart = (
        alt.Chart(_rows(frame, *frame.columns))
        .mark_bar(strokeWidth=0)
        .encode(
            x=_x(own, "low"),
            x2="high:Q",
            y=alt.Y(
                "comments:Q",
                stack=None,
                title="comments",
                scale=alt.Scale(type="symlog"),
                axis=_COUNT,
            ),
            y2="from:Q",
            color=_colors(names, (_UNKNOWN, _AUDITED, _REVIEWED)),
            tooltip=["low:Q", "high:Q", "what:N", "comments:Q"],
        )
    )
    return [chart]


def _shares(own: Scale) -> list[Any]:
    grid = own.target.grid
    frame = pd.DataFrame(
        {
            "at": [own.shown(float(one)) for one in grid.threshold],
            "precision": grid.precision,
            "low": grid.precision_low,
            "high": grid.precision_high,
            "recall": grid.recall_low,
        }
    )
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=_SHARE)
    known = frame.dropna(subset=["precision"])
    band = (
        alt.Chart(_rows(known.assign(share=known["low"]), "at", "share", "high"))
        .mark_area(opacity=0.22, color=_PRECISION)
        .encode(x=_x(own), y=y, y2="high:Q")
    )
    lines = pd.concat(
        [
            frame.assign(what="precision (band: 95 %)", share=frame["precision"]),
            frame.assign(what="recall: at least", share=frame["recall"]),
        ]
    ).dropna(subset=["share"])
    names = ("precision (band: 95 %)", "recall: at least")
    curves = (
        alt.Chart(_rows(lines, "at", "what", "share"))
        .mark_line(strokeWidth=2.2)
        .encode(
            x=_x(own),
            y=y,
            color=_colors(names, (_PRECISION, _RECALL)),
            tooltip=["what:N", "at:Q", alt.Tooltip("share:Q", format=".3f")],
        )
    )
    layers: list[Any] = [band, curves]
    if frame["recall"].isna().all():
        says = pd.DataFrame([{"text": "recall: cannot be known from flagged comments alone"}])
        layers.append(
            alt.Chart(_rows(says, "text"))
            .mark_text(color=_UNKNOWN, fontSize=12, align="left")
            .encode(text="text:N", x=alt.value(8), y=alt.value(60))
        )
    return layers


def _queue(own: Scale) -> list[Any]:
    target = own.target
    share = target.per_day / max(target.all_comments, 1)
    frame = pd.DataFrame(
        [
            {"at": own.shown(float(one)), "queue": share * target.queue(float(one))}
            for one in target.grid.threshold
        ]
    )
    line = (
        alt.Chart(_rows(frame, "at", "queue"))
        .mark_line(strokeWidth=2.2, color=_QUEUE)
        .encode(
            x=_x(own),
            y=alt.Y("queue:Q", title="queue, a day", scale=alt.Scale(type="symlog"), axis=_COUNT),
            tooltip=["at:Q", alt.Tooltip("queue:Q", format=",.1f")],
        )
    )
    return [line]


def draw_reliability(own: Scale) -> None:
    """Draw what share of the comments at a score carry the label, beside the score itself."""
    bands = own.target.bands
    frame = pd.DataFrame(
        [
            {"score": own.shown(one.mean_score), "share": one.share, "low": one.share_low}
            | {"high": one.share_high, "labels": one.labels}
            for one in bands
        ]
    )
    y = alt.Y("share:Q", title="share that carry it", scale=alt.Scale(domain=[0, 1]), axis=_SHARE)
    base = alt.Chart(frame).encode(x=_x(own, "score"))
    bars = base.mark_rule(strokeWidth=2, color=_PRECISION).encode(
        y=alt.Y("low:Q", title="share that carry it", scale=alt.Scale(domain=[0, 1])), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=70, color=_PRECISION).encode(
        y=y, tooltip=["score:Q", "share:Q", "labels:Q"]
    )
    counts = base.mark_text(dy=-12, color=_MARK, fontSize=11).encode(y="high:Q", text="labels:Q")
    layers: list[Any] = [bars, points, counts]
    if not own.together:
        ideal = alt.Chart(pd.DataFrame({"score": [0.0, 1.0], "share": [0.0, 1.0]}))
        layers.insert(
            0,
            ideal.mark_line(strokeDash=[4, 3], color=_MARK).encode(x=_x(own, "score"), y=y),
        )
    st.altair_chart(
        alt.layer(*layers).properties(height=260),
        alt="What share of the comments at a score carry the label.",
    )


_CHARTS: tuple[tuple[Callable[[Scale], list[Any]], int, str], ...] = (
    (_histogram, 230, "How many comments have which score, by what is known."),
    (_shares, 240, "Precision and recall against the threshold."),
    (_queue, 190, "Comments in the queue a day against the threshold."),
)
