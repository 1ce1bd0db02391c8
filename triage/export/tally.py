"""What went into a table, counted while its rows pass: for the card beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["Tally"]

_COUNTED = ("verdict", "drawn_by", "decided_by", "event", "origin", "state", "route")
_NAMED = ("policy", "scorer", "mentions_by", "guidelines")
_LISTS = ("reasons", "refused")


@dataclass(slots=True)
class Tally:
    """How many rows there are, how often each value of some columns occurs, and what is named.

    None of what is counted is personal: authors, reviewers, texts, notes and titles are not.
    """

    rows: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    named: dict[str, Counter[str]] = field(default_factory=dict)

    def watch(self, rows: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
        """Yield rows as they are, counting them."""
        for row in rows:
            self._add(row)
            yield row

    def of(self, column: str) -> Counter[str]:
        """Return how often each value of a column occurs; empty where the table has none."""
        return self.counts.get(column, Counter())

    def refs(self, column: str) -> list[str]:
        """Return the policies, scorers or guidelines that rows name, each once, sorted."""
        named = self.named.get(column, Counter())
        return sorted({part for name in named for part in name.split("+")})

    def _add(self, row: Mapping[str, object]) -> None:
        self.rows += 1
        for column in _COUNTED:
            if (value := row.get(column)) is not None:
                self.counts.setdefault(column, Counter())[str(value)] += 1
        for column in _NAMED:
            if (value := row.get(column)) is not None:
                self.named.setdefault(column, Counter())[str(value)] += 1
        for column in _LISTS:
            values = row.get(column)
            if isinstance(values, list | tuple):
                self.counts.setdefault(column, Counter()).update(str(one) for one in values)
