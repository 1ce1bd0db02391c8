"""Quality: how far reviewers agree, what each finds, and where somebody has to decide."""

from triage.ui.quality.page import page

__all__ = ["page"]
