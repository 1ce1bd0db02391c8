"""The façade: every verb that an edge calls, of all jobs."""

from __future__ import annotations

from triage.places import samples
from triage.workbench.access import Access
from triage.workbench.appealing import Appealing
from triage.workbench.assigning import Assigning
from triage.workbench.auditing import Auditing
from triage.workbench.automation import Automation
from triage.workbench.backups import Backups
from triage.workbench.batching import Batching
from triage.workbench.browsing import Browsing
from triage.workbench.exporting import Exporting
from triage.workbench.forgetting import Forgetting
from triage.workbench.learning import Learning
from triage.workbench.matching import Matching
from triage.workbench.noting import noting
from triage.workbench.parts import Tick
from triage.workbench.people import People
from triage.workbench.quality import Quality
from triage.workbench.receiving import Receiving
from triage.workbench.returning import Returning
from triage.workbench.reviewing import Reviewing
from triage.workbench.running import Running
from triage.workbench.sharding import Sharding
from triage.workbench.stating import Stating
from triage.workbench.telling import Telling
from triage.workbench.verifying import Verifying

__all__ = ["Workbench"]


@noting
class Workbench(
    Running,
    Sharding,
    Receiving,
    Reviewing,
    Batching,
    Browsing,
    Auditing,
    Appealing,
    Assigning,
    Matching,
    Learning,
    Automation,
    Quality,
    Exporting,
    Returning,
    Stating,
    Access,
    People,
    Telling,
    Backups,
    Forgetting,
    Verifying,
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
        self._score_as_before(on_progress)
        return True
