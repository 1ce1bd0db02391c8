"""Goal seek: say what a threshold should do, and it is looked for; "not proven" is an answer."""

from __future__ import annotations

import streamlit as st

from triage.ui.notices import or_say
from triage.ui.state import Key
from triage.ui.thresholds.choice import Scale
from triage.workbench import Goal, seek

__all__ = ["draw_goals"]

_RECALL, _PRECISION, _QUEUE, _COST = (
    "find at least …",
    "be right at least …",
    "at most … a day",
    "cost least",
)


def draw_goals(own: Scale, per_day: float) -> None:
    """Draw the goals; an answer puts the slider there."""
    with st.container(border=True, key="goals"):
        st.markdown("##### Look for a threshold that should")
        kind = st.segmented_control(
            "Goal",
            [_RECALL, _PRECISION, _QUEUE, _COST],
            default=_RECALL,
            required=True,
            key=Key.TUNE_GOAL,
            label_visibility="collapsed",
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            given: tuple[float, ...]
            if kind == _QUEUE:
                given = (_number("Comments a day", "n", 20.0, 1.0, None),)
            elif kind == _COST:
                given = (
                    _number("A review costs", "a", 1.0, 0.01, None),
                    _number("a miss", "b", 20.0, 0.01, None),
                    _number("a wrong removal", "c", 5.0, 0.01, None),
                )
            else:
                given = (_number("Of 100", f"share.{kind}", 80.0, 1.0, 99.0),)
                if kind == _RECALL:
                    given += (_number("Confidence, %", "confidence", 95.0, 50.0, 99.0),)
            st.button(
                "Look for it",
                icon=":material/search:",
                on_click=_look,
                args=(own, str(kind), given, per_day),
            )
        answer = st.session_state.get(f"{Key.TUNE_ANSWER}.{own.key}")
        if answer is not None:
            st.text(answer.said)


def _number(label: str, key: str, value: float, least: float, most: float | None) -> float:
    found = st.number_input(
        label, least, most, value, key=f"{Key.TUNE_GOAL}.{key}", width=140, format="%g"
    )
    return float(found)


@or_say("That cannot be looked for.")
def _look(own: Scale, kind: str, given: tuple[float, ...], per_day: float) -> None:
    if kind == _COST:
        goal = Goal(costs=(given[0], given[1], given[2]))
    elif kind == _QUEUE:
        goal = Goal(per_day=given[0])
    elif kind == _PRECISION:
        goal = Goal(precision=given[0] / 100)
    else:
        goal = Goal(recall=given[0] / 100, confidence=given[1] / 100)
    answer = seek(own.target, goal, per_day)
    st.session_state[f"{Key.TUNE_ANSWER}.{own.key}"] = answer
    if answer.threshold is not None:
        # A lower threshold finds no less; for the other goals a higher one flags no more.
        own.put(answer.threshold, up=kind in {_PRECISION, _QUEUE})
