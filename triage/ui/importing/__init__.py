"""Import: files are dropped, looked at, corrected, and only then stored."""

from triage.ui.importing.page import page

__all__ = ["page"]
