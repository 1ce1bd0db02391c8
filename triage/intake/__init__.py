"""Files and exports of other systems -> threads of comments: one module per layout."""

from __future__ import annotations

from triage.intake.columns import ROLES, guess_columns
from triage.intake.identity import Known, align
from triage.intake.reader import Reader, ReadOptions
from triage.intake.reading import AUTO, NONE, READERS, Reading, known_readers, read_all, read_file

__all__ = [
    "AUTO",
    "NONE",
    "READERS",
    "ROLES",
    "Known",
    "ReadOptions",
    "Reader",
    "Reading",
    "align",
    "guess_columns",
    "known_readers",
    "read_all",
    "read_file",
]
