"""The queue: pending comments in the order to review, and how far the review is.

The most urgent first (`triage.domain.urgency`): the harm to expect, its reach and its time here;
equal ones in the order of their import. What an audit drew stands
among them (`triage.store.spreading`). What a reviewer skipped comes to that reviewer again after
all the rest, the oldest skip first. An appeal comes to nobody who decided that text before. Every
step is one look into an index at the place of the comment before, however long the queue; in a tier
(`triage.domain.assignments`) one for each part, and for a label a walk along the queue.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    func,
    or_,
    select,
    union,
)

from triage.domain.assignments import Tier
from triage.domain.decisions import UNREAD
from triage.domain.policy import Policy
from triage.errors import NotFoundError
from triage.store.answers import may_be_handed
from triage.store.claims import held_by_others
from triage.store.database import Database
from triage.store.parts import holds_any, walks
from triage.store.rows import among, comment_pk, policy_in_force, thread_pk
from triage.store.schema import comments, decisions, opinions, skips, standing
from triage.store.skips import put_off, put_off_by

__all__ = ["Progress", "Queue"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review is, in comments.

    `flagged` counts what is flagged, was drawn for an audit or is appealed, decided or not, less
    the appeals that are for others; `decided_by_me` the reviewer's decisions in force, since the
    moment asked for; `skipped_by_me` what waits at the end of the queue.
    """

    pending: int
    flagged: int
    decided_by_me: int
    skipped_by_me: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a comment stands in one reviewer's queue; `skip` is its last skip, if any."""

    comment_pk: int
    place: float
    beside: int
    skip: int | None


class Queue:
    """The queue of a store, as one reviewer sees it."""

    def __init__(self, database: Database, *, own_appeals: bool = False) -> None:
        """Open the queue; with `own_appeals` nobody is kept from appeals against themselves."""
        self._database = database
        self._own_appeals = own_appeals

    def next(
        self,
        reviewer: str,
        after: str | None = None,
        thread_id: str | None = None,
        *,
        free_at: datetime | None = None,
        without: Collection[str] = (),
    ) -> str | None:
        """Return the id of the next pending comment; None at the end. See `following`."""
        found = self.following(reviewer, after, thread_id, free_at=free_at, without=without)
        return found[0] if found else None

    def following(
        self,
        reviewer: str,
        after: str | None = None,
        thread_id: str | None = None,
        *,
        free_at: datetime | None = None,
        without: Collection[str] = (),
        many: int = 1,
        tier: Tier | None = None,
    ) -> list[str]:
        """Return the ids of the next pending comments, from the start or after another comment.

        That one may be decided by now: its place is remembered. With `free_at`, what somebody else
        claims at that moment is passed over, and so are the comments `without` which the queue is
        wanted. Empty only at the end of the queue. Of a `tier` nothing that this reviewer skipped:
        that comes after all the rest, of the whole queue.
        Raises NotFoundError for an unknown comment or thread.
        """
        with self._database.read() as connection:
            steps = self._steps(connection, reviewer, thread_id, free_at, without, tier)
            place = None if after is None else steps.place(after)
            if tier is not None:
                skipped = place is not None and place.skip is not None
                return [] if skipped else steps.unskipped(place, many, forward=True)
            if place is None or place.skip is None:
                found = steps.unskipped(place, many, forward=True)
                return found or steps.skipped(None, many, forward=True)
            return steps.skipped(place, many, forward=True)

    def previous(
        self,
        reviewer: str,
        before: str | None = None,
        thread_id: str | None = None,
        *,
        free_at: datetime | None = None,
        without: Collection[str] = (),
        tier: Tier | None = None,
    ) -> str | None:
        """Return the id of the pending comment before another one, or the queue's last.

        Like `following`, the other way. None at the start of the queue. Raises NotFoundError for an
        unknown comment or thread.
        """
        with self._database.read() as connection:
            steps = self._steps(connection, reviewer, thread_id, free_at, without, tier)
            place = None if before is None else steps.place(before)
            if tier is not None:
                skipped = place is not None and place.skip is not None
                # What stands before, among what was skipped, the whole queue finds.
                found = [] if skipped else steps.unskipped(place, forward=False)
            elif place is None or place.skip is not None:
                found = steps.skipped(place, forward=False)
                found = found or steps.unskipped(None, forward=False)
            else:
                found = steps.unskipped(place, forward=False)
            return found[0] if found else None

    def progress(self, reviewer: str, since: datetime, thread_id: str | None = None) -> Progress:
        """Return how far the review is; `since` is when the reviewer's day began."""
        with self._database.read() as connection:
            mine = _Steps(connection, reviewer, thread_id)
            count = select(func.count()).select_from(standing).where(*mine.within)
            by_me = count.join(decisions, decisions.c.pk == standing.c.decision_pk).where(
                decisions.c.reviewer == reviewer, decisions.c.at >= since
            )
            put_off = (
                select(func.count(skips.c.comment_pk.distinct()))
                .join(standing, standing.c.comment_pk == skips.c.comment_pk)
                .where(put_off_by(reviewer), standing.c.pending, *mine.within)
            )
            drawn = count.where(standing.c.turn.is_not(None), ~standing.c.flagged)
            # Each of these is a look into an index of few rows; with the others they are not.
            appealed = count.where(standing.c.appeal_pk.is_not(None))
            bare = appealed.where(~standing.c.flagged, standing.c.turn.is_(None))
            for_others = appealed.where(~may_be_handed(reviewer, own=self._own_appeals))
            wanted = (
                count.where(standing.c.pending),
                count.where(standing.c.flagged),
                drawn,
                bare,
                for_others,
                by_me,
                put_off,
            )
            pending, flagged, besides, unflagged, others, mine_today, later = (
                int(connection.execute(statement).scalar_one()) for statement in wanted
            )
            all_of_them = flagged + besides + unflagged - others
            return Progress(pending - others, all_of_them, mine_today, later)

    def exposure(self, reviewer: str, since: datetime) -> int:
        """Return how many severe comments a reviewer read and decided, or skipped.

        Second looks count as decisions do.
        Each comment counts once since that moment; severe is what scores and policy say now.
        """
        seen = union(
            *(
                select(acts.c.comment_pk).where(
                    acts.c.reviewer == reviewer, acts.c.at >= since, *which
                )
                for acts, which in (
                    (decisions, (decisions.c.via.not_in(UNREAD),)),
                    (opinions, (opinions.c.verdict.is_not(None),)),
                    (skips, (skips.c.along_pk.is_(None),)),
                )
            )
        ).subquery("seen")
        count = (
            select(func.count())
            .select_from(standing)
            .join(seen, seen.c.comment_pk == standing.c.comment_pk)
            .where(standing.c.severe)
        )
        with self._database.read() as connection:
            return int(connection.execute(count).scalar_one())

    def lately(self, reviewer: str, many: int) -> list[tuple[str, bool]]:
        """Return the last comments that a reviewer read and decided, or skipped, newest first.

        Each with whether it is severe. What counts as read is what `exposure` counts.
        """
        read = decisions.c.verdict.is_not(None), decisions.c.via.not_in(UNREAD)
        said, skipped = (opinions.c.verdict.is_not(None),), (skips.c.along_pk.is_(None),)
        found: list[tuple[datetime, str, bool]] = []
        with self._database.read() as connection:
            for acts, which in ((decisions, read), (opinions, said), (skips, skipped)):
                newest = (
                    select(acts.c.at, comments.c.id, standing.c.severe)
                    .join(comments, comments.c.pk == acts.c.comment_pk)
                    .join(standing, standing.c.comment_pk == acts.c.comment_pk)
                    .where(acts.c.reviewer == reviewer, *which)
                    .order_by(acts.c.pk.desc())
                    .limit(many)
                )
                found += [(row.at, row.id, row.severe) for row in connection.execute(newest)]
        found.sort(key=itemgetter(0), reverse=True)
        return [(comment_id, severe) for _, comment_id, severe in found[:many]]

    def severe(self, comment_id: str) -> bool:
        """Whether a comment is severe; raise NotFoundError for an unknown one."""
        with self._database.read() as connection:
            pk = comment_pk(connection, comment_id)
            own = select(standing.c.severe).where(standing.c.comment_pk == pk)
            return bool(connection.execute(own).scalar_one())

    def tier_of(self, comment_id: str, tiers: Sequence[Tier | None]) -> int | None:
        """Return the number of the first tier that a comment is of, pending or not; None for none.

        An unknown comment is of none.
        """
        with self._database.read() as connection:
            policy = policy_in_force(connection)
            own = select(standing.c.comment_pk).join(
                comments, comments.c.pk == standing.c.comment_pk
            )
            own = own.where(comments.c.id == comment_id)
            for number, tier in enumerate(tiers):
                held = own if tier is None else own.where(*_held(connection, tier, policy))
                if connection.execute(held).first() is not None:
                    return number
        return None

    def milder(
        self, reviewer: str, *, free_at: datetime, many: int = 20, tier: Tier | None = None
    ) -> list[str]:
        """Return the first flagged comments of a reviewer's queue that are not severe.

        Those of a `tier` alone, where one is given. What an audit drew, what the reviewer skipped
        and what others have is not among them.
        """
        with self._database.read() as connection:
            steps = self._steps(connection, reviewer, None, free_at, tier=tier)
            return steps.names(steps.milder(many))

    def _steps(
        self,
        connection: Connection,
        reviewer: str,
        thread_id: str | None,
        free_at: datetime | None = None,
        without: Collection[str] = (),
        tier: Tier | None = None,
    ) -> _Steps:
        steps = _Steps(connection, reviewer, thread_id, free_at, without)
        if tier is not None:
            steps.keep_to(tier)
        steps.within.append(may_be_handed(reviewer, own=self._own_appeals))
        return steps


def _held(
    connection: Connection, tier: Tier, policy: Policy | None
) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that a row of `standing` is of a tier."""
    if tier.outside:
        yield ~holds_any(connection, tier.outside, policy)
    if tier.within is not None:
        yield holds_any(connection, tier.within, policy)


class _Steps:
    """Single steps through one reviewer's queue."""

    def __init__(
        self,
        connection: Connection,
        reviewer: str,
        thread_id: str | None,
        free_at: datetime | None = None,
        without: Collection[str] = (),
    ) -> None:
        self._connection = connection
        self._reviewer = reviewer
        self.within: list[ColumnElement[bool]] = []
        if thread_id is not None:
            self.within.append(standing.c.thread_pk == thread_pk(connection, thread_id))
        if free_at is not None:
            self.within.append(~held_by_others(reviewer, free_at))
        if without:
            own = select(comments.c.pk).where(among(connection, comments.c.id, without))
            self.within.append(standing.c.comment_pk.not_in(own))
        self._parts: tuple[ColumnElement[bool], ...] | None = None
        self._was_skipped = put_off(reviewer)

    def keep_to(self, tier: Tier) -> None:
        """Leave out what is not of a tier."""
        policy = policy_in_force(self._connection)
        if tier.outside:
            self.within.append(~holds_any(self._connection, tier.outside, policy))
        if tier.within is not None:
            self._parts = tuple(walks(self._connection, tier.within, policy))

    def place(self, comment_id: str) -> _Place:
        """Return where a comment stands, pending or not."""
        last = (
            select(func.max(skips.c.pk))
            .where(skips.c.comment_pk == standing.c.comment_pk, put_off_by(self._reviewer))
            .scalar_subquery()
        )
        row = self._connection.execute(
            select(
                *(standing.c[name] for name in ("comment_pk", "place", "beside")),
                last.label("skip"),
            )
            .join(comments, comments.c.pk == standing.c.comment_pk)
            .where(comments.c.id == comment_id)
        ).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no comment {comment_id!r} in this database")
        return _Place(row.comment_pk, row.place, row.beside, row.skip)

    def unskipped(self, place: _Place | None, many: int = 1, *, forward: bool) -> list[str]:
        """Return the nearest neighbours of a place among what this reviewer has not skipped."""
        where, beside, pk = standing.c.place, standing.c.beside, standing.c.comment_pk
        order = (where.desc(), beside, pk) if forward else (where, beside.desc(), pk.desc())
        pending = (
            select(pk).where(standing.c.pending, ~self._was_skipped, *self.within).order_by(*order)
        )
        if place is None:
            return self._nearest(pending, many, forward=forward)
        # Ranges of the index rather than one condition with "or", which would scan the ties.
        level, next_to = where == place.place, beside == place.beside
        ranges: tuple[tuple[ColumnElement[bool], ...], ...] = (
            (level, next_to, pk > place.comment_pk if forward else pk < place.comment_pk),
            (level, beside > place.beside if forward else beside < place.beside),
            (where < place.place if forward else where > place.place,),
        )
        found = (self._nearest(pending.where(*one), many, forward=forward) for one in ranges)
        return next((some for some in found if some), [])

    def _nearest(self, pending: Select[int], many: int, *, forward: bool) -> list[str]:
        """Return the first, of all parts in the queue's order: each is walked in its own index.

        One condition with "or" would be no look into any. Many of a kind are walked as one.
        """
        if self._parts is None:
            return self._first(pending, many)
        wide = pending.add_columns(standing.c.place, standing.c.beside).limit(many)
        found = {
            (row.place, row.beside, row.comment_pk)
            for part in self._parts
            for row in self._connection.execute(wide.where(part))
        }
        order = sorted(found, key=lambda one: (-one[0], *one[1:]), reverse=not forward)
        return self.names([pk for _, _, pk in order[:many]]) if order else []

    def milder(self, many: int) -> list[int]:
        """Return the keys of the first flagged comments that are neither severe nor drawn."""
        order = (standing.c.place.desc(), standing.c.beside, standing.c.comment_pk)
        statement = (
            select(standing.c.comment_pk)
            .where(standing.c.pending, ~standing.c.severe, standing.c.turn.is_(None))
            .where(~self._was_skipped, *self.within)
            .order_by(*order)
            .limit(many)
        )
        if self._parts is not None:
            statement = statement.where(or_(*self._parts))
        return list(self._connection.execute(statement).scalars())

    def skipped(self, place: _Place | None, many: int = 1, *, forward: bool) -> list[str]:
        """Return the nearest neighbours of a place among what this reviewer has skipped."""
        last = func.max(skips.c.pk)
        statement = (
            select(skips.c.comment_pk)
            .join(standing, standing.c.comment_pk == skips.c.comment_pk)
            .where(put_off_by(self._reviewer), standing.c.pending, *self.within)
            .group_by(skips.c.comment_pk)
            .order_by(last if forward else last.desc())
        )
        if place is not None:
            statement = statement.having(last > place.skip if forward else last < place.skip)
        return self._first(statement, many)

    def _first(self, statement: Select[int], many: int) -> list[str]:
        pks = [pk for (pk,) in self._connection.execute(statement.limit(many))]
        return self.names(pks) if pks else []

    def names(self, pks: Sequence[int]) -> list[str]:
        """Return the ids of the comments with these keys, in order."""
        own = select(comments.c.pk, comments.c.id)
        own = own.where(among(self._connection, comments.c.pk, pks))
        ids = {row.pk: str(row.id) for row in self._connection.execute(own)}
        return [ids[pk] for pk in pks]
