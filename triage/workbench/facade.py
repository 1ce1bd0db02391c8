"""The façade: every verb that an edge calls, of all jobs."""

from __future__ import annotations

from triage.places import samples
from triage.workbench.access import Access
from triage.workbench.auditing import Auditing
from triage.workbench.batching import Batching
from triage.workbench.browsing import Browsing
from triage.workbench.exporting import Exporting
from triage.workbench.intake import Intake
from triage.workbench.learning import Learning
from triage.workbench.matching import Matching
from triage.workbench.parts import Tick
from triage.workbench.quality import Quality
from triage.workbench.rating import Rating
from triage.workbench.receiving import Receiving
from triage.workbench.reviewing import Reviewing
from triage.workbench.stating import Stating

__all__ = ["Workbench"]


class Workbench(
    Intake,
    Rating,
    Receiving,
    Reviewing,
    Batching,
    Browsing,
    Auditing,
    Matching,
    Learning,
    Quality,
    Exporting,
    Stating,
    Access,
):
    """Everything a person can do, whichever edge they come through.

    The database is opened by the first verb that needs it; from then on threads may share it.
    Every verb raises TriageError with a message for a person.
    """

    def load_samples(self, *, on_progress: Tick | None = None) -> bool:
        """Import and score the sample threads; False, and nothing done, beside other comments."""
        paths = samples()
        own = {thread.source for thread in self.threads()} - {path.name for path in paths}
        if own:
            return False
        for path in paths:
            self.import_file(path, on_progress=on_progress)
        in_use = dict.fromkeys(key for key, _ in self.store.panel.get().values())
        self.score(tuple(in_use), on_progress=on_progress)
        return True
