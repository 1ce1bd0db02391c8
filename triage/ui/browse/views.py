"""Views under a name: their state is a link, which a click opens."""

from __future__ import annotations

import streamlit as st

from triage.domain.views import SavedView
from triage.ui.browse.filters import show_link
from triage.ui.notices import or_say, say
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key, Query, digest
from triage.workbench import Workbench

__all__ = ["draw_views"]

_LONGEST = 60  # characters of a name


def draw_views(bench: Workbench, who: str) -> None:
    """Draw the views to open, and what saves or forgets one."""
    with st.popover("Views", key="views", icon=":material/bookmark:"):
        views = bench.views(who)
        for view in views:
            _row(bench, view, who)
        if not views:
            st.caption("None is saved yet. A view keeps what the filters and the order say.")
        st.text_input(
            "Save what is shown as",
            key=Key.BROWSE_VIEW_NAME,
            max_chars=_LONGEST,
            placeholder="A name",
        )
        st.checkbox("for everybody", key=Key.BROWSE_VIEW_SHARED)
        st.button("Save view", icon=":material/bookmark_add:", on_click=_save, args=(bench, who))


def _row(bench: Workbench, view: SavedView, who: str) -> None:
    mine = view.reviewer == who
    name = view.name if mine else f"{view.name} ({view.reviewer})"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            plain_markdown(name),
            key=f"view-{digest(view.reviewer, view.name)}",
            type="tertiary",
            icon=f":material/{'group' if view.shared else 'bookmark'}:",
            on_click=_show,
            args=(bench, view),
        )
        if mine:
            st.button(
                "Forget",
                key=f"forget-{digest(view.name)}",
                type="tertiary",
                icon=":material/delete:",
                on_click=_forget,
                args=(bench, view.name, who),
            )


@or_say("This view cannot be shown.")
def _show(bench: Workbench, view: SavedView) -> None:
    show_link(bench, view.link)


@or_say("The view was not saved.")
def _save(bench: Workbench, who: str) -> None:
    names = (name.value for name in Query if name is not Query.COMMENT)
    link = {name: tuple(st.query_params.get_all(name)) for name in names}
    bench.save_view(
        st.session_state.get(Key.BROWSE_VIEW_NAME, ""),
        who,
        {name: values for name, values in link.items() if values},
        shared=bool(st.session_state.get(Key.BROWSE_VIEW_SHARED)),
    )
    st.session_state[Key.BROWSE_VIEW_NAME] = ""
    say("Saved: a click under “Views” opens it.")


@or_say("The view was not forgotten.")
def _forget(bench: Workbench, name: str, who: str) -> None:
    bench.remove_view(name, who)
