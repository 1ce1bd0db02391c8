"""The filters and the order. All of it lives in the link, so that a link shows the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

import streamlit as st

from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.ui.links import thread_names
from triage.ui.state import Query
from triage.workbench import BrowseFilter, Sort, Workbench

__all__ = ["View", "draw_filters", "show_link"]

_LINK: Literal["query-params"] = "query-params"
_ANY = "any"
_NARROW, _MIDDLE, _WIDE = 160, 270, 340  # pixels: two narrow ones stand side by side on a phone
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2999, 12, 30)
_FLAGS: dict[str, dict[str, Any]] = {
    _ANY: {},
    "to review": {"pending": True},
    "flagged": {"flagged": True},
    "not flagged": {"flagged": False},
    "appealed": {"appealed": True},
}
_VERDICTS: dict[str, dict[str, Any]] = {
    _ANY: {},
    "undecided": {"decided": False},
    **{verdict.value: {"verdict": verdict} for verdict in Verdict},
}
_ORDERS = ("descending", "ascending")
_WHOLE = (0.0, 1.0)
_NAMES = {
    "priority": "place in the queue",
    "created_at": "time",
    "position": "place in thread",
    "decided_by": "who decided",
    "decided_at": "time of decision",
}
_DIALECT = (
    "RE2's dialect (as in Go): `\\bword\\b`, `(one|two)`, `x+`; no look-around and no `\\1`. "
    "Upper and lower case are the same unless it begins with `(?-i)`. `\\w`, `\\d` and `\\s` know "
    "ASCII only."
)


@dataclass(frozen=True, slots=True)
class View:
    """What the table shows: which comments, the label in question, and in which order."""

    wanted: BrowseFilter
    label: Label
    sort: Label | Sort
    descending: bool

    @property
    def key(self) -> str:
        """The same for the same view."""
        return repr((self.wanted, self.sort, self.descending))


def draw_filters(bench: Workbench) -> View:
    """Draw the filters and return what they say."""
    threads = thread_names(bench.threads())
    labels = _labels(bench)
    authors = not bench.settings.pseudonyms  # a filter by name would tell whose pseudonym it is
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
            "from … to", *_WHOLE, _WHOLE, 0.01, key=Query.SCORE, bind=_LINK, width=_MIDDLE
        )
        sort = _choice("Sort by", _sorts(labels, authors=authors), Query.SORT)
        order = _choice("Order", _ORDERS, Query.ORDER)
        more = _more(bench, authors=authors)
    regex = more.pop("regex")
    wanted = BrowseFilter(
        thread_id=thread or None,
        scores={} if (low, high) == _WHOLE else {label: (low, high)},
        text=None if regex else text or None,
        pattern=text or None if regex else None,
        **more,
        **_FLAGS[flag],
        **_VERDICTS[verdict],
    )
    ordered_by = Sort(sort) if sort in list(Sort) else Label(sort)
    return View(wanted, label, ordered_by, order == "descending")


def _more(bench: Workbench, *, authors: bool) -> dict[str, Any]:
    """Draw what is asked for less often, behind a button that says how much of it is in use."""
    names = (Query.REGEX, Query.AUTHOR, Query.DECIDED_BY, Query.SINCE, Query.UNTIL)
    state, link = st.session_state, st.query_params  # the link counts before it is read
    used = sum(bool(state[name] if name in state else link.get(name)) for name in names)
    with st.popover(
        f"More filters: {used}" if used else "More filters",
        key="more-filters",
        icon=":material/tune:",
        type="primary" if used else "secondary",
    ):
        regex = st.toggle(
            "The text is a regular expression", key=Query.REGEX, bind=_LINK, help=_DIALECT
        )
        author = ""
        if authors:
            author = st.text_input("Author, the whole name", key=Query.AUTHOR, bind=_LINK)
        decided_by = st.selectbox(
            "Decided by",
            bench.deciders(),
            index=None,
            placeholder="anybody or nobody",
            key=Query.DECIDED_BY,
            bind=_LINK,
        )
        since, until = (
            st.date_input(
                title, None, _FIRST_DAY, _LAST_DAY, key=key, bind=_LINK, format="YYYY-MM-DD"
            )
            for title, key in (("Written from", Query.SINCE), ("to", Query.UNTIL))
        )
    zone = bench.settings.timezone
    return {
        "regex": regex,
        "author": author or None,
        "decided_by": decided_by or None,
        "since": _midnight(since, zone),
        "before": until and _midnight(until + timedelta(days=1), zone),
    }


def show_link(bench: Workbench, link: Mapping[str, Sequence[str]]) -> None:
    """Set filters and order to what a link says; what it does not say, or wrongly, is left free.

    A link to the page that is shown would change nothing: Streamlit keeps what its widgets hold.
    """
    labels = _labels(bench)
    authors = not bench.settings.pseudonyms
    names = thread_names(bench.threads())
    known: dict[Query, dict[str, Any]] = {
        Query.THREAD: {name: thread for thread, name in names.items()},
        Query.VERDICT: dict(zip(_VERDICTS, _VERDICTS, strict=True)),
        Query.FLAG: dict(zip(_FLAGS, _FLAGS, strict=True)),
        Query.LABEL: {_words(label): label for label in labels},
        Query.SORT: {_words(one): one for one in _sorts(labels, authors=authors)},
        Query.ORDER: dict(zip(_ORDERS, _ORDERS, strict=True)),
    }
    said = {name: values[0] for name, values in link.items() if values}
    state = st.session_state
    for key, options in known.items():
        state[key] = options.get(said.get(key, ""), next(iter(options.values())))
    for key in (Query.TEXT, Query.AUTHOR):
        state[key] = said.get(key, "")
    decided_by = said.get(Query.DECIDED_BY)
    state[Query.DECIDED_BY] = decided_by if decided_by in bench.deciders() else None
    state[Query.REGEX] = said.get(Query.REGEX) == "true"
    state[Query.SCORE] = _range(link.get(Query.SCORE, ()))
    for key in (Query.SINCE, Query.UNTIL):
        state[key] = _day(said.get(key, ""))


def _range(values: Sequence[str]) -> tuple[float, float]:
    with suppress(ValueError):
        low, high = map(float, values)
        if 0.0 <= low <= high <= 1.0:
            return low, high
    return _WHOLE


def _day(value: str) -> date | None:
    with suppress(ValueError):
        day = date.fromisoformat(value)
        return day if _FIRST_DAY <= day <= _LAST_DAY else None
    return None


def _labels(bench: Workbench) -> Sequence[Label]:
    return bench.labels() or [Label.TOXICITY]


def _sorts(labels: Sequence[Label], *, authors: bool) -> list[str]:
    return [*(one for one in Sort if authors or one is not Sort.AUTHOR), *labels]


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)


def _choice(title: str, options: Sequence[str], key: Query) -> str:
    """Draw one narrow choice that lives in the link."""
    picked = st.selectbox(title, options, format_func=_words, key=key, bind=_LINK, width=_NARROW)
    return options[0] if picked is None else picked


def _words(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " "))
