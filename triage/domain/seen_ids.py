"""Which ids there were, in little memory: a file may hold millions."""

from __future__ import annotations

import os
from array import array
from hashlib import blake2b

__all__ = ["SeenIds"]

_SMALLEST = 1 << 10
_FULL = 0.8
_LARGEST = 2**32 - 1


class SeenIds:
    """A set of ids, with the number each was first seen under.

    A `few` are kept as they are, in some 200 bytes each. Where there are more, all of them are
    digests, which take more time, and 15 to 30 bytes.
    """

    def __init__(self, few: int = 100_000) -> None:
        self._limit = few
        self._few: dict[str, int] = {}
        self._many: _Digests | None = None

    def __len__(self) -> int:
        return len(self._few if self._many is None else self._many)

    def __contains__(self, name: str) -> bool:
        return name in (self._few if self._many is None else self._many)

    def add(self, name: str, number: int = 0) -> int | None:
        """Remember an id; return the number it was first seen under, None where it is new.

        Numbers end at 2^32 - 1; a greater one counts as that.
        """
        number = min(number, _LARGEST)
        if self._many is not None:
            return self._many.add(name, number)
        before = self._few.get(name)
        if before is None:
            self._few[name] = number
            if len(self._few) > self._limit:
                self._many = _Digests()
                for known, first in self._few.items():
                    self._many.add(known, first)
                self._few = {}
        return before


class _Digests:
    """Ids as 64-bit digests in a table with linear probing.

    Of a million ids two are taken for one with a probability of 3 in 10^8. The digests are keyed
    anew in every process: nobody can make up ids that fall together.
    """

    def __init__(self) -> None:
        self._key = os.urandom(16)
        self._count = 0
        self._digests = array("Q", bytes(8 * _SMALLEST))
        self._numbers = array("I", bytes(4 * _SMALLEST))

    def __len__(self) -> int:
        return self._count

    def __contains__(self, name: str) -> bool:
        digest = self._digest(name)
        return self._digests[self._slot(digest)] == digest

    def add(self, name: str, number: int = 0) -> int | None:
        """Remember an id under a number; return that of before, None where it is new."""
        digest = self._digest(name)
        slot = self._slot(digest)
        if self._digests[slot] == digest:
            return self._numbers[slot]
        self._digests[slot] = digest
        self._numbers[slot] = number
        self._count += 1
        if self._count > _FULL * len(self._digests):
            self._grow()
        return None

    def _digest(self, name: str) -> int:
        data = name.encode("utf-8", "surrogatepass")
        found = int.from_bytes(blake2b(data, digest_size=8, key=self._key).digest(), "little")
        return found or 1  # 0 stands for an empty slot

    def _slot(self, digest: int) -> int:
        """Return the slot that holds a digest, or the empty one where it belongs."""
        digests = self._digests
        last = len(digests) - 1  # the length is a power of two
        slot = digest & last
        while digests[slot] not in (0, digest):
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        digests, numbers = self._digests, self._numbers
        self._digests = array("Q", bytes(16 * len(digests)))
        self._numbers = array("I", bytes(8 * len(digests)))
        for place, digest in enumerate(digests):
            if digest:
                slot = self._slot(digest)
                self._digests[slot] = digest
                self._numbers[slot] = numbers[place]
