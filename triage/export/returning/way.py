"""What a way back is: what its site can be told, and how that is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

from triage.domain.comments import Origin, SourceState
from triage.domain.returns import Change

__all__ = ["Way", "not_digits"]

_DIGITS = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Way:
    """One way back to the comments that came in the layout `reader`.

    `tells` are the states that the site can be told, `rejected` and `spam` what a rejection
    becomes, `silent` what a comment is there of whose moderation it says nothing. `unfit` says why
    an origin cannot be named there, None where it can. `write` writes changes, all of which can be
    told, for the site at an address, if one is given; None where they go into a copy of an export.
    `how` says how to use the file.
    """

    key: str
    name: str
    reader: str
    suffix: str
    how: str
    tells: frozenset[SourceState]
    rejected: SourceState
    spam: SourceState
    unfit: Callable[[Origin], str | None]
    write: Callable[[Sequence[Change], TextIO, str | None], None] | None
    silent: SourceState | None = None
    takes_url: bool = False


def not_digits(origin: Origin) -> str | None:
    """Say that an id is no number, as this site's are; None where it is one."""
    if _DIGITS.fullmatch(origin.id):
        return None
    return f"its id there, {origin.id[:40]!r}, is no number, as this site's ids are"
