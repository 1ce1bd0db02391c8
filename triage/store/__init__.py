"""The store: comments, scores, policies and decisions in one SQL database."""

from __future__ import annotations

from triage.store.automatic import acts_for
from triage.store.backups import Copied
from triage.store.batches import Picked
from triage.store.browsing import BrowseFilter, Sort
from triage.store.comments import Revision, Surroundings
from triage.store.deliveries import Claimed
from triage.store.evidence import KnownComments
from triage.store.forgetting import Whose
from triage.store.groups import Groups, Kind
from triage.store.importing import Saved
from triage.store.learned import Adoption, LearnedRecord
from triage.store.migrate import HEAD
from triage.store.naming import Asked
from triage.store.policies import PolicyRecord
from triage.store.queue import Progress
from triage.store.rows import Panel
from triage.store.shadow import Shadow
from triage.store.store import Store
from triage.store.threads import KnownComment, ThreadSummary
from triage.store.versions import VersionScores, VersionSeen

__all__ = [
    "HEAD",
    "Adoption",
    "Asked",
    "BrowseFilter",
    "Claimed",
    "Copied",
    "Groups",
    "Kind",
    "KnownComment",
    "KnownComments",
    "LearnedRecord",
    "Panel",
    "Picked",
    "PolicyRecord",
    "Progress",
    "Revision",
    "Saved",
    "Shadow",
    "Sort",
    "Store",
    "Surroundings",
    "ThreadSummary",
    "VersionScores",
    "VersionSeen",
    "Whose",
    "acts_for",
]
