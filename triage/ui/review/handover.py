"""What is this reviewer's to review first, and what others left word of."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from triage.domain.assignments import Part, PartKind
from triage.domain.handovers import LONGEST_NOTE, HandoverNote
from triage.ui.notices import or_say, say
from triage.ui.state import Key
from triage.ui.words import ago
from triage.workbench import Seat, Workbench

__all__ = ["called", "draw_handover", "signed"]

_MANY = 1_000
_SHOWN = 2
_DESK = "Everybody"


def draw_handover(bench: Workbench, who: str) -> None:
    """Draw one line on the own parts, and the notes that are not dismissed yet; else nothing.

    Whoever works alone sees nothing of it.
    """
    own, notes = bench.own_parts(who), bench.own_notes(who)
    if not (own or notes or isinstance(bench, Seat)):
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="handover"):
        if own:
            left = [f"{called(part, name)}: {_many(waiting)} left" for name, part, waiting in own]
            st.text(f"Yours: {' · '.join(left)}", width="content")
        with st.popover("Leave a note", type="tertiary", icon=":material/sticky_note_2:"):
            _draw_form(bench, who, {part: called(part, name) for name, part, _ in own})
    names = bench.part_names(*{one.about for one in notes if one.about}) if notes else {}
    for one in notes[:_SHOWN]:
        _draw_note(bench, one, names, who)
    if len(notes) > _SHOWN:  # the comment is what one came for
        with st.container(key="said-more-notes"):
            st.text(f"{len(notes) - _SHOWN} more when these are dismissed")


def called(part: Part, name: str) -> str:
    """Return what a part is called where it is shown: its kind, and its name."""
    match part.kind:
        case PartKind.THREAD:
            return f"thread “{name}”"
        case PartKind.LABEL:
            return f"label {name.replace('_', ' ')}"
        case _:
            return f"{part.kind} {name}"


def signed(note: HandoverNote, names: Mapping[Part, str]) -> str:
    """Return who left a note when, and about what."""
    about = note.about
    on = "" if about is None else f", on {called(about, names.get(about, about.value))}"
    return f"{note.by}, {ago(note.at)}{on}"


def _many(waiting: int) -> str:
    return f"{waiting:,}" if waiting < _MANY else f"{_MANY:,} or more"


def _draw_form(bench: Workbench, who: str, own: Mapping[Part, str]) -> None:
    st.text_area(
        "For whoever goes on",
        key=Key.REVIEW_HANDOVER,
        max_chars=LONGEST_NOTE,
        placeholder="About the work, in plain text; no names of authors.",
    )
    choices: list[Part | None] = [None, *own]
    st.selectbox(
        "Shown to",
        range(len(choices)),
        format_func=lambda at: _shown_to(choices[at] if at < len(choices) else None, own),
        key=f"{Key.REVIEW_HANDOVER_ABOUT}.{len(choices)}",
    )
    st.button(
        "Leave it",
        key="review-leave-note",
        on_click=_leave,
        args=(bench, who, choices),
    )


def _shown_to(part: Part | None, own: Mapping[Part, str]) -> str:
    return _DESK if part is None else f"Whoever has {own[part]}"


def _draw_note(bench: Workbench, one: HandoverNote, names: Mapping[Part, str], who: str) -> None:
    with st.container(
        border=True,
        horizontal=True,
        gap="small",
        vertical_alignment="center",
        key=f"handover-{one.id}",
    ):
        with st.container(gap=None, key=f"handed-{one.id}"):
            st.text(one.text)
            with st.container(key=f"said-{one.id}"):
                st.text(signed(one, names))
        st.button(
            "Dismiss",
            key=f"review-dismiss-{one.id}",
            type="tertiary",
            on_click=_dismiss,
            args=(bench, one, who),
        )


@or_say("The note was not left.")
def _leave(bench: Workbench, who: str, choices: list[Part | None]) -> None:
    at = st.session_state[f"{Key.REVIEW_HANDOVER_ABOUT}.{len(choices)}"]
    bench.leave_note(str(st.session_state[Key.REVIEW_HANDOVER]), who, choices[at])
    st.session_state[Key.REVIEW_HANDOVER] = ""
    say("Left: others see it on Review until they dismiss it.")


@or_say("The note was not dismissed.")
def _dismiss(bench: Workbench, one: HandoverNote, who: str) -> None:
    bench.dismiss_note(one.id, who)
