"""Rate comments for toxicity and incivility, review what is flagged, export the decisions."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
