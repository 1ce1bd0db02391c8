"""An evaluation as a report that can be attached to a decision: JSON or Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict

from triage.tuning.evaluation import Evaluation, Interval

__all__ = ["as_json", "as_markdown", "line", "plain", "share"]

_NOTE = (
    "Intervals are 95 % ones; they take the comments for a random sample of those that will come, "
    "and a threshold for one that was not chosen on them."
)


def as_json(evaluation: Evaluation, about: Mapping[str, str]) -> str:
    """Return the report as JSON; `about` says where scores and labels come from."""
    return json.dumps({"about": dict(about), **asdict(evaluation)}, indent=2) + "\n"


def as_markdown(evaluation: Evaluation, about: Mapping[str, str]) -> str:
    """Return the report as Markdown; `about` says where scores and labels come from."""
    area = share(evaluation.auc)
    if evaluation.auc_95 is not None:
        area += f" ({_range(evaluation.auc_95)})"
    elif evaluation.auc is not None:
        area += " (too few comments for an interval)"
    carrying = evaluation.positives / evaluation.labels
    lines = [
        "# Evaluation",
        "",
        *(f"- {plain(name)}: {plain(value)}" for name, value in about.items()),
        f"- comments: {evaluation.labels:,}",
        f"- of which carry the label: {evaluation.positives:,} ({carrying:.1%})",
        f"- AUC: {area}",
        f"- average precision: {share(evaluation.average_precision)}",
        f"- mean score: {evaluation.mean_score:.3f}",
        f"- calibration error: {evaluation.calibration_error:.3f}",
        "",
        "| from | flags | share | precision | 95 % | recall | 95 % |",
        "|---|---|---|---|---|---|---|",
        *(
            line(
                f"{row.threshold:g}",
                f"{row.flagged:,}",
                f"{row.flagged_share:.1%}",
                share(row.precision),
                _range(row.precision_95),
                share(row.recall),
                _range(row.recall_95),
            )
            for row in evaluation.thresholds
        ),
        "",
        "| scores | comments | mean score | carry the label | 95 % |",
        "|---|---|---|---|---|",
        *(
            line(
                f"{one.low:g} to {one.high:g}",
                f"{one.labels:,}",
                share(one.mean_score),
                share(one.share),
                _range(Interval(one.share_low, one.share_high)),
            )
            for one in evaluation.bands
        ),
        "",
        _NOTE,
        "",
    ]
    return "\n".join(lines)


def line(*cells: str) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cells)} |"


def share(value: float | None) -> str:
    """Return a share with three digits, or that it is not known."""
    return "not known" if value is None else f"{value:.3f}"


def _range(interval: Interval) -> str:
    return f"{interval.low:.3f} to {interval.high:.3f}"


def plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: names come from outside."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", " ".join(text.split()))
