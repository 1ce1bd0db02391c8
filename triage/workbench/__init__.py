"""The façade: builds the concrete parts once, and offers the verbs that every edge calls.

A module a job; `Workbench` has them all.
"""

from triage.domain.entries import Entry, MentionReport
from triage.domain.panels import PanelChange
from triage.export.tables import Export
from triage.review.desk import Item
from triage.scoring.explain import Explanation
from triage.scoring.models.card import Card
from triage.scoring.rate import RateReport
from triage.scoring.registry import ScorerListing
from triage.store import BrowseFilter, Picked, Progress, Sort, ThreadSummary
from triage.workbench.facade import Workbench
from triage.workbench.intake import ImportReport
from triage.workbench.parts import Tick
from triage.workbench.rating import EvaluationReport
from triage.workbench.scoring import ScoreReport

__all__ = [
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
    "Picked",
    "Progress",
    "RateReport",
    "ScoreReport",
    "ScorerListing",
    "Sort",
    "ThreadSummary",
    "Tick",
    "Workbench",
]
