"""Review: one comment at a time, one key a verdict, and the next one is there."""

from __future__ import annotations

from triage.ui.review.claiming import leave
from triage.ui.review.page import page

__all__ = ["leave", "page"]
