"""Browse: every comment in a table that filters and sorts on the server, acting by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from triage.domain.decisions import Verdict
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.ui.notices import or_say, say, show
from triage.ui.state import Key, Query, digest
from triage.ui.words import VERDICT_ICONS, comments, in_short, shown_author
from triage.workbench import BrowseFilter, Entry, Sort, ThreadSummary, Workbench

__all__ = ["page"]

_PAGE = 100
_LINK: Literal["query-params"] = "query-params"
_ANY = "any"
_NARROW, _MIDDLE, _WIDE = 160, 270, 340  # pixels: two narrow ones stand side by side on a phone
_FLAGS: dict[str, dict[str, Any]] = {
    _ANY: {},
    "to review": {"pending": True},
    "flagged": {"flagged": True},
    "not flagged": {"flagged": False},
}
_VERDICTS: dict[str, dict[str, Any]] = {
    _ANY: {},
    "undecided": {"decided": False},
    **{verdict.value: {"verdict": verdict} for verdict in Verdict},
}
_SAMPLES = 3


def page(bench: Workbench) -> None:
    """Draw the filters, the table, and what can be done with the selected rows."""
    who = bench.settings.reviewer
    show()
    wanted, label, sort, descending = _filters(bench)
    total = bench.count(wanted)
    with st.container(horizontal=True, vertical_alignment="center", key="counted"):
        st.text(comments(total))
        number = _page_number(total, repr((wanted, sort, descending)))
        if st.session_state.get(Key.BROWSE_ACTED):
            st.button("Undo", icon=":material/undo:", on_click=_undo, args=(bench, who))
    rows = bench.browse(
        wanted, sort=sort, descending=descending, limit=_PAGE, offset=(number - 1) * _PAGE
    )
    selected = _table(rows, bench.policy(), label, pseudonyms=bench.settings.pseudonyms)
    if selected:
        _actions(bench, selected, who)
    elif rows:
        st.caption(
            "Select rows to decide on them, flag them, or open one in Review. A click on a "
            "column’s head sorts this page only; *Sort by* sorts all of them."
        )


def _page_number(total: int, view: str) -> int:
    """Draw the pager, where there is more than one page; another view begins at its first."""
    pages = -(-total // _PAGE)
    if pages < 2:
        return 1
    return st.pagination(pages, key=f"{Key.BROWSE_PAGE}.{digest(view)}")


def _filters(bench: Workbench) -> tuple[BrowseFilter, Label, Label | Sort, bool]:
    """Draw the filters, which live in the link; return them, the label in question, the order."""
    threads = _thread_names(bench.threads())
    labels = bench.labels() or [Label.TOXICITY]
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        text = st.text_input(
            "Text contains",
            key=Query.TEXT,
            type="search",
            bind=_LINK,
            icon=":material/search:",
            width=_WIDE,
        )
        thread = st.selectbox(
            "Thread",
            list(threads),
            format_func=lambda one: threads[one],
            key=Query.THREAD,
            bind=_LINK,
            width=_MIDDLE,
        )
        verdict = _choice("Verdict", list(_VERDICTS), Query.VERDICT)
        flag = _choice("Flag", list(_FLAGS), Query.FLAG)
        label = Label(_choice("Score of", labels, Query.LABEL))
        low, high = st.slider(
            "from … to", 0.0, 1.0, (0.0, 1.0), 0.01, key=Query.SCORE, bind=_LINK, width=_WIDE
        )
        sort = _choice("Sort by", [*Sort, *labels], Query.SORT)
        order = _choice("Order", ["descending", "ascending"], Query.ORDER)
    wanted = BrowseFilter(
        thread_id=thread or None,
        scores={} if (low, high) == (0.0, 1.0) else {label: (low, high)},
        text=text or None,
        **_FLAGS[flag],
        **_VERDICTS[verdict],
    )
    ordered_by = Sort(sort) if sort in list(Sort) else Label(sort)
    return wanted, label, ordered_by, order == "descending"


def _thread_names(threads: Sequence[ThreadSummary]) -> dict[str, str]:
    """Return id -> name, each once: Streamlit finds an option by its name. No id is blank."""
    names = Counter(["All threads", *(one.title for one in threads)])
    return {"": "All threads"} | {
        one.id: one.title if one.title and names[one.title] == 1 else f"{one.title} ({one.id})"
        for one in threads
    }


def _choice(title: str, options: Sequence[str], key: Query) -> str:
    """Draw one narrow choice that lives in the link."""
    picked = st.selectbox(title, options, format_func=_words, key=key, bind=_LINK, width=_NARROW)
    return options[0] if picked is None else picked


def _one_line(text: str, length: int = 280) -> str:
    line = " ".join(text[: 2 * length].split())
    return (line if len(line) <= length else line[:length] + "…") or "(empty)"


def _words(name: str) -> str:
    return {"created_at": "time", "position": "place in thread"}.get(name, name.replace("_", " "))


def _table(rows: Sequence[Entry], policy: Policy, first: Label, *, pseudonyms: bool) -> list[Entry]:
    """Draw the page's rows and return the selected ones.

    Streamlit keeps the selected *positions* when the data change (streamlit#17026), so the key
    carries a digest of the ids shown: another page is another table, with nothing selected.
    """
    if not rows:
        st.info("No comment matches.", icon=":material/filter_alt_off:")
        return []
    shown = digest(*(row.comment.id for row in rows))
    scores = [row.scores.values if row.scores else {} for row in rows]
    labels = [label for label in Label if any(label in one for one in scores)]
    labels.sort(key=lambda label: label is not first)  # the one in question stands first
    frame = pd.DataFrame(
        {
            "comment": [_one_line(row.comment.text) for row in rows],
            "author": [shown_author(row.comment.author, pseudonyms=pseudonyms) for row in rows],
            "verdict": [row.verdict.value if row.verdict else "" for row in rows],
            "why flagged": [in_short(row, policy) for row in rows],
            **{label.value: [one.get(label) for one in scores] for label in labels},
            "time (UTC)": [row.comment.created_at for row in rows],
            "thread": [row.thread_title or row.comment.thread_id for row in rows],
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
        key=f"browse.table.{shown}",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "comment": st.column_config.TextColumn("comment", width=400),
            "author": st.column_config.TextColumn("author", width=110),
            "why flagged": st.column_config.TextColumn("why flagged", width=150),
            "time (UTC)": st.column_config.DatetimeColumn("time (UTC)", format="YYYY-MM-DD HH:mm"),
            **bars,
        },
    )
    return [rows[position] for position in event.selection.rows if position < len(rows)]


def _actions(bench: Workbench, selected: Sequence[Entry], who: str) -> None:
    """Say what is selected, and offer what can be done with it, where it is always in sight."""
    count = len(selected)
    shown = " ".join(f"“{_one_line(row.comment.text, 60)}”" for row in selected[:_SAMPLES])
    more = f" and {count - _SAMPLES} more" if count > _SAMPLES else ""
    with st.bottom, st.container(key="browse-actions", gap="small"):
        st.text(f"{comments(count)} selected: {shown}{more}")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            for verdict in Verdict:
                name = verdict.value.capitalize()
                st.button(
                    f"{name} {count}" if count > 1 else name,
                    icon=VERDICT_ICONS[verdict],
                    key=f"browse-{verdict}",
                    on_click=_decide,
                    args=(bench, selected, verdict, who),
                )
            st.button("Flag", icon=":material/flag:", on_click=_flag, args=(bench, selected, who))
            if count == 1 and Key.REVIEW_PAGE in st.session_state:
                _open_in_review(selected[0])
            st.text_input(
                "Note",
                key=Key.BROWSE_NOTE,
                placeholder="Note, optional; kept with each decision",
                label_visibility="collapsed",
                width=_WIDE,
            )


def _open_in_review(entry: Entry) -> None:
    st.page_link(
        st.session_state[Key.REVIEW_PAGE],
        label="Open in Review",
        icon=":material/open_in_full:",
        query_params={Query.COMMENT.value: entry.comment.id},
    )


@or_say("Nothing was saved.")
def _decide(bench: Workbench, selected: Sequence[Entry], verdict: Verdict, who: str) -> None:
    note = st.session_state.get(Key.BROWSE_NOTE, "").strip()
    made = bench.decide(
        [entry.seen for entry in selected], verdict, reviewer=who, note=note, via="browse"
    )
    st.session_state[Key.BROWSE_NOTE] = ""
    st.session_state[Key.BROWSE_ACTED] = True
    say(f"Saved: {verdict} for {comments(len(made))}.")


@or_say("Nothing was flagged.")
def _flag(bench: Workbench, selected: Sequence[Entry], who: str) -> None:
    bench.flag([entry.comment.id for entry in selected], who)
    say(f"Flagged {len(selected)}: in Review they come first.")


@or_say("Nothing was undone.")
def _undo(bench: Workbench, who: str) -> None:
    undone = bench.undo(who)
    if undone:
        say(f"Undone: {undone[0].verdict} for {len(undone)}.")
    else:
        say("There is no decision of yours left to undo.")
        st.session_state[Key.BROWSE_ACTED] = False
