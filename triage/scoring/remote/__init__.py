"""Scorers on other machines, over HTTP. Comment texts leave this machine; see docs/scorers.md."""

from __future__ import annotations

from triage.scoring.remote.scorer import RemoteScorer, how_to_set_up, info_of

__all__ = ["RemoteScorer", "how_to_set_up", "info_of"]
