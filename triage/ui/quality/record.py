"""A reviewer's own record: for that reviewer and for leads, and no league table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from triage.domain.decisions import Verdict
from triage.ui.state import Key
from triage.ui.words import comments
from triage.workbench import Record

__all__ = ["draw_records"]

_HELP = (
    "What this reviewer said of doubled comments, beside the verdict that is in force today. Where "
    "two differed and a lead has not had the last word yet, that is the first one’s."
)


def draw_records(records: Sequence[Record], who: str, *, leads: bool) -> None:
    """Draw one record: one's own, or for a lead that of whoever is chosen."""
    by_name = {one.reviewer: one for one in records if leads or one.reviewer == who}
    st.markdown("##### Reviewers" if leads else "##### Your record", help=_HELP)
    if not by_name:
        st.text("There is no second look yet that would tell.")
        return
    names = sorted(by_name, key=lambda name: (name != who, name))
    chosen = names[0]
    if len(names) > 1:
        chosen = st.selectbox("Reviewer", names, key=Key.QUALITY_REVIEWER, width=240)
    _draw(by_name[chosen])


def _draw(record: Record) -> None:
    total = sum(record.against.values())
    if total:
        same = sum(count for (said, final), count in record.against.items() if said is final)
        st.text(f"{comments(total)} doubled, {same} of them with the verdict that is in force.")
        table = {
            f"said {said}": {f"{final} in force": record.against[said, final] for final in Verdict}
            for said in Verdict
        }
        st.table(pd.DataFrame.from_dict(table, orient="index"))
    if record.gold:
        st.text(f"Known answers: {record.hits} of {record.gold} given.")
