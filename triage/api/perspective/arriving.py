"""What a client of Perspective tells of a comment besides its text: its id, place and parent.

Perspective's format has no place for it; clients put it where there is room. Coral sends its own
ids and the story's URL as JSON in the context, and `comment:ID` as the client's token
(coralproject/talk, server/src/core/server/services/perspective/perspective.ts).
"""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit, urlunsplit

from triage.api.keeping import Sent, Suggested
from triage.domain.arrivals import Arrival, Suggestion
from triage.domain.attributes import ATTRIBUTES

__all__ = ["arrival_of", "suggestion_of"]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_ID = 300
_LONGEST_URL = 2_000
_LONGEST_NAME = 64


def arrival_of(sent: Sent, client: str) -> Arrival:
    """Return a comment with all that its client tells of it; what cannot be used is passed over.

    A client's token is an id only where it says so (`comment:ID`): many send the same one every
    time, or another one for every request.
    """
    told = _coral(sent.context.entries)
    kind, _, token = sent.client_token.partition(":")
    parent = sent.context.parent
    if not told and sent.context.entries and not parent:
        parent = sent.context.entries[-1]
    return Arrival(
        client=client,
        text=sent.text,
        comment_id=_id(told.get("Coral_comment_id")) or (_id(token) if kind == "comment" else None),
        parent_id=_id(told.get("reply_to_id_Coral_comment_id")),
        parent=parent,
        url=_page(told.get("url")),
        article=sent.context.article,
        community=sent.community_id,
    )


def suggestion_of(suggested: Suggested, client: str) -> Suggestion | None:
    """Return what a client says of a comment; None where it says nothing of the whole text."""
    others = {
        name: value
        for name, value in suggested.attributes.items()
        if name not in ATTRIBUTES and len(name) <= _LONGEST_NAME and not _CONTROL.search(name)
    }
    if not suggested.labels and not others:
        return None
    return Suggestion(arrival_of(suggested.sent, client), suggested.labels, others)


def _coral(entries: tuple[str, ...]) -> dict[str, object]:
    """Return what Coral writes into the first entry of a context; empty for anything else."""
    if len(entries) != 1 or not entries[0].startswith("{"):
        return {}
    try:
        told = json.loads(entries[0])
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) and "Coral_comment_id" in told else {}


def _id(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_ID:
        return None
    return None if _CONTROL.search(value) else value


def _page(value: object) -> str | None:
    """Return the story's URL: Coral's without the part that names the comment."""
    if not isinstance(value, str) or len(value) > _LONGEST_URL or _CONTROL.search(value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    query = "&".join(one for one in parts.query.split("&") if not one.startswith("commentID="))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
