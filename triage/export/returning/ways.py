"""The table of the ways back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from triage.errors import UsageError
from triage.export.returning.coral import CORAL
from triage.export.returning.discourse import DISCOURSE
from triage.export.returning.disqus import DISQUS
from triage.export.returning.way import Way
from triage.export.returning.wordpress import WORDPRESS
from triage.export.returning.wxr import WXR

__all__ = ["WAYS", "way_named"]

WAYS: Mapping[str, Way] = MappingProxyType(
    {way.key: way for way in (WORDPRESS, WXR, CORAL, DISCOURSE, DISQUS)}
)


def way_named(key: str) -> Way:
    """Return a way back; raise UsageError for one that is unknown."""
    if key not in WAYS:
        raise UsageError(f"unknown way back {key!r}; known are {', '.join(WAYS)}")
    return WAYS[key]
