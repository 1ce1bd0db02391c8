"""Audit draws: who was drawn when, how likely each comment was to be, and the secret salt."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Integer,
    Row,
    Select,
    and_,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from triage.domain.audits import Audit, AuditDraw
from triage.domain.decisions import Verdict
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.errors import UsageError
from triage.store.database import Database, load, streamed
from triage.store.erased import GONE
from triage.store.reckoning import Greatest
from triage.store.rows import (
    among,
    batched,
    panel_in_force,
    policy_in_force,
    scorers_named,
)
from triage.store.salt import keyed_number, known_salt, salt_of
from triage.store.schema import audit_draws, audits, comments, standing
from triage.store.spreading import AT_THE_END, SHARE, spread

__all__ = ["Audits", "Chance", "Sampling"]

_CHUNK = 2_000
_DECOYS = SHARE / (1 - SHARE)
"""The share of flagged comments that are shown blind: then as many as the audit's."""


class Sampling(Protocol):
    """How a sample is drawn: `triage.tuning.sampling`, which the store knows nothing of."""

    def numbers(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        """Return the permanent random number in [0, 1) of each comment."""

    def probabilities(self, closeness: Sequence[float]) -> Sequence[float]:
        """Return the inclusion probability in (0, 1] of each comment."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a comment was to be drawn, and its permanent random number.

    `drawn` says whether a draw has drawn it: the number lies below the probability.
    """

    comment_id: str
    probability: float
    number: float
    drawn: bool


class Audits:
    """The audit draws of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draw(self, sampling: Sampling, expected: float, by: str, at: datetime) -> AuditDraw:
        """Draw comments that nothing flags, and put them into the queue; return the draw.

        It draws from every comment that has scores of the panel in force, is not flagged, and is
        undecided or was drawn from before: what an earlier draw drew and people decided counts
        for `expected` too. A comment's probability is the greatest it ever had, and it is drawn
        where its number lies below. Takes some 200 bytes of memory a comment. Raises UsageError
        where there is nothing to draw from.
        """
        with self._database.write() as connection:
            policy, panel = policy_in_force(connection), panel_in_force(connection)
            pool = _Pool(connection, policy, sampling)
            if not pool.pks:
                raise UsageError(
                    "there is nothing to draw from: an audit draws from scored comments that are "
                    "not flagged and undecided; run: triage score"
                )
            row: dict[str, Any] = {
                "at": at,
                "by": by,
                "expected": expected,
                "policy": policy.ref if policy else None,
                "scorer": scorers_named(panel.values()),
                "population": len(pool.pks),
                "drawn": 0,
            }
            made = insert(audit_draws).returning(audit_draws.c.pk)
            number = int(connection.execute(made, row).scalar_one())
            drawn = pool.save(connection, number)
            mine = update(audit_draws).where(audit_draws.c.pk == number)
            connection.execute(mine.values(drawn=drawn))
            _queue(connection)
            spread(connection)
            return AuditDraw(number=number, **row | {"drawn": drawn})

    def all(self) -> list[Audit]:
        """Return every draw with how far its review is, the first one first."""
        decided = (
            select(audits.c.draw_pk, func.sum(cast(standing.c.looked, Integer)).label("decided"))
            .join(standing, standing.c.comment_pk == audits.c.comment_pk)
            .where(audits.c.draw_pk.is_not(None))
            .group_by(audits.c.draw_pk)
            .subquery("decided")
        )
        statement = (
            select(audit_draws, func.coalesce(decided.c.decided, 0).label("decided"))
            .outerjoin(decided, decided.c.draw_pk == audit_draws.c.pk)
            .order_by(audit_draws.c.pk)
        )
        with self._database.read() as connection:
            return [Audit(_draw_of(row), int(row.decided)) for row in connection.execute(statement)]

    def blind(self, comment_ids: Iterable[str]) -> frozenset[str]:
        """Return which of these comments are to be shown without what the machine says of them.

        Those that an audit drew and nobody looked at, and as long as there are such, a share of the
        flagged ones that wait: a hidden score gives nothing away. Which, hangs on the salt alone:
        a flag by a person that uncovered one would tell it from what an audit drew.
        """
        with self._database.read() as connection:
            salt = known_salt(connection)
            drawn = standing.c.turn.is_not(None)
            waiting = select(standing.c.comment_pk).where(standing.c.pending, drawn).limit(1)
            if salt is None or connection.execute(waiting).first() is None:
                return frozenset()
            rows = connection.execute(
                select(comments.c.id, and_(drawn, ~standing.c.looked).label("drawn"))
                .join(standing, standing.c.comment_pk == comments.c.pk)
                .where(among(connection, comments.c.id, comment_ids))
                # An appeal is decided with all that was said the first time.
                .where(standing.c.pending, standing.c.appeal_pk.is_(None))
            )
            return frozenset(
                row.id for row in rows if row.drawn or keyed_number(salt, "decoy", row.id) < _DECOYS
            )

    def share_waits(self) -> bool:
        """Whether anything waits that a policy left to people of what it would decide itself."""
        waiting = (
            select(standing.c.comment_pk)
            .join(audits, audits.c.comment_pk == standing.c.comment_pk)
            .where(standing.c.pending, standing.c.turn.is_not(None))
            .where(audits.c.range_pk.is_not(None), ~standing.c.looked)
        )
        with self._database.read() as connection:
            return connection.execute(waiting.limit(1)).first() is not None

    def chances(self) -> Iterator[Chance]:
        """Yield every comment that a draw could have drawn, in bounded memory."""
        statement = (
            select(comments.c.id, audits.c.probability, audits.c.number, audits.c.draw_pk)
            .join(audits, audits.c.comment_pk == comments.c.pk)
            .order_by(audits.c.comment_pk)
        )
        for row in self._database.stream(statement):
            yield Chance(row.id, row.probability, row.number, row.draw_pk is not None)


class _Pool:
    """What a draw draws from: for every comment its chance, and what it was before."""

    def __init__(self, connection: Connection, policy: Policy | None, sampling: Sampling) -> None:
        salt = salt_of(connection)
        self.pks = array("q")
        self._before = array("d")  # 0 where it was in no draw
        self._drawn_by = array("q")  # 0 where no draw drew it
        self._ranges = array("q")  # 0 where no range held it
        self._numbers = array("d")
        closeness = array("d")
        for rows in batched(streamed(connection, _drawable(policy)), _CHUNK):
            self.pks.extend(row.comment_pk for row in rows)
            closeness.extend(row.closeness for row in rows)
            self._before.extend(row.probability or 0.0 for row in rows)
            self._drawn_by.extend(row.draw_pk or 0 for row in rows)
            self._ranges.extend(row.range_pk or 0 for row in rows)
            self._numbers.extend(sampling.numbers([row.id for row in rows], salt))
        self._now = sampling.probabilities(closeness) if self.pks else ()

    def save(self, connection: Connection, draw_pk: int) -> int:
        """Keep the chances that grew; return how many comments are drawn for the first time."""
        drawn = 0
        for chunk in batched(self._grown(draw_pk), _CHUNK):
            known = [row["comment_pk"] for row, before in chunk if before]
            if known:
                again = among(connection, audits.c.comment_pk, known)
                connection.execute(delete(audits).where(again))
            load(connection, audits, [row for row, _ in chunk])
            drawn += sum(row["draw_pk"] == draw_pk for row, _ in chunk)
        return drawn

    def _grown(self, draw_pk: int) -> Iterator[tuple[dict[str, object], float]]:
        kept = (self._numbers, self._drawn_by, self._ranges)
        every = zip(self.pks, self._before, self._now, *kept, strict=True)
        for pk, before, probability, number, drawn_by, range_pk in every:
            if probability <= before:
                continue
            by = drawn_by or (draw_pk if number < probability else None)
            row: dict[str, object] = {
                "comment_pk": pk,
                "probability": float(probability),
                "number": number,
                "draw_pk": by,
                "range_pk": range_pk or None,
            }
            yield row, before


def _drawable(policy: Policy | None) -> Select[Any]:
    """Select what can be drawn, with how near to a threshold it lies: 0 far, 1 at it."""
    nearest = {
        one.label: one for one in sorted(policy.thresholds if policy else (), key=lambda o: -o.at)
    }
    shares: list[ColumnElement[float]] = [
        func.coalesce(standing.c[label.value] / literal(one.at, Double), 0.0)
        for label, one in nearest.items()
        if one.at > 0
    ]
    zero = literal(0.0, Double)
    closeness = Greatest(zero, zero, *shares)
    undecided = or_(standing.c.verdict.is_(None), standing.c.verdict == Verdict.ESCALATE.value)
    return (
        select(
            standing.c.comment_pk,
            comments.c.id,
            case((closeness > 1.0, literal(1.0, Double)), else_=closeness).label("closeness"),
            audits.c.probability,
            audits.c.draw_pk,
            audits.c.range_pk,
        )
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .outerjoin(audits, audits.c.comment_pk == standing.c.comment_pk)
        .where(
            ~standing.c.flagged,
            or_(*(standing.c[label.value].is_not(None) for label in Label)),
            or_(undecided, ~standing.c.looked, audits.c.comment_pk.is_not(None)),
        )
        .order_by(standing.c.comment_pk)
    )


def _queue(connection: Connection) -> None:
    """Let the drawn comments wait in the queue, each at its turn."""
    drawn = and_(audits.c.comment_pk == standing.c.comment_pk, audits.c.draw_pk.is_not(None))
    mine = and_(drawn, ~GONE)
    turn = audits.c.number / audits.c.probability
    waits = or_(standing.c.pending, ~standing.c.looked)
    new = and_(standing.c.turn.is_(None), standing.c.appeal_pk.is_(None))
    place = case((new, literal(AT_THE_END, Double)), else_=standing.c.place)
    connection.execute(update(standing).where(mine).values(turn=turn, pending=waits, place=place))


def _draw_of(row: Row[Any]) -> AuditDraw:
    return AuditDraw(
        number=row.pk,
        at=row.at,
        by=row.by,
        expected=row.expected,
        policy=row.policy,
        scorer=row.scorer,
        population=row.population,
        drawn=row.drawn,
        automatic=row.automatic,
    )
