"""What is known of a threshold as a report to attach to a decision: JSON or Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from triage.tuning.drift import Slice
from triage.tuning.outcomes import AuditState, Bar, Outcome
from triage.tuning.periods import Periods
from triage.tuning.reliability import Band
from triage.tuning.report import line, plain, share
from triage.tuning.together import in_words

__all__ = ["TuneReport", "as_json", "as_markdown"]

_NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class TuneReport:
    """What is known for one label, or for a whole policy (`together`).

    `columns` are the thresholds side by side, each with its word: the one in force first, where
    there is one. `answer` is what a goal came to; empty where none was asked. `slices` are the
    comments flagged at the last of the columns by what they are told apart by, most flagged first;
    empty where nothing tells. `periods` says what changed of late, at the same threshold.
    """

    title: str
    about: Mapping[str, str]
    together: bool
    columns: Sequence[tuple[str, Outcome]]
    said: str
    answer: str
    audit: AuditState
    grid: Sequence[Outcome]
    bars: Sequence[Bar]
    bands: Sequence[Band]
    slices: Mapping[str, Sequence[Slice]]
    confidence: float
    periods: Periods | None = None


def as_json(report: TuneReport) -> str:
    """Return the report as JSON; what is not known is null."""
    found = asdict(report)
    for rows in found["slices"].values():
        for row in rows:
            row["share"] = row["share"] if row["reviewed"] else None
    return json.dumps(found, indent=2, allow_nan=False) + "\n"


def as_markdown(report: TuneReport, drawing: str | None = None) -> str:
    """Return the report as Markdown; `drawing` names the file of its plots."""
    named = [word for word, _ in report.columns]
    cells = [_cells(report, one) for _, one in report.columns]
    lines = [
        f"# {plain(report.title)}",
        "",
        *(f"- {plain(name)}: {plain(value)}" for name, value in report.about.items()),
        f"- {report.audit.said}",
        "",
        *([f"**{report.answer}**", ""] if report.answer else []),
        report.said,
        "",
        line("", *named),
        line(*["---"] * (1 + len(named))),
        *(
            line(name, *values)
            for name, *values in zip(_rows(report.confidence), *cells, strict=True)
        ),
        "",
        *([f"![Scores, precision and recall]({drawing})", ""] if drawing else []),
        line("from", "flags", "precision", f"{report.confidence:.0%}", "recall, at least", _MISSED),
        line(*["---"] * 6),
        *(_grid_line(report, one) for one in report.grid),
        "",
        *_bands(report),
        *(text for name, rows in report.slices.items() for text in _slices(name, rows)),
        *_drifted(report.periods),
        _NOTE,
        "",
    ]
    return "\n".join(lines)


def _bands(report: TuneReport) -> list[str]:
    if not report.bands:
        return []
    return [
        line("scores", "labels", "mean score", "carry it", "95%"),
        line(*["---"] * 5),
        *(
            line(
                f"{one.low:g} to {one.high:g}",
                f"{one.labels:,}",
                share(one.mean_score),
                share(one.share),
                f"{one.share_low:.3f} to {one.share_high:.3f}",
            )
            for one in report.bands
        ),
        "",
    ]


def _slices(name: str, rows: Sequence[Slice]) -> list[str]:
    """Return a table of slices: counts before shares, for a share of few says little."""
    if not rows:
        return [f"By {name}: nothing tells.", ""]
    more = [f"And {len(rows) - _SLICES:,} more.", ""] if len(rows) > _SLICES else []
    return [
        line(f"by {name}", "comments", "flagged", "share", "reviewed", "right", "share", "95%"),
        line(*["---"] * 8),
        *(
            line(
                plain(one.name),
                f"{one.comments:,}",
                f"{one.flagged:,}",
                f"{one.flagged / one.comments:.1%}",
                f"{one.reviewed:,}",
                f"{one.rejected:,}",
                share(one.share if one.reviewed else None),
                f"{one.low:.3f} to {one.high:.3f}",
            )
            for one in rows[:_SLICES]
        ),
        "",
        *more,
    ]


def _drifted(found: Periods | None) -> list[str]:
    if found is None:
        return []
    table = [
        line("", "before", "of late", "so"),
        line(*["---"] * 4),
        *(line(*row) for row in found.rows),
        "",
    ]
    return [found.said, "", *(table if found.rows else [])]


_SLICES = 20  # of a kind; the JSON report has all
_MISSED = "missed per 1,000 unreviewed"
_NOTE = (
    "The interval of precision is for a threshold that was fixed before looking at these labels. "
    "Recall is stated as a lower bound, and only where an audit sample was drawn and reviewed: it "
    "cannot be known from flagged comments alone."
)


def _rows(confidence: float) -> tuple[str, ...]:
    return (
        "threshold",
        "flagged by it",
        "share of all comments",
        "whole queue, a day",
        "reviewer hours, a day",
        "precision",
        f"its {confidence:.0%} interval",
        "reviewed labels",
        "flagged, not decided yet",
        "recall, at least",
        "recall, estimate",
        _MISSED,
        "at most",
        "audited below",
        "due and undecided below",
    )


def _cells(report: TuneReport, one: Outcome) -> tuple[str, ...]:
    known = one.recall_low is not None
    return (
        _threshold(report, one),
        f"{one.flagged:,}",
        f"{one.share:.1%}",
        f"{one.queue_per_day:,.1f}",
        _NOT_KNOWN if one.hours_per_day is None else f"{one.hours_per_day:,.2f}",
        share(one.precision),
        f"{one.precision_low:.3f} to {one.precision_high:.3f}",
        f"{one.reviewed:,}",
        f"{one.due:,}",
        share(one.recall_low),
        share(one.recall),
        _number(one.missed_per_1000),
        _number(one.missed_per_1000_most),
        f"{one.audited:,}" if known else "none",
        f"{one.waiting:,}",
    )


def _grid_line(report: TuneReport, one: Outcome) -> str:
    return line(
        _threshold(report, one),
        f"{one.flagged:,}",
        share(one.precision),
        f"{one.precision_low:.3f} to {one.precision_high:.3f}",
        share(one.recall_low),
        _number(one.missed_per_1000),
    )


def _threshold(report: TuneReport, one: Outcome) -> str:
    return in_words(one.threshold) if report.together else f"{one.threshold:.3f}"


def _number(value: float | None) -> str:
    return _NOT_KNOWN if value is None else f"{value:,.1f}"
