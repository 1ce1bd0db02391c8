"""Back to the site: what would change where the comments live, and the file that changes it.

A download may fail, and a file may never be run: nothing counts as handed back before somebody
says so.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import streamlit as st

from triage.errors import TriageError
from triage.ui import notices, words
from triage.ui.site_text import plain_markdown
from triage.ui.state import Key
from triage.workbench import WAYS, Asked, Plan, Way, Workbench

__all__ = ["draw"]

_SHOWN = 50
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 40


def draw(bench: Workbench) -> None:
    """Draw what would change at a site, and the ways to make it so."""
    notices.show()
    _ask_whether_done(bench)
    way, url = _choice(bench)
    again = st.toggle(
        "What was handed back before, too",
        key=Key.RETURN_AGAIN,
        help="For a file that got lost: it offers what was handed back once more.",
    )
    try:
        plan = _planned(bench, way, url, again=again)
    except TriageError as error:
        notices.fault("That does not work.", error)
        return
    _draw_plan(bench, plan)
    if way.reader == "wxr":
        st.caption(
            "A copy of a WordPress export, with the statuses as decided, is made by "
            "`triage return OUT.xml --to wxr --from EXPORT.xml`."
        )


def _choice(bench: Workbench) -> tuple[Way, str | None]:
    """Draw the menu of sites; return the chosen one, and its address if one was given."""
    counts = bench.ways_back()
    ways = [key for key, way in WAYS.items() if way.write is not None]
    first = next((number for number, key in enumerate(ways) if counts[key]), 0)
    columns = st.columns([4, 6], vertical_alignment="bottom")
    chosen = columns[0].selectbox(
        "Where the comments live",
        ways,
        index=first,
        format_func=lambda key: WAYS[key].name,
        key=Key.RETURN_TO,
    )
    way = WAYS[chosen]
    if not way.takes_url:
        return way, None
    url = columns[1].text_input(
        "Address of the site, if it is one of a network",
        placeholder="https://example.org",
        key=Key.RETURN_URL,
    )
    return way, url.strip() or None


def _planned(bench: Workbench, way: Way, url: str | None, *, again: bool) -> Plan:
    """Return what would change; where comments are of several sources, of the chosen one."""
    plan = bench.plan_return(way.key, url=url, again=again)
    if len(plan.sources) < 2:
        return plan
    source = st.selectbox(
        "Source, as it was named at the import",
        plan.sources,
        format_func=lambda name: name or "imported without a name",
        key=Key.RETURN_SOURCE,
    )
    return bench.plan_return(way.key, Asked(source=source), url=url, again=again)


def _draw_plan(bench: Workbench, plan: Plan) -> None:
    if plan.changes:
        counts = ", ".join(
            f"{count:,} {state.value}" for state, count in sorted(plan.counts.items())
        )
        st.caption(f"{words.comments(len(plan.changes))} would change: {counts}.")
        st.dataframe(_rows(plan), hide_index=True)
        if len(plan.changes) > _SHOWN:
            st.caption(f"The first {_SHOWN} rows; the file has all.")
        today = datetime.now(UTC).date().isoformat()
        st.download_button(
            f"Download for {plan.way.name}",
            data=_written(bench, plan),
            file_name="-".join(("triage", plan.way.key, *_in_name(plan), today)) + plan.way.suffix,
            mime="text/plain",
            on_click=_taken,
            args=(plan,),
            type="primary",
            icon=":material/download:",
        )
        st.caption(f"To use it: {plan.way.how}.")
    elif plan.sources:
        st.info(f"Nothing to hand back to {plan.way.name}.", icon=":material/check:")
    else:
        st.info(f"No decided comment came from {plan.way.name}.", icon=":material/info:")
    if plan.left:
        with st.expander(f"{words.comments(len(plan.left))} cannot be told of"):
            left = [{"comment": one.where, "why": one.message} for one in plan.left[:_SHOWN]]
            st.dataframe(left, hide_index=True)


def _in_name(plan: Plan) -> tuple[str, ...]:
    """Return what of the source's name a file's name can have."""
    told = _NOT_IN_NAMES.sub("-", plan.source).strip("-.")[:_LONGEST_NAME]
    return (told,) if told else ()


def _rows(plan: Plan) -> list[dict[str, str]]:
    return [
        {
            "comment": one.returnable.comment_id,
            "there now": one.now.value if one.now else "not told",
            "then": one.then.value,
            "why": one.why,
        }
        for one in plan.changes[:_SHOWN]
    ]


def _written(bench: Workbench, plan: Plan) -> bytes:
    """Return the file, written the same way as `triage return` writes it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"return{plan.way.suffix}"
        bench.write_return(plan, path)
        return path.read_bytes()


def _taken(plan: Plan) -> None:
    """Keep in mind what the file held that is being downloaded: it may be others by now."""
    st.session_state[Key.RETURN_TAKEN] = plan


def _ask_whether_done(bench: Workbench) -> None:
    """Ask of the file that was downloaded last whether it was used, and keep that it was."""
    plan = st.session_state.get(Key.RETURN_TAKEN)
    if plan is None:
        return
    with st.container(border=True):
        told = words.comments(len(plan.changes))
        site = f" ({plain_markdown(plan.source)})" if plan.source else ""
        st.markdown(
            f"You downloaded a file for {plan.way.name}{site}, about {told}. Did you use it there?"
        )
        with st.container(horizontal=True):
            st.button("Yes, it is done", on_click=_done, args=(bench, plan), type="primary")
            st.button("No, forget it", on_click=_forget)
        st.caption("What is done is not offered again. Without an answer, everything still is.")


@notices.or_say("That was not kept.")
def _done(bench: Workbench, plan: Plan) -> None:
    bench.remember_return(plan, bench.settings.reviewer)
    _forget()
    notices.say(f"Kept: {plan.way.name} was told of {words.comments(len(plan.changes))}.")


def _forget() -> None:
    st.session_state.pop(Key.RETURN_TAKEN, None)
