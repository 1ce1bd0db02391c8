"""Thresholds: what they find and miss, what others would, and the policy that follows."""

from __future__ import annotations

from triage.ui.thresholds.page import page

__all__ = ["page"]
