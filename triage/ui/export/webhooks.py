"""Webhooks: who is told of decisions, how that goes, and what did not arrive."""

from __future__ import annotations

import streamlit as st

from triage.domain.webhooks import HookState
from triage.errors import TriageError
from triage.ui.export.dead_letters import draw_dead_letters
from triage.ui.export.webhook_form import draw_form
from triage.ui.notices import or_say, say, show
from triage.ui.words import ago
from triage.workbench import Workbench

__all__ = ["draw"]


def draw(bench: Workbench) -> None:
    """Draw every webhook with its state, a form to add one, and the messages given up."""
    show()
    if not bench.allows("webhooks"):
        st.info("Webhooks are for admins to set up.", icon=":material/lock:")
        return
    who = bench.settings.reviewer
    leads = bench.may_lead(who)
    st.caption(
        "Other programs are told of every decision and undo: signed, again until it arrives, and "
        "without the comment’s text unless they ask for it."
    )
    hooks = bench.webhooks()
    if not hooks:
        st.info("Nobody is told yet.", icon=":material/notifications_off:")
    for one in hooks:
        _draw(bench, one, who, leads=leads)
    if leads:
        draw_form(bench, who)
    draw_dead_letters(bench, sum(one.dead for one in hooks), who, leads=leads)


def _draw(bench: Workbench, one: HookState, who: str, *, leads: bool) -> None:
    name = one.hook.name
    with st.container(border=True, gap="small", key=f"export-hook-{name}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _draw_badge(one)
            st.text(f"{name}: {one.hook.shown_url}")
        with st.container(key=f"said-hook-{name}", gap=None):
            for line in _lines(one):
                st.text(line)
        if leads:
            _draw_acts(bench, one, who)


def _draw_badge(one: HookState) -> None:
    """Draw in one word how it goes."""
    if not one.active:
        st.badge("Disabled", icon=":material/pause:", color="gray")
    elif one.failing_since is not None:
        st.badge("Failing", icon=":material/warning:", color="red")
    elif one.delivered_at is None:
        st.badge("New", icon=":material/fiber_new:", color="blue")
    else:
        st.badge("Well", icon=":material/check:", color="green")


def _lines(one: HookState) -> list[str]:
    """Return what it is told, and how that goes."""
    events, extras = (" and ".join(sorted(some)) for some in (one.hook.events, one.hook.extras))
    last = f", the last {ago(one.delivered_at)}" if one.delivered_at else ""
    said = [f"Told of {events}{f', with {extras}' if extras else ''}"]
    said += [f"{one.delivered:,} delivered{last} · {one.waiting:,} waiting · {one.dead:,} given up"]
    if one.disabled_why:
        said.append(f"Its receiver wants no more messages: {one.disabled_why}")
    elif one.failing_since is not None:
        said.append(f"It failed first {ago(one.failing_since)}, and last: {one.last_error}")
    return said


def _draw_acts(bench: Workbench, one: HookState, who: str) -> None:
    name = one.hook.name
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Send a test",
            key=f"export-hook-try-{name}",
            icon=":material/send:",
            on_click=_try,
            args=(bench, name),
        )
        st.button(
            "Disable" if one.active else "Enable",
            key=f"export-hook-switch-{name}",
            icon=":material/pause:" if one.active else ":material/play_arrow:",
            on_click=_switch,
            args=(bench, one, who),
        )
        with st.popover("Remove", icon=":material/delete:"):
            waits = f" and the {one.waiting:,} that wait" if one.waiting else ""
            st.text(f"Forget {name}, its secret{waits}?")
            st.button(
                "Remove for good",
                key=f"export-hook-remove-{name}",
                type="primary",
                on_click=_remove,
                args=(bench, name, who),
            )


@or_say("The test was not sent.")
def _try(bench: Workbench, name: str) -> None:
    why = bench.ping_webhook(name)
    if why:
        say("The test did not arrive.", TriageError(why))
    else:
        say("It arrived: the receiver answers as it should.")


@or_say("The webhook was not changed.")
def _switch(bench: Workbench, one: HookState, who: str) -> None:
    bench.switch_webhook(one.hook.name, who, active=not one.active)
    say(
        "Disabled: what happens meanwhile waits."
        if one.active
        else "Enabled: what happened meanwhile is sent."
    )


@or_say("The webhook was not removed.")
def _remove(bench: Workbench, name: str, who: str) -> None:
    bench.remove_webhook(name, who)
    say("Removed.")
