"""Verbs about policies: their versions, what another one would do, putting it in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from triage.domain.automatic import Automatic
from triage.domain.policy import Policy, Threshold
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.store import PolicyRecord, Shadow
from triage.workbench.acting import Acting

__all__ = ["Policies", "Ranges"]

Ranges = Automatic | Literal["keep", "off"]
"""In which ranges a new version decides by itself: these, none, or those of the one before.

The latter where the thresholds are the same; otherwise none, too."""


class Policies(Acting):
    """Thresholds are set, compared and rolled back; every version stays as it was."""

    def policy_history(self) -> list[PolicyRecord]:
        """Return every version with the evidence kept beside it, the one in force last."""
        return self.store.policies.history()

    def policy_version(self, version: int) -> PolicyRecord:
        """Return a version of the policy in force; raise NotFoundError where there is none."""
        return self.store.policies.get(self.policy().name, version)

    def save_policy(
        self,
        thresholds: Iterable[Threshold],
        by: str,
        why: str,
        evidence: Mapping[str, object] | None = None,
        *,
        severity: Mapping[Label, float] | None = None,
        automatic: Ranges = "keep",
        upon: Policy | None = None,
    ) -> Policy:
        """Put thresholds in force as a new version; routes, flags and queue follow at once.

        `severity` changes how much some labels weigh in the order of the queue; the others keep
        their weight. The ranges in which it decides by itself are kept with the same thresholds
        only: others make more, or other comments fall into them, and a lead turns them on again who
        has seen what follows. `evidence` is kept beside it as it is: JSON's kinds of values only.
        Raises UsageError for whoever is no lead, without a reason, for what makes no policy, and
        for what is in force; ConflictError where somebody else saved one meanwhile, since `upon`
        was in force (by default, since this began).
        """
        present = self.policy()
        made = self.checked_policy(thresholds, by, why, severity=severity, automatic=automatic)
        self.store.policies.save(made, evidence, upon=(upon or present).ref)
        return made

    def checked_policy(
        self,
        thresholds: Iterable[Threshold],
        by: str,
        why: str,
        *,
        severity: Mapping[Label, float] | None = None,
        automatic: Ranges = "keep",
    ) -> Policy:
        """Return the version that would be saved, which is not; raise as `save_policy` does."""
        self.leads_only(by, "change the policy")
        if not why.strip():
            raise UsageError("say why: a policy keeps the reason of its change")
        present = self.policy()
        made = self._made(thresholds, by, why.strip(), severity, automatic)
        same = set(made.thresholds) == set(present.thresholds)
        if same and (made.severity, made.automatic) == (present.severity, present.automatic):
            raise UsageError(
                f"these are the thresholds and weights of {present.ref}, which is in force"
            )
        return made

    def save_weights(
        self, upon: Policy, severity: Mapping[Label, float], by: str, why: str
    ) -> Policy:
        """Put other weights in force over the thresholds of `upon`; the queue is ordered anew.

        Raises as `save_policy` does, and ConflictError where another policy is in force by now.
        """
        return self.save_policy(upon.thresholds, by, why, severity=severity, upon=upon)

    def roll_back(self, version: int, by: str, why: str) -> Policy:
        """Put the thresholds and weights of an earlier version in force again, as a new version.

        The way back turns no range on in which it decides by itself: it keeps those that both have.
        Raises as `save_policy` does, and NotFoundError for a version that there never was.
        """
        earlier = self.policy_version(version).policy
        evidence = {"rolled_back_to": earlier.ref}
        both = earlier.automatic == self.policy().automatic
        return self.save_policy(
            earlier.thresholds,
            by,
            why,
            evidence,
            severity=earlier.severity,
            automatic="keep" if both else "off",
        )

    def preview_policy(self, thresholds: Iterable[Threshold], by: str) -> Shadow:
        """Return what these thresholds would do, saved nowhere: the queue, and what they miss.

        What they miss is told of `by`'s own rejections. Raises UsageError for thresholds that make
        no policy.
        """
        made = self._made(thresholds, by, "a preview", automatic="off")
        return self.store.policies.shadow(made, by)

    def _made(
        self,
        thresholds: Iterable[Threshold],
        by: str,
        why: str,
        severity: Mapping[Label, float] | None = None,
        automatic: Ranges = "keep",
    ) -> Policy:
        """Return the version that follows the newest one."""
        present, given = self.policy(), tuple(thresholds)
        name = present.name
        versions = [one.policy.version for one in self.policy_history() if one.policy.name == name]
        try:
            return Policy(
                name=name,
                version=max(versions) + 1,
                thresholds=given,
                created_at=self._clock(),
                created_by=by,
                why=why,
                severity={**present.severity, **(severity or {})},
                automatic=_ranges(present, given, automatic),
            )
        except ValueError as error:
            raise UsageError(f"this makes no policy: {error}") from error


def _ranges(present: Policy, thresholds: Iterable[Threshold], wanted: Ranges) -> Automatic | None:
    if isinstance(wanted, Automatic):
        return wanted
    kept = wanted == "keep" and set(thresholds) == set(present.thresholds)
    return present.automatic if kept else None
