"""Verbs that show whether the log is as it was written."""

from __future__ import annotations

from collections.abc import Collection

from triage.domain.chain import Head, Verified
from triage.domain.checks import check_digest
from triage.errors import UsageError
from triage.workbench.parts import Parts, Tick

__all__ = ["Verifying"]


class Verifying(Parts):
    """The chain over the logs is looked at."""

    def chain_head(self) -> Head | None:
        """Return the last event of the chain, to be noted elsewhere; None before the first."""
        return self.store.chain.head()

    def verify(self, heads: Collection[str] = (), *, on_progress: Tick | None = None) -> Verified:
        """Check every event of every log against the chain, from the first on.

        `heads` are hashes noted earlier, of an export or a backup: whether they are on the chain is
        in the outcome, too. Raises UsageError for what is no such hash.
        """
        wanted = [head.strip().lower() for head in heads]
        for head in wanted:
            try:
                check_digest("a head", head)
            except ValueError as error:
                raise UsageError(f"{error}: copy it whole, as it was printed or exported") from None
        return self.store.chain.verify(wanted, on_progress)
