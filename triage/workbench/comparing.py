"""Verbs of whoever is to decide which scorer answers for a label: what would change, beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.domain.scores import Label
from triage.errors import NotFoundError, UsageError
from triage.store import Panel, VersionScores, VersionSeen
from triage.tuning.compare_report import CompareReport, as_json, as_markdown
from triage.tuning.plots import beside
from triage.workbench.comparison import Comparison, Flip, Side
from triage.workbench.findings import Findings
from triage.workbench.tuning import Tuning, check_reports, write_report

__all__ = ["Comparing"]

Seat = tuple[str, str]


class Comparing(Tuning):
    """A version of a scorer is looked at beside the one in use."""

    def rivals(self, findings: Findings) -> list[VersionSeen]:
        """Return the versions that rated comments and are not in use for all of their labels."""
        panel = findings.known.panel
        if findings.versions is None and all(
            (one.key, one.version) in panel.values() for one in self.store.scores.scorers()
        ):
            return []  # to count what each rated takes a second of a million comments
        return [
            one
            for one in self._seen(findings)
            if any(panel.get(label) != (one.key, one.version) for label in _own(panel, one))
        ]

    def compare(
        self,
        new: str,
        old: str | None = None,
        *,
        label: Label | None = None,
        findings: Findings | None = None,
    ) -> Comparison:
        """Return what would change if a scorer version took the place of another.

        Both are named KEY, or KEY@VERSION where several versions rated; `old` is by default what
        is in use. Compared are the labels in which the old one would be replaced: those that the
        new one reports, or where it has a seat already, that seat's; with `label` that one.
        Nothing is loaded or rated. Raises UsageError for a version that rated nothing here, and
        where there is nothing to compare.
        """
        findings = findings or self.findings()
        panel = findings.known.panel
        one = self._version(findings, new)
        other = None if old is None else self._version(findings, old)
        labels = _labels(panel, one, other)
        if label is not None and label not in labels:
            raise UsageError(f"there is nothing to compare for {label.words}: see triage tune")
        labels = labels if label is None else [label]
        before = dict(panel)
        if other is not None:
            before.update(dict.fromkeys(labels, (other.key, other.version)))
        after = before | dict.fromkeys(labels, (one.key, one.version))
        if before == after:
            raise UsageError(f"{one.ref} is compared with itself: name another version")
        kept = (tuple(before.items()), tuple(after.items()))
        if kept not in findings.comparisons:
            findings.comparisons[kept] = self._compared(findings, before, after, labels)
        return findings.comparisons[kept]

    def flipping(
        self, comparison: Comparison, *, stricter: bool, limit: int = 20, offset: int = 0
    ) -> list[Flip]:
        """Return one page of the comments whose route would change, most moved first.

        Without those that are to be decided without their scores: a place here would tell them.
        """
        keys = comparison.keys(stricter=stricter)[offset : offset + limit].tolist()
        ids = self.store.evidence.ids(keys)
        blind = self.store.audits.blind(ids)
        entries = {one.comment.id: one for one in self.store.comments.among(ids)}
        return [
            comparison.flip(key, entries[comment])
            for key, comment in zip(keys, ids, strict=True)
            if comment in entries and (comment not in blind or entries[comment].verdict is not None)
        ]

    def compare_report(
        self, comparison: Comparison, *, listed: int = 10, outputs: Sequence[Path] = ()
    ) -> str:
        """Return a comparison as Markdown, with the first comments of either way by their ids.

        Written to `outputs` too, as `tune` writes its reports.
        """
        check_reports(outputs)
        sides = {
            name: self.flipping(comparison, stricter=stricter, limit=listed)
            for name, stricter in (("stricter", True), ("milder", False))
        }
        report = CompareReport(
            about={
                "policy": comparison.policy.ref,
                "in use or old": comparison.before.name,
                "new": comparison.after.name,
                "comments compared": f"{comparison.compared:,}",
                "left out": "; ".join(comparison.left_out) or "none",
                "at": f"{self._clock():%Y-%m-%d %H:%M} UTC",
                **({"mind": comparison.caution} if comparison.caution else {}),
            },
            flips=comparison.flips,
            labels=[(one.found, one.before, one.after, one.level) for one in comparison.by_label],
            listed={
                name: [
                    (one.entry.comment.id, one.was, one.becomes, one.before, one.after)
                    for one in found
                ]
                for name, found in sides.items()
            },
            veiled=comparison.veiled,
        )
        curves = [(one.found.label.words, one.share, one.figures) for one in comparison.by_label]
        for output in outputs:
            write_report(
                output,
                lambda plots: as_markdown(report, plots),
                lambda: as_json(report),
                lambda: beside(curves),
            )
        return as_markdown(report)

    def _version(self, findings: Findings, name: str) -> VersionSeen:
        """Return the version with this name; the newest of a key where none is named."""
        seen = self._seen(findings)
        found = [one for one in seen if name in (one.key, one.ref)]
        if not found:
            known = ", ".join(one.ref for one in seen) or "none"
            raise UsageError(
                f"{name} rated no comment here; those that did: {known}. To have it rate beside "
                f"the scorers in use: triage score --beside --scorer {name.partition('@')[0]}"
            )
        return found[-1]

    def _seen(self, findings: Findings) -> list[VersionSeen]:
        if findings.versions is None:
            findings.versions = self.store.versions.seen()
        return findings.versions

    def _compared(
        self, findings: Findings, before: Panel, after: Panel, labels: Sequence[Label]
    ) -> Comparison:
        held = _by_seat(findings.known.panel)
        needed = {
            seat
            for seats in (before, after)
            for seat, own in _by_seat(seats).items()
            if not own <= held.get(seat, set())
        }
        read = {seat: self._scores(findings, seat) for seat in needed}
        old, new = (_side(findings, seats, read, labels) for seats in (before, after))
        return Comparison(findings, old, new, labels)

    def _scores(self, findings: Findings, seat: Seat) -> VersionScores:
        known = next((one for one in self._seen(findings) if (one.key, one.version) == seat), None)
        if known is None:
            raise NotFoundError(f"{'@'.join(seat)} never rated anything in this database")
        found = self.store.versions.read(*seat, known.labels)
        if len(found.rated) != findings.comments:
            raise UsageError("comments came in meanwhile: look again")
        return found


def _own(panel: Panel, version: VersionSeen) -> list[Label]:
    """Return the labels that a version would take: those of its key's seats, else all of its own.

    A scorer that is on the panel for some labels only gives way to another for the rest.
    """
    seats = [label for label, (key, _) in panel.items() if key == version.key]
    return [label for label in version.labels if not seats or label in seats]


def _labels(panel: Panel, new: VersionSeen, old: VersionSeen | None) -> list[Label]:
    if old is None:
        return _own(panel, new)
    return [label for label in new.labels if label in old.labels and label in panel]


def _by_seat(panel: Panel) -> dict[Seat, set[Label]]:
    found: dict[Seat, set[Label]] = {}
    for label, seat in panel.items():
        found.setdefault(seat, set()).add(label)
    return found


def _silent(scores: Mapping[Label, NDArray[np.float64]], comments: int) -> NDArray[np.bool_]:
    """Return which comments have no score of any label."""
    silent = np.ones(comments, bool)
    for one in scores.values():
        silent &= np.isnan(one)
    return silent


def _side(
    findings: Findings,
    seats: Panel,
    read: Mapping[Seat, VersionScores],
    labels: Sequence[Label],
) -> Side:
    known = findings.known
    scores = {
        label: read[seat].scores[label] if seat in read else known.scores[label]
        for label, seat in seats.items()
        if seat not in read or label in read[seat].scores
    }
    unreadable = known.unreadable.copy()
    for seat in set(seats.values()) & set(read):
        unreadable |= read[seat].unreadable
    silent = _silent(scores, findings.comments)
    unreadable &= silent
    rated = unreadable | ~silent
    for seat in set(seats.values()) & set(read):
        rated &= read[seat].rated
    names = dict.fromkeys("@".join(seats[label]) for label in labels if label in seats)
    return Side(", ".join(names) or "nobody", scores, unreadable, rated)
