"""Another version of a scorer beside the one in use: whose route would change, and is it better.

Comments go through `st.text` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from triage.domain.scores import Label
from triage.ui.review.pieces import byline, folded
from triage.ui.state import Key, digest
from triage.ui.thresholds.choice import Scale
from triage.ui.words import comments
from triage.workbench import (
    Comparison,
    Findings,
    Flip,
    LabelComparison,
    Outcome,
    VersionSeen,
    Workbench,
)

__all__ = ["draw_comparison", "draw_rivals"]

_PAGE = 10
_OLD, _NEW = "#a3a7ad", "#4f86d6"
_UNKNOWN = "not known"


def draw_rivals(
    bench: Workbench, findings: Findings, own: Scale, rivals: Sequence[VersionSeen]
) -> None:
    """Draw the choice of a version, what it would change, and how it is put to use."""
    by_ref = {one.ref: one for one in reversed(rivals)}
    ref = st.selectbox(
        "Beside the scorer in use",
        list(by_ref),
        format_func=lambda one: f"{one}, rated {by_ref[one].comments:,} of {findings.comments:,}",
        key=f"{Key.TUNE_RIVAL}.{digest(*by_ref)}",
        width=520,
    )
    label = own.target.label
    if label is not None and label not in by_ref[ref].labels:
        st.text(f"{ref} does not rate {label.words}.")
        return
    found = bench.compare(ref, findings=findings)
    draw_comparison(bench, found, label if label in found.labels else None)
    st.caption(f"Nothing changes by looking. {_way(bench, by_ref[ref])}")


def _way(bench: Workbench, rival: VersionSeen) -> str:
    """Return how a version is put to use, where it can be."""
    last = next((one.learned for one in reversed(bench.adoptions())), None)
    if rival.key.endswith("+site"):
        return (
            "It was learned from earlier decisions and is not put to use again: *Learn from "
            "decisions* says what there is to learn now."
        )
    if last is not None and (rival.key, rival.version) == (last.base_key, last.base_version):
        return (
            "It is the scorer below what was learned. The way back to it, with its thresholds, is "
            "under *Learn from decisions*."
        )
    return (
        f"To use it, on the command line: `triage score --scorer {rival.key}`, which takes the "
        "version that is installed. A threshold holds for the scorer that it was found for: look "
        "at the queue of the same length, too."
    )


def draw_comparison(bench: Workbench, found: Comparison, label: Label | None) -> None:
    """Draw what a version would change: counts, figures, curves, and the comments themselves."""
    with st.container(border=True, gap="small", key="flips-said"):
        st.text(_said(found))
    rows = [one for one in found.by_label if label in (None, one.found.label)]
    if rows:
        st.html(_table(rows))
    if label is not None and rows:
        _curves(rows[0])
    elif rows:
        st.caption("Choose a label above to see the two curves beside each other.")
    _flips(bench, found)


def _said(found: Comparison) -> str:
    ways = [
        f"{count:,} from {was} to {becomes}" for (was, becomes), count in found.flips.ways.items()
    ]
    changed = sum(found.flips.ways.values())
    said = [f"{found.after.name} in place of {found.before.name}, under {found.policy.ref}."]
    if changed:
        said.append(
            f"Of {comments(found.compared)} that both rated, {changed:,} would get another route: "
            f"{', '.join(ways)}."
        )
    else:
        said.append(f"Of {comments(found.compared)} that both rated, none changes its route.")
    if found.left_out:
        said.append(f"Left out: {', '.join(found.left_out)}.")
    if found.caution:
        said.append(found.caution)
    return " ".join(said)


def _table(rows: Sequence[LabelComparison]) -> str:
    """Return HTML: a column per label, a row per figure; numbers and our own words only."""
    head = "".join(f'<th scope="col">{escape(one.found.label.words)}</th>' for one in rows)
    figures: Sequence[tuple[str, Callable[[LabelComparison], tuple[str, str]]]] = (
        ("flagged now → then", _flagged),
        ("of 100 flagged, right were", lambda one: _precision(one.before)),
        ("of 100 flagged, right would be", lambda one: _precision(one.after)),
        ("with as many flagged as now", _level),
        ("AUC now → then", _area),
        ("like the old one", _alike),
    )
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(
            f"<td><b>{escape(value)}</b><small>{escape(small)}</small></td>"
            for value, small in map(cell, rows)
        )
        + "</tr>"
        for name, cell in figures
    )
    table = f'<table class="figures"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody>'
    return f'<div class="wide">{table}</table></div>'


def _flagged(one: LabelComparison) -> tuple[str, str]:
    if one.before is None or one.after is None:
        return "no threshold", ""
    found = one.found.switch
    small = f"{len(found.rises):,} come, {len(found.falls):,} go"
    return f"{found.flagged_before:,} → {found.flagged_after:,}", small


def _precision(one: Outcome | None) -> tuple[str, str]:
    if one is None or one.precision is None:
        return _UNKNOWN, "nobody reviewed any" if one else ""
    low, high = 100 * one.precision_low, 100 * one.precision_high
    return f"{100 * one.precision:.0f}", f"{low:.0f} to {high:.0f}; {one.reviewed:,} reviewed"


def _level(one: LabelComparison) -> tuple[str, str]:
    value, small = _precision(one.level)
    return value, f"from {one.level.threshold:.3f}; {small}" if one.level else small


def _area(one: LabelComparison) -> tuple[str, str]:
    found = one.found
    if found.auc_before is None or found.auc_after is None:
        return _UNKNOWN, f"{found.labels:,} decided, {found.positives:,} carry it"
    spans = [
        "" if span is None else f"{span.low:.2f} to {span.high:.2f}"
        for span in (found.auc_before_95, found.auc_after_95)
    ]
    small = f"{spans[0]} → {spans[1]}; {found.labels:,} decided" if all(spans) else ""
    return f"{found.auc_before:.3f} → {found.auc_after:.3f}", small


def _alike(one: LabelComparison) -> tuple[str, str]:
    same = one.found.switch.rank_correlation
    value = _UNKNOWN if same != same else f"{same:.3f}"
    return value, f"rank correlation; distance {one.found.distance:.3f}"


def _curves(one: LabelComparison) -> None:
    """Draw precision and recall of both against the share flagged: scores are not comparable."""
    rows = [
        {"share": share, "what": what, "who": who, "value": value}
        for who, figures in zip(("in use", "the other"), one.figures, strict=True)
        for what, values in (
            ("precision", figures.precision),
            ("recall: at least", figures.recall_low),
        )
        for share, value in zip(one.share, values, strict=True)
    ]
    frame = pd.DataFrame(rows).dropna(subset=["value"])
    if frame.empty:
        st.caption("Nobody decided about a comment yet: there are no curves to hold side by side.")
        return
    with st.container(horizontal=True, gap="medium", key="curves-beside"):
        for what, own in frame.groupby("what"):
            chart = _curve(own).properties(title=str(what), width=330, height=300)
            st.altair_chart(
                chart, width="content", alt=f"{what} of both, by the share of comments flagged"
            )


def _curve(frame: pd.DataFrame) -> Any:
    return (
        alt.Chart(frame)
        .mark_line(strokeWidth=2.2)
        .encode(
            x=alt.X(
                "share:Q",
                title="share of comments flagged",
                scale=alt.Scale(type="log", domain=[0.001, 0.5]),
                axis=alt.Axis(format="~%", values=[0.001, 0.01, 0.05, 0.1, 0.25, 0.5]),
            ),
            y=alt.Y(
                "value:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%")
            ),
            color=alt.Color(
                "who:N",
                scale=alt.Scale(domain=["in use", "the other"], range=[_OLD, _NEW]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=["who:N", alt.Tooltip("share:Q", format=".1%"), "value:Q"],
        )
    )


def _flips(bench: Workbench, found: Comparison) -> None:
    """Draw a page of the comments whose route would change, most moved first."""
    keys = {one: found.keys(stricter=one) for one in (True, False)}
    if not any(len(one) for one in keys.values()):
        _veiled(found.veiled)
        return
    words = {True: "would be flagged, or held", False: "would be let through, or only reviewed"}
    stricter = bool(
        st.segmented_control(
            "Which",
            [one for one in keys if len(keys[one])],
            default=bool(len(keys[True])),
            required=True,
            format_func=lambda one: f"{len(keys[one]):,} {words[one]}",
            key=f"{Key.TUNE_FLIPS}.{digest(found.before.name, found.after.name)}",
            label_visibility="collapsed",
        )
    )
    pages = -(-len(keys[stricter]) // _PAGE)
    number = 1
    if pages > 1:
        about = digest(found.before.name, found.after.name, str(stricter))
        number = st.pagination(pages, key=f"{Key.TUNE_FLIPS}.page.{about}")
    offset = (number - 1) * _PAGE
    shown = bench.flipping(found, stricter=stricter, limit=_PAGE, offset=offset)
    for one in shown:
        _flip(one)
    _veiled(found.veiled + min(_PAGE, len(keys[stricter]) - offset) - len(shown))


def _flip(one: Flip) -> None:
    with st.container(border=True, gap="small", key=f"context-flip-{digest(one.entry.comment.id)}"):
        verdict = one.entry.verdict.value if one.entry.verdict else "undecided"
        said = [f"{one.was} → {one.becomes}", _most_moved(one), verdict]
        byline(one.entry.comment, more=" · ".join(said))
        folded(one.entry.comment.text)


def _most_moved(one: Flip) -> str:
    both = [label for label in one.after if label in one.before]
    if not both:
        return "rated by one of them only"
    most = max(both, key=lambda label: abs(one.after[label] - one.before[label]))
    return f"{most.words} {one.before[most]:.3f} → {one.after[most]:.3f}"


def _veiled(count: int) -> None:
    if count:
        st.caption(
            f"Not listed: {comments(count)} to be decided without their scores, which a place on "
            "this list would tell."
        )
