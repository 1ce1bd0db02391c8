"""Decisions in force, with their comments, their scores, and their chance in an audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from triage.domain.decisions import Decision, FlagSource, run_of
from triage.domain.entries import Decided
from triage.domain.policy import Policy, Route
from triage.domain.scores import Scores
from triage.store.database import streamed
from triage.store.entries import CURRENT, ENTRY, entry_of
from triage.store.erased import GONE
from triage.store.rows import (
    CHAIN_HEAD,
    among,
    batched,
    chain_head_of,
    decision_of,
    decision_rows,
    policy_of,
    scores_by_text,
)
from triage.store.schema import (
    audit_draws,
    audits,
    comments,
    decisions,
    flags,
    policies,
    standing,
    threads,
)

__all__ = ["decided", "in_force", "with_first"]

_CHUNK = 1_000


def decided(connection: Connection, statement: Select[Any]) -> Iterator[Decided]:
    """Yield what the rows of `in_force` tell, with what every scorer said of the texts."""
    reached, ranges = _reviewed_up_to(connection), _ranges(connection)
    for rows in batched(streamed(connection, statement), _CHUNK):
        by_text = scores_by_text(connection, {row.text_pk for row in rows})
        for row in rows:
            by_scorer = {
                f"{key}@{version}": scores
                for (key, version), scores in by_text.get(row.text_pk, {}).items()
            }
            decision = decision_of(row)
            sampled = row.turn is not None and row.turn < reached and decision.looked
            inclusion = row.probability * reached if sampled else None
            one = Decided(
                decision,
                entry_of(row),
                by_scorer,
                inclusion,
                row.reported,
                chain_head=chain_head_of(row),
            )
            policy = ranges.get(row.draw_pk) if sampled else None
            yield one if policy is None else replace(one, automatic=_reaches(policy, one.seen))


def with_first(
    connection: Connection, statement: Select[Any]
) -> Iterator[tuple[Decided, Decision]]:
    """Yield what `decided` does, each with the first decision of the run that it continues."""
    for some in batched(decided(connection, statement), _CHUNK):
        logs: dict[str, list[Decision]] = {}
        about = among(connection, comments.c.id, [one.entry.comment.id for one in some])
        made = (
            decision_rows()
            .join(standing, standing.c.comment_pk == decisions.c.comment_pk)
            .where(about, standing.c.text_pk == decisions.c.text_pk)
            .order_by(decisions.c.pk)
        )
        for one in map(decision_of, connection.execute(made)):
            logs.setdefault(one.comment_id, []).append(one)
        for each in some:
            yield each, run_of(logs[each.entry.comment.id])[0]


def _ranges(connection: Connection) -> dict[int, Policy]:
    """Return the draws that policies made of what they would decide themselves: key -> policy."""
    theirs = select(audit_draws.c.pk, audit_draws.c.policy).where(audit_draws.c.automatic)
    drew = connection.execute(theirs).all()
    known = map(policy_of, connection.execute(select(policies))) if drew else ()
    by_ref = {one.ref: one for one in known}
    return {row.pk: by_ref[row.policy] for row in drew}


def _reaches(policy: Policy, seen: Scores | None) -> bool:
    return seen is not None and policy.propose(seen).route is not Route.PASS


def _reviewed_up_to(connection: Connection) -> float:
    """Return how far the audit sample is reviewed: up to which number per probability.

    What lies below is a sample of the same kind, whose probabilities are so many times smaller
    (`triage.tuning.sampling.Draw.so_far`).
    """
    waiting = select(func.min(standing.c.turn)).where(~standing.c.looked, ~GONE)
    first = connection.execute(waiting).scalar_one()
    return 1.0 if first is None else min(float(first), 1.0)


def in_force() -> Select[Any]:
    """Return the query for the decisions in force about current texts, oldest first."""
    reported = exists().where(
        flags.c.comment_pk == decisions.c.comment_pk,
        flags.c.source == FlagSource.READER.value,
        flags.c.raised,
        flags.c.at <= decisions.c.at,
    )
    more = (standing.c.turn, audits.c.probability, audits.c.draw_pk, reported.label("reported"))
    return (
        decision_rows(*ENTRY, *CURRENT, *more, CHAIN_HEAD)
        .join(standing, standing.c.decision_pk == decisions.c.pk)
        .join(threads, threads.c.pk == standing.c.thread_pk)
        .outerjoin(audits, audits.c.comment_pk == standing.c.comment_pk)
        .order_by(decisions.c.pk)
    )
