"""The façade: builds the concrete parts once, and offers the verbs that every edge calls.

A module a job; `Workbench` has them all.
"""

from triage.domain.audits import Audit, AuditDraw
from triage.domain.entries import Entry, MentionReport
from triage.domain.panels import PanelChange
from triage.domain.returns import Asked, Change
from triage.engines.run import FolderReport
from triage.export.returning.way import Way
from triage.export.returning.ways import WAYS
from triage.export.tables import Export
from triage.intake.reader import Seam
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
from triage.tuning.overturns import FEW, Overturned
from triage.tuning.together import in_words
from triage.workbench.appealing import AppealReport
from triage.workbench.automation import Consequences
from triage.workbench.backups import BackupReport
from triage.workbench.comparison import Comparison, Flip, LabelComparison
from triage.workbench.facade import Workbench
from triage.workbench.findings import Findings
from triage.workbench.frozen import kept_words
from triage.workbench.intake import ImportedPart, ImportReport
from triage.workbench.lessons import Lesson, TooFew
from triage.workbench.matching import Like, Matched
from triage.workbench.parts import Tick
from triage.workbench.previewing import COLUMN_ROLES, Preview, SeenThread
from triage.workbench.quality import QualityReport
from triage.workbench.rating import EvaluationReport
from triage.workbench.returning import Plan
from triage.workbench.rights import RIGHTS
from triage.workbench.runs import Run, Step, ToImport
from triage.workbench.scoring import ScoreReport
from triage.workbench.seating import Seat, seat
from triage.workbench.seeking import Answer, Goal, seek
from triage.workbench.sharding import Engines
from triage.workbench.stating import Statement, StatementCounts, StatementReport
from triage.workbench.targets import Moves, Target
from triage.workbench.telling import POLL_SECONDS, Courier, Round

__all__ = [
    "COLUMN_ROLES",
    "FEW",
    "POLL_SECONDS",
    "RIGHTS",
    "WAYS",
    "Adoption",
    "Answer",
    "AppealReport",
    "Asked",
    "Audit",
    "AuditDraw",
    "BackupReport",
    "BrowseFilter",
    "Card",
    "Change",
    "Comparison",
    "Consequences",
    "Courier",
    "Engines",
    "Entry",
    "EvaluationReport",
    "Explanation",
    "Export",
    "Findings",
    "Flip",
    "FolderReport",
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
    "Overturned",
    "PanelChange",
    "Picked",
    "Plan",
    "PolicyRecord",
    "Preview",
    "Progress",
    "QualityReport",
    "RateReport",
    "Record",
    "Round",
    "Run",
    "ScoreReport",
    "ScorerListing",
    "Seam",
    "Seat",
    "SeenThread",
    "Shadow",
    "Slice",
    "Sort",
    "Statement",
    "StatementCounts",
    "StatementReport",
    "Step",
    "Target",
    "ThreadSummary",
    "Tick",
    "ToImport",
    "TooFew",
    "Trial",
    "TrialVerdict",
    "VersionSeen",
    "Way",
    "Workbench",
    "in_words",
    "kept_words",
    "seat",
    "seek",
]
