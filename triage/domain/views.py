"""Saved views: what Browse shows, under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.checks import check_aware, check_named

__all__ = ["SavedView"]

_LONGEST = 60  # characters of a name


@dataclass(frozen=True, slots=True)
class SavedView:
    """A filter and an order under a name; `link` is what the page's link holds: name -> values.

    Of one reviewer each name stands for one view. A shared one is shown to everybody, and changed
    by whoever made it. Raises ValueError for a name that is empty, long, or holds control
    characters.
    """

    name: str
    reviewer: str
    link: Mapping[str, Sequence[str]]
    at: datetime
    shared: bool = False

    def __post_init__(self) -> None:
        check_named("a view's name", self.name)
        check_named("a view's reviewer", self.reviewer)
        check_aware("a view's time", self.at)
        if len(self.name) > _LONGEST:
            raise ValueError(f"a view's name has at most {_LONGEST} characters: {self.name!r}")
