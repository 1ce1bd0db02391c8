"""Export: what was decided leaves, as a table for people and programs."""

from triage.ui.export.page import page

__all__ = ["page"]
