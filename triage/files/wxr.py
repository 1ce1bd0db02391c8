"""Names and statuses in WordPress' export (WXR): read on the way in, changed on the way back.

https://developer.wordpress.org/ has the exporter (wp-admin/includes/export.php).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from triage.domain.comments import SourceState

__all__ = ["NAMESPACE", "STATES", "STATUSES", "name_of"]

NAMESPACE = re.compile(r"http://wordpress\.org/export/(\d+\.\d+)/?")
STATES: Mapping[str, SourceState] = MappingProxyType(
    {
        "1": SourceState.APPROVED,
        "approve": SourceState.APPROVED,
        "0": SourceState.PENDING,
        "hold": SourceState.PENDING,
        "spam": SourceState.SPAM,
        "trash": SourceState.TRASH,
        "post-trashed": SourceState.TRASH,
    }
)
"""What WordPress writes as a comment's status -> its state."""
STATUSES: Mapping[SourceState, str] = MappingProxyType(
    {
        SourceState.APPROVED: "1",
        SourceState.PENDING: "0",
        SourceState.SPAM: "spam",
        SourceState.TRASH: "trash",
    }
)
"""A state -> the status that WordPress' exporter writes for it."""


@lru_cache(maxsize=1_000)
def name_of(tag: str) -> str:
    """Return `wp:comment_id` for whichever version of the namespace, `title` for plain RSS."""
    space, _, local = tag.rpartition("}")
    if not space:
        return local
    if space.startswith("{http://wordpress.org/export/"):
        return f"excerpt:{local}" if "excerpt" in space else f"wp:{local}"
    return (
        f"content:{local}" if space.startswith("{http://purl.org/rss/1.0/modules/content") else tag
    )
