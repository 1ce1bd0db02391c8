"""Near copies of the comment in hand: shown once, decided once, unless only this one is meant."""

from __future__ import annotations

from unicodedata import category

import streamlit as st

from triage.domain.comments import one_line
from triage.domain.copies import MOST, differences
from triage.domain.entries import Entry, Seen
from triage.ui.review.looking import heard, tag
from triage.ui.review.pieces import byline
from triage.ui.state import Key, digest
from triage.workbench import Item, Workbench

__all__ = ["copies_meant", "draw_copies"]

_LISTED = 20
_FEW, _HEIGHT = 3, 320  # copies that are shown in full height, and pixels for more of them
_TOLD = 6  # places in which a copy differs
_QUOTED = 160  # characters of each


def draw_copies(bench: Workbench, item: Item) -> None:
    """Draw how many are alike and whom the verdict is for; unfolded, what differs in each."""
    if not item.copies:
        return
    alone = _alone(item)
    unfolded = st.session_state.get(_chosen(Key.REVIEW_COPIES_SHOWN, item))
    with st.container(key="copies", gap="small"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.text(_how_many(item, alone=alone), width="content")
            for name, key, of in (
                ("Fold copies" if unfolded else "What differs", "D", Key.REVIEW_COPIES_SHOWN),
                ("All of them" if alone else "Only this one", "O", Key.REVIEW_ALONE),
            ):
                st.button(
                    name,
                    key=f"copies-{key}-{tag(item)}",
                    shortcut=key,
                    type="tertiary",
                    on_click=_toggle,
                    args=(_chosen(of, item),),
                )
        if unfolded:
            # Of many, a part: the verdict's buttons stay on the screen.
            with st.container(
                height=_HEIGHT if len(item.copies) > _FEW else "content", border=False
            ):
                _list(bench, item)


def _how_many(item: Item, *, alone: bool) -> str:
    """Return how many are alike and whom a verdict is for: of a great wave not for all of them."""
    count, great = len(item.copies) + 1, len(item.copies) >= MOST
    alike = f"More than {MOST:,} alike" if great else f"{count:,} alike"
    if alone:
        return f"{alike}: a verdict is for this one only."
    unflagged = sum(not one.flagged for one in item.copies)
    besides = f" {unflagged:,} of them are not flagged." if unflagged else ""
    whom = f"{count:,}" if great else "all"
    return f"{alike}, shown once: a verdict is for {whom} of them.{besides}"


def copies_meant(item: Item) -> tuple[Seen, ...]:
    """Return the comments that share the verdict on the one in hand."""
    return () if _alone(item) else tuple(one.seen for one in item.copies)


def _alone(item: Item) -> bool:
    return bool(st.session_state.get(_chosen(Key.REVIEW_ALONE, item)))


def _chosen(key: Key, item: Item) -> str:
    """Return the key of a choice about this comment, which outlives a verdict and its undo."""
    return f"{key}.{digest(item.comment.id, item.entry.text_sha256)}"


def _toggle(key: str) -> None:
    heard()
    st.session_state[key] = not st.session_state.get(key)


def _list(bench: Workbench, item: Item) -> None:
    listed = [one.comment_id for one in item.copies[:_LISTED]]
    for entry in bench.entries(listed):
        about = digest(entry.comment.id, entry.text_sha256)
        with st.container(key=f"context-copy-{about}", gap=None):
            byline(entry.comment)
            st.text(entry.thread_title or entry.comment.thread_id)
            for line in _what_differs(item, entry):
                st.text(line)
    if len(item.copies) > _LISTED:
        st.caption(f"and {len(item.copies) - _LISTED:,} more")


def _what_differs(item: Item, entry: Entry) -> list[str]:
    """Return what a copy says in another way than the comment in hand, a line each."""
    if entry.text_sha256 == item.entry.text_sha256:
        return ["The very same text."]
    found = differences(item.comment.text, entry.comment.text)
    lines = []
    for one in found[:_TOLD]:
        here, there = _quoted(one.here), _quoted(one.there)
        if not one.here:
            lines.append(f"Also {there}.")
        elif not one.there:
            lines.append(f"Without {here}.")
        else:
            lines.append(f"{there} instead of {here}.")
    if len(found) > _TOLD:
        lines.append(f"And {len(found) - _TOLD} more differences.")
    return lines or ["Only its spaces differ."]


def _quoted(words: str) -> str:
    """Return words between quotation marks, with a name for what nobody sees in them."""
    told = words[: 2 * _QUOTED]
    seen = "".join(f"[U+{ord(one):04X}]" if category(one) == "Cf" else one for one in told)
    return f"“{one_line(seen, _QUOTED)}”"
