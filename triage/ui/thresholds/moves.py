"""The comments that another threshold would move into the queue, or out of it; readable in place.

Their text goes through `st.text` alone.
"""

from __future__ import annotations

import streamlit as st

from triage.ui.review.pieces import byline, folded
from triage.ui.state import Key, digest
from triage.ui.thresholds.choice import Scale
from triage.ui.words import comments, strongest
from triage.workbench import Entry, Workbench

__all__ = ["draw_moves"]

_PAGE = 10


def draw_moves(bench: Workbench, own: Scale, at: float) -> None:
    """Draw a page of the comments that would move, nearest to the threshold in force first."""
    moves = own.target.moves(at)
    ways = {"in": len(moves.rising), "out": len(moves.falling)}
    if not any(ways.values()):
        now = own.target.in_force
        if now is not None and own.shown(at) == own.shown(now):
            st.text("Move the threshold: here stand the comments that it would flag or no longer.")
        else:
            st.text("No comment would come into the queue or leave it.")
        _rest(moves.unmoved, moves.hidden)
        return
    words = {"in": "would be flagged", "out": "would no longer be flagged"}
    way = st.segmented_control(
        "Which",
        [one for one, count in ways.items() if count],
        default="in" if ways["in"] else "out",
        required=True,
        format_func=lambda one: f"{ways[one]:,} {words[one]}",
        key=f"{Key.TUNE_WAY}.{bool(ways['in'])}.{bool(ways['out'])}",
        label_visibility="collapsed",
    )
    rising = way == "in"
    pages = -(-ways["in" if rising else "out"] // _PAGE)
    number = 1
    if pages > 1:
        about = digest(own.key, str(at), str(rising))
        number = st.pagination(pages, key=f"{Key.TUNE_PAGE}.{about}")
    offset = (number - 1) * _PAGE
    entries = bench.moving(moves, rising=rising, limit=_PAGE, offset=offset)
    for entry in entries:
        _comment(entry, own)
    on_page = min(_PAGE, ways["in" if rising else "out"] - offset)
    _rest(moves.unmoved, moves.hidden + on_page - len(entries))


def _comment(entry: Entry, own: Scale) -> None:
    about = digest(entry.comment.id)
    with st.container(border=True, gap="small", key=f"context-moving-{about}"):
        said = [_score(entry, own), entry.verdict.value if entry.verdict else "undecided"]
        byline(entry.comment, more=" · ".join(said))
        folded(entry.comment.text)


def _score(entry: Entry, own: Scale) -> str:
    label = own.target.label
    if label is None or entry.scores is None:
        return strongest(entry)
    return f"{label.words} {entry.scores.values.get(label, 0.0):.3f}"


def _rest(unmoved: int, hidden: int) -> None:
    if unmoved:
        st.caption(
            f"Besides, {comments(unmoved)} on the way stay flagged all the same: other labels or "
            "people flag them."
        )
    if hidden:
        st.caption(
            f"Not listed: {comments(hidden)} to be decided without their scores, which a place on "
            "this list would tell."
        )
