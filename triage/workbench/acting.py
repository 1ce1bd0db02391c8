"""What the policy decides by itself where a lead turned that on: whenever scores arrive."""

from __future__ import annotations

from collections.abc import Sequence

from triage.domain.automatic import Acted
from triage.workbench.parts import Parts

__all__ = ["Acting", "permanent"]


class Acting(Parts):
    """The policy in force acts, within its ranges."""

    def act(self, digests: Sequence[str] | None = None) -> Acted:
        """Let the policy decide what its ranges hold, of all comments or of these texts.

        Nothing where no range is on, or another scorer is in use than they were found for. Twice
        does nothing new.
        """
        return self._act(digests)

    def _act(self, digests: Sequence[str] | None = None) -> Acted:
        """Do so as a part of another verb, which says it in a line of its own."""
        if self.policy().automatic is None:
            return Acted()
        return self.store.automatic.act(permanent, self._clock(), digests=digests)


def permanent(ids: Sequence[str], salt: str) -> Sequence[float]:
    """Return the permanent random numbers of comments: those that every audit goes by."""
    from triage.tuning.sampling import permanent_numbers

    return permanent_numbers(ids, salt).tolist()  # type: ignore[no-any-return]
