"""Which comments a table shows, and in which order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.sql.visitors import iterate

from triage.domain.decisions import Verdict
from triage.domain.policy import Route
from triage.domain.scores import Label
from triage.store.authors import written_by
from triage.store.entries import OPEN, entries
from triage.store.patterns import check_pattern, contains, matches
from triage.store.schema import comments, decisions, standing, texts, threads

__all__ = [
    "IN_FORCE",
    "LOGGED",
    "BrowseFilter",
    "Sort",
    "Told",
    "check",
    "conditions",
    "counted",
    "paged",
]


class Sort(StrEnum):
    """What a table of comments can be sorted by, besides every Label.

    By `priority` the flagged ones stand as in the queue, the others behind them.
    """

    PRIORITY = "priority"
    IMPORTED = "imported"
    CREATED_AT = "created_at"
    AUTHOR = "author"
    POSITION = "position"
    TEXT = "text"
    THREAD = "thread"
    VERDICT = "verdict"
    DECIDED_BY = "decided_by"
    DECIDED_AT = "decided_at"


_BEGINNING = 80  # characters of a text that it is sorted by
# Decided ones stand where they stood. What only an audit drew has no place: nobody is told of it.
_IN_THE_QUEUE = case((standing.c.flagged, standing.c.place), else_=null())
_SECONDS = 60.0  # for the next rows of an export by pattern
_COLUMNS: Mapping[Label | Sort, ColumnElement[Any]] = {
    **{label: standing.c[label.value] for label in Label},
    Sort.PRIORITY: _IN_THE_QUEUE,
    Sort.IMPORTED: standing.c.comment_pk,
    Sort.CREATED_AT: comments.c.created_at,
    Sort.AUTHOR: comments.c.author,
    Sort.POSITION: comments.c.position,
    Sort.TEXT: func.substr(texts.c.text, 1, _BEGINNING),
    Sort.THREAD: threads.c.title,
    Sort.VERDICT: standing.c.verdict,
    Sort.DECIDED_BY: decisions.c.reviewer,
    Sort.DECIDED_AT: decisions.c.at,
}


@dataclass(frozen=True, slots=True)
class BrowseFilter:
    """Which comments to show; what is left out does not restrict.

    `scores` holds inclusive ranges. `scored=False` keeps what the panel has not seen yet.
    `appealed` keeps what an appeal waits about, which is `pending` too.
    `decided=False` keeps the undecided, `decided_by` what that reviewer's decision stands on,
    `reason` what it was given for (a label's value or a rule's code).
    `text` is a part of the text in any case, taken literally; `pattern` a regular expression in the
    dialect of `triage.store.patterns`. `author` is the whole name, `source` the file or system that
    a comment was first read from. `since` (inclusive) and `before` (exclusive) bound the time of
    writing, `decided_since` and `decided_before` that of the decision: what has none is left out.
    `language` is that of the text, `unread` keeps what no scorer in use reads the language of.
    `veiled` tells of undecided comments neither scores nor what follows from them: no range of
    scores keeps one, by scores they come last, and their entries have none.
    """

    thread_id: str | None = None
    scores: Mapping[Label, tuple[float, float]] = field(default_factory=dict)
    scored: bool | None = None
    verdict: Verdict | None = None
    decided: bool | None = None
    flagged: bool | None = None
    pending: bool | None = None
    appealed: bool | None = None
    route: Route | None = None
    author: str | None = None
    text: str | None = None
    pattern: str | None = None
    decided_by: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    source: str | None = None
    reason: str | None = None
    decided_since: datetime | None = None
    decided_before: datetime | None = None
    language: str | None = None
    unread: bool | None = None
    veiled: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The columns that say who said what when, for a table of what was said."""

    verdict: ColumnElement[Any]
    reviewer: ColumnElement[Any]
    at: ColumnElement[Any]
    reasons: ColumnElement[Any]


IN_FORCE = Told(standing.c.verdict, decisions.c.reviewer, decisions.c.at, decisions.c.reasons)
"""The decision in force about each comment."""

LOGGED = Told(decisions.c.verdict, decisions.c.reviewer, decisions.c.at, decisions.c.reasons)
"""Each decision of the log for itself."""


def check(wanted: BrowseFilter | None, *, sqlite: bool) -> float | None:
    """Return how many seconds a statement of an export may take; None for any number.

    RE2, which SQLite asks, is linear; PostgreSQL's own engine is not, and each fetch of a stream is
    a statement there. Raises UsageError for a pattern that the engine cannot use.
    """
    if wanted is None or not wanted.pattern:
        return None
    check_pattern(wanted.pattern, sqlite=sqlite)
    return None if sqlite else _SECONDS


def conditions(wanted: BrowseFilter | None, told: Told = IN_FORCE) -> list[ColumnElement[bool]]:
    """Return the filter's conditions on `standing`, `comments`, `texts` and what `told` names."""
    wanted = wanted or BrowseFilter()
    found: list[ColumnElement[bool]] = []
    for label, (least, most) in wanted.scores.items():
        found.append(standing.c[label.value].between(least, most))
    if wanted.veiled and (wanted.scores or wanted.route is not None):
        found.append(standing.c.decision_pk.is_not(None))
    if wanted.thread_id is not None:
        thread = select(threads.c.pk).where(threads.c.id == wanted.thread_id).scalar_subquery()
        found.append(standing.c.thread_pk == thread)
    appealed = standing.c.appeal_pk.is_not(None)
    no_score = func.coalesce(*(standing.c[label.value] for label in Label)).is_(None)
    for column, value in (
        (told.verdict, wanted.verdict),
        (standing.c.route, wanted.route),
        (told.reviewer, wanted.decided_by),
        (comments.c.source, wanted.source),
        (standing.c.language, wanted.language),
    ):
        if value is not None:
            found.append(column == value)
    for holds, asked in (
        (~and_(no_score, standing.c.not_scored.is_(None)), wanted.scored),
        (standing.c.decision_pk.is_not(None), wanted.decided),
        (standing.c.flagged, wanted.flagged),
        (or_(and_(standing.c.pending, standing.c.flagged, OPEN), appealed), wanted.pending),
        (appealed, wanted.appealed),
        (standing.c.unread, wanted.unread),
    ):
        if asked is not None:
            found.append(holds if asked else ~holds)
    if wanted.author is not None:
        found += written_by(wanted.author)
    for moment, since, before in (
        (comments.c.created_at, wanted.since, wanted.before),
        (told.at, wanted.decided_since, wanted.decided_before),
    ):
        if since is not None:
            found.append(moment >= since)
        if before is not None:
            found.append(moment < before)
    if wanted.reason is not None:
        found.append(_holds(told.reasons, wanted.reason))
    if wanted.text:
        found.append(contains(texts.c.text, wanted.text))
    if wanted.pattern:
        found.append(matches(texts.c.text, wanted.pattern))
    return found


def _holds(names: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a list in JSON holds a name, in this very case.

    Its text without the quoted name is another one then; LIKE would take R2 for r2 in SQLite.
    """
    written = cast(names, Text)
    return func.replace(written, json.dumps(name), "") != written


def counted(wanted: BrowseFilter | None) -> Select[Any]:
    """Return the query for how many comments a filter keeps."""
    return _narrow(select(func.count()), wanted)


def paged(
    wanted: BrowseFilter | None,
    sort: Label | Sort,
    *,
    descending: bool,
    limit: int,
    offset: int,
    total: bool = False,
) -> Select[Any]:
    """Return the query for one page of entries; what has no value to sort by comes last.

    With `total`, each row tells as `total` how many there are in all.

    The page is found in the narrow tables first and only then widened: sorting whole comments
    takes longer, and a planner without fresh statistics takes longer still.
    """
    key = _COLUMNS[sort]
    if wanted is not None and wanted.veiled and isinstance(sort, Label):
        key = case((standing.c.decision_pk.is_not(None), key), else_=null())
    order = ((key.desc() if descending else key.asc()).nulls_last(), standing.c.comment_pk)
    columns = [standing.c.comment_pk, *([func.count().over().label("total")] if total else [])]
    found = _narrow(select(*columns), wanted, key)
    page = found.order_by(*order).limit(limit).offset(offset).subquery("page")
    wide = entries().join(page, page.c.comment_pk == standing.c.comment_pk).order_by(*order)
    return wide.add_columns(page.c.total) if total else wide


def _narrow(
    statement: Select[Any], wanted: BrowseFilter | None, key: ColumnElement[Any] | None = None
) -> Select[Any]:
    """Select from `standing` and, of the others, only what filter or order ask for."""
    where = conditions(wanted)
    asked = {column.table for one in where for column in _columns(one)}
    asked |= set() if key is None else {column.table for column in _columns(key)}
    statement = statement.select_from(standing)
    if comments in asked:
        statement = statement.join(comments, comments.c.pk == standing.c.comment_pk)
    if texts in asked:
        statement = statement.join(texts, texts.c.pk == standing.c.text_pk)
    if threads in asked and key is _COLUMNS[Sort.THREAD]:
        statement = statement.join(threads, threads.c.pk == standing.c.thread_pk)
    if decisions in asked:
        statement = statement.outerjoin(decisions, decisions.c.pk == standing.c.decision_pk)
    return statement.where(*where)


def _columns(element: ColumnElement[Any]) -> list[Column[Any]]:
    return [one for one in iterate(element) if isinstance(one, Column)]
