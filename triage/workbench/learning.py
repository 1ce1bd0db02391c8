"""Verbs of whoever lets a scorer learn from decisions: what there is to learn, and using it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
from numpy.typing import NDArray

from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label
from triage.errors import ConflictError, UsageError
from triage.scoring.careful import mode_of
from triage.scoring.learned import (
    SUFFIX,
    LearnedScorer,
    Taught,
    base_of,
    packed,
    unpacked,
    version_of,
)
from triage.store import Adoption, LearnedRecord, Panel
from triage.tuning.learning import Kind, Verdict, level_threshold
from triage.workbench.comparing import Comparing
from triage.workbench.comparison import Comparison, Side
from triage.workbench.lessons import Lesson, learned, refused
from triage.workbench.parts import Tick
from triage.workbench.scoring import Scoring

__all__ = ["Learning"]

Seat = tuple[str, str]

_INEXACT = (
    "{} is in use in its {} mode, whose scores are exact near thresholds only, and what is learned "
    "bends all of them: use its exact mode first (triage score --mode exact), then learn"
)
Vector = NDArray[np.float64]


class Learning(Comparing, Scoring):
    """Decisions teach a scorer: offered, tried on what was held out, and taken back at will."""

    def learn(self, *, on_progress: Tick | None = None) -> list[Lesson]:
        """Return what the decisions so far teach of each scorer in use; nothing is changed.

        What audits drew teaches nothing and judges everything. Every comment's text is read once,
        which takes minutes on a large site. Raises ConflictError where comments came in meanwhile.
        """
        findings = self.findings()
        lessons = []
        for seat in dict.fromkeys(findings.known.panel.values()):
            own = [label for label, one in findings.known.panel.items() if one == seat]
            base = next(iter(self._below([seat]).items()))
            if mode := mode_of(base[1]):
                lessons.append(refused(findings, base, own, _INEXACT.format(base[0], mode)))
                continue
            below = self.store.versions.read(*base, own)
            if len(below.rated) != findings.comments:
                raise ConflictError("comments came in meanwhile: look again")
            for found in learned(findings, base, below.scores, self._read):
                if isinstance(found, Lesson):
                    lessons.append(found)
                elif on_progress is not None:
                    on_progress(found, findings.comments)
        return lessons

    def better(self, lesson: Lesson, kind: Kind) -> tuple[Label, ...]:
        """Return the labels of which it is shown that what was learned is better."""
        trials = lesson.trials[kind]
        return tuple(label for label, one in trials.items() if one.verdict is Verdict.BETTER)

    def compare_lesson(self, lesson: Lesson, kind: Kind, labels: Sequence[Label]) -> Comparison:
        """Return whose route would change by adopting: with thresholds that go along.

        Precision and AUC are by what a fit without a comment says of it, as in the trials.
        """
        known, findings = lesson.findings.known, lesson.findings
        everyone = np.ones(findings.comments, bool)
        after = dict(known.scores) | {one: lesson.scores[kind][one] for one in labels}
        carried = self._carried(findings.policy, known.scores, after, labels)
        return Comparison(
            findings,
            Side(
                ", ".join(dict.fromkeys(map("@".join, lesson.in_use.values()))),
                known.scores,
                known.unreadable,
                everyone,
            ),
            Side(f"{lesson.base[0]}{SUFFIX}", after, known.unreadable, everyone),
            labels,
            thresholds=carried,
            judged={one: lesson.unseen[kind][one] for one in labels},
        )

    def adopt(
        self,
        lesson: Lesson,
        kind: Kind,
        by: str,
        why: str,
        labels: Sequence[Label] = (),
        *,
        on_progress: Tick | None = None,
    ) -> LearnedRecord:
        """Put what was learned to use, as a new version of a scorer, and return that.

        `labels` are by default those of which it is shown to be better; the others stay as they
        are, with what was learned of them before. All comments get their new scores first; then
        the version takes its seats, and thresholds move along so that each flags as many comments
        as before, as a new version of the policy.
        Raises UsageError for whoever is no lead, without a reason, and where nothing is better and
        no label is named; ConflictError where scorers or policy changed since the lesson, also
        while the comments got their scores.
        """
        self.leads_only(by, "let a scorer learn")
        if lesson.refused:
            raise UsageError(lesson.refused)
        if not why.strip():
            raise UsageError("say why: what was learned keeps the reason it is used for")
        labels = tuple(labels) or self.better(lesson, kind)
        missing = [one.words for one in labels if one not in lesson.taught[kind]]
        if not labels or missing:
            raise UsageError(
                f"nothing was learned of {', '.join(missing)}"
                if missing
                else "it is not shown to be better for any label: name those to adopt all the same"
            )
        self._check_fresh(lesson)
        state = packed(self._in_use(lesson) | {one: lesson.taught[kind][one] for one in labels})
        key, version = lesson.base
        evidence = {
            "kind": kind.value,
            "labels": [one.value for one in labels],
            "policy": lesson.findings.policy.ref,
            "trials": {one.value: asdict(lesson.trials[kind][one]) for one in labels},
        }
        record = LearnedRecord(f"{key}{SUFFIX}", version_of(state, version), key, version, evidence)
        self._rate_all(record, state, on_progress)
        known = lesson.findings.known
        after = dict(known.scores) | {one: lesson.scores[kind][one] for one in labels}
        seats = dict.fromkeys(lesson.in_use, (record.key, record.version))
        self._put(lesson, record, state, seats, after, by, why)
        self._rate_all(record, state, None)  # what came in meanwhile
        return record

    def roll_back_learned(self, by: str, why: str) -> Adoption:
        """Put the scorer below what was learned last to use again, and return that.

        Its thresholds come back with it: those that it had where the policy changed by adopting
        alone since then, else those that flag as many comments as now. Raises UsageError for
        whoever is no lead, without a reason, and where nothing learned is in use; ConflictError
        where scorers or policy change at the same moment.
        """
        self.leads_only(by, "take back what a scorer learned")
        if not why.strip():
            raise UsageError("say why: the way back keeps its reason, too")
        present = self.store.learned.in_force()
        last = next(
            (
                one
                for one in reversed(self.store.learned.history())
                if one.learned is not None and present.get(one.base_key) == one.learned
            ),
            None,
        )
        if last is None or last.learned is None:
            raise UsageError("nothing that was learned is in use")
        record = last.learned
        findings = self.findings()
        known = findings.known
        base = (record.base_key, record.base_version)
        own = [one for one, seat in known.panel.items() if seat == (record.key, record.version)]
        below = self.store.versions.read(*base, own).scores if own else {}
        panel = dict(known.panel) | dict.fromkeys(own, base)
        earlier = self._policy_below(record)
        if earlier is None:
            moved = self._carried(findings.policy, known.scores, {**known.scores, **below}, own)
        else:
            both = (*earlier.thresholds, *findings.policy.thresholds)
            moved = tuple(
                one
                for label in dict.fromkeys(one.label for one in both)
                for one in (earlier if label in own else findings.policy).thresholds
                if one.label is label
            )
        policy = self._next(findings.policy, moved, by, why)
        done = Adoption(record.base_key, None, by, why.strip(), self._clock())
        upon = (known.panel, findings.policy.ref)
        self.store.learned.adopt(done, b"", panel, policy, upon=upon)
        return done

    def to_rate(self) -> int:
        """Return how many texts the scorers in use have not rated yet; `score` does.

        After a way back there may be some: those that came since, where only what was learned was
        asked about them.
        """
        coverage = self.store.panel.coverage()
        read = {
            seat: coverage.by_label.get(label, ()) for label, seat in self.store.panel.get().items()
        }
        known = [
            replace(one, languages=read[one.key, one.version])
            for one in self.store.scores.scorers()
            if (one.key, one.version) in read
        ]
        unknown_as = coverage.unknown_as
        return sum(self.store.scores.unscored_count(one, unknown_as=unknown_as) for one in known)

    def adoptions(self) -> list[Adoption]:
        """Return who put what was learned to use, or took it back, oldest first."""
        return self.store.learned.history()

    def _read(self, keys: Sequence[int] | None) -> Iterator[list[tuple[int, str]]]:
        return self.store.versions.texts(keys)

    def _check_fresh(self, lesson: Lesson) -> None:
        panel = self.store.panel.get()
        if self.policy().ref != lesson.findings.policy.ref or any(
            panel.get(label) != seat for label, seat in lesson.in_use.items()
        ):
            raise ConflictError("scorers or policy changed since this was learned: learn anew")

    def _in_use(self, lesson: Lesson) -> dict[Label, Taught]:
        """Return what was learned before of the lesson's labels and is in use."""
        found: dict[Label, Taught] = {}
        for key, version in set(lesson.in_use.values()):
            if base_of(key):
                found |= unpacked(self.store.learned.state(key, version))
        return {label: one for label, one in found.items() if label in lesson.in_use}

    def _rate_all(self, record: LearnedRecord, state: bytes, on_progress: Tick | None) -> None:
        """Give every comment its new scores; from those of the scorer below, which it has."""
        in_force = {record.base_key: record.base_version}
        choices = self._choices(None, in_force, lambda: self.policy().limits)
        base = self._loaded(record.base_key, choices)
        if base.info.version != record.base_version:
            raise ConflictError(
                f"{base.info.key} is {base.info.version} here by now, and this was learned on "
                f"{record.base_version}: triage score, and learn anew"
            )
        scorer = LearnedScorer(base, record.version, lambda: state)
        unknown_as = self.settings.language
        total, done = self.store.scores.unscored_count(scorer.info, unknown_as=unknown_as), 0
        for asked, _ in self._score_open(scorer):
            done += asked
            if on_progress is not None:
                on_progress(done, total)

    def _put(
        self,
        lesson: Lesson,
        record: LearnedRecord,
        state: bytes,
        seats: Panel,
        after: Mapping[Label, Vector],
        by: str,
        why: str,
    ) -> None:
        policy = lesson.findings.policy
        known = lesson.findings.known
        carried = self._carried(policy, known.scores, after, list(lesson.in_use))
        made = self._next(policy, carried, by, why)
        panel = dict(known.panel) | dict(seats)
        adoption = Adoption(record.base_key, record, by, why.strip(), self._clock())
        self.store.learned.adopt(adoption, state, panel, made, upon=(known.panel, policy.ref))

    def _next(
        self, present: Policy, thresholds: Iterable[Threshold], by: str, why: str
    ) -> Policy | None:
        """Return the version that goes along with a change of scorer; None where nothing changes.

        Ranges in which it decides by itself were found for the scores that go: they are off in it.
        """
        thresholds = tuple(thresholds)
        if set(thresholds) == set(present.thresholds) and present.automatic is None:
            return None
        return self._made(thresholds, by, why.strip(), automatic="off")

    def _policy_below(self, record: LearnedRecord) -> Policy | None:
        """Return the policy under which the scorer below was used, if nobody changed it since.

        What was adopted since, one upon the other, changed it too: that is taken back with it.
        """
        base = (record.base_key, record.base_version)
        chain: list[LearnedRecord] = []
        for one in self.store.learned.history():
            if one.base_key == record.base_key:
                mine = one.learned is not None and (one.base_key, one.learned.base_version) == base
                chain = [*chain, one.learned] if mine and one.learned is not None else []
        history = self.policy_history()
        refs = [one.policy.ref for one in history]
        first = chain[0].evidence.get("policy")
        if first not in refs:
            return None
        at = len(refs) - 1 - refs[::-1].index(str(first))
        came = {one.ref for one in chain}
        if any((one.evidence or {}).get("learned") not in came for one in history[at + 1 :]):
            return None
        return history[at].policy

    @staticmethod
    def _carried(
        policy: Policy,
        before: Mapping[Label, Vector],
        after: Mapping[Label, Vector],
        labels: Sequence[Label],
    ) -> tuple[Threshold, ...]:
        """Return the thresholds that flag as many comments by the new scores as by the old."""
        moved = [
            one
            for one in labels
            if one in before and not np.array_equal(before[one], after[one], equal_nan=True)
        ]
        return tuple(
            one
            if one.label not in moved
            else Threshold(
                one.label, level_threshold(before[one.label], after[one.label], one.at), one.route
            )
            for one in policy.thresholds
        )
