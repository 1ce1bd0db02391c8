"""The Export page: a section per way in which decisions leave, one of them open at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import streamlit as st

from triage.ui.export import returning, statements, tables, webhooks
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["page"]

_SECTIONS: Mapping[str, Callable[[Workbench], None]] = MappingProxyType(
    {
        "Tables": tables.draw,
        "Back to the site": returning.draw,
        "Statements": statements.draw,
        "Webhooks": webhooks.draw,
    }
)


def page(bench: Workbench) -> None:
    """Draw the choice of a section, where there is more than one, and the section."""
    st.header("Export")
    chosen = next(iter(_SECTIONS))
    if len(_SECTIONS) > 1:
        chosen = st.segmented_control(
            "How",
            list(_SECTIONS),
            default=chosen,
            required=True,
            label_visibility="collapsed",
            key=Key.EXPORT_SECTION,
        )
    _SECTIONS[chosen](bench)
