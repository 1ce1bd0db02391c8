"""One portion of what a policy does by itself: its decisions, and its share left to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Double,
    delete,
    false,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from triage.domain.automatic import RULE, Acted
from triage.domain.decisions import DecidedBy, Decision, Verdict
from triage.domain.policy import Policy
from triage.store.database import load
from triage.store.decisions import decision_row
from triage.store.guidelines import guidelines_in_force
from triage.store.ranges import Found
from triage.store.rows import among, panel_in_force, raters_of, scorers_named
from triage.store.schema import audit_draws, audits, decisions, standing
from triage.store.spreading import AT_THE_END

__all__ = ["Deed", "acts_for", "due_of", "owe"]


class Deed:
    """A portion of an act of a policy, in one transaction; all with the act's `batch`."""

    def __init__(self, connection: Connection, policy: Policy, at: datetime, batch: str) -> None:
        self._connection, self._policy, self._at = connection, policy, at
        self._batch, self._draw = batch, 0
        self._newest = connection.execute(select(func.max(decisions.c.pk))).scalar() or 0
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
        if not any(counts.values()):
            return Acted()
        connection.execute(
            update(standing)
            .where(standing.c.comment_pk == decisions.c.comment_pk)
            .where(decisions.c.pk > self._newest)  # there is one writer at a time
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
        self._draw = self._draw or draw_of(connection, self._policy, self._at)
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
        turn = audits.c.number / audits.c.probability
        connection.execute(
            update(standing)
            .where(standing.c.comment_pk == audits.c.comment_pk)
            .where(among(connection, standing.c.comment_pk, drawn))
            .values(turn=turn, pending=true(), place=literal(AT_THE_END, Double))
        )


def draw_of(connection: Connection, policy: Policy, at: datetime) -> int:
    """Return the draw of this version of the policy: one, however often it acts."""
    ref = policy.ref
    mine = select(audit_draws.c.pk).where(audit_draws.c.automatic, audit_draws.c.policy == ref)
    known = connection.execute(mine).scalar()
    if known is not None:
        return int(known)
    row = {
        "at": at,
        "by": acts_for(ref),
        "expected": policy.automatic.audit if policy.automatic else 0.0,
        "policy": ref,
        "scorer": scorers_named(panel_in_force(connection).values()),
        "population": 0,
        "drawn": 0,
        "automatic": True,
        "due": 0,
    }
    made = insert(audit_draws).returning(audit_draws.c.pk)
    return int(connection.execute(made, row).scalar_one())


def owe(connection: Connection, policy: Policy, at: datetime, due: int) -> bool:
    """Keep how many comments a version of the policy is still to act on, of those agreed to.

    Returns whether it was another number before.
    """
    mine = update(audit_draws).where(audit_draws.c.automatic, audit_draws.c.policy == policy.ref)
    if due:
        draw_of(connection, policy, at)
    return connection.execute(mine.where(audit_draws.c.due != due).values(due=due)).rowcount > 0


def due_of(connection: Connection, policy: Policy) -> int:
    """Return what `owe` kept."""
    mine = select(audit_draws.c.due).where(
        audit_draws.c.automatic, audit_draws.c.policy == policy.ref
    )
    return int(connection.execute(mine).scalar() or 0)


def acts_for(ref: str) -> str:
    """Return the name under which a version of the policy decides: `policy:default@3`."""
    return f"policy:{ref}"
