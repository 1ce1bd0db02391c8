"""Verbs about policies: their versions, what another one would do, putting it in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from triage.domain.policy import Policy, Threshold
from triage.errors import UsageError
from triage.store import PolicyRecord, Shadow
from triage.workbench.parts import Parts

__all__ = ["Policies"]


class Policies(Parts):
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
    ) -> Policy:
        """Put thresholds in force as a new version; routes, flags and queue follow at once.

        `evidence` is kept beside it as it is: JSON's kinds of values only. Raises UsageError for
        whoever is no lead, without a reason, for thresholds that make no policy, and for those in
        force; ConflictError where somebody else saved one meanwhile.
        """
        self.leads_only(by, "change the policy")
        if not why.strip():
            raise UsageError("say why: a policy keeps the reason of its change")
        present = self.policy()
        made = self._made(thresholds, by, why.strip())
        if set(made.thresholds) == set(present.thresholds):
            raise UsageError(f"these are the thresholds of {present.ref}, which is in force")
        self.store.policies.save(made, evidence)
        return made

    def roll_back(self, version: int, by: str, why: str) -> Policy:
        """Put the thresholds of an earlier version in force again, as a new version.

        Raises as `save_policy` does, and NotFoundError for a version that there never was.
        """
        earlier = self.policy_version(version).policy
        return self.save_policy(earlier.thresholds, by, why, {"rolled_back_to": earlier.ref})

    def preview_policy(self, thresholds: Iterable[Threshold], by: str) -> Shadow:
        """Return what these thresholds would do, saved nowhere: the queue, and what they miss.

        What they miss is told of `by`'s own rejections. Raises UsageError for thresholds that make
        no policy.
        """
        return self.store.policies.shadow(self._made(thresholds, by, "a preview"), by)

    def _made(self, thresholds: Iterable[Threshold], by: str, why: str) -> Policy:
        """Return the version that follows the newest one."""
        name = self.policy().name
        versions = [one.policy.version for one in self.policy_history() if one.policy.name == name]
        try:
            return Policy(
                name=name,
                version=max(versions) + 1,
                thresholds=tuple(thresholds),
                created_at=self._clock(),
                created_by=by,
                why=why,
            )
        except ValueError as error:
            raise UsageError(f"these thresholds make no policy: {error}") from error
