"""Turns: several reviewers go through one queue, and no two are handed the same comment.

Nor one whose near copy another has, whose verdict will be for both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from random import random
from time import sleep

from triage.domain.claims import Claim
from triage.domain.looks import look_in_turn
from triage.errors import NotFoundError
from triage.review.groups import group_in_other_hands
from triage.store import Store

__all__ = ["Turns"]

_APART = 0.02  # seconds: a claim takes about as long
_MOST_TRIES = 10


class Turns:
    """Who has which comment, for at most a `lease` without a sign of life."""

    def __init__(self, store: Store, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._lease = lease

    def next(
        self, reviewer: str, after: str | None = None, *, without: Iterable[str] = ()
    ) -> str | None:
        """Claim the next comment of the queue that is free, after another one; None at the end.

        Those `without` which the queue is wanted are passed over.
        """

        def find(at: datetime, without: Collection[str]) -> str | None:
            return self._store.queue.next(reviewer, after=after, free_at=at, without=without)

        return self._claimed(reviewer, find, without=without)

    def next_of_all(
        self,
        reviewer: str,
        after: str | None = None,
        *,
        milder_after: int = 0,
        without: Iterable[str] = (),
    ) -> str | None:
        """Claim the next comment that is free: after another one, and then from the start.

        Now and then it is one that is due for a second look, and when the queue is empty. After
        so many severe ones in a row it is a milder one (0: never), behind which the queue goes on
        from its start.
        """
        if after is not None:
            look = self.look(reviewer) if look_in_turn(reviewer, after) else None
            if look not in {None, after}:
                return look
        if milder_after:
            found = self._relief(reviewer, after, milder_after, without)
            if found not in {None, after}:
                return found
        if after is not None:
            with suppress(NotFoundError):
                found = self.next(reviewer, after, without=without)
                if found is not None:
                    return found
        return self.next(reviewer, without=without) or self.look(reviewer)

    def _relief(
        self, reviewer: str, after: str | None, run: int, without: Iterable[str]
    ) -> str | None:
        """Claim a milder comment after a run of severe ones, or what comes when it was read.

        None where neither is due. The one in hand, `after`, need not be decided yet.
        """
        lately = self._store.queue.lately(reviewer, run + 1)
        row = [severe for one, severe in lately if one != after]
        if after is None:
            ripe = len(row) >= run and all(row[:run])
            return self._milder(reviewer, without) if ripe else None
        try:
            severe = self._store.queue.severe(after)
        except NotFoundError:
            return None
        if severe:
            ripe = len(row) >= run - 1 and all(row[: run - 1])
            return self._milder(reviewer, without) if ripe else None
        return self.next(reviewer, without=without) if len(row) >= run and all(row[:run]) else None

    def _milder(self, reviewer: str, without: Iterable[str]) -> str | None:
        """Claim the first flagged comment that is not severe.

        Never one that is blind: were a milder one among the blind, it would be no audit's, and who
        counts would know.
        """

        def find(at: datetime, without: Collection[str]) -> str | None:
            found = self._store.queue.milder(reviewer, free_at=at)
            passed = {*self._store.audits.blind(found), *without}
            return next((one for one in found if one not in passed), None)

        return self._claimed(reviewer, find, without=without)

    def look(self, reviewer: str) -> str | None:
        """Claim the comment that waits longest for this reviewer's second look; None for none."""
        return self._claimed(
            reviewer, lambda at, _: self._store.looks.due(reviewer, free_at=at), pending=False
        )

    def previous(self, reviewer: str, before: str) -> str | None:
        """Claim the comment of the queue before another one; None at the start."""

        def find(at: datetime, without: Collection[str]) -> str | None:
            return self._store.queue.previous(reviewer, before=before, free_at=at, without=without)

        return self._claimed(reviewer, find)

    def hold(self, comment_id: str, reviewer: str) -> Claim | None:
        """Say that this reviewer is at a comment; return the claim on it, which may be another's.

        A sign of life, as often as one likes: it is written down when half of the lease is over.
        None where there is no such comment.
        """
        at = self._clock()
        held = self._store.claims.of(comment_id, at)
        if held is not None and (held.reviewer != reviewer or held.until - at > self._lease / 2):
            return held
        try:
            return self._store.claims.take(comment_id, reviewer, at, at + self._lease)
        except NotFoundError:
            return None

    def release(self, comment_ids: Iterable[str], reviewer: str) -> None:
        """Let others have these comments."""
        self._store.claims.release(comment_ids, reviewer)

    def others(self, reviewer: str) -> list[Claim]:
        """Return what the other reviewers have."""
        now = self._clock()
        return [one for one in self._store.claims.standing(now) if one.reviewer != reviewer]

    def _claimed(
        self,
        reviewer: str,
        find: Callable[[datetime, Collection[str]], str | None],
        *,
        pending: bool = True,
        without: Iterable[str] = (),
    ) -> str | None:
        """Claim what is found, unless a verdict that somebody else is about to give is for it."""
        passed = set(without)
        lost = 0
        while True:
            at = self._clock()
            found = find(at, passed)
            if found is None:
                return None
            if pending:
                group = group_in_other_hands(self._store, found, self.others(reviewer))
                if group:
                    passed |= group
                    continue
            until = at + self._lease
            claim = self._store.claims.take(found, reviewer, at, until, pending=pending)
            if claim is not None and claim.reviewer == reviewer:
                return found
            # Somebody was faster: there is one fewer to look at. Of many who ask at once all find
            # the same one, and those who lost would all find the next one, if none of them waited.
            lost = min(lost + 1, _MOST_TRIES)
            sleep(random() * lost * _APART)  # noqa: S311 - no secret
