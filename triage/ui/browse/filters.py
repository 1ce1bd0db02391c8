"""The filters and the order. All of it lives in the link, so that a link shows the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Literal

import streamlit as st

from triage.domain import languages
from triage.domain.decisions import Verdict
from triage.domain.scores import Label
from triage.ui.links import thread_names
from triage.ui.state import Query
from triage.workbench import BrowseFilter, Sort, Workbench

__all__ = ["View", "draw_filters", "draw_wanted", "show_link"]

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
    "not scored: language": {"unread": True},
}
_VERDICTS: dict[str, dict[str, Any]] = {
    _ANY: {},
    "undecided": {"decided": False},
    **{verdict.value: {"verdict": verdict} for verdict in Verdict},
}
_DAYS = (Query.SINCE, Query.UNTIL, Query.DECIDED_SINCE, Query.DECIDED_UNTIL)
_MORE = (
    *(Query.REGEX, Query.AUTHOR, Query.LANGUAGE, Query.SOURCE, Query.DECIDED_BY, Query.REASON),
    *_DAYS,
)
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
    labels = _labels(bench)
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        label, asked = _draw_main(bench)
        sort = _choice("Sort by", _sorts(labels), Query.SORT)
        order = _choice("Order", _ORDERS, Query.ORDER)
        wanted = _filter(asked | _more(bench))
    ordered_by = Sort(sort) if sort in list(Sort) else Label(sort)
    return View(wanted, label, ordered_by, order == "descending")


def draw_wanted(bench: Workbench) -> BrowseFilter:
    """Draw the filters alone, where no order is asked for; a link to Browse means the same here."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        _, asked = _draw_main(bench)
        return _filter(asked | _more(bench))


def _draw_main(bench: Workbench) -> tuple[Label, dict[str, Any]]:
    """Draw what is asked for most often; return the label in question and what was asked."""
    threads = thread_names(bench.thread_titles())
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
    label = Label(_choice("Score of", _labels(bench), Query.LABEL))
    low, high = st.slider(
        "from … to", *_WHOLE, _WHOLE, 0.01, key=Query.SCORE, bind=_LINK, width=_MIDDLE
    )
    scores = {} if (low, high) == _WHOLE else {label: (low, high)}
    asked = {"text": text or None, "thread_id": thread or None, "scores": scores}
    return label, asked | _FLAGS[flag] | _VERDICTS[verdict]


def _filter(asked: dict[str, Any]) -> BrowseFilter:
    """Return the filter; a text is taken literally unless it is said to be a pattern."""
    if asked.pop("regex"):
        asked["pattern"] = asked.pop("text")
    return BrowseFilter(**asked)


def _more(bench: Workbench) -> dict[str, Any]:
    """Draw what is asked for less often, behind a button that says how much of it is in use."""
    state, link = st.session_state, st.query_params  # the link counts before it is read
    used = sum(bool(state[name] if name in state else link.get(name)) for name in _MORE)
    with st.popover(
        f"More filters: {used}" if used else "More filters",
        key="more-filters",
        icon=":material/tune:",
        type="primary" if used else "secondary",
    ):
        regex = st.toggle(
            "The text is a regular expression", key=Query.REGEX, bind=_LINK, help=_DIALECT
        )
        whole = "the whole pseudonym" if bench.settings.pseudonyms else "the whole name"
        author = st.text_input(f"Author, {whole}", key=Query.AUTHOR, bind=_LINK)
        language = _optional(
            "Language", bench.known_languages(), Query.LANGUAGE, "any", named=languages.words
        )
        sources = bench.sources()
        source = _optional("First read from", sources, Query.SOURCE, "anywhere")
        written = _days(bench, "Written from", Query.SINCE, Query.UNTIL)
        decided_by = _optional(
            "Decided by", bench.deciders(), Query.DECIDED_BY, "anybody or nobody"
        )
        reason = _optional("Decided for", bench.reasons(), Query.REASON, "any reason or none")
        decided = _days(bench, "Decided from", Query.DECIDED_SINCE, Query.DECIDED_UNTIL)
    return {
        "regex": regex,
        "author": author or None,
        "language": language,
        "source": source,
        "decided_by": decided_by,
        "reason": reason,
        **dict(zip(("since", "before"), written, strict=True)),
        **dict(zip(("decided_since", "decided_before"), decided, strict=True)),
    }


def _optional(
    title: str,
    options: Sequence[str],
    key: Query,
    nothing: str,
    named: Callable[[str], str] = str,
) -> str | None:
    """Draw one choice that need not be made."""
    return st.selectbox(title, options, None, named, key=key, placeholder=nothing, bind=_LINK)


def _days(
    bench: Workbench, title: str, first: Query, last: Query
) -> tuple[datetime | None, datetime | None]:
    """Draw the first and the last day that count; return from when on, and before when."""
    with st.container(horizontal=True, gap="small"):
        since, until = (
            st.date_input(
                name, None, _FIRST_DAY, _LAST_DAY, key=key, bind=_LINK, format="YYYY-MM-DD"
            )
            for name, key in ((title, first), ("to", last))
        )
    zone = bench.settings.timezone
    return _midnight(since, zone), _midnight(until and until + timedelta(days=1), zone)


def show_link(bench: Workbench, link: Mapping[str, Sequence[str]]) -> None:
    """Set filters and order to what a link says; what it does not say, or wrongly, is left free.

    A link to the page that is shown would change nothing: Streamlit keeps what its widgets hold.
    """
    labels = _labels(bench)
    names = thread_names(bench.thread_titles())
    known: dict[Query, dict[str, Any]] = {
        Query.THREAD: {name: thread for thread, name in names.items()},
        Query.VERDICT: dict(zip(_VERDICTS, _VERDICTS, strict=True)),
        Query.FLAG: dict(zip(_FLAGS, _FLAGS, strict=True)),
        Query.LABEL: {_words(label): label for label in labels},
        Query.SORT: {_words(one): one for one in _sorts(labels)},
        Query.ORDER: dict(zip(_ORDERS, _ORDERS, strict=True)),
    }
    said = {name: values[0] for name, values in link.items() if values}
    state = st.session_state
    for key, options in known.items():
        state[key] = options.get(said.get(key, ""), next(iter(options.values())))
    for key in (Query.TEXT, Query.AUTHOR):
        state[key] = said.get(key, "")
    for key, choices in (
        (Query.DECIDED_BY, bench.deciders()),
        (Query.SOURCE, bench.sources()),
        (Query.REASON, bench.reasons()),
    ):
        state[key] = said[key] if said.get(key) in choices else None
    spoken = {languages.words(one): one for one in bench.known_languages()}
    state[Query.LANGUAGE] = spoken.get(said.get(Query.LANGUAGE, ""))
    state[Query.REGEX] = said.get(Query.REGEX) == "true"
    state[Query.SCORE] = _range(link.get(Query.SCORE, ()))
    for key in _DAYS:
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


def _sorts(labels: Sequence[Label]) -> list[str]:
    return [*Sort, *labels]


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)


def _choice(title: str, options: Sequence[str], key: Query) -> str:
    """Draw one narrow choice that lives in the link."""
    picked = st.selectbox(title, options, format_func=_words, key=key, bind=_LINK, width=_NARROW)
    return options[0] if picked is None else picked


def _words(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " "))
