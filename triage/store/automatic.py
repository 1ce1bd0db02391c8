"""What a policy decides by itself: recorded as one act, and its share left to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Double,
    case,
    delete,
    false,
    insert,
    literal,
    select,
    true,
    update,
)

from triage.domain.automatic import RULE, Acted
from triage.domain.decisions import DecidedBy, Decision, Verdict
from triage.domain.policy import Policy
from triage.errors import ConflictError
from triage.store.database import Database, load
from triage.store.decisions import decision_row
from triage.store.guidelines import guidelines_in_force
from triage.store.policies import save_upon, stop_if_asleep
from triage.store.ranges import Found, Numbers, candidates, drawn_before, found_among
from triage.store.rows import among, panel_in_force, policy_in_force, raters_of, scorers_named
from triage.store.salt import salt_of
from triage.store.schema import audit_draws, audits, decisions, standing
from triage.store.spreading import AT_THE_END, spread

__all__ = ["AutomaticActs", "Numbers", "acts_for"]

_MANY = 100  # fewer leave what an audit drew at its place in the queue, as single verdicts do


class AutomaticActs:
    """The decisions that policies make by themselves in a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tally(self, policy: Policy, numbers: Numbers, at: datetime) -> Acted:
        """Return what a policy would do at present, in force or not; changes nothing."""
        if policy.automatic is None:
            return Acted()
        with self._database.write() as connection:  # there must be a salt
            salt = salt_of(connection)
        counts = dict.fromkeys((*Verdict, None), 0)
        with self._database.read() as connection:
            keys = candidates(connection, policy, at, None)
            for found in found_among(connection, policy, keys, numbers, salt):
                for one in found:
                    counts[None if one.drawn else one.rule.verdict] += 1
        return Acted(counts[Verdict.REJECT], counts[Verdict.APPROVE], counts[None])

    def act(self, numbers: Numbers, at: datetime, *, digests: Sequence[str] | None = None) -> Acted:
        """Let the policy in force decide what its ranges hold; return what it did.

        Twice does nothing new. With `digests` only comments with one of these texts are looked at.
        Nothing where no range is on. Where others than the ranges were found for are in use, they
        are turned off, as a new version.
        """
        with self._database.write() as connection:
            policy = policy_in_force(connection)
            if policy is None or policy.automatic is None or stop_if_asleep(connection, at):
                return Acted()
            return _act(connection, policy, numbers, at, digests)

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
        """Put a policy with ranges in force and let it act, as one; return what it did.

        Raises ConflictError, and nothing is done, where another policy is in force than `upon`, by
        its ref, where other scorers came into use, and where it would decide more than was agreed.
        """
        with self._database.write() as connection:
            save_upon(connection, policy, evidence, upon)
            if stop_if_asleep(connection, at):
                raise ConflictError("other scorers came into use meanwhile; look again")
            acted = _act(connection, policy, numbers, at, None)
            if acted.rejected > agreed.rejected or acted.approved > agreed.approved:
                raise ConflictError(
                    f"it would reject {acted.rejected:,} comments and approve "
                    f"{acted.approved:,} now, and {agreed.rejected:,} and {agreed.approved:,} when "
                    "you looked; look again"
                )
            return acted


def _act(
    connection: Connection,
    policy: Policy,
    numbers: Numbers,
    at: datetime,
    digests: Sequence[str] | None,
) -> Acted:
    # What has just come was drawn by no audit.
    before = drawn_before(connection, policy) if digests is None else ()
    keys = candidates(connection, policy, at, digests)
    if not (before or keys):
        return Acted()  # as at nearly every comment that comes
    deed = _Deed(connection, policy, at)
    salt = salt_of(connection)
    for found in found_among(connection, policy, before, numbers, salt):
        deed.count_in(found)
    for found in found_among(connection, policy, keys, numbers, salt):
        deed.do(found)
    return deed.done()


class _Deed:
    """One act of a policy, portion by portion in one transaction."""

    def __init__(self, connection: Connection, policy: Policy, at: datetime) -> None:
        self._connection, self._policy, self._at = connection, policy, at
        self._batch, self._draw = uuid4().hex, 0
        self._counts = dict.fromkeys((*Verdict, None), 0)
        rules = guidelines_in_force(connection)
        self._guidelines = rules.ref if rules else None
        self._share = policy.automatic.audit if policy.automatic else 0.0

    def do(self, found: Sequence[Found]) -> None:
        """Decide these, and leave to people what is drawn of them."""
        if not found:
            return
        self._keep_chances(found)
        left = [one for one in found if not one.drawn]
        self._counts[None] += len(found) - len(left)
        raters = raters_of(self._connection, {one.row.text_pk for one in left})
        rows = []
        for one in left:
            self._counts[one.rule.verdict] += 1
            told = {"scorer": raters.get(one.row.text_pk), "guidelines": self._guidelines}
            rows.append(decision_row(self._decision(one), one.row) | told)
        load(self._connection, decisions, rows)

    def done(self) -> Acted:
        """Enter what follows; return what was done."""
        connection, counts = self._connection, self._counts
        connection.execute(
            update(standing)
            .where(standing.c.comment_pk == decisions.c.comment_pk)
            .where(decisions.c.batch == self._batch)
            .values(
                verdict=decisions.c.verdict,
                decision_pk=decisions.c.pk,
                reopened=false(),
                pending=false(),
            )
        )
        acted = Acted(counts[Verdict.REJECT], counts[Verdict.APPROVE], counts[None])
        if self._draw:
            every = audit_draws.c.population + acted.decided + acted.audited
            grown = {
                "expected": self._share * every,
                "population": every,
                "drawn": audit_draws.c.drawn + acted.audited,
            }
            mine = update(audit_draws).where(audit_draws.c.pk == self._draw)
            connection.execute(mine.values(grown))
        if acted.decided + acted.audited >= _MANY:
            spread(connection)
        return acted

    def _decision(self, one: Found) -> Decision:
        return Decision(
            id=uuid4().hex,
            comment_id=one.row.id,
            text_sha256=one.row.sha256,
            verdict=one.rule.verdict,
            reviewer=acts_for(self._policy.ref),
            at=self._at,
            reasons=tuple(label.value for label in one.rule.reasons),
            note=f"by {self._policy.ref}, read by nobody: {one.rule.said}",
            decided_by=DecidedBy.POLICY,
            policy=self._policy.ref,
            via=RULE,
            batch=self._batch,
        )

    def count_in(self, found: Sequence[Found]) -> None:
        """Keep of what an audit drew before that a range holds it, too: with the greater chance."""
        self._enter(found)
        audited = [one.row.comment_pk for one in found]
        connection = self._connection
        turn = audits.c.number / audits.c.probability
        connection.execute(
            update(standing)
            .where(standing.c.comment_pk == audits.c.comment_pk)
            .where(among(connection, standing.c.comment_pk, audited))
            .values(turn=turn)
        )

    def _enter(self, found: Sequence[Found]) -> None:
        if not found:
            return
        connection = self._connection
        self._draw = self._draw or self._made_draw()
        pks = [one.row.comment_pk for one in found]
        connection.execute(delete(audits).where(among(connection, audits.c.comment_pk, pks)))
        rows: list[dict[str, Any]] = [
            {
                "comment_pk": one.row.comment_pk,
                "probability": one.chance,
                "number": one.number,
                "draw_pk": one.row.draw_pk or (self._draw if one.drawn else None),
                "range_pk": self._draw,
            }
            for one in found
        ]
        load(connection, audits, rows)

    def _keep_chances(self, found: Sequence[Found]) -> None:
        """Keep with what chance each was left to people, and let the drawn ones wait for them."""
        connection = self._connection
        self._enter(found)
        drawn = [one.row.comment_pk for one in found if one.drawn]
        place = case((standing.c.flagged, standing.c.place), else_=literal(AT_THE_END, Double))
        turn = audits.c.number / audits.c.probability
        connection.execute(
            update(standing)
            .where(standing.c.comment_pk == audits.c.comment_pk)
            .where(among(connection, standing.c.comment_pk, drawn))
            .values(turn=turn, pending=true(), place=place)
        )

    def _made_draw(self) -> int:
        """Return the draw of this version of the policy: one, however often it acts."""
        connection, ref = self._connection, self._policy.ref
        mine = select(audit_draws.c.pk).where(audit_draws.c.automatic, audit_draws.c.policy == ref)
        known = connection.execute(mine).scalar()
        if known is not None:
            return int(known)
        row = {
            "at": self._at,
            "by": acts_for(ref),
            "expected": self._share,
            "policy": ref,
            "scorer": scorers_named(panel_in_force(connection).values()),
            "population": 0,
            "drawn": 0,
            "automatic": True,
        }
        made = insert(audit_draws).returning(audit_draws.c.pk)
        return int(connection.execute(made, row).scalar_one())


def acts_for(ref: str) -> str:
    """Return the name under which a version of the policy decides: `policy:default@3`."""
    return f"policy:{ref}"
