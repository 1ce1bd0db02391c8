"""Verbs about the site's own rules, and about what spares a reviewer."""

from __future__ import annotations

from triage.domain.guidelines import Guidelines
from triage.domain.kindness import MOST_IN_A_ROW, Blur
from triage.errors import UsageError
from triage.workbench.parts import Parts

__all__ = ["House"]

_BLUR, _BLIND, _MILDER = "blur", "blind", "milder_after"
_YES, _NO = "yes", "no"


class House(Parts):
    """Guidelines are kept, and eyes are spared."""

    def guidelines(self) -> Guidelines | None:
        """Return the guidelines in force; None before the first."""
        return self.store.guidelines.in_force()

    def guidelines_history(self) -> list[Guidelines]:
        """Return every version of the guidelines, the one in force last."""
        return self.store.guidelines.history()

    def save_guidelines(self, text: str, by: str, *, upon: int, why: str = "") -> Guidelines:
        """Put a new version of the guidelines in force; `upon` is the one that was edited.

        Raises UsageError for whoever is no lead and for a text that cannot be guidelines,
        ConflictError where they were changed meanwhile.
        """
        self.leads_only(by, "edit the guidelines")
        return self.store.guidelines.save(text, by, upon=upon, why=why)

    def own_blur(self, reviewer: str) -> Blur | None:
        """Return what this reviewer chose to have blurred; None leaves it to the site."""
        chosen = self.store.preferences.get(reviewer, _BLUR)
        return Blur(chosen) if chosen in list(Blur) else None

    def blur(self, reviewer: str) -> Blur:
        """Return what is blurred for this reviewer: the own choice, else the site's."""
        return self.own_blur(reviewer) or self.settings.blur

    def set_blur(self, reviewer: str, chosen: Blur | None) -> None:
        """Keep what this reviewer chose; None leaves it to the site again."""
        self.store.preferences.set(reviewer, _BLUR, chosen)

    def own_blind(self, reviewer: str) -> bool | None:
        """Return whether this reviewer chose to see no scores before deciding; None: the site's."""
        chosen = self.store.preferences.get(reviewer, _BLIND)
        return {_YES: True, _NO: False}.get(chosen or "")

    def blind(self, reviewer: str) -> bool:
        """Whether scores are hidden from this reviewer until decided: own choice, else the site's.

        An audit's comments, and some others, are blind for everybody.
        """
        own = self.own_blind(reviewer)
        return self.settings.blind if own is None else own

    def set_blind(self, reviewer: str, chosen: bool | None) -> None:
        """Keep what this reviewer chose; None leaves it to the site again."""
        told = None if chosen is None else _YES if chosen else _NO
        self.store.preferences.set(reviewer, _BLIND, told)

    def own_milder_after(self, reviewer: str) -> int | None:
        """Return after how many severe comments this reviewer wants a milder one; None: the site's.

        0 is for never.
        """
        chosen = self.store.preferences.get(reviewer, _MILDER)
        return int(chosen) if chosen is not None and chosen.isdecimal() else None

    def milder_after(self, reviewer: str) -> int:
        """Return after how many severe comments in a row a milder one comes: own, else the site's.

        0 is for never.
        """
        own = self.own_milder_after(reviewer)
        return self.settings.milder_after if own is None else own

    def set_milder_after(self, reviewer: str, chosen: int | None) -> None:
        """Keep what this reviewer chose, up to 100; None leaves it to the site again.

        Raises UsageError for another number.
        """
        if chosen is not None and not 0 <= chosen <= MOST_IN_A_ROW:
            raise UsageError(f"a milder one comes after 1 to {MOST_IN_A_ROW}, or never: 0")
        self.store.preferences.set(reviewer, _MILDER, None if chosen is None else str(chosen))

    def severe_seen(self, reviewer: str) -> int:
        """Return how many severe comments this reviewer decided or skipped since midnight."""
        now = self._clock().astimezone(self.settings.timezone)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return self.store.queue.exposure(reviewer, midnight)
