"""Two versions of a scorer side by side, as a report to attach to a decision: JSON or Markdown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from triage.domain.policy import Route
from triage.domain.scores import Label
from triage.tuning.evaluation import Interval
from triage.tuning.flips import Flips, LabelSwitch
from triage.tuning.outcomes import Outcome
from triage.tuning.report import line, plain, share

__all__ = ["CompareReport", "as_json", "as_markdown", "ways"]

Listed = tuple[str, Route, Route, Mapping[Label, float], Mapping[Label, float]]
"""A comment's id, its route before and after, and both versions' scores."""


@dataclass(frozen=True, slots=True)
class CompareReport:
    """What would change: whose route, label by label, and the first comments of either way.

    A label comes with what follows at the threshold in force by the old version and the new one,
    and at the new one's threshold that flags as many as the old one does.
    """

    about: Mapping[str, str]
    flips: Flips
    labels: Sequence[tuple[LabelSwitch, Outcome | None, Outcome | None, Outcome | None]]
    listed: Mapping[str, Sequence[Listed]]
    veiled: int


def ways(flips: Flips) -> list[tuple[str, int]]:
    """Return how many comments go which way, in words."""
    return [(f"{old} → {new}", count) for (old, new), count in flips.ways.items()]


def as_json(report: CompareReport) -> str:
    """Return the report as JSON; what is not known is null."""
    found = {
        "about": dict(report.about),
        "before": report.flips.before,
        "after": report.flips.after,
        "ways": {f"{old}>{new}": count for (old, new), count in report.flips.ways.items()},
        "labels": [
            {
                "label": one.label,
                "threshold": one.threshold,
                "flagged_before": one.switch.flagged_before,
                "flagged_after": one.switch.flagged_after,
                "rises": len(one.switch.rises),
                "falls": len(one.switch.falls),
                "rank_correlation": _finite(one.switch.rank_correlation),
                "distance": one.distance,
                "labels": one.labels,
                "positives": one.positives,
                "auc_before": one.auc_before,
                "auc_before_95": _interval(one.auc_before_95),
                "auc_after": one.auc_after,
                "auc_after_95": _interval(one.auc_after_95),
                "before": old and asdict(old),
                "after": new and asdict(new),
                "after_at_the_same_queue": level and asdict(level),
            }
            for one, old, new, level in report.labels
        ],
        "listed": {
            name: [
                {"comment": comment, "was": was, "becomes": becomes}
                | {"before": dict(before), "after": dict(after)}
                for comment, was, becomes, before, after in rows
            ]
            for name, rows in report.listed.items()
        },
        "not_listed_because_they_are_decided_unseen": report.veiled,
    }
    return json.dumps(found, indent=2, allow_nan=False) + "\n"


def as_markdown(report: CompareReport, drawing: str | None = None) -> str:
    """Return the report as Markdown; `drawing` names the file of its plots."""
    lines = [
        "# A change of scorer",
        "",
        *(f"- {plain(name)}: {plain(value)}" for name, value in report.about.items()),
        "",
        line("comments whose route changes", ""),
        line("---", "---"),
        *(line(name, f"{count:,}") for name, count in ways(report.flips) or [("none", 0)]),
        "",
        line(
            *("label", "threshold", "flagged", "then", "comes", "goes", "same order", "distance"),
        ),
        line(*["---"] * 8),
        *(_switched(one) for one, *_ in report.labels),
        "",
        *([f"![Precision and recall by share flagged]({drawing})", ""] if drawing else []),
        line("label", "AUC", "then", "labels", "precision", "then", "at the same queue"),
        line(*["---"] * 7),
        *(_measured(*row) for row in report.labels),
        "",
        *(text for name, rows in report.listed.items() for text in _list(name, rows)),
        _NOTE,
        "",
    ]
    return "\n".join(lines)


_NOTE = (
    "Each version is held against the threshold with its own scores, and nothing is sorted by "
    "both. “Same order” is Spearman's rank correlation, “distance” the largest difference between "
    "the two distributions of scores. AUC and precision are over comments that people decided "
    "about: these were mostly chosen by the version in use, which favours it. Intervals are 95 % "
    "ones."
)


def _switched(one: LabelSwitch) -> str:
    found = one.switch
    return line(
        one.label.words,
        "none" if one.threshold is None else f"{one.threshold:.3f}",
        f"{found.flagged_before:,}",
        f"{found.flagged_after:,}",
        f"{len(found.rises):,}",
        f"{len(found.falls):,}",
        share(_finite(found.rank_correlation)),
        f"{one.distance:.3f}",
    )


def _measured(
    one: LabelSwitch, old: Outcome | None, new: Outcome | None, level: Outcome | None
) -> str:
    return line(
        one.label.words,
        _area(one.auc_before, one.auc_before_95),
        _area(one.auc_after, one.auc_after_95),
        f"{one.labels:,}, {one.positives:,} carry it",
        _precision(old),
        _precision(new),
        "not known" if level is None else f"{_precision(level)}, from {level.threshold:.3f}",
    )


def _area(value: float | None, interval: Interval | None) -> str:
    if interval is None:
        return share(value)
    return f"{share(value)} ({interval.low:.3f} to {interval.high:.3f})"


def _precision(one: Outcome | None) -> str:
    if one is None or one.precision is None:
        return "not known"
    return f"{one.precision:.3f} ({one.precision_low:.3f} to {one.precision_high:.3f})"


def _list(name: str, rows: Sequence[Listed]) -> list[str]:
    if not rows:
        return []
    return [
        f"Become {name}, most moved first:",
        "",
        *(
            f"- {plain(comment)}: {was} → {becomes}; {plain(_scores(before, after))}"
            for comment, was, becomes, before, after in rows
        ),
        "",
    ]


def _scores(before: Mapping[Label, float], after: Mapping[Label, float]) -> str:
    """Return the label that moved most, with its two scores."""
    both = [label for label in after if label in before]
    if not both:
        return "no score by one of them"
    most = max(both, key=lambda label: abs(after[label] - before[label]))
    return f"{most.words} {before[most]:.3f}, then {after[most]:.3f}"


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _interval(one: Interval | None) -> list[float] | None:
    return None if one is None else [one.low, one.high]
