"""Verbs of a lead who lets the policy decide by itself within ranges, and takes that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from random import Random

import numpy as np

from triage.domain.automatic import AUDITED, Acted, Automatic
from triage.domain.decisions import Decision, Verdict
from triage.domain.foreseen import Side
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.errors import ConflictError, UsageError
from triage.store import acts_for
from triage.tuning.outcomes import Outcome
from triage.workbench.acting import permanent
from triage.workbench.findings import Findings
from triage.workbench.parts import Tick
from triage.workbench.tuning import Tuning

__all__ = ["Automation", "Consequences"]

_SAMPLES = 6  # of each kind
_ALL = 999.95  # of 1,000: a bound that says “all of them, at most” says nothing


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from letting a policy decide by itself: to be read before it is confirmed.

    `acted` is what it would do at once; `said` tells that, what is known of the ranges and what
    is not, a sentence or two an item. `evidence` is the same, to be frozen beside the version.
    `sides` shows, per verdict, some of its comments, and those that people decided otherwise.
    """

    policy: Policy
    automatic: Automatic
    acted: Acted
    said: tuple[str, ...]
    evidence: Mapping[str, object]
    sides: Mapping[Verdict, Side]


class Automation(Tuning):
    """The policy decides what is beyond doubt, and people look at a share of that."""

    def ranges(
        self,
        reject_from: Mapping[Label, float],
        approve_to: float | None = None,
        audit: float = AUDITED,
    ) -> Automatic:
        """Return ranges for the scorers in use. Raises UsageError for what makes none."""
        in_use = {label: "@".join(seat) for label, seat in self.store.panel.get().items()}
        if not in_use:
            raise UsageError("no comment has a score yet: run triage score")
        try:
            return Automatic(reject_from, approve_to, audit, in_use)
        except ValueError as error:
            raise UsageError(str(error)) from error

    def consequences(self, automatic: Automatic, *, turn: int = 0) -> Consequences:
        """Return what would follow from turning ranges on; changes nothing.

        Each `turn` shows other samples. Raises UsageError for ranges that do not fit the policy in
        force.
        """
        findings = self.findings()
        present = findings.policy
        policy = self._made(present.thresholds, "nobody", "a preview", automatic=automatic)
        foreseen = self.store.automatic.foresee(
            policy,
            permanent,
            self._clock(),
            many=_SAMPLES,
            chance=Random(turn),  # noqa: S311
        )
        acted, sides = foreseen.acted, foreseen.sides
        outcomes = _outcomes(findings, automatic)
        lacking = {one.label for one in policy.thresholds} - set(findings.labels)
        unrated = ", ".join(one.words for one in Label if one in lacking)
        known = *_known(automatic, outcomes, unrated), *_said_by_people(sides)
        said = (*_said_now(acted, automatic), *known, _ALWAYS)
        evidence: dict[str, object] = {
            "target": "automatic",
            "known": " ".join(said),
            "at_once": asdict(acted),
            "ranges": {name: asdict(one) for name, one in outcomes.items()},
            "people": {
                verdict.value: {"decided": side.decided, "otherwise": side.otherwise}
                for verdict, side in sides.items()
            },
            "chosen_on_these_labels": any(one.reviewed > 0 for one in outcomes.values()),
            "scorers": {one: "@".join(seat) for one, seat in findings.known.panel.items()},
        }
        return Consequences(present, automatic, acted, said, evidence, sides)

    def automate(self, agreed: Consequences, by: str, why: str) -> tuple[Policy, Acted]:
        """Turn ranges on, whose consequences somebody agreed to, and let them act at once.

        Returns the new version of the policy, and what it did. Raises as `save_policy` does,
        UsageError where no lead is named, and ConflictError where another policy is in force than
        the one that was looked at, or where it would decide more by now than was agreed to. Of many
        it decides in portions: one that is cut short is `automatic_due`.
        """
        self.automates_only(by)
        made = self.checked_policy(agreed.policy.thresholds, by, why, automatic=agreed.automatic)
        acted = self.store.automatic.turn_on(
            made,
            agreed.evidence,
            permanent,
            self._clock(),
            upon=agreed.policy.ref,
            agreed=agreed.acted,
        )
        return made, acted

    def nobody_automates(self) -> str | None:
        """Return why nobody here may turn ranges on, and what to do about it; None where leads may.

        Where everybody is a lead because none is named, nobody answers for it.
        """
        if self.settings.leads or self.settings.sign_in is not None:
            return None
        return (
            "nobody is named as a lead, so everybody is one: set TRIAGE_LEADS to the names of "
            "those who may let the policy decide by itself, such as TRIAGE_LEADS=ada,lea, and "
            "start triage again"
        )

    def automates_only(self, by: str) -> None:
        """Raise UsageError where this reviewer may not turn ranges on."""
        self.leads_only(by, "change the policy")
        if (why := self.nobody_automates()) is not None:
            raise UsageError(why)

    def automatic_due(self) -> int:
        """Return on how many comments the policy in force is still to act, of those agreed to.

        More than none while it is at work, and where it was cut short: then `act` does the rest.
        """
        policy = self.policy()
        return 0 if policy.automatic is None else self.store.automatic.due(policy)

    def stop_automatic(self, by: str, why: str) -> Policy:
        """Turn the ranges off, as a new version; what they decided stays. Raises as `save_policy`.

        Raises UsageError where none is on.
        """
        present = self.policy()
        if present.automatic is None:
            raise UsageError(f"{present.ref} decides nothing by itself")
        return self.save_policy(present.thresholds, by, why, automatic="off", upon=present)

    def undo_automatic(
        self, by: str, version: int | None = None, *, on_progress: Tick | None = None
    ) -> list[Decision]:
        """Take back all that a version of the policy decided by itself; one call is one act.

        By default of all versions that kept the same ranges, since these were turned on: of the
        last ranges that decided anything. Flagged comments wait again, and nothing decides
        them by itself any more. What people decided since stays. Many go in portions: an undo that
        is cut short is gone on with by the same call. Raises UsageError for whoever is no lead,
        ConflictError where nothing of it stands, or all of it was taken back meanwhile.
        """
        self.leads_only(by, "take back what the policy decided")
        history = [one.policy for one in reversed(self.policy_history())]
        for _, same in groupby(history, key=lambda one: one.automatic):
            names = [
                acts_for(one.ref)
                for one in same
                if one.automatic is not None and version in (None, one.version)
            ]
            if not names:
                continue
            undo = self.store.decisions.undo_all
            if taken := undo(names, by, self._clock(), on_progress=on_progress):
                return taken
        which = "the policy" if version is None else f"version {version} of the policy"
        raise ConflictError(f"nothing stands that {which} decided by itself")


def _outcomes(findings: Findings, automatic: Automatic) -> dict[str, Outcome]:
    """Return what is known at the ends of the ranges, by `reject LABEL` and `approve LABEL`."""
    found = {
        f"reject {label.value}": findings.target(label).outcome(at)
        for label, at in automatic.reject_from.items()
        if label in findings.labels
    }
    if automatic.approve_to is not None:
        for label in findings.labels:
            just_above = float(np.nextafter(automatic.approve_to, 2))
            found[f"approve {label.value}"] = findings.target(label).outcome(just_above)
    return found


def _said_now(acted: Acted, automatic: Automatic) -> Sequence[str]:
    now = (
        f"At once it rejects {acted.rejected:,} comments and approves {acted.approved:,}, read by "
        f"nobody; {acted.audited:,} more that it would decide are left to people, unseen among the "
        "others."
    )
    then = f"From then on it decides so whenever scores arrive: {'; '.join(automatic.said)}."
    return now, then


def _known(automatic: Automatic, outcomes: Mapping[str, Outcome], unrated: str) -> Sequence[str]:
    lines = []
    for label, at in automatic.reject_from.items():
        one = outcomes.get(f"reject {label.value}")
        if one is None or one.precision is None:
            known = "nobody reviewed one, so how often it is wrong is not known"
        else:
            low, high = 100 * one.precision_low, 100 * one.precision_high
            known = f"of 100, {low:.0f} to {high:.0f} carry it ({one.reviewed:,} reviewed)"
        lines.append(f"{label.words} from {at:g}: {known}.")
    if automatic.approve_to is None:
        return lines
    below = [one for name, one in outcomes.items() if name.startswith("approve ")]
    bounds = [one.missed_per_1000_most for one in below]
    worst = max((bound for bound in bounds if bound is not None), default=None)
    if any(one.flagged == one.comments for one in below):
        known = "no comment is so low in all of them"
    elif worst is None or None in bounds:
        known = "how many it approves wrongly cannot be known: draw an audit sample first"
    elif worst >= _ALL:
        known = "how many it approves wrongly is not known before more of the audit is decided"
    else:
        known = f"of 1,000, at most {worst:,.1f} carry any one of the labels"
    lines.append(f"Every label {automatic.approve_to:g} or less: {known}.")
    if unrated:
        lines.append(f"No scorer in use rates {unrated}: that is not asked about.")
    return lines


def _said_by_people(sides: Mapping[Verdict, Side]) -> Sequence[str]:
    """Return what people who read them decided of comments with such scores, a sentence a side."""
    does = {Verdict.REJECT: "rejects", Verdict.APPROVE: "approves"}
    other = {Verdict.REJECT: "approved", Verdict.APPROVE: "rejected"}
    return [
        f"What it {does[verdict]}: people read and decided {side.decided:,} with such scores, and "
        f"{other[verdict]} {side.otherwise:,} of them."
        if side.decided
        else f"What it {does[verdict]}: nobody has decided a comment with such scores yet."
        for verdict, side in sides.items()
    ]


_ALWAYS = (
    "Where labels disagree it rejects nothing, and what a person flagged or decided it leaves "
    "alone. A person outranks it, one act takes back what these ranges decided (triage policy "
    "undo), another change of scorers or thresholds turns it off, and "
    "statements of reasons call such decisions fully automated."
)
