"""What a change of the scorers in use means, label by label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.scores import Label

__all__ = ["PanelChange"]


@dataclass(frozen=True, slots=True)
class PanelChange:
    """What the next `score` will change about the scorers in use.

    `before` and `after` map labels to a scorer's key and version. `by_default` says that nobody
    chose what comes after: it follows from what is on this machine.
    """

    before: Mapping[Label, tuple[str, str]]
    after: Mapping[Label, tuple[str, str]]
    by_default: bool

    @property
    def keys(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The keys of the scorers in use, and of those after them."""
        before, after = (dict(seats.values()) for seats in (self.before, self.after))
        return tuple(before), tuple(after)

    @property
    def lines(self) -> list[str]:
        """What happens to which labels, in words: a line for labels that go the same way."""
        ways: dict[str, list[str]] = {}
        for label in Label:
            old, new = ("@".join(seats.get(label, ())) for seats in (self.before, self.after))
            if old == new:
                continue
            way = f"{new} in place of {old}" if new and old else f"{new}, new"
            ways.setdefault(way if new else f"{old}, no more", []).append(label.words)
        return [f"{', '.join(labels)}: {way}" for way, labels in ways.items()]
