"""Samples: comments as they are, never as Markdown, blurred where somebody wants that."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from triage.domain.entries import Entry
from triage.domain.kindness import Blur
from triage.ui.review.pieces import byline, folded
from triage.ui.review.veil import blur
from triage.ui.state import Key, digest
from triage.workbench import Workbench

__all__ = ["draw_reveal", "draw_samples", "veil_key"]


def draw_reveal(bench: Workbench, who: str, name: str, revealed: Key, about: str) -> bool:
    """Draw the button that lifts the veil or lets it down; return whether texts are blurred.

    Which words to blur is not known of comments that are not in hand: all of their text is. It is
    lifted from what it is `about`, which `revealed` keeps.
    """
    if blur(bench, who) is Blur.OFF:
        return False
    veiled = bool(st.session_state.get(revealed) != about)
    st.button(
        "Reveal" if veiled else "Blur",
        key=f"{name}-reveal",
        shortcut="B",
        type="tertiary",
        icon=f":material/{'visibility' if veiled else 'visibility_off'}:",
        on_click=_reveal,
        args=(revealed, about if veiled else None),
    )
    return veiled


def veil_key(*, veiled: bool) -> str:
    """Return the key of the container around samples: it blurs them, or not."""
    return f"veil-{Blur.TEXT if veiled else Blur.OFF}"


def draw_samples(rows: Iterable[tuple[Entry, str]], name: str) -> None:
    """Draw comments, each with what is to be said of it in our own words."""
    for entry, said in rows:
        with st.container(key=f"context-{name}-{digest(entry.comment.id)}", gap=None):
            byline(entry.comment, more=said)
            folded(entry.comment.text or "(an empty comment)")


def _reveal(revealed: Key, about: str | None) -> None:
    st.session_state[revealed] = about
