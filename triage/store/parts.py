"""Parts of the queue in SQL: which rows of `standing` a thread, a label or a language holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select

from triage.domain.assignments import Part, PartKind
from triage.domain.policy import Policy
from triage.domain.scores import Label
from triage.store.rows import among
from triage.store.schema import standing, threads
from triage.store.spreading import AT_THE_END

__all__ = ["holds", "holds_any", "walks"]

_WALKED = 20
"""How many parts of a kind are walked one by one; more are one condition."""

_neighbour = standing.alias("neighbour")


def holds(part: Part, policy: Policy | None) -> ColumnElement[bool]:
    """Return the condition that a part holds the comment of a row; true or false, never null."""
    match part.kind:
        case PartKind.THREAD:
            own = select(threads.c.pk).where(threads.c.id == part.value).scalar_subquery()
            return standing.c.thread_pk == own
        case PartKind.LANGUAGE:
            return and_(standing.c.language.is_not(None), standing.c.language == part.value)
        case PartKind.LABEL:
            return _reaches(Label(part.value), policy)
        case _:
            assert_never(part.kind)


def holds_any(
    connection: Connection, parts: Iterable[Part], policy: Policy | None
) -> ColumnElement[bool]:
    """Return the condition that one of these parts holds the comment of a row; never null.

    However many there are, it is a few terms: SQLite refuses an expression of a thousand.
    """
    values = _by_kind(parts)
    return or_(false(), *(_one_of(connection, kind, values[kind], policy) for kind in values))


def walks(
    connection: Connection, parts: Iterable[Part], policy: Policy | None
) -> list[ColumnElement[bool]]:
    """Return conditions, of which a row fulfils one where one of these parts holds its comment.

    Each is for a statement of its own, which looks into the part's index; many of a kind are one.
    """
    found: list[ColumnElement[bool]] = []
    for kind, values in _by_kind(parts).items():
        if len(values) > _WALKED:
            found.append(_one_of(connection, kind, values, policy))
        else:
            found += (holds(Part(kind, value), policy) for value in values)
    return found


def _by_kind(parts: Iterable[Part]) -> dict[PartKind, list[str]]:
    values: dict[PartKind, list[str]] = {}
    for part in dict.fromkeys(parts):
        values.setdefault(part.kind, []).append(part.value)
    return values


def _one_of(
    connection: Connection, kind: PartKind, values: list[str], policy: Policy | None
) -> ColumnElement[bool]:
    """Return the condition that the part of a kind with one of these values holds the comment."""
    match kind:
        case PartKind.THREAD:
            own = select(threads.c.pk).where(among(connection, threads.c.id, values))
            return standing.c.thread_pk.in_(own)
        case PartKind.LANGUAGE:
            language = standing.c.language
            return and_(language.is_not(None), among(connection, language, values))
        case PartKind.LABEL:
            return or_(false(), *(_reaches(Label(value), policy) for value in values))
        case _:
            assert_never(kind)


def _reaches(label: Label, policy: Policy | None) -> ColumnElement[bool]:
    """Return the condition that a score reaches the policy's lowest threshold for a label.

    What an audit drew goes with the flagged comment that it stands beside. By its own scores it
    would be in no label's part, or wherever it stood among one it would be known: either way,
    whoever has a label would know which of the blind ones are an audit's. So of a
    label about as many are an audit's as of the whole queue, and only who is asked first depends on
    the assignment. A thread or a language with few flagged comments may well hold more.
    """
    threshold = None if policy is None else policy.threshold(label)
    if threshold is None:
        return false()
    beside = exists().where(
        _neighbour.c.comment_pk == standing.c.beside,
        _neighbour.c[label.value] >= threshold.at,
    )
    own = func.coalesce(standing.c[label.value], -1.0) >= threshold.at
    drawn = standing.c.turn.is_not(None)
    among_flagged = standing.c.place > AT_THE_END
    return or_(and_(~drawn, own), and_(drawn, among_flagged, beside))
