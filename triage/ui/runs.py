"""What runs in the background, said on every page, and how it is begun and stopped."""

from __future__ import annotations

import streamlit as st

from triage.ui.links import open_import
from triage.ui.notices import drawn_alone, or_say
from triage.ui.state import Key
from triage.ui.words import comments
from triage.workbench import BrowseFilter, Run, Step, Workbench

__all__ = ["ENDED", "at_work", "draw_in_passing", "draw_rate_now", "draw_run"]

_EVERY = 2.0  # seconds between two looks on other pages
_HERE = 1.0  # and on the page that is about it
ENDED = {
    Step.DONE: "The import is done",
    Step.STOPPED: "Stopped; what was read and rated is kept",
    Step.FAILED: "It could not go on; what was read and rated is kept",
}


def at_work(bench: Workbench) -> bool:
    """Whether a run is at work."""
    run = bench.run()
    return run is not None and run.going


def draw_in_passing(bench: Workbench) -> None:
    """Say on another page how far a run is; how it ended, only to whoever saw it at work."""
    run = bench.run()
    if run is None:
        return
    if run.going:
        st.session_state[Key.RUN_FOLLOWED] = run.number
    elif st.session_state.get(Key.RUN_FOLLOWED) != run.number:
        return
    st.fragment(_in_passing, run_every=_EVERY if run.going else None)(bench)


def draw_run(bench: Workbench) -> None:
    """Draw the run at work with its progress and the way to stop it, where there is one."""
    run = bench.run()
    if run is None:
        return
    st.session_state.pop(Key.RUN_FOLLOWED, None)
    if run.going:
        st.fragment(_followed, run_every=_HERE)(bench)


def draw_rate_now(bench: Workbench) -> None:
    """Say how many comments have no scores, and offer to rate them, unless a run is at it."""
    unrated = bench.count(BrowseFilter(scored=False))
    if unrated and not at_work(bench):
        with st.container(horizontal=True, vertical_alignment="center", key="unrated"):
            st.text(f"{comments(unrated)} not rated yet.", width="content")
            if bench.allows("start_run"):
                st.button("Rate now", icon=":material/speed:", on_click=_rate, args=(bench,))


@or_say("Nothing was begun.")
def _rate(bench: Workbench) -> None:
    bench.start_run()


@or_say("It was not stopped.")
def _stop(bench: Workbench) -> None:
    bench.stop_run()


@drawn_alone
def _in_passing(bench: Workbench) -> None:
    run = bench.run()
    if run is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="run"):
        st.text(_how_far(run) if run.going else ENDED[run.step] + ".", width="content")
        open_import("Show")


@drawn_alone
def _followed(bench: Workbench) -> None:
    run = bench.run()
    if run is None or not run.going:
        st.rerun()  # the page has a report to draw
    with st.container(border=True, key="run-followed"):
        share = min(run.done / run.total, 1.0) if run.total else 0.0
        st.text(_how_far(run))
        st.progress(share)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Stopping…" if run.stopping else "Stop",
                icon=":material/stop_circle:",
                disabled=run.stopping,
                on_click=_stop,
                args=(bench,),
                help="What is finished is kept; the same file again goes on from there.",
            )
            st.caption("You can leave this page: it goes on, and every page says so.")


def _how_far(run: Run) -> str:
    """Return what a run is at, how far, and how long that takes yet."""
    if run.step is Step.IMPORTING:
        what, unit = f"Importing {run.file}" if run.file else "Importing", "comments"
    else:
        what, unit = "Rating", "texts"
    if run.total:
        said = f"{what}: {run.done:,} of {run.total:,} {unit}"
    else:
        said = f"{what}: {run.done:,} {unit} so far" if run.done else f"{what} …"
    return said if run.left is None else f"{said}, {_duration(run.left)} left"


def _duration(seconds: float) -> str:
    """Return about how long that is."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / 60):,} min" if seconds < 5_400 else f"{seconds / 3_600:,.1f} h"
