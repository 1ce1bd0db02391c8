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
    Adoption,
    BrowseFilter,
    Kind,
    LearnedRecord,
    Picked,
    PolicyRecord,
    Progress,
    Shadow,
    Sort,
    ThreadSummary,
    VersionSeen,
)
from triage.tuning.drift import Slice
from triage.tuning.learning import Kind as Learned
from triage.tuning.learning import Trial
from triage.tuning.learning import Verdict as TrialVerdict
from triage.tuning.outcomes import Outcome
from triage.tuning.together import in_words
from triage.workbench.comparison import Comparison, Flip, LabelComparison
from triage.workbench.facade import Workbench
from triage.workbench.findings import Findings
from triage.workbench.intake import ImportedPart, ImportReport
from triage.workbench.lessons import Lesson, TooFew
from triage.workbench.matching import Like, Matched
from triage.workbench.parts import Tick
from triage.workbench.quality import QualityReport
from triage.workbench.rating import EvaluationReport
from triage.workbench.scoring import ScoreReport
from triage.workbench.seeking import Answer, Goal, seek
from triage.workbench.stating import Statement, StatementReport
from triage.workbench.targets import Moves, Target

__all__ = [
    "Adoption",
    "Answer",
    "Audit",
    "AuditDraw",
    "BrowseFilter",
    "Card",
    "Comparison",
    "Entry",
    "EvaluationReport",
    "Explanation",
    "Export",
    "Findings",
    "Flip",
    "Goal",
    "ImportReport",
    "ImportedPart",
    "Item",
    "Kind",
    "LabelComparison",
    "Learned",
    "LearnedRecord",
    "Lesson",
    "Like",
    "Matched",
    "MentionReport",
    "Moves",
    "Outcome",
    "PanelChange",
    "Picked",
    "PolicyRecord",
    "Progress",
    "QualityReport",
    "RateReport",
    "Record",
    "ScoreReport",
    "ScorerListing",
    "Shadow",
    "Slice",
    "Sort",
    "Statement",
    "StatementReport",
    "Target",
    "ThreadSummary",
    "Tick",
    "TooFew",
    "Trial",
    "TrialVerdict",
    "VersionSeen",
    "Workbench",
    "in_words",
    "seek",
]
