"""Policies: immutable versions; the last one saved is in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from triage.domain.automatic import Automatic
from triage.domain.policy import Policy
from triage.errors import ConflictError, NotFoundError
from triage.store.database import Database
from triage.store.rows import panel_in_force, policy_in_force, policy_of
from triage.store.schema import policies
from triage.store.shadow import Shadow, shadow_of
from triage.store.spreading import spread
from triage.store.standing import refresh

__all__ = ["Policies", "PolicyRecord", "put_policy", "save_upon", "stop_if_asleep"]

_PROGRAM = "triage"
_STOPPED = (
    "The scorers changed, and the ranges in which the policy decided by itself were found for "
    "those before: turn them on again for these."
)


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A policy with the evidence that was kept beside it."""

    policy: Policy
    evidence: Mapping[str, object] | None = None


class Policies:
    """The policies of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        policy: Policy,
        evidence: Mapping[str, object] | None = None,
        *,
        upon: str | None = None,
    ) -> None:
        """Put a new version in force; routes, flags and queue follow at once.

        Saving the policy in force again changes nothing, so that several processes may start
        with the same default. Raises ConflictError where the version exists with other contents,
        and where another policy is in force than `upon`, by its ref: it would be lost.
        """
        with self._database.write() as connection:
            save_upon(connection, policy, evidence, upon)

    def shadow(self, policy: Policy, reviewer: str) -> Shadow:
        """Return what would follow from a policy that need not be saved; see `Shadow`."""
        with self._database.read() as connection:
            row = connection.execute(shadow_of(policy, reviewer)).one()
        return Shadow(**{name: int(count) for name, count in row._mapping.items()})

    def in_force(self) -> Policy | None:
        """Return the policy in force; None before the first."""
        with self._database.read() as connection:
            return policy_in_force(connection)

    def history(self) -> list[PolicyRecord]:
        """Return every version with its evidence, the one in force last."""
        with self._database.read() as connection:
            rows = connection.execute(select(policies).order_by(policies.c.pk))
            return [PolicyRecord(policy_of(row), row.evidence) for row in rows]

    def put_to_sleep(self, since: Policy) -> Policy | None:
        """Return the version after `since` that turned ranges off because the scorers changed."""
        with self._database.read() as connection:
            later = select(policies.c.pk).where(
                policies.c.name == since.name, policies.c.version == since.version
            )
            made = select(policies).where(
                policies.c.pk > later.scalar_subquery(),
                policies.c.created_by == _PROGRAM,
                policies.c.why == _STOPPED,
            )
            row = connection.execute(made.order_by(policies.c.pk.desc()).limit(1)).one_or_none()
        return None if row is None else policy_of(row)

    def get(self, name: str, version: int) -> PolicyRecord:
        """Return one version; raise NotFoundError where it was never saved."""
        same = (policies.c.name == name) & (policies.c.version == version)
        with self._database.read() as connection:
            row = connection.execute(select(policies).where(same)).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no policy {name}@{version} in this database")
        return PolicyRecord(policy_of(row), row.evidence)


def save_upon(
    connection: Connection,
    policy: Policy,
    evidence: Mapping[str, object] | None,
    upon: str | None,
) -> None:
    """Put a policy in force with all that follows; raise ConflictError as `Policies.save` does."""
    present = policy_in_force(connection)
    if upon is not None and (present is None or present.ref != upon):
        raise ConflictError(
            f"{present.ref if present else 'no policy'} came into force meanwhile; look "
            "at what it does, and save again"
        )
    if put_policy(connection, policy, evidence) and (
        present is None or _orders(present) != _orders(policy)
    ):
        refresh(connection)
        spread(connection)


def _orders(policy: Policy) -> tuple[object, ...]:
    """Return what routes, flags and the queue follow from; ranges are no part of it."""
    return frozenset(policy.thresholds), dict(policy.severity)


def stop_if_asleep(connection: Connection, at: datetime) -> bool:
    """Turn ranges off, as a new version, that were found for other scorers than those in use.

    So that they do not begin to act by themselves where the scorers come back. Returns whether
    there were such.
    """
    present = policy_in_force(connection)
    if present is None or present.automatic is None:
        return False
    if present.automatic.holds_for(panel_in_force(connection)):
        return False
    newest = select(func.max(policies.c.version)).where(policies.c.name == present.name)
    version = int(connection.execute(newest).scalar_one()) + 1
    made = replace(
        present,
        version=version,
        created_at=at,
        created_by=_PROGRAM,
        why=_STOPPED,
        automatic=None,
    )
    return put_policy(connection, made, None)


def put_policy(
    connection: Connection, policy: Policy, evidence: Mapping[str, object] | None
) -> bool:
    """Put a policy in force, unless it is; what follows from it is still to be derived.

    Raises ConflictError where the version exists with other contents.
    """
    present = policy_in_force(connection)
    if present and _contents(present) == _contents(policy):
        return False
    same = (policies.c.name == policy.name) & (policies.c.version == policy.version)
    if connection.execute(select(policies.c.pk).where(same)).first() is not None:
        raise ConflictError(
            f"policy {policy.ref} exists, and versions are never altered; "
            "save it under the next version number"
        )
    row = {
        "name": policy.name,
        "version": policy.version,
        "thresholds": [[one.label.value, one.at, one.route.value] for one in policy.thresholds],
        "created_at": policy.created_at,
        "created_by": policy.created_by,
        "why": policy.why,
        "evidence": None if evidence is None else dict(evidence),
        "severity": {label.value: weight for label, weight in policy.severity.items()},
        "automatic": None if policy.automatic is None else _told(policy.automatic),
    }
    connection.execute(insert(policies).values(row))
    return True


def _contents(policy: Policy) -> tuple[object, ...]:
    return policy.ref, policy.thresholds, dict(policy.severity), policy.automatic


def _told(automatic: Automatic) -> dict[str, object]:
    return {
        "reject_from": {label.value: at for label, at in automatic.reject_from.items()},
        "approve_to": automatic.approve_to,
        "audit": automatic.audit,
        "scorers": {label.value: seat for label, seat in automatic.scorers.items()},
    }
