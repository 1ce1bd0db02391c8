"""A thread's course: each comment's score along it, which shows where it derails.

The chart holds numbers and our own words, nothing that somebody wrote.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from triage.domain.courses import Course, Stretch
from triage.domain.policy import Threshold
from triage.ui.browse.veil import Veil
from triage.ui.links import open_in_review
from triage.ui.review.pieces import byline, folded
from triage.ui.state import Key, digest
from triage.ui.words import comments
from triage.workbench import Workbench

__all__ = ["draw_course", "said_of_course"]

_PICKED = "picked"
_BELOW, _OVER = "#4f8f8b", "#d1495b"  # as the score bars


def draw_course(bench: Workbench, course: Course, veil: Veil) -> None:
    """Draw the chart, what is to be said of it, and the comment that is picked on it."""
    if not course.scored:
        st.caption("No comment of this thread has a score of this label yet.")
        return
    threshold = bench.policy().threshold(course.label)
    with st.container(key="course", border=True, gap="small"):
        st.text(said_of_course(course, threshold))
        ids = [step.comment_id for step in course.steps]
        event: Any = st.altair_chart(
            _chart(course, threshold),
            key=f"{Key.BROWSE_COURSE}.{digest(course.label, *ids)}",
            on_select="rerun",
            selection_mode=_PICKED,
            alt=said_of_course(course, threshold),
        )
        picked = event.selection.get(_PICKED) or []
        places = {step.place: step.comment_id for step in course.steps}
        place = picked[0].get("place") if picked else None
        if place not in places:
            st.caption("Click a comment in the chart to read it.")
            return
        (entry,) = bench.entries([places[place]]) or (None,)
        if entry is None:
            return
        said = f"place {place} · {entry.verdict or 'undecided'}"
        byline(entry.comment, more=said)
        with st.container(key="veiled-picked" if veil.covers(entry) else "context-picked"):
            folded(entry.comment.text)
        open_in_review(entry.comment.id)


def said_of_course(course: Course, threshold: Threshold | None) -> str:
    """Return in words what the chart shows."""
    name = course.label.words
    whole = f"{name.capitalize()} along {comments(len(course.steps))} in the order to read"
    if threshold is None:
        return f"{whole}. The policy has no threshold for it."
    over = sum(1 for step in course.scored if step.score is not None and step.score >= threshold.at)
    reach = (
        f"{whole}: {over:,} reach{'es' if over == 1 else ''} the threshold of {threshold.at:.2f}"
    )
    return f"{reach}. {_where(course.derails(threshold.at))}"


def _where(stretch: Stretch | None) -> str:
    if stretch is None:
        return "No stretch of it derails."
    return (
        f"It derails at place {stretch.first}: up to place {stretch.last}, "
        f"{stretch.over} of {stretch.scored} reach it."
    )


def _chart(course: Course, threshold: Threshold | None) -> Any:
    at = 2.0 if threshold is None else threshold.at  # nothing reaches 2
    points = pd.DataFrame(
        [
            {
                "place": step.place,
                "score": step.score,
                "reaches": step.score is not None and step.score >= at,
                "state": step.verdict.value if step.verdict else "undecided",
            }
            for step in course.scored
        ]
    )
    trend = pd.DataFrame(course.trend(), columns=["place", "mean"])
    picked = alt.selection_point(name=_PICKED, fields=["place"], nearest=True)
    place = alt.X(
        "place:Q",
        title="place in the thread",
        axis=alt.Axis(tickMinStep=1, format="d"),
        scale=alt.Scale(domain=[0.5, len(course.steps) + 0.5], nice=False),
    )
    score = alt.Y("score:Q", title=course.label.words, scale=alt.Scale(domain=[0, 1]))
    dots = (
        alt.Chart(points)
        .mark_point(filled=True, opacity=0.9)
        .encode(
            x=place,
            y=score,
            color=alt.condition("datum.reaches", alt.value(_OVER), alt.value(_BELOW)),
            shape=alt.Shape(
                "reaches:N",
                scale=alt.Scale(domain=[False, True], range=["circle", "triangle-up"]),
                legend=None,
            ),
            size=alt.condition(picked, alt.value(170), alt.value(55), empty=False),
            tooltip=["place:Q", alt.Tooltip("score:Q", format=".2f"), "state:N"],
        )
        .add_params(picked)
    )
    line = alt.Chart(trend).mark_line(color=_BELOW, opacity=0.55, strokeWidth=2)
    layers: list[alt.Chart] = [line.encode(x=place, y=alt.Y("mean:Q")), dots]
    if threshold is not None:
        rule = alt.Chart(pd.DataFrame({"score": [threshold.at]}))
        layers.insert(0, rule.mark_rule(strokeDash=[5, 4], color=_OVER).encode(y="score:Q"))
    return alt.layer(*layers).properties(height=190)
