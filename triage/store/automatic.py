"""What a policy decides by itself: told beforehand, done in portions, its share left to people.

A portion is a transaction, so that people can decide in between. An act that was agreed to goes by
the comments that were counted then, and keeps how many are still due: one that was cut short says
so, and whatever acts next does the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import uuid4

from sqlalchemy import Connection

from triage.domain.automatic import Acted
from triage.domain.foreseen import Foreseen
from triage.domain.policy import Policy
from triage.errors import ConflictError
from triage.store.database import Database
from triage.store.deeds import Deed, acts_for, due_of, owe
from triage.store.foreseeing import foreseen
from triage.store.policies import save_upon, stop_if_asleep
from triage.store.ranges import (
    VERDICTS,
    Found,
    Held,
    Numbers,
    candidates,
    drawn_before,
    found_among,
    held_by,
)
from triage.store.rows import policy_in_force
from triage.store.salt import salt_of
from triage.store.spreading import spread

__all__ = ["AutomaticActs", "Numbers", "acts_for"]

_MANY = 100  # fewer leave what an audit drew at its place in the queue, as single verdicts do
_PORTION = 5_000  # comments


class AutomaticActs:
    """The decisions that policies make by themselves in a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.portion = _PORTION

    def tally(self, policy: Policy, numbers: Numbers, at: datetime) -> Acted:
        """Return what a policy would do at present, in force or not; changes nothing."""
        return self._held(policy, numbers, at).acted

    def foresee(
        self, policy: Policy, numbers: Numbers, at: datetime, *, many: int, chance: Random
    ) -> Foreseen:
        """Return what `tally` does, with samples and with what people said of such scores.

        Up to `many` comments of each kind, drawn by `chance`.
        """
        held = self._held(policy, numbers, at)
        with self._database.read() as connection:
            return foreseen(connection, policy, held, many, chance)

    def _held(self, policy: Policy, numbers: Numbers, at: datetime) -> Held:
        if policy.automatic is None:
            return Held()
        with self._database.write() as connection:  # there must be a salt
            salt = salt_of(connection)
        with self._database.read() as connection:
            return held_by(connection, policy, at, numbers, salt)

    def due(self, policy: Policy) -> int:
        """Return on how many comments this version is still to act, of those agreed to.

        More than none while it is at work, and where it was cut short.
        """
        with self._database.read() as connection:
            return due_of(connection, policy)

    def act(self, numbers: Numbers, at: datetime, *, digests: Sequence[str] | None = None) -> Acted:
        """Let the policy in force decide what its ranges hold; return what it did.

        Twice does nothing new. With `digests` only comments with one of these texts are looked at.
        Nothing where no range is on. Where others than the ranges were found for are in use, they
        are turned off, as a new version. Ends early where another version comes into force.
        """
        with self._database.write() as connection:
            policy = _awake(connection, at)
            if policy is None:
                return Acted()
            # What has just come was drawn by no audit.
            before = drawn_before(connection, policy) if digests is None else ()
            keys = candidates(connection, policy, at, digests)
            act = _Act(policy, numbers, at, whole=digests is None)
            if before:
                act.count_in(connection, before)
            if not keys:  # as at nearly every comment that comes
                if act.whole and owe(connection, policy, at, 0):
                    spread(connection)
                return Acted()
            if len(keys) <= self.portion:
                return act.portion(connection, keys)
        return self._in_portions(act, keys)

    def turn_on(
        self,
        policy: Policy,
        evidence: Mapping[str, object],
        numbers: Numbers,
        at: datetime,
        *,
        upon: str,
        agreed: Acted,
    ) -> Acted:
        """Put a policy with ranges in force and let it act; return what it did.

        It decides what its ranges held when this began, less what changed since. Raises
        ConflictError, and nothing is done, where another policy is in force than `upon`, by its
        ref, where other scorers came into use, and where it would decide more than was agreed.
        """
        held = self._held(policy, numbers, at)
        _no_more_than(agreed, held.acted)
        act = _Act(policy, numbers, at)
        with self._database.write() as connection:
            save_upon(connection, policy, evidence, upon)
            if stop_if_asleep(connection, at):
                raise ConflictError("other scorers came into use meanwhile; look again")
            act.count_in(connection, drawn_before(connection, policy))
            if len(held.keys) <= self.portion:
                return act.portion(connection, held.keys, held.verdicts)
            owe(connection, policy, at, len(held.keys))
        return self._in_portions(act, held.keys, held.verdicts)

    def _in_portions(
        self, act: _Act, keys: Sequence[int], verdicts: Sequence[int] | None = None
    ) -> Acted:
        for start in range(0, len(keys), self.portion):
            here = slice(start, start + self.portion)
            some, said = keys[here], None if verdicts is None else verdicts[here]
            left = len(keys) - start - len(some)
            with self._database.write() as connection:
                present = _awake(connection, act.at)
                if present is None or present.ref != act.policy.ref:
                    if act.done.audited:
                        spread(connection)
                    break
                act.portion(connection, some, said, left=left)
        return act.done


@dataclass(slots=True)
class _Act:
    """One act of a policy, in as many portions as it takes; `whole` is about all comments."""

    policy: Policy
    numbers: Numbers
    at: datetime
    whole: bool = True
    done: Acted = field(default_factory=Acted)
    batch: str = field(default_factory=lambda: uuid4().hex)

    def count_in(self, connection: Connection, keys: Sequence[int]) -> None:
        """Keep of what audits drew before that ranges hold it, too."""
        deed = Deed(connection, self.policy, self.at, self.batch)
        salt = salt_of(connection)
        for found in found_among(connection, self.policy, keys, self.numbers, salt):
            deed.count_in(found)

    def portion(
        self,
        connection: Connection,
        keys: Sequence[int],
        agreed: Sequence[int] | None = None,
        *,
        left: int = 0,
    ) -> Acted:
        """Do what is still to be done of these; return what was done so far.

        Where it was `agreed` what each of them gets (a place in `VERDICTS`), nothing else is done.
        `left` are to come.
        """
        still = candidates(connection, self.policy, self.at, within=keys)
        wanted = None if agreed is None else dict(zip(keys, agreed, strict=True))
        deed = Deed(connection, self.policy, self.at, self.batch)
        salt = salt_of(connection) if still else ""
        for found in found_among(connection, self.policy, still, self.numbers, salt):
            deed.do([one for one in found if wanted is None or _as_agreed(one, wanted)])
        self.done += deed.done()
        counted = self.whole and owe(connection, self.policy, self.at, left)
        if not left and (counted or self.done.decided + self.done.audited >= _MANY):
            spread(connection)
        return self.done


def _as_agreed(found: Found, wanted: Mapping[int, int]) -> bool:
    return wanted[found.row.comment_pk] == VERDICTS.index(found.rule.verdict)


def _awake(connection: Connection, at: datetime) -> Policy | None:
    """Return the policy in force where its ranges act; turn them off where they are asleep."""
    policy = policy_in_force(connection)
    if policy is None or policy.automatic is None or stop_if_asleep(connection, at):
        return None
    return policy


def _no_more_than(agreed: Acted, held: Acted) -> None:
    if held.rejected > agreed.rejected or held.approved > agreed.approved:
        raise ConflictError(
            f"it would reject {held.rejected:,} comments and approve {held.approved:,} now, and "
            f"{agreed.rejected:,} and {agreed.approved:,} when you looked; look again"
        )
