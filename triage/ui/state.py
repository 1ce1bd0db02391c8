"""Every session key of the dashboard, prefixed by its page, and the workbench they share."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b

import streamlit as st

from triage.settings import Settings
from triage.workbench import Workbench

__all__ = ["FILTERS", "Key", "Query", "digest", "workbench"]


class Key(StrEnum):
    """Names in `st.session_state`. What can be shared by link is in Query instead."""

    MESSAGE = "shell.message"
    REVIEW_PAGE = "shell.review_page"
    PAGE = "shell.page"
    PANEL_TOLD = "shell.panel_told"
    REVIEW_COMMENT = "review.comment"
    REVIEW_SHOWN_AT = "review.shown_at"
    REVIEW_NOTE = "review.note"
    REVIEW_REASON = "review.reason"
    REVIEW_FLIPPED = "review.flipped"
    REVIEW_LAST = "review.last"
    REVIEW_HEARD_AT = "review.heard_at"
    REVIEW_LOOKED = "review.looked"
    REVIEW_MARKS = "review.marks"
    REVIEW_HELP = "review.help"
    REVIEW_HANDS = "review.hands"
    REVIEW_THREAD = "review.thread"
    REVIEW_THREAD_PAGE = "review.thread_page"
    REVIEW_ANNOTATE = "review.annotate"
    REVIEW_LABEL = "review.label"
    REVIEW_SPANS = "review.spans"
    REVIEW_SPAN_LABEL = "review.span_label"
    REVIEW_REMARK = "review.remark"
    REVIEW_BLUR = "review.blur"
    REVIEW_BLUR_CHOICE = "review.blur_choice"
    REVIEW_BLIND = "review.blind"
    REVIEW_BLIND_CHOICE = "review.blind_choice"
    REVIEW_REVEALED = "review.revealed"
    REVIEW_GONE_ON_AT = "review.gone_on_at"
    REVIEW_COPIES_SHOWN = "review.copies_shown"
    REVIEW_ALONE = "review.alone"
    REVIEW_RULES = "review.rules"
    REVIEW_REPLY = "review.reply"
    REVIEW_APPEAL_TEXT = "review.appeal_text"
    REVIEW_APPEAL_BY = "review.appeal_by"
    REVIEW_DISMISS = "review.dismiss"
    GUIDELINES_DRAFT = "guidelines.draft"
    GUIDELINES_WHY = "guidelines.why"
    GUIDELINES_VERSION = "guidelines.version"
    QUALITY_NOTE = "quality.note"
    QUALITY_REVEAL = "quality.reveal"
    QUALITY_REVIEWER = "quality.reviewer"
    BATCH_CHART = "batch.chart"
    BATCH_PICKED = "batch.picked"
    BATCH_VERDICT = "batch.verdict"
    BATCH_NOTE = "batch.note"
    BATCH_TURN = "batch.turn"
    BATCH_REVEALED = "batch.revealed"
    BROWSE_PAGE = "browse.page"
    BROWSE_NOTE = "browse.note"
    BROWSE_ACTED = "browse.acted"
    REVIEW_MILDER_CHOICE = "review.milder_choice"
    TUNE_AT = "thresholds.at"
    TUNE_SHARE = "thresholds.share"
    TUNE_LOOK = "thresholds.look"
    TUNE_KIND = "thresholds.kind"
    TUNE_PER_DAY = "thresholds.per_day"
    TUNE_GOAL = "thresholds.goal"
    TUNE_ANSWER = "thresholds.answer"
    TUNE_AUDIT = "thresholds.audit"
    TUNE_WHY = "thresholds.why"
    TUNE_SHADOW = "thresholds.shadow"
    TUNE_PAGE = "thresholds.page"
    TUNE_WAY = "thresholds.way"
    TUNE_VERSIONS = "thresholds.versions"
    TUNE_WEIGHT = "thresholds.weight"
    TUNE_CHANGED = "thresholds.changed"
    TUNE_RIVAL = "thresholds.rival"
    TUNE_FLIPS = "thresholds.flips"
    TUNE_LESSON = "thresholds.lesson"
    TUNE_LEARNED = "thresholds.learned"
    TUNE_DAYS = "thresholds.days"
    TUNE_AUTOMATIC = "thresholds.automatic"
    TUNE_TURN = "thresholds.turn"
    TUNE_REVEALED = "thresholds.revealed"
    BROWSE_HOME = "shell.browse_page"
    EXPORT_HOME = "shell.export_page"
    BROWSE_REVEALED = "browse.revealed"
    BROWSE_CHOSEN = "browse.chosen"
    BROWSE_TABLE = "browse.table"
    BROWSE_COURSE = "browse.course"
    BROWSE_VIEW_NAME = "browse.view_name"
    BROWSE_VIEW_SHARED = "browse.view_shared"
    ASSIGN_KIND = "assignments.kind"
    ASSIGN_VALUE = "assignments.value"
    ASSIGN_TO = "assignments.to"
    REVIEW_HANDOVER = "review.handover"
    REVIEW_HANDOVER_ABOUT = "review.handover_about"
    PEOPLE_NAME = "people.name"
    PEOPLE_ROLE = "people.role"
    PEOPLE_SECTION = "people.section"
    TOKENS_FORM = "tokens.form"
    TOKENS_NAME = "tokens.name"
    TOKENS_SCOPES = "tokens.scopes"
    TOKENS_ISSUED = "tokens.issued"
    IMPORT_PAGE = "shell.import_page"
    RUN_FOLLOWED = "shell.run_followed"
    IMPORT_DROP = "import.drop"
    IMPORT_TURN = "import.turn"
    IMPORT_FILE = "import.file"
    IMPORT_READER = "import.reader"
    IMPORT_COLUMN = "import.column"
    IMPORT_FIRST = "import.first"
    IMPORT_SOURCE = "import.source"
    IMPORT_REVEALED = "import.revealed"
    IMPORT_RATE = "import.rate"
    EXPORT_SECTION = "export.section"
    EXPORT_FORMAT = "export.format"
    EXPORT_TEXT = "export.text"
    EXPORT_HOOK_FORM = "export.hook_form"
    EXPORT_HOOK_URL = "export.hook_url"
    EXPORT_HOOK_NAME = "export.hook_name"
    EXPORT_HOOK_EVENTS = "export.hook_events"
    EXPORT_HOOK_EXTRAS = "export.hook_extras"
    EXPORT_HOOK_ADDED = "export.hook_added"
    RETURN_TO = "export.return_to"
    RETURN_SOURCE = "export.return_source"
    RETURN_URL = "export.return_url"
    RETURN_AGAIN = "export.return_again"
    RETURN_TAKEN = "export.return_taken"
    EXPORT_FILTERED = "export.filtered"
    EXPORT_STATED = "export.stated"
    EXPORT_STATED_FORMAT = "export.stated_format"


class Query(StrEnum):
    """Names in the link: the comment in Review, what Browse, Batch and Thresholds show."""

    COMMENT = "comment"
    TEXT = "text"
    THREAD = "thread"
    VERDICT = "verdict"
    FLAG = "flag"
    LABEL = "label"
    SCORE = "score"
    SORT = "sort"
    ORDER = "order"
    TARGET = "target"
    REGEX = "regex"
    AUTHOR = "author"
    DECIDED_BY = "by"
    SINCE = "from"
    UNTIL = "to"
    SOURCE = "source"
    REASON = "reason"
    DECIDED_SINCE = "decided-from"
    DECIDED_UNTIL = "decided-to"
    WHAT = "what"
    THESE = "these"
    BATCH_LABEL = "of"
    RANGE = "range"
    LANGUAGE = "language"


FILTERS = (
    *(Query.TEXT, Query.REGEX, Query.THREAD, Query.VERDICT, Query.FLAG, Query.LABEL, Query.SCORE),
    *(Query.AUTHOR, Query.LANGUAGE, Query.SOURCE, Query.SINCE, Query.UNTIL),
    *(Query.DECIDED_BY, Query.REASON, Query.DECIDED_SINCE, Query.DECIDED_UNTIL),
)
"""What says which comments are meant, in Browse and in Export."""


def digest(*parts: str) -> str:
    """Return a short digest of some texts: what the key of a widget that is about them ends in."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@st.cache_resource(show_spinner="Opening the database")
def workbench() -> Workbench:
    """Return the one workbench of this process, for the one person whom its settings name."""
    bench = Workbench(Settings.from_environment())
    bench.policy()  # opens the database now, before several sessions ask at once
    return bench
