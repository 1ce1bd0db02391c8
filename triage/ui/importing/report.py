"""What the last run brought, until another one begins."""

from __future__ import annotations

import streamlit as st

from triage.domain.automatic import Acted
from triage.ui.importing.problems import draw_problems
from triage.ui.links import open_page
from triage.ui.runs import ENDED
from triage.ui.state import Key
from triage.ui.words import comments
from triage.workbench import ImportReport, Run, Step, Workbench

__all__ = ["draw_report"]


def draw_report(bench: Workbench) -> None:
    """Draw what came of the last run that is over, and where to go from there."""
    run = bench.run()
    if run is None or run.going:
        return
    with st.container(border=True, key="import-report"):
        st.markdown(f"##### {ENDED[run.step]}")
        if run.step is Step.FAILED:
            st.text(run.error)
        for name, report in run.imported:
            st.text(f"{name}: {_brought(report)}")
        for name, why in run.unread:
            st.text(f"Not read: {name}: {why}")
        for said in _rated(run):
            st.text(said)
        with st.container(horizontal=True, gap="small"):
            waiting = bench.progress(bench.settings.reviewer).pending
            open_page(Key.REVIEW_PAGE, f"{comments(waiting)} to review", ":material/rate_review:")
            open_page(Key.BROWSE_HOME, "Browse all", ":material/table_rows:")
        draw_problems([one for _, report in run.imported for one in report.problems])


def _brought(report: ImportReport) -> str:
    said = f"{report.new:,} new, {report.revised:,} edited, {report.unchanged:,} already known"
    if report.gone:
        said += f"; {report.gone:,} of an earlier import are not in it any more, and are kept"
    said += _acted(report.acted)
    return said


def _acted(acted: Acted) -> str:
    if not acted.decided:
        return ""
    return f"; the policy itself rejected {acted.rejected:,} and approved {acted.approved:,}"


def _rated(run: Run) -> list[str]:
    """Return what was rated by which scorer, and what was left, a sentence each."""
    if run.scored is None:
        return []
    said = [f"{count:,} texts rated by {info.key}." for info, count in run.scored.scored]
    if run.scored.acted.decided:
        said += [f"Rated{_acted(run.scored.acted)}."]
    if (stopped := run.scored.stopped) is not None:
        said += [f"{stopped.ref} decides nothing by itself any more. {stopped.why}"]
    said += [f"{count:,} texts left by {info.key}: {why}" for info, count, why in run.scored.left]
    return said
