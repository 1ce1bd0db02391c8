"""The chain: every fact of a log carries a SHA-256 that hangs on all facts before it.

Whoever alters, removes or moves a fact has to compute every later hash anew, and then a head that
was noted elsewhere is on the chain no more. There is no secret in it: everybody can check it, and
what guards against somebody who computes all of it anew is a head that lies out of their reach.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

__all__ = [
    "ERASED",
    "FORMAT",
    "START",
    "Fault",
    "FaultKind",
    "Head",
    "Verified",
    "canonical",
    "link_hash",
    "seal_of",
]

FORMAT = 1
"""Of what is hashed, and how. Links of an older format keep it."""

START = bytes(32)
"""What the first link hangs on."""

ERASED = "erased"
"""What stands in place of erased words that must not be empty."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last link: how many facts are on the chain, and the hash that hangs on all of them."""

    number: int
    hash: str


class FaultKind(StrEnum):
    """What is wrong with a fact of a log."""

    ALTERED = "altered"
    REMOVED = "removed"
    ADDED = "added"
    MOVED = "moved"
    UNLINKED = "unlinked"
    UNPROVEN = "unproven"

    @property
    def words(self) -> str:
        """What a person reads."""
        return _WORDS[self]


_WORDS = {
    FaultKind.ALTERED: "was altered since, or its hash was",
    FaultKind.REMOVED: "was removed from its log",
    FaultKind.ADDED: "stands in its log and is not on the chain",
    FaultKind.MOVED: "stands at another place of its log than on the chain",
    FaultKind.UNLINKED: "was taken off the chain",
    FaultKind.UNPROVEN: "hangs on a faulty one, so that nobody can tell whether it was altered",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fact that is not as it was chained.

    `number` is its place on the chain, None for one that is not on it; `log` and `key` name the row
    (None where the link that named it is gone), `about` says in a few words what that row says.
    """

    kind: FaultKind
    number: int | None
    log: str | None = None
    key: int | None = None
    about: str = ""

    def __str__(self) -> str:
        event = f"event {self.number:,}" if self.number is not None else "an event"
        row = f" ({self.log} {self.key}{f': {self.about}' if self.about else ''})"
        return f"{event}{row if self.log is not None else ''} {self.kind.words}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a walk along the whole chain found.

    `counts` says how many events of each log are on it; of `erased` the words were erased, which is
    no fault. `faults` are the first ones, `faulty` is how many there are. `found` maps each hash
    that was asked about to its place, None where it is nowhere on the chain.
    """

    head: Head | None
    counts: Mapping[str, int]
    erased: int
    faulty: int
    faults: tuple[Fault, ...]
    found: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong, and everything that was asked about is on the chain."""
        return self.faulty == 0 and None not in self.found.values()


def canonical(value: object) -> bytes:
    """Return the one way in which a fact is written before it is hashed.

    JSON in ASCII, keys sorted, no blanks; times in UTC with six digits of a second; floats as the
    shortest decimal that gives the same double back, as `repr` writes them; bytes by their SHA-256.
    """
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)
    return written.encode("ascii")


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, bytes):
        return sha256(value).hexdigest()
    raise TypeError(f"a fact holds no {type(value).__name__}")


def seal_of(salt: bytes, words: Mapping[str, object]) -> bytes:
    """Return what stands on the chain for words that may have to be erased.

    HMAC-SHA-256 keyed by a random salt: once that is gone, nobody can try which words they were.
    """
    return hmac.digest(salt, canonical(words), "sha256")


def link_hash(
    previous: bytes,
    number: int,
    log: str,
    key: int,
    fact: Mapping[str, object],
    seal: bytes | None,
    version: int = FORMAT,
) -> bytes:
    """Return the hash of a fact at its place on the chain: SHA-256, 32 bytes."""
    return sha256(
        canonical(
            {
                "format": version,
                "previous": previous.hex(),
                "number": number,
                "log": log,
                "key": key,
                "fact": fact,
                "sealed": None if seal is None else seal.hex(),
            }
        )
    ).digest()
