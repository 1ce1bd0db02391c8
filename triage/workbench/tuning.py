"""Verbs of whoever tunes a threshold: what it finds and misses, what another one would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np

from triage.domain.entries import Entry
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.errors import ConflictError, UsageError
from triage.files.atomic import atomic_file
from triage.store import Kind
from triage.tuning.drift import Slice
from triage.tuning.periods import MONTH, Periods
from triage.tuning.plots import drawing
from triage.tuning.tune_report import TuneReport, as_json, as_markdown
from triage.workbench.findings import Findings
from triage.workbench.policies import Policies
from triage.workbench.remembered import Remembered
from triage.workbench.seeking import Goal, seek
from triage.workbench.targets import Moves, Target

__all__ = ["Tuning", "check_reports", "write_report"]

_STEPS = np.linspace(0.05, 0.95, 19)
_FINE = np.linspace(0, 1, 101)
_READING = Lock()  # one for all: to read twice at once would take twice the memory


class Tuning(Policies):
    """Thresholds are judged by what people decided."""

    @cached_property
    def _found(self) -> Remembered[Findings]:
        return Remembered(_READING)

    def findings(self) -> Findings:
        """Return what is known of the comments and the thresholds in force.

        Read anew where anything was written since: some seconds for a million comments.
        """
        evidence = self.store.evidence
        return self._found.of(evidence.stamp, lambda: Findings(evidence.read(self._clock())))

    def slices(self, findings: Findings, target: Target, kind: Kind, at: float) -> list[Slice]:
        """Return the flagged comments by thread, source, author or identity, counts first."""
        if kind not in findings.groups:
            findings.groups[kind] = self.store.evidence.groups(kind)
        return target.slices(findings.groups[kind], at)

    period_days = MONTH
    """How many days two periods have that are compared, where nobody asks for others."""

    def periods(self, findings: Findings, target: Target, at: float, days: int = MONTH) -> Periods:
        """Return how the last days differ from as many before them, at a threshold."""
        if findings.days is None:
            findings.days = self.store.evidence.days(self._clock())
        if len(findings.days) != findings.comments:
            raise ConflictError("comments came in meanwhile: look again")
        return target.periods(findings.days, at, days)

    def moving(
        self, moves: Moves, *, rising: bool, limit: int = 20, offset: int = 0
    ) -> list[Entry]:
        """Return one page of the comments that a threshold moves into the queue, or out of it.

        Without those that are to be decided without their scores, audited ones and others: a place
        on this list would tell them.
        """
        keys = (moves.rising if rising else moves.falling)[offset : offset + limit]
        ids = self.store.evidence.ids(keys.tolist())
        blind = self.store.audits.blind(ids)
        found = self.store.comments.among(ids)
        return [one for one in found if one.comment.id not in blind or one.verdict is not None]

    def save_tuned(
        self, findings: Findings, target: Target, at: float, by: str, why: str
    ) -> Policy:
        """Put a target's threshold in force, as a new version with what is known beside it.

        Raises as `save_policy` does, and ConflictError where another policy is in force than the
        one that the findings are about.
        """
        thresholds = target.policy(findings.policy, at)
        return self.save_policy(thresholds, by, why, target.frozen(at), upon=findings.policy)

    def known_of(self, label: Label, at: float) -> Mapping[str, object] | None:
        """Return what is known of a label's threshold, to be kept beside a policy that has it.

        None for a label that nobody scores, and where no comment has a score.
        """
        findings = self.findings()
        if label not in findings.labels:
            return None
        target = findings.target(label)
        return target.frozen(at) if target.curves.comments else None

    def tune(
        self,
        label: Label | None = None,
        goal: Goal | None = None,
        *,
        confidence: float = 0.95,
        outputs: Sequence[Path] = (),
    ) -> str:
        """Return what is known of a label's threshold, or of the whole policy, as Markdown.

        Written to `outputs` too, by their suffixes: .json, or .md with its plots in a .svg beside
        it. Raises UsageError for another suffix, a label that nobody scores, and where no comment
        has a score.
        """
        if not 0 < confidence < 1:
            raise UsageError(f"a confidence lies between 0 and 1, not {confidence:g}")
        check_reports(outputs)
        report, svg = self._report(label, goal, confidence)
        for output in outputs:
            write_report(
                output,
                lambda plots: as_markdown(report, plots),
                lambda: as_json(report),
                lambda: svg,
            )
        return as_markdown(report)

    def _report(
        self, label: Label | None, goal: Goal | None, confidence: float
    ) -> tuple[TuneReport, str]:
        findings = self.findings()
        if label is not None and label not in findings.labels:
            known = ", ".join(findings.labels) or "none yet: run triage score"
            raise UsageError(f"no scorer in use reports {label.value}; those that are: {known}")
        target = findings.target(label)
        if not target.curves.comments:
            raise UsageError("no comment has a score yet: run triage score")
        answer = None if goal is None else seek(target, goal)
        marks = [] if target.in_force is None else [("in force", target.in_force)]
        if answer is not None and answer.threshold is not None:
            marks.append(("found", answer.threshold))
        columns = [(name, target.outcome(at, confidence)) for name, at in marks]
        report = TuneReport(
            title=f"Thresholds: {label.words if label else 'the whole policy'}",
            about={
                "policy": findings.policy.ref,
                "scored by": self._scored_by(findings, label),
                "comments": f"{findings.comments:,}, of which {target.unscored:,} without a score",
                "a day": f"about {target.per_day:,.1f} comments",
                "persons who decided": f"{findings.known.reviewers:,}",
                "at": f"{self._clock():%Y-%m-%d %H:%M} UTC",
            },
            together=label is None,
            columns=columns,
            said=target.said(columns[-1][1], confidence)
            if columns
            else "No threshold of this label is in force.",
            answer="" if answer is None else answer.said,
            audit=findings.audit,
            grid=[target.outcome(float(at), confidence) for at in _STEPS],
            bars=target.bars,
            bands=target.bands,
            slices={kind.value: self.slices(findings, target, kind, marks[-1][1]) for kind in Kind}
            if marks
            else {},
            periods=self.periods(findings, target, marks[-1][1]) if marks else None,
            confidence=confidence,
        )
        return report, drawing(target.bars, target.curves.at(_FINE, confidence), marks)

    @staticmethod
    def _scored_by(findings: Findings, label: Label | None) -> str:
        panel = findings.known.panel
        seats = panel.values() if label is None else [panel[label]]
        return ", ".join(dict.fromkeys(f"{key}@{version}" for key, version in seats))


def check_reports(outputs: Sequence[Path]) -> None:
    """Raise UsageError for a file that is no report, before anything is worked out for it."""
    for output in outputs:
        if output.suffix.lower() not in {".json", ".md"}:
            raise UsageError(f"{output} is no report that can be written: end it in .json or .md")


def write_report(
    output: Path,
    markdown: Callable[[str], str],
    data: Callable[[], str],
    plots: Callable[[], str],
) -> None:
    """Write a report by its suffix: .json, or .md with its plots in a .svg beside it."""
    if output.suffix.lower() == ".md":
        beside = output.with_suffix(".svg")
        _write(beside, plots())
        _write(output, markdown(beside.name))
    else:
        _write(output, data())


def _write(output: Path, text: str) -> None:
    with atomic_file(output) as path:
        path.write_text(text, encoding="utf-8")
