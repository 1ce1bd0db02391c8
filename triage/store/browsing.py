"""Which comments a table shows, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, func, select

from triage.domain.decisions import Verdict
from triage.domain.policy import Route
from triage.domain.scores import Label
from triage.store.entries import OPEN, entries
from triage.store.schema import comments, standing, texts, threads

__all__ = ["BrowseFilter", "Sort", "conditions", "counted", "paged"]


class Sort(StrEnum):
    """What a table of comments can be sorted by, besides every Label."""

    PRIORITY = "priority"
    IMPORTED = "imported"
    CREATED_AT = "created_at"
    AUTHOR = "author"
    POSITION = "position"


_COLUMNS: Mapping[Label | Sort, Column[Any]] = {
    **{label: standing.c[label.value] for label in Label},
    Sort.PRIORITY: standing.c.priority,
    Sort.IMPORTED: standing.c.comment_pk,
    Sort.CREATED_AT: comments.c.created_at,
    Sort.AUTHOR: comments.c.author,
    Sort.POSITION: comments.c.position,
}


@dataclass(frozen=True, slots=True)
class BrowseFilter:
    """Which comments to show; what is left out does not restrict.

    `scores` holds inclusive ranges. `scored=False` keeps what the panel has not seen yet.
    `decided=False` keeps the undecided. `text` is a part of the text in any case, taken
    literally. `author` is the whole name.
    """

    thread_id: str | None = None
    scores: Mapping[Label, tuple[float, float]] = field(default_factory=dict)
    scored: bool | None = None
    verdict: Verdict | None = None
    decided: bool | None = None
    flagged: bool | None = None
    pending: bool | None = None
    route: Route | None = None
    author: str | None = None
    text: str | None = None


def conditions(wanted: BrowseFilter | None) -> list[ColumnElement[bool]]:
    """Return the filter's conditions on `standing`, `comments` and `texts`."""
    wanted = wanted or BrowseFilter()
    found: list[ColumnElement[bool]] = []
    for label, (least, most) in wanted.scores.items():
        found.append(standing.c[label.value].between(least, most))
    if wanted.thread_id is not None:
        thread = select(threads.c.pk).where(threads.c.id == wanted.thread_id).scalar_subquery()
        found.append(standing.c.thread_pk == thread)
    no_score = func.coalesce(*(standing.c[label.value] for label in Label)).is_(None)
    for column, value in (
        (standing.c.verdict, wanted.verdict),
        (standing.c.route, wanted.route),
        (comments.c.author, wanted.author),
    ):
        if value is not None:
            found.append(column == value)
    for holds, asked in (
        (~and_(no_score, standing.c.not_scored.is_(None)), wanted.scored),
        (standing.c.decision_pk.is_not(None), wanted.decided),
        (standing.c.flagged, wanted.flagged),
        (and_(standing.c.pending, standing.c.flagged, OPEN), wanted.pending),
    ):
        if asked is not None:
            found.append(holds if asked else ~holds)
    if wanted.text:
        found.append(texts.c.text.icontains(wanted.text, autoescape=True))
    return found


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
) -> Select[Any]:
    """Return the query for one page of entries; what has no value to sort by comes last.

    The page is found in the narrow tables first and only then widened: sorting whole comments
    takes longer, and a planner without fresh statistics takes longer still.
    """
    key = _COLUMNS[sort]
    order = ((key.desc() if descending else key.asc()).nulls_last(), standing.c.comment_pk)
    found = _narrow(select(standing.c.comment_pk), wanted, key)
    page = found.order_by(*order).limit(limit).offset(offset).subquery("page")
    return entries().join(page, page.c.comment_pk == standing.c.comment_pk).order_by(*order)


def _narrow(
    statement: Select[Any], wanted: BrowseFilter | None, key: Column[Any] | None = None
) -> Select[Any]:
    """Select from `standing` and, of the others, only what filter or order ask for."""
    statement = statement.select_from(standing)
    if (key is not None and key.table is comments) or (wanted and wanted.author is not None):
        statement = statement.join(comments, comments.c.pk == standing.c.comment_pk)
    if wanted and wanted.text:
        statement = statement.join(texts, texts.c.pk == standing.c.text_pk)
    return statement.where(*conditions(wanted))
