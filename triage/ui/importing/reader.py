"""Which reader reads a file, by menu, and the site that it comes from."""

from __future__ import annotations

import streamlit as st

from triage.ui.importing.tray import Dropped, Tray
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key
from triage.workbench import Workbench

__all__ = ["draw_reader"]

_AUTO = "auto"


def draw_reader(bench: Workbench, mine: Tray, file: Dropped) -> None:
    """Draw the file's name, the readers to choose from, and what takes it out."""
    known = bench.readers()
    with st.container(horizontal=True, vertical_alignment="bottom", key="import-reader"):
        key = f"{Key.IMPORT_READER}.{file.number}"
        options = [_AUTO, *known]
        st.selectbox(
            f"Read {plain_markdown(file.name)} as",
            options,
            index=options.index(file.said.get("reader", _AUTO)),
            format_func=lambda one: _words(one, known.get(one, "")),
            key=key,
            on_change=_choose,
            args=(file, key),
            width=420,
        )
        key = f"{Key.IMPORT_SOURCE}.{file.number}"
        st.text_input(
            "Site (optional)",
            value=file.said.get("source", ""),
            key=key,
            on_change=_name,
            args=(file, key),
            width=170,
            help="A short name that goes before the ids, to keep two sites apart that count alike.",
        )
        st.button(
            "Take out",
            icon=":material/close:",
            on_click=mine.remove,
            args=(file,),
            help="The file is forgotten, and nothing of it stored.",
        )


def _words(reader: str, description: str) -> str:
    """Return what a reader is called; always the same, by which Streamlit finds it again."""
    return "what it seems to be" if reader == _AUTO else f"{reader}: {description}"


def _choose(file: Dropped, key: str) -> None:
    """Read it by another reader; what was said for the one before does not fit that."""
    named = st.session_state[key]
    file.turn += 1
    file.say(reader=None if named == _AUTO else named, columns=None, first_comment=None)


def _name(file: Dropped, key: str) -> None:
    file.say(source=st.session_state[key].strip() or None)
