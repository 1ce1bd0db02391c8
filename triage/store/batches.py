"""Batches: undecided comments by the scores of one label, and one verdict for a range of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Integer,
    Row,
    false,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from triage.domain.batches import BatchReport, ScoreRange, Tally
from triage.domain.decisions import Decision, Verdict
from triage.domain.entries import Entry
from triage.domain.scores import Label
from triage.errors import ConflictError
from triage.store.database import Database, load, streamed
from triage.store.decisions import decision_row
from triage.store.entries import entries, entry_of
from triage.store.guidelines import guidelines_in_force
from triage.store.rows import among, policy_in_force, raters_of
from triage.store.schema import comments, decisions, standing, texts
from triage.store.spreading import spread

__all__ = ["Batches", "Picked"]

_CHUNK = 1_000
# A shuffle that both engines compute alike; products stay below 2 ** 63 for keys up to 2 ** 32.
_STRIDE, _PRIME = 1_103_515_245, 2_147_483_647


class _Floor(FunctionElement[int]):
    """The whole part of a number that is not negative: SQLite may lack floor()."""

    type = Integer()
    inherit_cache = True


@compiles(_Floor)
def _floor(element: _Floor, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor({compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(_Floor, "sqlite")
def _floor_in_sqlite(element: _Floor, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS INTEGER)"


@dataclass(frozen=True, slots=True)
class Picked:
    """The comments that a range held at one moment, as they were then: 16 bytes each.

    A person who confirms a batch confirms these, and none that came since.
    """

    within: ScoreRange
    tally: Tally
    _comment_pks: array[int] = field(repr=False, compare=False)
    _text_pks: array[int] = field(repr=False, compare=False)


class Batches:
    """Batches by score over a store. Only undecided comments, and none drawn for an audit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self, label: Label, columns: int = 100) -> list[int]:
        """Return how many undecided comments have a score in each of so many equal steps of it.

        The last step includes 1.
        """
        column = _step(standing.c[label.value], 0.0, 1.0, columns)
        whole = ScoreRange(label, 0.0, 1.0)
        found = select(column, func.count()).where(*_open(whole)).group_by(column)
        counts = [0] * columns
        with self._database.read() as connection:
            for place, count in connection.execute(found):
                counts[place] = count
        return counts

    def tally(self, within: ScoreRange) -> Tally:
        """Return how many undecided comments a range holds."""
        with self._database.read() as connection:
            return _tally(connection, within)

    def samples(self, within: ScoreRange, many: int = 12, turn: int = 0) -> list[Entry]:
        """Return up to `many` comments, spread evenly over the scores of a range, lowest first.

        The range is cut into so many equal steps, and a comment drawn from each that holds one;
        what is missing then comes from steps that hold more. Each `turn` draws others.
        """
        score, pk = standing.c[within.label.value], standing.c.comment_pk
        step = _step(score, within.low, within.high, many)
        shuffled = ((pk + literal(turn) * 7_919) * _STRIDE) % _PRIME
        order = func.row_number().over(partition_by=step, order_by=(shuffled, pk))
        drawn = select(pk, score.label("at"), order.label("place")).where(*_open(within)).subquery()
        chosen = (
            select(drawn.c.comment_pk, drawn.c.at)
            .order_by(drawn.c.place, drawn.c.at)
            .limit(many)
            .subquery("chosen")
        )
        shown = entries().join(chosen, chosen.c.comment_pk == pk).order_by(chosen.c.at, pk)
        with self._database.read() as connection:
            return [entry_of(row) for row in connection.execute(shown)]

    def pick(self, within: ScoreRange) -> Picked:
        """Return the comments that a range holds now, to decide on exactly these later."""
        comment_pks, text_pks = array("q"), array("q")
        keys = select(standing.c.comment_pk, standing.c.text_pk).where(*_open(within))
        with self._database.read() as connection:
            tally = _tally(connection, within)
            for row in streamed(connection, keys.order_by(standing.c.comment_pk)):
                comment_pks.append(row.comment_pk)
                text_pks.append(row.text_pk)
        return Picked(within, tally, comment_pks, text_pks)

    def decide(
        self, picked: Picked, verdict: Verdict, make: Callable[[str, str], Decision]
    ) -> BatchReport:
        """Record one verdict about what was picked, in one transaction and in bounded memory.

        `make` returns the decision about a comment, given its id and the digest of its text, all
        with one batch. What was decided, edited, rated out of the range or drawn for an audit since
        is left out. Raises ConflictError where that is all of it.
        """
        made, last = 0, None
        with self._database.write() as connection:
            policy = policy_in_force(connection)
            rules = guidelines_in_force(connection)
            named = {
                "policy": policy.ref if policy else None,
                "guidelines": rules.ref if rules else None,
            }
            for start in range(0, len(picked._comment_pks), _CHUNK):
                still = _still(connection, picked, start)
                raters = raters_of(connection, {row.text_pk for row in still})
                rows = []
                for row in still:
                    last = make(row.id, row.sha256)
                    told = named | {"scorer": raters.get(row.text_pk)}
                    rows.append(decision_row(last, row) | told)
                load(connection, decisions, rows)
                made += len(rows)
            if last is None:
                raise ConflictError(
                    f"none of the {picked.tally.comments:,} comments is as it was any more: they "
                    "were decided, edited or rated anew meanwhile; look again"
                )
            _put_in_force(connection, last.batch or "", verdict)
            spread(connection)
        return BatchReport(made, len(picked._comment_pks) - made, last.id)


def _open(within: ScoreRange) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on `standing` under which a comment may be part of a batch."""
    return (
        standing.c.decision_pk.is_(None),
        standing.c[within.label.value].between(within.low, within.high),
        standing.c.turn.is_(
            None
        ),  # what an audit drew is decided for itself, by a person who looks
    )


def _step(score: ColumnElement[Any], low: float, high: float, many: int) -> ColumnElement[Any]:
    """Return in which of `many` equal steps from `low` to `high` a score lies, from 0 on."""
    width = max(high - low, 1e-9)
    place = _Floor((score - literal(low, Double)) * literal(many / width, Double))
    return func.coalesce(func.nullif(place, many), many - 1)


def _tally(connection: Connection, within: ScoreRange) -> Tally:
    flagged = func.count().filter(standing.c.flagged)
    asked = func.count().filter(standing.c.asked.is_not(None))
    counted = select(func.count(), flagged, asked).where(*_open(within))
    return Tally(*connection.execute(counted).one())


def _still(connection: Connection, picked: Picked, start: int) -> Sequence[Row[Any]]:
    """Return those of a chunk of the picked comments that are as they were."""
    comment_pks = picked._comment_pks[start : start + _CHUNK]
    then = dict(zip(comment_pks, picked._text_pks[start : start + _CHUNK], strict=True))
    rows: list[Row[Any]] = list(
        connection.execute(
            select(comments.c.id, standing.c.comment_pk, standing.c.text_pk, texts.c.sha256)
            .join(comments, comments.c.pk == standing.c.comment_pk)
            .join(texts, texts.c.pk == standing.c.text_pk)
            .where(among(connection, standing.c.comment_pk, comment_pks), *_open(picked.within))
            .order_by(standing.c.comment_pk)
        )
    )
    return [row for row in rows if row.text_pk == then[row.comment_pk]]


def _put_in_force(connection: Connection, batch: str, verdict: Verdict) -> None:
    """Enter what follows from a batch: the newest decision by a person is the one in force.

    The domain says the same of each comment's log (`standing.judge`), one by one.
    """
    connection.execute(
        update(standing)
        .where(standing.c.comment_pk == decisions.c.comment_pk, decisions.c.batch == batch)
        .values(
            verdict=verdict.value,
            decision_pk=decisions.c.pk,
            reopened=false(),
            pending=false(),
        )
    )
