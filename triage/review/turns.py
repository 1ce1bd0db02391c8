"""Turns: several reviewers go through one queue, and no two are handed the same comment.

Nor one whose near copy another has, whose verdict will be for both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from triage.domain.assignments import Tier, tiers_for
from triage.domain.claims import Claim
from triage.domain.looks import look_in_turn
from triage.errors import NotFoundError
from triage.review.groups import group_in_other_hands
from triage.store import Store

__all__ = ["Turns"]

_CANDIDATES = 20
"""Comments that are looked at together: as many reviewers may ask at the same moment."""


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

        Of what is assigned to this reviewer, then of what is nobody's, then of all. Those `without`
        which the queue is wanted are passed over.
        """
        found = (self._next(reviewer, after, without, tier) for tier in self._tiers(reviewer))
        return next((one for one in found if one is not None), None)

    def _tiers(self, reviewer: str) -> tuple[Tier | None, ...]:
        return tiers_for(reviewer, self._store.assignments.in_force())

    def _next(
        self, reviewer: str, after: str | None, without: Iterable[str], tier: Tier | None
    ) -> str | None:
        def find(at: datetime, without: Collection[str]) -> list[str]:
            return self._store.queue.following(
                reviewer, after, free_at=at, without=without, many=_CANDIDATES, tier=tier
            )

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

        What is assigned to this reviewer comes first, what is assigned to others alone last. Now
        and then it is one that is due for a second look, and when the queue is empty. After so many
        severe ones in a row it is a milder one (0: never), behind which the queue goes on from its
        start.
        """
        if after is not None:
            look = self.look(reviewer) if look_in_turn(reviewer, after) else None
            if look not in {None, after}:
                return look
        if milder_after:
            found = self._relief(reviewer, after, milder_after, without)
            if found not in {None, after}:
                return found
        return self._around(reviewer, after, without) or self.look(reviewer)

    def _around(self, reviewer: str, after: str | None, without: Iterable[str]) -> str | None:
        """Claim the next comment after another one, or else from the start, tier by tier.

        A tier that the other one is not of begins at its start, which is the most urgent.
        """
        tiers = self._tiers(reviewer)
        home = self._store.queue.tier_of(after, tiers) if after and len(tiers) > 1 else 0
        found: str | None = None
        for number, tier in enumerate(tiers):
            found = None
            if after is not None and number == home:
                with suppress(NotFoundError):
                    found = self._next(reviewer, after, without, tier)
            found = found or self._next(reviewer, None, without, tier)
            if tier is None and found is not None and found == after and number != home:
                # What was skipped stands behind all tiers, whichever it is of.
                found = self._next(reviewer, after, without, tier) or found
            # The one in hand waits until it is decided: there may be others behind its tier.
            if found is not None and found != after:
                return found
        return found

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

        def in_tier(tier: Tier | None) -> str | None:
            def find(at: datetime, without: Collection[str]) -> list[str]:
                found = self._store.queue.milder(reviewer, free_at=at, tier=tier)
                passed = {*self._store.audits.blind(found), *without}
                return [one for one in found if one not in passed]

            return self._claimed(reviewer, find, without=without)

        found = (in_tier(tier) for tier in self._tiers(reviewer))
        return next((one for one in found if one is not None), None)

    def look(self, reviewer: str) -> str | None:
        """Claim the comment that waits longest for this reviewer's second look; None for none."""

        def find(at: datetime, _: Collection[str]) -> list[str]:
            due = self._store.looks.due(reviewer, free_at=at)
            return [] if due is None else [due]

        return self._claimed(reviewer, find, pending=False)

    def previous(self, reviewer: str, before: str) -> str | None:
        """Claim the comment of the queue before another one; None at the start."""

        def in_tier(tier: Tier | None) -> str | None:
            def find(at: datetime, without: Collection[str]) -> list[str]:
                found = self._store.queue.previous(
                    reviewer, before, free_at=at, without=without, tier=tier
                )
                return [] if found is None else [found]

            return self._claimed(reviewer, find)

        found = (in_tier(tier) for tier in self._tiers(reviewer))
        return next((one for one in found if one is not None), None)

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
        find: Callable[[datetime, Collection[str]], Sequence[str]],
        *,
        pending: bool = True,
        without: Iterable[str] = (),
    ) -> str | None:
        """Claim the first that is found, unless a verdict that somebody else gives is for it.

        Many who ask at once all find the same ones first: each gets the first that is left.
        """
        passed = set(without)
        while True:
            at = self._clock()
            found = find(at, passed)
            if not found:
                return None
            until = at + self._lease
            claimed = self._store.claims.first(found, reviewer, at, until, pending=pending)
            if claimed is None:  # others were faster: there are fewer to look at
                continue
            if not pending:
                return claimed
            group = group_in_other_hands(self._store, claimed, self.others(reviewer))
            if not group:
                return claimed
            self._store.claims.release([claimed], reviewer)
            passed |= group
