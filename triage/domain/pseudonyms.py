"""Pseudonyms: what authors are called where a site keeps no names.

A pseudonym is an HMAC-SHA-256 (RFC 2104) of the name under a key that lies outside the database:
the same name has the same one everywhere, and whoever has the database alone can neither read the
name nor try names out.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from hashlib import sha256

from triage.domain.comments import Thread

__all__ = ["SHORTEST_KEY", "Pseudonyms"]

SHORTEST_KEY = 32
"""Characters: as 32 hexadecimal digits a key has 128 random bits."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread
_LETTERS = 12  # 60 bits: of a million authors two share one with a chance of 1 in 2 million
_NOBODY = frozenset({"[deleted]", "[removed]", "[gelöscht]", "[anonymous]"})
_DERIVED = re.compile("[0-9a-f]{12}")  # as `triage.intake.derived` makes them


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The pseudonyms that one key makes. Raises ValueError for a key that is too short."""

    key: str = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) < SHORTEST_KEY:
            raise ValueError(f"a key has {SHORTEST_KEY} characters or more, not {len(self.key)}")

    def of(self, author: str | None) -> str | None:
        """Return an author's pseudonym, such as `author-3k9f-m2x7-qh4z`.

        Nobody has none, and neither has what a source writes for somebody who is gone.
        """
        if not author or author in _NOBODY:
            return author
        number = int.from_bytes(self._digest("author", author)[:8]) >> 4
        letters = "".join(_ALPHABET[number >> (5 * place) & 31] for place in range(_LETTERS))
        return f"author-{letters[:4]}-{letters[4:8]}-{letters[8:]}"

    @property
    def check(self) -> str:
        """What tells this key from others, and does not tell the key."""
        return self._digest("check", "").hex()[:16]

    def thread(self, thread: Thread, kept: Collection[str] = ()) -> Thread:
        """Return a thread that names nobody.

        Ids that were derived from what a comment consists of are made anew with the key, but for
        those `kept`: else whoever knows its text and time could try names until the id comes out.
        """
        return thread.with_comments(
            replace(
                one,
                author=self.of(one.author),
                id=self._id(thread.id, one.id, kept),
                parent_id=one.parent_id and self._id(thread.id, one.parent_id, kept),
            )
            for one in thread.comments
        )

    @staticmethod
    def derived_ids(thread: Thread) -> set[str]:
        """Return the ids in a thread that have the form of derived ones, of parents too."""
        given = {one for own in thread.comments for one in (own.id, own.parent_id) if one}
        return {one for one in given if _is_derived(thread.id, one)}

    def _id(self, thread_id: str, given: str, kept: Collection[str]) -> str:
        if given in kept or not _is_derived(thread_id, given):
            return given
        return f"{thread_id}-{self._digest('id', given).hex()[:12]}"

    def _digest(self, purpose: str, about: str) -> bytes:
        told = f"{purpose}\0{about}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.key.encode("utf-8", "surrogatepass"), told, sha256)


def _is_derived(thread_id: str, given: str) -> bool:
    """Whether an id has the form of `<thread>-<12 digits>`."""
    prefix, _, digits = given.rpartition("-")
    return prefix == thread_id and _DERIVED.fullmatch(digits) is not None
