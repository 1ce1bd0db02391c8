"""Dead letters: messages that were given up, to be sent again or let go."""

from __future__ import annotations

import streamlit as st

from triage.domain.webhooks import DeadLetter
from triage.ui.notices import or_say, say
from triage.ui.words import ago
from triage.workbench import Workbench

__all__ = ["draw_dead_letters"]

_SHOWN = 50


def draw_dead_letters(bench: Workbench, count: int, who: str, *, leads: bool) -> None:
    """Draw the messages that were given up, the latest first; nothing where there are none."""
    if not count:
        return
    st.markdown("##### Given up")
    shown = f" The latest {_SHOWN} of {count:,}." if count > _SHOWN else ""
    st.caption(f"Eight tries over a day and more, and they did not arrive.{shown}")
    if leads and count > 1:
        _draw_all(bench, count, who)
    for one in bench.dead_letters(_SHOWN):
        _draw(bench, one, who, leads=leads)


def _draw_all(bench: Workbench, count: int, who: str) -> None:
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Send all {count:,} again",
            key="export-dead-all",
            icon=":material/replay:",
            on_click=_retry,
            args=(bench, None, who),
        )
        with st.popover("Let all go", icon=":material/close:", type="tertiary"):
            st.text("Forget every message that was given up?")
            st.button(
                f"Let all {count:,} go",
                key="export-dead-all-go",
                type="primary",
                on_click=_let_go,
                args=(bench, None, who),
            )


def _draw(bench: Workbench, one: DeadLetter, who: str, *, leads: bool) -> None:
    with st.container(border=True, gap="small", key=f"export-dead-{one.number}"):
        st.text(f"{one.event.type} to {one.hook}: comment {one.event.data['comment_id']}")
        with st.container(key=f"said-dead-{one.number}", gap=None):
            tries = f"{one.attempts} tries" if one.attempts != 1 else "1 try"
            st.text(f"Given up {ago(one.died_at)} after {tries}: {one.error}")
        if not leads:
            return
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Send again",
                key=f"export-dead-retry-{one.number}",
                icon=":material/replay:",
                on_click=_retry,
                args=(bench, [one.number], who),
            )
            st.button(
                "Let go",
                key=f"export-dead-let-go-{one.number}",
                icon=":material/close:",
                type="tertiary",
                on_click=_let_go,
                args=(bench, [one.number], who),
            )


@or_say("Nothing is sent again.")
def _retry(bench: Workbench, numbers: list[int] | None, who: str) -> None:
    count = bench.retry_dead(numbers, who)
    say(f"To be sent again: {count:,}. It takes some seconds.")


@or_say("It was not let go.")
def _let_go(bench: Workbench, numbers: list[int] | None, who: str) -> None:
    count = bench.let_dead_go(numbers, who)
    say("Let go: it is never sent again." if count == 1 else f"{count:,} let go, for good.")
