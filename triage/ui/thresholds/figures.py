"""The figures of the threshold in force and of another one, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from triage.ui.thresholds.choice import Scale
from triage.workbench import Outcome

__all__ = ["comparison", "draw_figures"]

_UNKNOWN = "not known"
_ALL = 999.95  # of 1,000: a bound that says “all of them, at most” says nothing


def draw_figures(own: Scale, at: float, per_day: float) -> Outcome:
    """Draw the sentence and the table; return what follows from the threshold at hand."""
    here = own.target.outcome(at, per_day=per_day)
    now = None
    if own.target.in_force is not None:
        now = own.target.outcome(own.target.in_force, per_day=per_day)
    with st.container(border=True, key="known"):
        st.text(own.target.said(here))
    st.html(comparison(own, now, here))
    return here


def comparison(own: Scale, now: Outcome | None, here: Outcome) -> str:
    """Return HTML: a row per figure, a column per threshold; numbers and our own words only."""
    shown = [(_in_force(own, now), now)] if now else []
    if now is None or own.shown(now.threshold) != own.shown(here.threshold):
        shown.append((own.words(here.threshold), here))
    heads = ["", *(head for head, _ in shown)]
    columns = [_cells(one) for _, one in shown]
    rows = [
        _row(name, [column[at] for column in columns], recall=name in _RECALL)
        for at, name in enumerate(_names(own))
    ]
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(rows)
    return f'<table class="figures"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _in_force(own: Scale, now: Outcome) -> str:
    return "in force" if own.together else f"in force: {own.words(now.threshold)}"


_FOUND = "of 100 to be found, it finds"
_MISSED = "missed, of 1,000 left unreviewed"
_RECALL = {_FOUND, _MISSED}


def _names(own: Scale) -> Sequence[str]:
    return (
        "it flags" if own.together else "this label flags",
        "whole queue, a day",
        "reviewers’ time, a day",
        "of 100 flagged, right are",
        _FOUND,
        _MISSED,
    )


def _cells(one: Outcome) -> Sequence[tuple[str, str]]:
    """Return each figure with what is said below it in small print."""
    return (
        (f"{one.flagged:,}", f"{one.share:.1%} of {one.comments:,}"),
        (f"{one.queue_per_day:,.1f}", f"{one.queue:,} in all"),
        _hours(one),
        _precision(one),
        _recall(one),
        _misses(one),
    )


def _hours(one: Outcome) -> tuple[str, str]:
    if one.hours_per_day is None:
        return _UNKNOWN, "no decision was timed yet"
    hours = one.hours_per_day
    shown = f"{hours:,.1f} h" if hours >= 1 else f"{60 * hours:,.0f} min"
    if 0 < hours < 1 / 60:
        shown = "under 1 min"
    return shown, "at the median time a decision took"


def _precision(one: Outcome) -> tuple[str, str]:
    if one.precision is None:
        return _UNKNOWN, "nobody reviewed any"
    low, high = 100 * one.precision_low, 100 * one.precision_high
    return f"{100 * one.precision:.0f}", f"{low:.0f} to {high:.0f}; {one.reviewed:,} reviewed"


def _recall(one: Outcome) -> tuple[str, str]:
    if one.recall_low is None:
        return _UNKNOWN, "needs an audit sample"
    if one.all_known:
        return f"{100 * one.recall_low:.0f}", "all below was reviewed"
    about = "" if one.recall is None else f"about {100 * one.recall:.0f}; "
    return f"at least {100 * one.recall_low:.0f}", f"{about}{one.audited:,} audited below"


def _misses(one: Outcome) -> tuple[str, str]:
    if one.missed_per_1000_most is None:
        return _UNKNOWN, "needs an audit sample"
    if one.all_known:
        return f"{one.missed_per_1000_most:,.1f}", "all below was reviewed"
    if one.missed_per_1000_most >= _ALL:
        return _UNKNOWN, "more of the audit has to be decided"
    about = "" if one.missed_per_1000 is None else f"about {one.missed_per_1000:,.1f}"
    return f"at most {one.missed_per_1000_most:,.1f}", about


def _row(name: str, cells: Sequence[tuple[str, str]], *, recall: bool) -> str:
    kind = ' class="grey"' if recall and all(cell[0] == _UNKNOWN for cell in cells) else ""
    drawn = "".join(
        f"<td><b>{escape(value)}</b><small>{escape(small)}</small></td>" for value, small in cells
    )
    return f'<tr{kind}><th scope="row">{escape(name)}</th>{drawn}</tr>'
