"""From rows to the domain's objects, and the few look-ups that every noun needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from json import dumps
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    any_,
    func,
    literal,
    select,
)

from triage.domain.automatic import Automatic
from triage.domain.decisions import DecidedBy, Decision, Flag, FlagSource, Verdict
from triage.domain.languages import Coverage, Others
from triage.domain.policy import Policy, Route, Threshold
from triage.domain.scores import Label, Scores
from triage.errors import ConflictError, NotFoundError
from triage.store.schema import (
    comments,
    decisions,
    flags,
    links,
    mentions,
    panels,
    policies,
    scorers,
    scores,
    texts,
    threads,
)

__all__ = [
    "CHAIN_HEAD",
    "Panel",
    "among",
    "batched",
    "chain_head_of",
    "comment_pk",
    "coverage_in_force",
    "decision_of",
    "decision_rows",
    "flag_of",
    "flag_rows",
    "mentions_by_text",
    "panel_in_force",
    "policy_in_force",
    "policy_of",
    "raters_of",
    "readable_pk",
    "scorer_pks",
    "scorers_named",
    "scores_by_text",
    "scores_of",
    "thread_pk",
    "was_erased",
]

Panel = Mapping[Label, tuple[str, str]]
"""Which scorer answers for which label: label -> (key, version)."""

_Item = TypeVar("_Item")
_undone = decisions.alias("undone")

CHAIN_HEAD = (
    select(links.c.hash)
    .where(links.c.log == decisions.name, links.c.fact_pk == decisions.c.pk)
    .correlate(decisions)
    .scalar_subquery()
    .label("chain_hash")
)
"""A column for `decision_rows`: the hash in which the chain ended with that decision."""


def batched(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Yield the items in lists of up to `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def among(
    connection: Connection, column: Column[Any], values: Iterable[object]
) -> ColumnElement[bool]:
    """Return the condition that a column has one of many values: numbers or texts.

    Both engines take them as one parameter in half the time that one each would cost.
    """
    wanted = list(values)
    if connection.dialect.name == "sqlite":
        process = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        told = dumps([process(one) for one in wanted] if process else wanted)
        each = func.json_each(literal(told, Text())).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(literal(wanted, ARRAY(column.type)))


def comment_pk(connection: Connection, comment_id: str) -> int:
    """Return the key of a comment; raise NotFoundError where there is none."""
    pk = connection.execute(select(comments.c.pk).where(comments.c.id == comment_id)).scalar()
    if pk is None:
        raise NotFoundError(f"there is no comment {comment_id!r} in this database")
    return int(pk)


def readable_pk(connection: Connection, comment_id: str) -> int:
    """Return the key of a comment about which something can be said; raise NotFoundError.

    ConflictError where it was erased: words about it would stay, for nobody erases it again.
    """
    mine = comments.c.id == comment_id
    row = connection.execute(select(comments.c.pk, comments.c.erased_at).where(mine)).one_or_none()
    if row is None:
        return comment_pk(connection, comment_id)
    if row.erased_at is not None:
        raise was_erased(comment_id)
    return int(row.pk)


def was_erased(comment_id: str) -> ConflictError:
    """Return what whoever has something to say about an erased comment is told."""
    return ConflictError(
        f"comment {comment_id!r} was erased: nobody can read it any more, and nothing is left to "
        "say about it"
    )


def thread_pk(connection: Connection, thread_id: str) -> int:
    """Return the key of a thread; raise NotFoundError where there is none."""
    pk = connection.execute(select(threads.c.pk).where(threads.c.id == thread_id)).scalar()
    if pk is None:
        raise NotFoundError(f"there is no thread {thread_id!r} in this database")
    return int(pk)


def scores_of(row: Row[Any]) -> Scores | None:
    """Return the scores in a row with a column per label and `not_scored`; None if all are null.

    Where the row is one scorer's, `rough` is read too.
    """
    found = row._mapping
    values = {label: found[label.value] for label in Label if found[label.value] is not None}
    if values:
        return Scores(values, rough=bool(found.get("rough", False)))
    reason = found["not_scored"]
    return None if reason is None else Scores(not_scored=reason)


def scores_by_text(
    connection: Connection, text_pks: Iterable[int]
) -> dict[int, dict[tuple[str, str], Scores]]:
    """Return text key -> (scorer key, version) -> scores, oldest scorer version first."""
    statement = (
        select(scores, scorers.c.key, scorers.c.version)
        .join(scorers)
        .where(among(connection, scores.c.text_pk, text_pks))
        .order_by(scorers.c.pk)
    )
    found: dict[int, dict[tuple[str, str], Scores]] = {}
    for row in connection.execute(statement):
        given = scores_of(row)
        if given is not None:
            found.setdefault(row.text_pk, {})[row.key, row.version] = given
    return found


def mentions_by_text(
    connection: Connection, scorer_pks: Iterable[int], text_pks: Iterable[int]
) -> dict[tuple[int, int], dict[str, float]]:
    """Return (scorer key of the row, text key) -> identity -> probability, identities by name."""
    statement = (
        select(mentions)
        .where(among(connection, mentions.c.scorer_pk, scorer_pks))
        .where(among(connection, mentions.c.text_pk, text_pks))
        .order_by(mentions.c.identity)
    )
    found: dict[tuple[int, int], dict[str, float]] = {}
    for row in connection.execute(statement):
        found.setdefault((row.scorer_pk, row.text_pk), {})[row.identity] = row.probability
    return found


def scorer_pks(connection: Connection) -> dict[tuple[str, str], int]:
    """Return (key, version) -> key of the row, for every scorer version ever used."""
    rows = connection.execute(select(scorers.c.key, scorers.c.version, scorers.c.pk))
    return {(key, version): pk for key, version, pk in rows}


def panel_in_force(connection: Connection) -> Panel:
    """Return the panel that was set last; empty before the first."""
    newest = select(panels.c.labels).order_by(panels.c.pk.desc()).limit(1)
    mapping: dict[str, list[str]] = connection.execute(newest).scalar() or {}
    return {Label(label): (key, version) for label, (key, version) in mapping.items()}


def coverage_in_force(connection: Connection) -> Coverage:
    """Return which languages the panel in force reads; any, for one from before that was kept."""
    newest = select(panels.c.languages).order_by(panels.c.pk.desc()).limit(1)
    told: dict[str, Any] | None = connection.execute(newest).scalar()
    if told is None:
        return Coverage()
    by_label = {Label(label): tuple(codes) for label, codes in told["labels"].items()}
    return Coverage(by_label, told["unknown_as"], Others(told["others"]))


def panel_history(connection: Connection) -> tuple[tuple[datetime, Panel], ...]:
    """Return every panel with the moment it came into force, oldest first."""
    rows = connection.execute(select(panels.c.set_at, panels.c.labels).order_by(panels.c.pk))
    return tuple(
        (row.set_at, {Label(label): (key, version) for label, (key, version) in row.labels.items()})
        for row in rows
    )


def scorers_named(seats: Iterable[tuple[str, str]]) -> str | None:
    """Return scorers as records name them: `compact@1f0c`, several joined by `+`; None for none."""
    return "+".join(dict.fromkeys(f"{key}@{version}" for key, version in seats)) or None


def raters_of(connection: Connection, text_pks: Iterable[int]) -> dict[int, str | None]:
    """Return text key -> those of the panel's scorers whose ratings count, as records name them."""
    panel, coverage = panel_in_force(connection), coverage_in_force(connection)
    given: dict[int, set[tuple[str, str]]] = {}
    spoken: dict[int, str | None] = {}
    rated = (
        select(scores.c.text_pk, scorers.c.key, scorers.c.version, texts.c.language)
        .join(scorers)
        .join(texts, texts.c.pk == scores.c.text_pk)
        .where(among(connection, scores.c.text_pk, text_pks))
    )
    for row in connection.execute(rated):
        given.setdefault(row.text_pk, set()).add((row.key, row.version))
        spoken[row.text_pk] = row.language
    return {
        text_pk: scorers_named(
            seat
            for label, seat in panel.items()
            if seat in theirs and coverage.reads(label, spoken[text_pk])
        )
        for text_pk, theirs in given.items()
    }


def policy_in_force(connection: Connection) -> Policy | None:
    """Return the policy that was saved last; None before the first."""
    newest = select(policies).order_by(policies.c.pk.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else policy_of(row)


def policy_of(row: Row[Any]) -> Policy:
    """Return the policy in a row of its table."""
    return Policy(
        name=row.name,
        version=row.version,
        thresholds=tuple(
            Threshold(Label(label), at, Route(route)) for label, at, route in row.thresholds
        ),
        created_at=row.created_at,
        created_by=row.created_by,
        why=row.why,
        severity={Label(label): weight for label, weight in (row.severity or {}).items()},
        automatic=None if row.automatic is None else _automatic_of(row.automatic),
    )


def _automatic_of(told: Mapping[str, Any]) -> Automatic:
    return Automatic(
        {Label(label): at for label, at in told["reject_from"].items()},
        told["approve_to"],
        told["audit"],
        {Label(label): seat for label, seat in told["scorers"].items()},
    )


def decision_rows(*more: Any) -> Select[Any]:
    """Return the query whose rows `decision_of` reads, with `more` columns beside them."""
    mine = [column.label(f"decision_{column.name}") for column in decisions.c]
    return (
        select(
            *mine,
            comments.c.id.label("decided_comment_id"),
            texts.c.sha256.label("decided_sha256"),
            _undone.c.id.label("undoes_id"),
            *more,
        )
        .select_from(decisions)
        .join(comments, comments.c.pk == decisions.c.comment_pk)
        .join(texts, texts.c.pk == decisions.c.text_pk)
        .outerjoin(_undone, _undone.c.pk == decisions.c.undoes_pk)
    )


def decision_of(row: Row[Any]) -> Decision:
    """Return the decision in a row of `decision_rows`."""
    return Decision(
        id=row.decision_id,
        comment_id=row.decided_comment_id,
        text_sha256=row.decided_sha256,
        verdict=_or_none(Verdict, row.decision_verdict),
        reviewer=row.decision_reviewer,
        at=row.decision_at,
        reasons=tuple(row.decision_reasons),
        note=row.decision_note,
        decided_by=DecidedBy(row.decision_decided_by),
        policy=row.decision_policy,
        scorer=row.decision_scorer,
        score_visible=row.decision_score_visible,
        seconds_spent=row.decision_seconds_spent,
        via=row.decision_via,
        undoes=row.undoes_id,
        batch=row.decision_batch,
        refused=tuple(row.decision_refused or ()),
        guidelines=row.decision_guidelines,
    )


def chain_head_of(row: Row[Any]) -> str | None:
    """Return the hash in a row with `CHAIN_HEAD`, in hexadecimal."""
    return None if row.chain_hash is None else row.chain_hash.hex()


def flag_rows() -> Select[Any]:
    """Return the query whose rows `flag_of` reads."""
    about = comments.c.id.label("flagged_comment_id")
    return select(flags, about).join(comments, comments.c.pk == flags.c.comment_pk)


def flag_of(row: Row[Any]) -> Flag:
    """Return the flag in a row of `flag_rows`."""
    return Flag(
        comment_id=row.flagged_comment_id,
        source=FlagSource(row.source),
        by=row.by,
        at=row.at,
        raised=row.raised,
        note=row.note,
    )


def _or_none(kind: Callable[[str], _Item], value: str | None) -> _Item | None:
    return None if value is None else kind(value)
