"""A walk along the chain: each link is held against its fact and against the link before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row

from triage.domain.chain import ERASED, START, Fault, FaultKind, Head, Verified, link_hash, seal_of
from triage.store.chained import LOGS, Fact

__all__ = ["Walk"]

_SHOWN = 100
_ABOUT = ("id", "verdict", "reviewer", "by", "name", "version")


class Walk:
    """What was found up to one link."""

    def __init__(self, heads: Collection[str]) -> None:
        self._found: dict[str, int | None] = dict.fromkeys(heads)
        self._counts: Counter[str] = Counter()
        self._newest: dict[str, int] = {}  # log -> the greatest key so far
        self._erased = 0
        self._faulty = 0
        self._faults: list[Fault] = []
        self._head: Head | None = None
        # What the next link may hang on: the hash of the last one as it stands and, if that is not
        # the one that follows from its fact, that too. Empty after a gap.
        self._previous: tuple[bytes, ...] = (START,)
        self._sound = True

    def step(self, link: Row[Any], facts: Mapping[int, Fact | None]) -> None:
        """Check the next link, given the facts of its log by key."""
        number = 1 if self._head is None else self._head.number + 1
        if link.number != number:
            self._gap(number, link.number)
        self._check(link, facts)
        self._head = Head(link.number, link.hash.hex())
        self._counts[link.log] += 1
        if self._head.hash in self._found:
            self._found[self._head.hash] = link.number

    def _gap(self, number: int, found: int) -> None:
        for lacking in range(number, min(found, number + _SHOWN)):
            self._fault(FaultKind.UNLINKED, lacking)
        self._faulty += max(0, found - number - _SHOWN)
        if found < number:  # a number below the first
            self._fault(FaultKind.MOVED, found)
        self._previous, self._sound = (), False

    def _check(self, link: Row[Any], facts: Mapping[int, Fact | None]) -> None:
        fact = facts.get(link.fact_pk)
        if fact is None:
            kind = FaultKind.ALTERED if link.fact_pk in facts else FaultKind.REMOVED
            self._fault(kind, link.number, link)
            self._previous, self._sound = (link.hash,), False
            return
        if link.fact_pk <= self._newest.get(link.log, -1):
            self._fault(FaultKind.MOVED, link.number, link, fact)
        self._newest[link.log] = max(link.fact_pk, self._newest.get(link.log, -1))
        computed = self._computed(link, fact)
        if link.hash in computed:
            self._previous, self._sound = (link.hash,), True
        elif not self._previous:  # nothing to hold it against, and the gap is told already
            self._previous, self._sound = (link.hash,), False
        else:
            kind = FaultKind.ALTERED if self._sound else FaultKind.UNPROVEN
            self._fault(kind, link.number, link, fact)
            self._previous, self._sound = (link.hash, *computed), False

    def _computed(self, link: Row[Any], fact: Fact) -> tuple[bytes, ...]:
        """Return the hashes that would do: none where the seal is not what it was."""
        sealed = LOGS[link.log].sealed
        if link.salt is not None:
            if not sealed or link.sealed is not None:
                return ()
            seal = seal_of(link.salt, fact.words)
        else:
            seal = link.sealed
            if sealed and (seal is None or not fact.erased or _left(fact)):
                return ()
            self._erased += sealed
        place = (link.number, link.log, link.fact_pk)
        return tuple(
            link_hash(previous, *place, fact.stays, seal, link.format)
            for previous in self._previous
        )

    def outside(self, log: str, key: int) -> None:
        """Count a row of a log that no link names."""
        self._faulty += 1
        if len(self._faults) < _SHOWN:
            self._faults.append(Fault(FaultKind.ADDED, None, log, key))

    def outcome(self) -> Verified:
        """Return what was found on the whole way."""
        return Verified(
            head=self._head,
            counts=dict(self._counts),
            erased=self._erased,
            faulty=self._faulty,
            faults=tuple(self._faults),
            found=self._found,
        )

    def _fault(
        self,
        kind: FaultKind,
        number: int,
        link: Row[Any] | None = None,
        fact: Fact | None = None,
    ) -> None:
        self._faulty += 1
        if len(self._faults) >= _SHOWN:
            return
        told = {} if fact is None else {name: fact.stays.get(name) for name in _ABOUT}
        about = ", ".join(f"{name} {value}" for name, value in told.items() if value is not None)
        log, key = (None, None) if link is None else (link.log, link.fact_pk)
        self._faults.append(Fault(kind, number, log, key, about))


def _left(fact: Fact) -> bool:
    """Whether words are left of a fact whose words were erased; its text is another matter."""
    words = (value for name, value in fact.words.items() if name != "text_sha256")
    return any(value not in (None, "", ERASED) for value in words)
