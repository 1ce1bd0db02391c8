"""What could not be used, by file and line."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from triage.domain.comments import Problem

__all__ = ["draw_problems"]


def draw_problems(problems: Sequence[Problem]) -> None:
    """List problems; the rest of the file is kept all the same."""
    if not problems:
        return
    count = len(problems)
    st.markdown(f"##### {count:,} problem{'' if count == 1 else 's'}; the rest is kept")
    frame = pd.DataFrame(
        {
            "line": pd.array([one.line for one in problems], dtype="Int64"),
            "what": [one.message for one in problems],
            "where": [one.where for one in problems],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        column_config={
            "line": st.column_config.NumberColumn("line", width=70, format="%d"),
            "what": st.column_config.TextColumn("what", width=700),
            "where": st.column_config.TextColumn("where", width=210),
        },
    )
