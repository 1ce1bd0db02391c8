"""What changed of a threshold between two periods: the comments of late, and those before."""

from __future__ import annotations

from html import escape

import streamlit as st

from triage.ui.state import Key
from triage.ui.thresholds.choice import Scale
from triage.workbench import Findings, Workbench

__all__ = ["draw_drift"]

_MOST = 3_650


def draw_drift(bench: Workbench, findings: Findings, own: Scale, at: float) -> None:
    """Draw how long a period is, what follows, and the two periods beside each other."""
    days = st.number_input(
        "Days in a period",
        1,
        _MOST,
        bench.period_days,
        key=Key.TUNE_DAYS,
        width=190,
        help="The last days up to the newest comment are held against as many before them, at "
        "the threshold at hand.",
    )
    found = bench.periods(findings, own.target, at, int(days))
    st.text(found.said)
    if not found.rows:
        return
    heads = ("", "before", "of late", "so")
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    body = "".join(_row(*row) for row in found.rows)
    st.html(f'<table class="figures"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
    st.caption(
        "Shares in 100, with how many comments they are of; in brackets the 95 % interval of the "
        "difference. “Right” is told of flagged comments that were reviewed."
    )


def _row(name: str, *cells: str) -> str:
    drawn = "".join(f"<td>{escape(one)}</td>" for one in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{drawn}</tr>'
