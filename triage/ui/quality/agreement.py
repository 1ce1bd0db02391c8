"""How far reviewers agree, in a sentence and in a table."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from triage.domain.agreement import Agreement, Interval
from triage.domain.decisions import Verdict
from triage.ui.words import comments
from triage.workbench import QualityReport

__all__ = ["draw_agreement"]

_FEW = 30
_REJECT = list(Verdict).index(Verdict.REJECT)
_HELP = (
    "**raw**: how often two agree. **positive agreement**: of the rejections (of the times a label "
    "was given), how many the other one agrees with. **alpha** (Krippendorff) and **AC1** (Gwet): "
    "agreement beyond chance, 1 for always; alpha is low where a verdict is rare, however seldom "
    "anybody disagrees. In brackets: where the figure lies in 95 of 100 such samples."
)


def draw_agreement(report: QualityReport, share: float) -> None:
    """Draw the agreement on verdicts and on labels; `share` is how many decisions are doubled."""
    st.markdown("##### Agreement", help=_HELP)
    doubled = report.verdicts.comments
    if not doubled:
        st.markdown(_how(share))
        return
    raw = report.verdicts.raw
    st.markdown(
        f"Two reviewers decided {comments(doubled)} unseen by each other and agreed on "
        f"{_percent(raw.value)} of them ({_percent(raw.low)} to {_percent(raw.high)})."
        + (f" With fewer than {_FEW} that says little yet." if doubled < _FEW else "")
    )
    rows = {"verdict": _cells(report.verdicts, _REJECT)}
    rows |= {label.words: _cells(found, 1) for label, found in report.labels.items()}
    st.table(pd.DataFrame.from_dict(rows, orient="index"))


def _how(share: float) -> str:
    if not share:
        return (
            "Nothing is known of it: no decision is made twice. `TRIAGE_DOUBLED=0.05` lets one in "
            "twenty wait for a second reviewer."
        )
    return (
        "Nothing is known of it yet. One decision in "
        f"{round(1 / share)} waits for a second reviewer, who sees neither scores nor verdict; it "
        "comes up in that reviewer’s queue by itself."
    )


def _cells(found: Agreement, category: int) -> dict[str, str]:
    return {
        "raw": _percent_range(found.raw),
        "positive agreement": _percent_range(found.specific[category]),
        "alpha": _range(found.alpha),
        "AC1": _range(found.ac1),
    }


def _percent(value: float) -> str:
    return "?" if math.isnan(value) else f"{value:.0%}"


def _percent_range(one: Interval) -> str:
    if math.isnan(one.value):
        return "unknown"
    return f"{_percent(one.value)} ({_percent(one.low)} to {_percent(one.high)})"


def _range(one: Interval) -> str:
    if math.isnan(one.value):
        return "unknown"
    low, high = ("?" if math.isnan(end) else f"{end:.2f}" for end in (one.low, one.high))
    return f"{one.value:.2f} ({low} to {high})"
