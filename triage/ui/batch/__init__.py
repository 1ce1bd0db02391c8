"""Batch by score: look at a range of one label's scores, and decide all of it at once."""

from __future__ import annotations

from triage.ui.batch.page import page

__all__ = ["page"]
