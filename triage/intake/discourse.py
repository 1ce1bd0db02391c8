"""Discourse topics, as `/t/ID.json?print=true` gives them, and lists of posts.

https://docs.discourse.org has the names. The opening post is a comment like the others: people
write it, and it is moderated.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Any

from triage.domain.comments import SourceState
from triage.files.json_documents import JsonItem
from triage.intake.gathering import Article, Gatherer, Said, from_html
from triage.intake.json_exports import JsonReader
from triage.intake.json_values import count, inside, text

__all__ = ["DISCOURSE"]

_FLAGS = frozenset({3, 4, 6, 7, 8, 10})
"""Actions that are flags: off topic, inappropriate, two kinds of notices, spam, illegal."""
_SMALL_ACTION = 3
_TOPICS = 200


def _tells(head: str) -> str | None:
    if '"post_stream"' in head:
        return 'a "post_stream"'
    if re.search(r'"post_number"\s*:', head) and re.search(r'"topic_id"\s*:', head):
        return '"post_number" and "topic_id"'
    return None


class _Topics:
    """Which post has which number, of the topics seen last: replies name a number."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, dict[int, str]] = OrderedDict()

    def take(self, gatherer: Gatherer, item: JsonItem) -> None:
        one = item.values
        if item.place or "post_number" in one:
            if inside(one, "post_type") != _SMALL_ACTION:
                self._take_post(gatherer, item.at, one)
        elif "post_stream" in one and text(one, "id"):
            gatherer.article(text(one, "id"), Article(text(one, "title")))

    def _take_post(self, gatherer: Gatherer, at: int, one: dict[str, Any]) -> None:
        topic, post = text(one, "topic_id"), text(one, "id")
        numbers = self._ids.setdefault(topic, {})
        self._ids.move_to_end(topic)
        numbers[count(one, "post_number")] = post
        if len(self._ids) > _TOPICS:
            self._ids.popitem(last=False)
        title = text(one, "topic_title")
        if title:
            gatherer.article(topic, Article(title))
        gatherer.take(
            Said(
                at=at,
                id=post,
                thread_id=topic,
                text=text(one, "raw") or from_html(text(one, "cooked")),
                parent_id=numbers.get(count(one, "reply_to_post_number"), ""),
                author=text(one, "username") or text(one, "name"),
                created_at=text(one, "created_at"),
                state=_state(one),
                reports=_reports(one),
            )
        )


def _state(one: dict[str, Any]) -> SourceState | None:
    if one.get("deleted_at") or one.get("user_deleted") is True:
        return SourceState.DELETED
    # Hidden by flags: its author may edit it, and a moderator decides.
    return SourceState.PENDING if one.get("hidden") is True else None


def _reports(one: dict[str, Any]) -> int | None:
    actions = one.get("actions_summary")
    if not isinstance(actions, list):
        return None
    return sum(count(action, "count") for action in actions if inside(action, "id") in _FLAGS)


DISCOURSE = JsonReader(
    "discourse",
    "Discourse topics",
    "Discourse topics or posts (JSON)",
    ("post_stream.posts", "posts", "latest_posts"),
    _tells,
    lambda: _Topics().take,
)
