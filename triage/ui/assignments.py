"""Assignments: which part of the queue is whose, how far each is, and notes; for leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from triage.domain.assignments import Assignment, Part, PartKind, PartProgress
from triage.domain.handovers import HandoverNote
from triage.domain.scores import Label
from triage.ui.notices import or_say, say, show
from triage.ui.review.handover import called, signed
from triage.ui.state import Key, digest
from triage.ui.words import ago
from triage.workbench import Workbench

__all__ = ["page"]

_RULE = (
    "Who has assignments gets comments of these first, in the usual order, and when none of them "
    "is left, what is assigned to nobody. What is assigned to others comes last, so that nothing "
    "is stuck when somebody is away."
)


def page(bench: Workbench) -> None:
    """Draw a form to assign, each part with its progress, and what was handed over."""
    who = bench.settings.reviewer
    show()
    st.header("Assignments")
    st.caption(_RULE)
    _draw_form(bench, who)
    given = bench.assignments()
    for one in bench.part_progress():
        _draw(bench, one, [it for it in given if it.part == one.part], who)
    _draw_notes(bench, bench.handover_notes(), who)


def _draw_form(bench: Workbench, who: str) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="assign"):
        picked = st.selectbox("A part of the queue", list(PartKind), key=Key.ASSIGN_KIND, width=180)
        kind = picked or PartKind.THREAD
        values = _values(bench, kind)
        key = f"{Key.ASSIGN_VALUE}.{kind}"
        st.selectbox(
            kind.capitalize(),
            list(values),
            format_func=lambda value: values.get(value, value),
            key=key,
            placeholder="There is none yet" if not values else "Choose one",
            width=320,
        )
        people = bench.assignable()
        st.selectbox(
            "To",
            people,
            key=Key.ASSIGN_TO,
            placeholder="Choose one" if people else "Nobody works here yet",
            width=240,
        )
        st.button(
            "Assign",
            icon=":material/assignment_ind:",
            disabled=not (values and people),
            on_click=_assign,
            args=(bench, kind, key, who),
        )


def _values(bench: Workbench, kind: PartKind) -> Mapping[str, str]:
    """Return what can be assigned of a kind: value -> what people call it."""
    if kind is PartKind.THREAD:
        return {name: title or name for name, title in bench.thread_titles().items()}
    if kind is PartKind.LABEL:
        flagged = {one.label for one in bench.policy().thresholds}
        return {label: label.replace("_", " ") for label in Label if label in flagged}
    return {code: code for code in bench.known_languages()}


def _draw(bench: Workbench, one: PartProgress, given: Sequence[Assignment], who: str) -> None:
    about = "rest" if one.part is None else digest(one.part.kind, one.part.value)
    with st.container(border=True, gap="small", key=f"part-{about}"):
        with st.container(gap=None):
            named = "assigned to nobody" if one.part is None else called(one.part, one.name)
            st.text(named[0].upper() + named[1:])
            with st.container(key=f"said-{about}"):
                st.text(_line(one))
        for it in given:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.text(f"{it.reviewer}, since {ago(it.at)}, by {it.by}", width="content")
                st.button(
                    "End",
                    key=f"assignments-end-{it.id}",
                    type="tertiary",
                    on_click=_end,
                    args=(bench, it, who),
                )


def _line(one: PartProgress) -> str:
    """Return how far a part is."""
    oldest = f", the oldest came {ago(one.waiting_since)}" if one.waiting_since else ""
    return f"{one.waiting:,} to review{oldest} · {one.decided:,} decided in the last day"


def _draw_notes(bench: Workbench, notes: Sequence[HandoverNote], who: str) -> None:
    standing = [one for one in notes if one.withdrawn_by is None]
    if not standing:
        return
    st.markdown("##### Hand-over notes")
    names = bench.part_names(*{one.about for one in standing if one.about is not None})
    for one in standing:
        with st.container(border=True, gap="small", key=f"note-{one.id}"):
            st.text(one.text)
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.text(signed(one, names), width="content")
                st.button(
                    "Withdraw",
                    key=f"assignments-withdraw-{one.id}",
                    type="tertiary",
                    help="For everybody; its text is erased.",
                    on_click=_withdraw,
                    args=(bench, one, who),
                )


@or_say("Nothing was assigned.")
def _assign(bench: Workbench, kind: PartKind, key: str, who: str) -> None:
    part = Part(kind, str(st.session_state[key]))
    bench.assign(part, str(st.session_state[Key.ASSIGN_TO]), who)
    say("Assigned; it holds from the next comment on.")


@or_say("The assignment was not ended.")
def _end(bench: Workbench, one: Assignment, who: str) -> None:
    bench.end_assignment(one.id, who)
    say("Ended; it holds from the next comment on.")


@or_say("The note was not withdrawn.")
def _withdraw(bench: Workbench, one: HandoverNote, who: str) -> None:
    bench.withdraw_note(one.id, who)
    say("Withdrawn: its text is gone.")
