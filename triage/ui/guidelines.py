"""Guidelines: the site's own rules, read by everybody, edited by leads, every version kept."""

from __future__ import annotations

import streamlit as st

from triage.domain.guidelines import Guidelines
from triage.ui.notices import or_say, say, show
from triage.ui.site_text import draw_site_text
from triage.ui.state import Key
from triage.ui.words import ago
from triage.workbench import Workbench

__all__ = ["page"]


def page(bench: Workbench) -> None:
    """Draw the version in force, earlier ones, and, for a lead, the text to edit."""
    who = bench.settings.reviewer
    show()
    st.header("Guidelines")
    history = bench.guidelines_history()
    in_force = history[-1] if history else None
    if bench.may_lead(who):
        _edit(bench, in_force, who)
    elif in_force is None:
        named = " `TRIAGE_LEADS` names who they are." if bench.settings.leads else ""
        st.markdown(f"There are none yet. Leads write them.{named}")
    if history:
        _read(history)


def _edit(bench: Workbench, in_force: Guidelines | None, who: str) -> None:
    with st.expander("Edit", expanded=in_force is None, icon=":material/edit:"):
        st.caption(
            "Markdown. A heading such as `## R2: No insults` makes R2 a reason for a verdict, "
            "beside the labels. HTML is shown as text, images as links."
        )
        version = in_force.version if in_force else 0
        about = f"{Key.GUIDELINES_DRAFT}.{version}"
        st.session_state.setdefault(about, in_force.text if in_force else "")
        st.text_area("Text", key=about, height=320, persist_state="session")
        st.text_input("Why", key=Key.GUIDELINES_WHY, placeholder="What the change is for, optional")
        st.button(
            f"Save as version {version + 1}",
            type="primary",
            on_click=_save,
            args=(bench, who, version, about),
        )


@or_say("The guidelines were not saved.")
def _save(bench: Workbench, who: str, version: int, about: str) -> None:
    why = str(st.session_state.get(Key.GUIDELINES_WHY, "")).strip()
    saved = bench.save_guidelines(st.session_state[about], who, upon=version, why=why)
    st.session_state[Key.GUIDELINES_WHY] = ""
    say(f"Version {saved.version} is in force.")


def _read(history: list[Guidelines]) -> None:
    versions = {one.version: one for one in reversed(history)}
    newest = history[-1].version
    number = newest
    if len(versions) > 1:
        number = st.selectbox(
            "Version",
            list(versions),
            format_func=lambda one: f"{one}, in force" if one == newest else str(one),
            key=f"{Key.GUIDELINES_VERSION}.{newest}",
            width=200,
        )
    shown = versions[number]
    with st.container(key="guidelines", border=True):
        draw_site_text(shown.text)
    why = f": “{shown.why}”" if shown.why else ""
    st.text(f"Version {shown.version} by {shown.created_by}, {ago(shown.created_at)}{why}")
