"""Ids for comments whose source carries none: the same input gets the same ids, everywhere."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256

from triage.domain.normal_form import decomposed

__all__ = ["IdMaker", "short_digest", "slug"]

_LONGEST_SLUG = 40


def slug(text: str) -> str:
    """Return a readable, URL-safe form of a name: lower-case letters, digits and single hyphens."""
    plain = decomposed(text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:_LONGEST_SLUG].strip("-") or "thread"


def short_digest(*parts: str | None, digits: int = 12) -> str:
    """Return the first hexadecimal digits of the SHA-256 of some texts; None differs from `""`.

    The lengths go in too, so that ("ab", "c") and ("a", "bc") differ.
    """
    digest = sha256()
    for part in parts:
        data = b"" if part is None else part.encode("utf-8", "surrogatepass")
        digest.update(b"-" if part is None else b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()[:digits]


class IdMaker:
    """Makes ids from what a comment consists of; equal comments are numbered by occurrence."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def make(self, prefix: str, *parts: str | None) -> str:
        """Return `<prefix>-<12 digits>`, different at every call."""
        key = short_digest(prefix, *parts, digits=32)
        occurrence = self._seen[key]
        self._seen[key] += 1
        return f"{prefix}-{short_digest(prefix, *parts, str(occurrence))}"
