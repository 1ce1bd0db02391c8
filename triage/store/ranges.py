"""Which comments a policy's ranges hold, and with what chance people are asked about each.

Only comments that nobody ever said anything about: undecided, never flagged nor annotated by a
person, in nobody's hands, drawn by no audit, without a decision in the log on any of their texts,
and with a text about which nobody decided elsewhere either. So what was taken back is not done
again, however little of it is edited.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Row,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from triage.domain.automatic import Acted, Automatic, Rule
from triage.domain.decisions import DecidedBy, Verdict
from triage.domain.policy import Policy, Route
from triage.domain.scores import Label, Scores
from triage.store.database import streamed
from triage.store.rows import among, panel_in_force
from triage.store.schema import (
    audits,
    claims,
    comments,
    decisions,
    flags,
    notes,
    scorers,
    scores,
    standing,
    texts,
)

__all__ = [
    "VERDICTS",
    "Found",
    "Held",
    "Numbers",
    "candidates",
    "decided_before",
    "drawn_before",
    "found_among",
    "held_by",
    "ruled_among",
]

_CHUNK = 1_000
VERDICTS = tuple(Verdict)


class Numbers(Protocol):
    """Gives comments' permanent random numbers in [0, 1), by their ids and the salt."""

    def __call__(self, ids: Sequence[str], salt: str) -> Sequence[float]:
        """Return one number per id."""


@dataclass(frozen=True, slots=True)
class Found:
    """A comment that a range holds, what the range says, and its chance and number so far."""

    row: Row[Any]
    rule: Rule
    number: float
    chance: float
    """That of having been left to people: by an earlier draw's, if that was greater."""

    @property
    def drawn(self) -> bool:
        """Whether it is left to people."""
        return self.number < self.chance


@dataclass(frozen=True, slots=True)
class Held:
    """The comments that ranges hold at one moment, an entry each: some 20 bytes.

    `verdicts` are places in `VERDICTS`; `beyond` is that of the rule.
    """

    keys: array[int] = field(default_factory=lambda: array("q"))
    verdicts: array[int] = field(default_factory=lambda: array("b"))
    beyond: array[float] = field(default_factory=lambda: array("d"))
    drawn: array[int] = field(default_factory=lambda: array("b"))

    @property
    def acted(self) -> Acted:
        """What the ranges would do with them."""
        counts = Counter(zip(self.verdicts, self.drawn, strict=True))
        rejected, approved = (
            counts[VERDICTS.index(one), 0] for one in (Verdict.REJECT, Verdict.APPROVE)
        )
        return Acted(rejected, approved, len(self.keys) - rejected - approved)


def held_by(
    connection: Connection, policy: Policy, at: datetime, numbers: Numbers, salt: str
) -> Held:
    """Return all comments that the ranges of a policy hold, in force or not."""
    held = Held()
    keys = candidates(connection, policy, at)
    for found in found_among(connection, policy, keys, numbers, salt):
        for one in found:
            held.keys.append(one.row.comment_pk)
            held.verdicts.append(VERDICTS.index(one.rule.verdict))
            held.beyond.append(one.rule.beyond)
            held.drawn.append(one.drawn)
    return held


def candidates(
    connection: Connection,
    policy: Policy,
    at: datetime,
    digests: Sequence[str] | None = None,
    within: Sequence[int] | None = None,
) -> array[int]:
    """Return the keys of comments that a range may hold; `Policy.rule` has the last word.

    With `digests` only of those with one of these texts, with `within` only of those keys.
    """
    automatic = policy.automatic
    if automatic is None:
        return array("q")
    held = select(claims.c.comment_pk).where(
        claims.c.comment_pk == standing.c.comment_pk, claims.c.until > at
    )
    statement = select(standing.c.comment_pk).where(
        standing.c.decision_pk.is_(None),
        standing.c.turn.is_(None),
        standing.c.asked.is_(None),
        standing.c.not_scored.is_(None),
        _within(automatic),
        *_nobody_spoke(),
        ~exists(held),
        *_exact(connection, policy),
    )
    if digests is not None:
        own = select(texts.c.pk).where(among(connection, texts.c.sha256, digests))
        statement = statement.where(standing.c.text_pk.in_(own))
    if within is not None:
        statement = statement.where(among(connection, standing.c.comment_pk, within))
    keys = array("q")
    keys.extend(
        row.comment_pk for row in streamed(connection, statement.order_by(standing.c.comment_pk))
    )
    return keys


def drawn_before(connection: Connection, policy: Policy) -> array[int]:
    """Return the keys of comments that an audit drew, and that no range held at that time.

    Of those that a range of the policy holds now people are asked for two reasons.
    """
    if policy.automatic is None:
        return array("q")
    statement = (
        select(standing.c.comment_pk)
        .join(audits, audits.c.comment_pk == standing.c.comment_pk)
        .where(audits.c.draw_pk.is_not(None), audits.c.range_pk.is_(None))
        .where(standing.c.asked.is_(None), standing.c.not_scored.is_(None))
        .where(_within(policy.automatic), *_exact(connection, policy))
    )
    return array("q", connection.execute(statement.order_by(standing.c.comment_pk)).scalars())


def decided_before(connection: Connection, policy: Policy, verdict: Verdict) -> array[int]:
    """Return the keys of comments with such scores about which people who read them said so."""
    if policy.automatic is None:
        return array("q")
    statement = select(standing.c.comment_pk).where(
        standing.c.looked,
        standing.c.verdict == verdict.value,
        standing.c.not_scored.is_(None),
        _within(policy.automatic),
    )
    return array("q", connection.execute(statement.order_by(standing.c.comment_pk)).scalars())


def _nobody_spoke() -> Iterator[ColumnElement[bool]]:
    """Yield that no person ever had to do with a comment or its text, nor a policy with both."""
    of_it, of_its_text = (decisions.alias() for _ in range(2))
    by_policy = DecidedBy.POLICY.value
    for fact in (flags, notes):
        yield ~exists().where(fact.c.comment_pk == standing.c.comment_pk)
    yield ~exists().where(
        of_it.c.comment_pk == standing.c.comment_pk,
        or_(of_it.c.decided_by != by_policy, of_it.c.text_pk == standing.c.text_pk),
    )
    yield ~exists().where(
        of_its_text.c.text_pk == standing.c.text_pk, of_its_text.c.decided_by != by_policy
    )


def _exact(connection: Connection, policy: Policy) -> Iterator[ColumnElement[bool]]:
    """Yield that no rough score lies so near to a limit that the exact one may be beyond it.

    The next `score` rates those again exactly.
    """
    seats = set(panel_in_force(connection).values())
    for row in connection.execute(
        select(scorers.c.pk, scorers.c.key, scorers.c.version, scorers.c.details)
    ):
        if (row.key, row.version) not in seats:
            continue
        yield ~exists().where(
            scores.c.text_pk == standing.c.text_pk,
            scores.c.scorer_pk == row.pk,
            scores.c.rough,
            _near(policy, row.details.get("margin")),
        )


def _near(policy: Policy, margin: str | None) -> ColumnElement[bool]:
    """Whether a score is within a margin of a limit; of a scorer that names none, always."""
    if margin is None:
        return true()
    near = (
        scores.c[one.label.value].between(one.at - float(margin), one.at + float(margin))
        for one in policy.limits
    )
    return or_(false(), *near)


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


def found_among(
    connection: Connection,
    policy: Policy,
    keys: Sequence[int],
    numbers: Numbers,
    salt: str,
) -> Iterator[list[Found]]:
    """Yield what the ranges of a policy hold of these comments, in portions."""
    share = policy.automatic.audit if policy.automatic else 0.0
    for ruled in ruled_among(connection, policy, keys):
        given = numbers([row.id for row, _ in ruled], salt) if ruled else ()
        yield [
            Found(row, rule, number, max(share, row.probability or 0.0))
            for (row, rule), number in zip(ruled, given, strict=True)
        ]


def ruled_among(
    connection: Connection, policy: Policy, keys: Sequence[int]
) -> Iterator[list[tuple[Row[Any], Rule]]]:
    """Yield those of these comments of which the ranges say something, and what, in portions."""
    statement = (
        select(comments.c.id, standing.c.comment_pk, standing.c.text_pk, texts.c.sha256)
        .add_columns(*(standing.c[label.value] for label in Label))
        .add_columns(audits.c.probability, audits.c.draw_pk)
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .outerjoin(audits, audits.c.comment_pk == standing.c.comment_pk)
        .order_by(standing.c.comment_pk)
    )
    for start in range(0, len(keys), _CHUNK):
        some = keys[start : start + _CHUNK]
        mine = statement.where(among(connection, standing.c.comment_pk, some))
        yield [
            (row, rule)
            for row in connection.execute(mine)
            if (rule := policy.rule(_scores(row))) is not None
        ]


def _scores(row: Row[Any]) -> Scores:
    told = row._mapping
    return Scores({label: told[label.value] for label in Label if told[label.value] is not None})
