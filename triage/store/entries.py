"""From rows to entries: a comment with all that is known of it at present."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, and_, or_, select

from triage.domain.comments import Comment, Origin, SourceState
from triage.domain.decisions import FlagSource, Verdict
from triage.domain.entries import Entry
from triage.domain.policy import Route
from triage.domain.scores import Label
from triage.store.answers import APPEAL_ID
from triage.store.rows import scores_of
from triage.store.schema import comments, decisions, standing, texts, threads

__all__ = ["CURRENT", "ENTRY", "NOBODY_CAN_SAY", "OPEN", "comment_of", "entries", "entry_of"]

OPEN = or_(standing.c.decision_pk.is_(None), standing.c.reopened)
"""Whether a comment has no decision, or a person asked for another one."""

NOBODY_CAN_SAY = and_(standing.c.not_scored.is_not(None), standing.c.route.is_not(None))
"""Whether a policy flags a comment because no scorer rated it.

What a site leaves that no scorer reads the language of (`Others.LEAVE`) has no route.
"""

# Who waits because an audit drew it is told by none of these: a table of all comments must not
# give away what is to be decided blind.
ENTRY = (
    *(column.label(f"comment_{column.name}") for column in comments.c),
    threads.c.id.label("thread_id"),
    threads.c.title.label("thread_title"),
    texts.c.sha256,
    texts.c.text,
    *(standing.c[label.value] for label in Label),
    *(
        standing.c[name]
        for name in (
            *("comment_pk", "text_pk", "revision", "not_scored", "route", "language"),
            *("asked", "flagged", "priority", "verdict"),
        )
    ),
    or_(and_(standing.c.flagged, OPEN), standing.c.appeal_pk.is_not(None)).label("pending"),
    APPEAL_ID,
)
"""The columns that `entry_of` reads, besides those of `CURRENT`."""

CURRENT = (
    decisions.c.id.label("current_id"),
    decisions.c.reviewer.label("current_reviewer"),
    decisions.c.at.label("current_at"),
)
"""The columns of the decision in force; the rest of it is in the log."""


def entries() -> Select[Any]:
    """Return the query whose rows `entry_of` reads: every comment."""
    return (
        select(*ENTRY, *CURRENT)
        .select_from(standing)
        .join(comments, comments.c.pk == standing.c.comment_pk)
        .join(threads, threads.c.pk == standing.c.thread_pk)
        .join(texts, texts.c.pk == standing.c.text_pk)
        .outerjoin(decisions, decisions.c.pk == standing.c.decision_pk)
    )


def comment_of(row: Row[Any]) -> Comment:
    """Return the comment in a row of `entries`, with its current text."""
    return Comment(
        id=row.comment_id,
        thread_id=row.thread_id,
        text=row.text,
        position=row.comment_position,
        parent_id=row.comment_parent_id,
        author=row.comment_author,
        created_at=row.comment_created_at,
        number=row.comment_number,
        reach=row.comment_reach,
        state=row.comment_state and SourceState(row.comment_state),
        origin=_origin_of(row),
        erased_at=row.comment_erased_at,
    )


def _origin_of(row: Row[Any]) -> Origin | None:
    if row.comment_reader is None or row.comment_site_id is None:
        return None
    return Origin(row.comment_reader, row.comment_site_id, row.comment_site_revision)


def entry_of(row: Row[Any]) -> Entry:
    """Return the entry in a row of `entries`."""
    return Entry(
        comment=comment_of(row),
        thread_title=row.thread_title,
        source=row.comment_source,
        revision=row.revision,
        text_sha256=row.sha256,
        scores=scores_of(row),
        route=None if row.route is None else Route(row.route),
        asked=None if row.asked is None else FlagSource(row.asked),
        flagged=row.flagged,
        priority=row.priority,
        verdict=None if row.verdict is None else Verdict(row.verdict),
        decision_id=row.current_id,
        reviewer=row.current_reviewer,
        decided_at=row.current_at,
        pending=row.pending,
        arrived_at=row.comment_first_seen_at,
        appeal_id=row.appeal_id,
        language=row.language,
    )
