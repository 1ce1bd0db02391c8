"""How often decisions are overturned on appeal, by reason and by score."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from triage.domain.appeals import AppealStatus
from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.ui.words import ago
from triage.workbench import FEW, AppealReport, Overturned

__all__ = ["draw_appeals"]

_HELP = (
    "Of the decisions that somebody appealed against and somebody else looked at again, how many "
    "got another verdict. Whoever appeals is no random sample: this says nothing of decisions that "
    "nobody appealed against. In brackets: where the rate lies with 95 % confidence (Wilson). A "
    "decision with several reasons counts under each, and a reason that the answer refuses is "
    "overturned though the verdict stays. Its score is the highest of the labels that it names, of "
    "all labels where it names none."
)
_NOUNS = {Verdict.REJECT: "Rejections", Verdict.APPROVE: "Approvals"}
_ANSWERED = (AppealStatus.OVERTURNED, AppealStatus.UPHELD)
_LAPSED = (AppealStatus.LAPSED_EDITED, AppealStatus.LAPSED_UNDONE)


def draw_appeals(report: AppealReport) -> None:
    """Draw how many appeals there are, and the rates once any was answered."""
    st.markdown("##### Appeals", help=_HELP)
    if not sum(report.statuses.values()):
        st.text("There are none. Sites send them over HTTP; Review and the command line take more.")
        return
    answered = sum(report.statuses.get(status, 0) for status in _ANSWERED)
    overturned = report.statuses.get(AppealStatus.OVERTURNED, 0)
    waiting = report.statuses.get(AppealStatus.OPEN, 0)
    dismissed = report.statuses.get(AppealStatus.DISMISSED, 0)
    lapsed = sum(report.statuses.get(status, 0) for status in _LAPSED)
    st.text(
        f"{answered:,} answered, {overturned:,} of them overturned; "
        f"{waiting:,} wait{'s' if waiting == 1 else ''}"
        + (f"; {lapsed:,} lapsed" if lapsed else "")
        + (f"; {dismissed:,} dismissed." if dismissed else ".")
    )
    for line in _notes(report):
        st.text(line)
    if not answered:
        return
    tables = [
        (f"{_NOUNS[verdict]} overturned {by}", by, found)
        for verdict, rates in report.rates.items()
        for by, found in (("by reason", _in_words(rates.by_reason)), ("by score", rates.by_band))
    ]
    if any(rate.few for *_, found in tables for rate in found.values()):
        st.caption(f"“few”: fewer than {FEW}, which is too few to say much.")
    for heading, by, found in tables:
        st.caption(heading)
        # Codes come from a site's own text: they are cells, which no Markdown is read in.
        st.dataframe(_frame(by, found), hide_index=True)


def _notes(report: AppealReport) -> list[str]:
    """Return what the figures do not tell by themselves."""
    said = []
    if report.oldest_open is not None:
        said.append(f"The oldest that waits came in {ago(report.oldest_open)}.")
    if report.unanswerable:
        said.append(
            f"{report.unanswerable:,} can be answered by nobody who has decided here so far: all "
            "of them had a part in it."
        )
    if report.own_answers:
        said.append(f"{report.own_answers:,} answered by whoever had decided the first time.")
    return said


def _in_words(rates: Mapping[str, Overturned]) -> dict[str, Overturned]:
    return {_named(code): rate for code, rate in rates.items()}


def _frame(heading: str, rates: Mapping[str, Overturned]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            heading.removeprefix("by "): name,
            "answered": rate.answered,
            "overturned": rate.overturned,
            "rate": _rate(rate),
        }
        for name, rate in rates.items()
    )


def _rate(one: Overturned) -> str:
    said = f"{one.share:.0%} ({one.low:.0%} to {one.high:.0%})"
    return f"{said} · few" if one.few else said


def _named(code: str) -> str:
    return Label(code).words if code in list(Label) else code
