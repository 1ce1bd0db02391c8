"""The table of one page. What is selected is a set of ids, whatever becomes of the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from triage.domain.entries import Entry
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.ui.browse.veil import Veil
from triage.ui.state import Key, digest
from triage.ui.words import in_language, in_short

__all__ = ["draw_table"]


def draw_table(
    rows: Sequence[Entry],
    policy: Policy,
    first: Label,
    veil: Veil,
    held: Mapping[str, str],
    *,
    language: str,
) -> list[Entry]:
    """Draw the page's rows and return the selected ones; `held` says who has which comment.

    `language` is the site's own, which needs no mention.

    Streamlit keeps the selected *positions* when the data change (streamlit#17026), so the key
    carries a digest of the ids shown: another page or order is another table. It begins with those
    of the selected comments selected that are on it.
    """
    if not rows:
        st.info("No comment matches.", icon=":material/filter_alt_off:")
        return []
    key = f"browse.table.{digest(*(row.comment.id for row in rows))}"
    scores = [row.scores.values if row.scores else {} for row in rows]
    labels = [label for label in Label if any(label in one for one in scores)]
    labels.sort(key=lambda label: label is not first)  # the one in question stands first
    holders = [held.get(row.comment.id, "") for row in rows]
    spoken = [in_language(row.language, language) for row in rows]
    frame = pd.DataFrame(
        {
            "comment": [veil.cell(row) for row in rows],
            "author": [row.comment.author or "" for row in rows],
            **({"on a screen": holders} if any(holders) else {}),
            "verdict": [row.verdict.value if row.verdict else "" for row in rows],
            "why flagged": [in_short(row, policy) for row in rows],
            **{label.value: [one.get(label) for one in scores] for label in labels},
            "time (UTC)": [row.comment.created_at for row in rows],
            **({"language": spoken} if any(spoken) else {}),
            "thread": [row.thread_title or row.comment.thread_id for row in rows],
            "decided by": [row.reviewer or "" for row in rows],
        }
    )
    bars = {
        label.value: st.column_config.ProgressColumn(
            label.words, min_value=0.0, max_value=1.0, format="%.2f", width=112
        )
        for label in labels
    }
    event = st.dataframe(
        frame,
        hide_index=True,
        height=470,
        row_height=34,
        key=key,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": _from_before(key, rows)}},
        column_config={
            "comment": st.column_config.TextColumn("comment", width=400),
            "author": st.column_config.TextColumn("author", width=110),
            "why flagged": st.column_config.TextColumn("why flagged", width=150),
            "time (UTC)": st.column_config.DatetimeColumn("time (UTC)", format="YYYY-MM-DD HH:mm"),
            **bars,
        },
    )
    chosen = [rows[position] for position in event.selection.rows if position < len(rows)]
    st.session_state[Key.BROWSE_CHOSEN] = frozenset(row.comment.id for row in chosen)
    return chosen


def _from_before(key: str, rows: Sequence[Entry]) -> list[int]:
    """Return where the comments stand in a new table that were selected in the one before."""
    last, places = st.session_state.get(Key.BROWSE_TABLE, ("", []))
    if last != key:
        chosen = st.session_state.get(Key.BROWSE_CHOSEN, frozenset())
        places = [place for place, row in enumerate(rows) if row.comment.id in chosen]
        st.session_state[Key.BROWSE_TABLE] = (key, places)
    return list(places)
