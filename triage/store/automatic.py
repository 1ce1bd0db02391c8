"""What a policy decides by itself: found, recorded as one act, and its share left to people.

Only comments that nobody ever said anything about: undecided, not flagged by a person, in nobody's
hands, drawn by no audit, and with no decision about this text in the log, so that what was taken
back is not done again.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Row,
    and_,
    case,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from triage.domain.automatic import RULE, Acted, Automatic, Rule
from triage.domain.decisions import DecidedBy, Decision, Verdict
from triage.domain.policy import Policy, Route
from triage.domain.scores import Label, Scores
from triage.store.database import Database, load, streamed
from triage.store.decisions import decision_row
from triage.store.guidelines import guidelines_in_force
from triage.store.rows import among, panel_in_force, policy_in_force, raters_of, scorers_named
from triage.store.salt import salt_of
from triage.store.schema import audit_draws, audits, claims, comments, decisions, standing, texts
from triage.store.spreading import AT_THE_END, spread

__all__ = ["AutomaticActs", "Numbers", "acts_for"]

_CHUNK = 1_000
_MANY = 100  # fewer leave what an audit drew at its place in the queue, as single verdicts do


class Numbers(Protocol):
    """Gives comments' permanent random numbers in [0, 1), by their ids and the salt."""

    def __call__(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        """Return one number per id."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A comment that a range holds, what the range says, and its chance and number so far."""

    row: Row[Any]
    rule: Rule
    number: float
    chance: float
    """That of having been left to people: by an earlier draw's, if that was greater."""

    @property
    def drawn(self) -> bool:
        return self.number < self.chance


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
            keys = _candidates(connection, policy.automatic, at, None)
            for found in _found(connection, policy, keys, numbers, salt):
                for one in found:
                    counts[None if one.drawn else one.rule.verdict] += 1
        return Acted(counts[Verdict.REJECT], counts[Verdict.APPROVE], counts[None])

    def act(self, numbers: Numbers, at: datetime, *, digests: Sequence[str] | None = None) -> Acted:
        """Let the policy in force decide what its ranges hold; return what it did.

        Twice does nothing new. With `digests` only comments with one of these texts are looked at.
        Nothing where no range is on, or another scorer is in use than the ranges were found for.
        """
        with self._database.write() as connection:
            policy = policy_in_force(connection)
            if policy is None or policy.automatic is None:
                return Acted()
            if not _awake(connection, policy.automatic):
                return Acted()
            keys = _candidates(connection, policy.automatic, at, digests)
            if not keys:
                return Acted()
            deed = _Deed(connection, policy, at)
            for found in _found(connection, policy, keys, numbers, salt_of(connection)):
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

    def do(self, found: Sequence[_Found]) -> None:
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

    def _decision(self, one: _Found) -> Decision:
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

    def _keep_chances(self, found: Sequence[_Found]) -> None:
        """Keep with what chance each was left to people, and let the drawn ones wait for them."""
        connection = self._connection
        self._draw = self._draw or self._made_draw()
        pks = [one.row.comment_pk for one in found]
        connection.execute(delete(audits).where(among(connection, audits.c.comment_pk, pks)))
        rows: list[dict[str, Any]] = [
            {
                "comment_pk": one.row.comment_pk,
                "probability": one.chance,
                "number": one.number,
                "draw_pk": self._draw if one.drawn else None,
            }
            for one in found
        ]
        load(connection, audits, rows)
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


def _awake(connection: Connection, automatic: Automatic) -> bool:
    """Whether the scorers in use are those that the ranges were found for."""
    in_use = {"@".join(seat) for seat in panel_in_force(connection).values()}
    return in_use == set(automatic.scorers)


def _candidates(
    connection: Connection, automatic: Automatic, at: datetime, digests: Sequence[str] | None
) -> array[int]:
    """Return the keys of comments that a range may hold; `Policy.rule` has the last word."""
    said = select(decisions.c.pk).where(
        decisions.c.comment_pk == standing.c.comment_pk, decisions.c.text_pk == standing.c.text_pk
    )
    held = select(claims.c.comment_pk).where(
        claims.c.comment_pk == standing.c.comment_pk, claims.c.until > at
    )
    statement = select(standing.c.comment_pk).where(
        standing.c.decision_pk.is_(None),
        standing.c.turn.is_(None),
        standing.c.asked.is_(None),
        standing.c.not_scored.is_(None),
        _within(automatic),
        ~exists(said),
        ~exists(held),
    )
    if digests is not None:
        own = select(texts.c.pk).where(among(connection, texts.c.sha256, digests))
        statement = statement.where(standing.c.text_pk.in_(own))
    keys = array("q")
    keys.extend(
        row.comment_pk for row in streamed(connection, statement.order_by(standing.c.comment_pk))
    )
    return keys


def _within(automatic: Automatic) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = [
        standing.c[label.value] >= literal(at, Double)
        for label, at in automatic.reject_from.items()
    ]
    if automatic.approve_to is not None:
        limit = literal(automatic.approve_to, Double)
        low = (func.coalesce(standing.c[label.value], 0.0) <= limit for label in Label)
        ways.append(and_(standing.c.route == Route.PASS.value, *low))
    return or_(false(), *ways)


def _found(
    connection: Connection,
    policy: Policy,
    keys: Sequence[int],
    numbers: Callable[[Sequence[str], str], Sequence[float]],
    salt: str,
) -> Iterator[list[_Found]]:
    """Yield what the ranges of a policy hold of these comments, in portions."""
    share = policy.automatic.audit if policy.automatic else 0.0
    statement = (
        select(comments.c.id, standing.c.comment_pk, standing.c.text_pk, texts.c.sha256)
        .add_columns(*(standing.c[label.value] for label in Label), audits.c.probability)
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .outerjoin(audits, audits.c.comment_pk == standing.c.comment_pk)
        .order_by(standing.c.comment_pk)
    )
    for start in range(0, len(keys), _CHUNK):
        some = keys[start : start + _CHUNK]
        mine = statement.where(among(connection, standing.c.comment_pk, some))
        ruled = [
            (row, rule)
            for row in connection.execute(mine)
            if (rule := policy.rule(_scores(row))) is not None
        ]
        given = numbers([row.id for row, _ in ruled], salt) if ruled else ()
        yield [
            _Found(row, rule, number, max(share, row.probability or 0.0))
            for (row, rule), number in zip(ruled, given, strict=True)
        ]


def _scores(row: Row[Any]) -> Scores:
    told = row._mapping
    return Scores({label: told[label.value] for label in Label if told[label.value] is not None})
