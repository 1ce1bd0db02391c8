"""Coral's stories and comments: its collections as `mongoexport` writes them, or GraphQL's nodes.

The names are those of coralproject/talk, `src/core/server/models`. Where an export has users too,
and before the comments, their names are shown; else authors are ids.
"""

from __future__ import annotations

import re
from typing import Any

from triage.domain.comments import SourceState
from triage.files.json_documents import JsonItem
from triage.intake.gathering import Article, Gatherer, Said, from_html
from triage.intake.json_exports import JsonReader
from triage.intake.json_values import count, inside, text

__all__ = ["CORAL"]

_STATES = {
    "APPROVED": SourceState.APPROVED,
    "REJECTED": SourceState.REJECTED,
    "PREMOD": SourceState.PENDING,
    "SYSTEM_WITHHELD": SourceState.PENDING,
}
"""NONE is missing: such a comment is published, and nobody has looked at it."""
_REPORTED = "COMMENT_REPORTED_"
_MOST_USERS = 1_000_000


def _tells(head: str) -> str | None:
    for pattern, words in (
        (r'"storyID"\s*:', 'comments with a "storyID"'),
        (r'"actionCounts"\s*:', '"actionCounts"'),
        (r'"commentCounts"\s*:', 'stories with "commentCounts"'),
    ):
        if re.search(pattern, head):
            return words
    return None


class _Export:
    """What must be remembered from object to object: the users' names."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}

    def take(self, gatherer: Gatherer, item: JsonItem) -> None:
        node = item.values.get("node")
        one = node if isinstance(node, dict) else item.values
        if "storyID" in one or "story" in one:
            self._take_comment(gatherer, item.at, one)
        elif "url" in one and text(one, "id"):
            _take_story(gatherer, one)
        elif "username" in one and len(self._users) < _MOST_USERS:
            self._users[text(one, "id")] = text(one, "username")

    def _take_comment(self, gatherer: Gatherer, at: int, one: dict[str, Any]) -> None:
        story = one.get("story")
        if isinstance(story, dict) and text(story, "id"):
            _take_story(gatherer, story)
        author = text(one, "authorID") or text(one, "author", "id")
        gatherer.take(
            Said(
                at=at,
                id=text(one, "id"),
                thread_id=text(one, "storyID") or text(one, "story", "id"),
                text=from_html(_body(one)),
                parent_id=text(one, "parentID") or text(one, "parent", "id"),
                author=text(one, "author", "username") or self._users.get(author, author),
                created_at=_time(one.get("createdAt")),
                state=_state(one),
                reports=_reports(one.get("actionCounts")),
                reach=_reactions(one.get("actionCounts")),
                revision=text(_last(one), "id") or text(one, "revision", "id"),
            )
        )


def _take_story(gatherer: Gatherer, story: dict[str, Any]) -> None:
    by_status = inside(story, "commentCounts", "status")
    if isinstance(by_status, dict) and not any(count(by_status, name) for name in by_status):
        return  # a page that was opened, and that nobody commented on
    gatherer.article(
        text(story, "id"), Article(text(story, "metadata", "title"), text(story, "url") or None)
    )


def _state(one: dict[str, Any]) -> SourceState | None:
    return SourceState.DELETED if one.get("deletedAt") else _STATES.get(text(one, "status"))


def _last(one: dict[str, Any]) -> Any:
    """Return the last revision: the text as it stands."""
    revisions = one.get("revisions")
    return revisions[-1] if isinstance(revisions, list) and revisions else None


def _body(one: dict[str, Any]) -> str:
    return text(one, "body") or text(_last(one), "body") or text(one, "revision", "body")


def _time(value: Any) -> Any:
    """Return a time out of MongoDB's extended JSON, or as it is."""
    value = inside(value, "$date") if isinstance(value, dict) else value
    return text(value, "$numberLong") if isinstance(value, dict) else value


def _reactions(counts: Any) -> int | None:
    if not isinstance(counts, dict):
        return None
    return count(counts, "REACTION") or count(counts, "reaction", "total")


def _reports(counts: Any) -> int | None:
    """Return how many readers reported it; what Coral itself detected is no reader's report."""
    if not isinstance(counts, dict):
        return None
    reasons = inside(counts, "flag", "reasons")
    named = {**counts, **(reasons if isinstance(reasons, dict) else {})}
    return sum(count(named, name) for name in named if _REPORTED in name)


CORAL = JsonReader(
    "coral",
    "Coral stories and comments",
    "Coral stories and comments (JSON)",
    (
        "users",
        "stories",
        "comments",
        "nodes",
        "edges",
        "data.comments.nodes",
        "data.comments.edges",
    ),
    _tells,
    lambda: _Export().take,
)
