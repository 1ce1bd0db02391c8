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
_Field = tuple[str, str, float, float, float | None]
_FIELDS: dict[str, tuple[_Field, ...]] = {
    _RECALL: (
        ("share", "Of 100", 80.0, 1.0, 99.0),
        ("confidence", "Confidence, %", 95.0, 50.0, 99.0),
    ),
    _PRECISION: (("share", "Of 100", 80.0, 1.0, 99.0),),
    _QUEUE: (("most", "Comments a day", 20.0, 1.0, None),),
    _COST: (
        ("review", "A review costs", 1.0, 0.01, None),
        ("miss", "a miss", 20.0, 0.01, None),
        ("removal", "a wrong removal", 5.0, 0.01, None),
    ),
}
"""By goal its fields: name, words, value to begin with, least, most."""


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
            for name, label, value, least, most in _FIELDS[str(kind)]:
                st.number_input(
                    label, least, most, value, key=_key(str(kind), name), width=140, format="%g"
                )
            st.button(
                "Look for it",
                icon=":material/search:",
                on_click=_look,
                args=(own, str(kind), per_day),
            )
        answer = st.session_state.get(f"{Key.TUNE_ANSWER}.{own.key}")
        if answer is not None:
            st.text(answer.said)


def _key(kind: str, name: str) -> str:
    return f"{Key.TUNE_GOAL}.{kind}.{name}"


@or_say("That cannot be looked for.")
def _look(own: Scale, kind: str, per_day: float) -> None:
    # Read here: what was typed last is newer than what the page was drawn with.
    given = [float(st.session_state[_key(kind, field[0])]) for field in _FIELDS[kind]]
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
