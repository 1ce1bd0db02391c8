"""The façade: builds the concrete parts once, and offers the verbs that every edge calls.

A module a job; `Workbench` has them all.
"""

from triage.domain.audits import Audit, AuditDraw
from triage.domain.entries import Entry, MentionReport
from triage.domain.panels import PanelChange
from triage.export.tables import Export
from triage.review.desk import Item
from triage.review.quality import Record
from triage.scoring.explain import Explanation
from triage.scoring.models.card import Card
from triage.scoring.rate import RateReport
from triage.scoring.registry import ScorerListing
from triage.store import (
    BrowseFilter,
    PolicyRecord,
    Progress,
    Shadow,
    Sort,
    ThreadSummary,
)
from triage.workbench.facade import Workbench
from triage.workbench.intake import ImportReport
from triage.workbench.parts import Tick
from triage.workbench.quality import QualityReport
from triage.workbench.rating import EvaluationReport
from triage.workbench.scoring import ScoreReport

__all__ = [
    "Audit",
    "AuditDraw",
    "BrowseFilter",
    "Card",
    "Entry",
    "EvaluationReport",
    "Explanation",
    "Export",
    "ImportReport",
    "Item",
    "MentionReport",
    "PanelChange",
    "PolicyRecord",
    "Progress",
    "QualityReport",
    "RateReport",
    "Record",
    "ScoreReport",
    "ScorerListing",
    "Shadow",
    "Sort",
    "ThreadSummary",
    "Tick",
    "Workbench",
]
