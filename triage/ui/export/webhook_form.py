"""The form that adds a webhook, and its secret, which is shown this once."""

from __future__ import annotations

import streamlit as st

from triage.domain.webhooks import Added, EventType, Extra
from triage.ui.notices import or_say
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["draw_form"]

_EVENTS = {
    EventType.DECISION_MADE: "a decision is made",
    EventType.DECISION_UNDONE: "a decision is undone",
    EventType.APPEAL_RECEIVED: "an appeal comes in",
    EventType.APPEAL_SETTLED: "an appeal is settled",
}
_EXTRAS = {
    Extra.REVIEWER: "who decided",
    Extra.NOTE: "the note or reply",
    Extra.TEXT: "the text",
}


def draw_form(bench: Workbench, who: str) -> None:
    """Draw the form, folded; instead of it the secret of a webhook that was just added."""
    added: Added | None = st.session_state.get(Key.EXPORT_HOOK_ADDED)
    if added is not None:
        _draw_secret(added)
        return
    fold = st.expander("Add a webhook", icon=":material/add:", key=Key.EXPORT_HOOK_FORM)
    with fold, st.form("export-hook-form", border=False):
        st.text_input(
            "Address",
            key=Key.EXPORT_HOOK_URL,
            placeholder="https://example.org/hook",
            help="Where messages are posted to. Private addresses, this machine’s too, and plain "
            "HTTP need TRIAGE_WEBHOOK_HOSTS.",
        )
        st.text_input(
            "Name", key=Key.EXPORT_HOOK_NAME, placeholder="that of the host, unless given"
        )
        st.pills(
            "Tell when",
            list(EventType),
            selection_mode="multi",
            default=list(EventType),
            format_func=lambda one: _EVENTS[one],
            key=Key.EXPORT_HOOK_EVENTS,
        )
        st.pills(
            "Tell besides",
            list(Extra),
            selection_mode="multi",
            format_func=lambda one: _EXTRAS[one],
            key=Key.EXPORT_HOOK_EXTRAS,
            help="Personal data: leave it out unless the receiver needs it.",
        )
        st.form_submit_button(
            "Add", type="primary", icon=":material/add:", on_click=_add, args=(bench, who)
        )


def _draw_secret(added: Added) -> None:
    with st.container(border=True, key="export-hook-secret"):
        st.text(f"The secret of {added.hook.name}. Give it to the receiver now: it is shown once.")
        st.code(added.secret, language=None, wrap_lines=True)
        st.button("I have kept it", type="primary", key="export-hook-kept", on_click=_forget)


@or_say("The webhook was not added.")
def _add(bench: Workbench, who: str) -> None:
    state = st.session_state
    state[Key.EXPORT_HOOK_ADDED] = bench.add_webhook(
        state[Key.EXPORT_HOOK_URL].strip(),
        who,
        name=state[Key.EXPORT_HOOK_NAME].strip(),
        events=state[Key.EXPORT_HOOK_EVENTS],
        extras=state[Key.EXPORT_HOOK_EXTRAS],
    )


def _forget() -> None:
    st.session_state.pop(Key.EXPORT_HOOK_ADDED, None)
